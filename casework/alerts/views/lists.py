"""The lists of alerts, one alert, and what is done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.alerts import acting, causes, digest, listing
from casework.alerts.cause_pages import TeamsNow
from casework.alerts.forms import ANSWER, BACK, DONE, SEEN, SNOOZE, ActForm, DigestForm
from casework.alerts.handling import handling
from casework.alerts.models import Alert
from casework.alerts.places import places_of
from casework.alerts.presenters import AlertPage, AlertsPage
from casework.cases.access_log import Action, note
from casework.common import fence
from casework.common.errors import Refusal
from casework.common.http import http_methods, safe_next
from casework.common.pages import FormPage, Link

MANY = 100  # of one person, said "seen" to at once
EARLIER = 10  # times when the same was so before


@requires(Permission.SEE_OWN_ALERTS)
@http_methods(read=["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me as somebody's named worker, or as the cover of one who is away."""
    nothing = _("Nothing is waiting for you.")
    if getattr(request.user, "worker_id", None) is None:
        nothing = _(
            "Your account is not linked to a worker yet, so no alert can come to you. An"
            " administrator can link it."
        )
    return _list(request, listing.MINE, _("My alerts"), nothing)


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"])
def team(request: HttpRequest) -> HttpResponse:
    """What is open about the people of the teams that I lead; over the network, who came up."""
    if accounts.may_in_network(request.user, Permission.SEE_TEAM_ALERTS):
        nothing = _("Nothing has come up to you from the teams.")
        if getattr(request.user, "worker_id", None) is None:
            nothing = _(
                "Your account is not linked to a worker yet, so you cannot open the records of"
                " people whose alerts come up to you. An administrator can link it."
            )
        teams = TeamsNow(_teams_now())
        return _list(request, listing.MY_TEAMS, _("Alerts from the teams"), nothing, teams)
    return _list(
        request, listing.MY_TEAMS, _("My team's alerts"), _("Nothing is open in your teams.")
    )


@fence.beyond("figures by team, without anybody's name")
def _teams_now() -> list[causes.TeamNow]:
    return causes.teams_now(timezone.localdate())


def _list(
    request: HttpRequest,
    scope: listing.Scope,
    heading: str,
    nothing: str,
    teams: TeamsNow | None = None,
) -> HttpResponse:
    asked = request.GET.get("list", "")
    which = asked if asked in listing.LISTS else listing.TODAY
    after = request.GET.get("after", "")
    found = listing.open_alerts(scope, request.user, which=which, after=after)
    if not asked and not found.new and found.backlog:
        # nothing is new: what was found at the first import is what there is to work on
        which = listing.BACKLOG
        found = listing.open_alerts(scope, request.user, which=which, after=after)
    if found.bundles:
        note(request, Action.LIST, people=[bundle.person for bundle in found.bundles])
    page = AlertsPage(
        found,
        path=request.path,
        heading=heading,
        nothing=nothing,
        show_worker=scope is listing.MY_TEAMS,
        backlog=which == listing.BACKLOG,
        which=which,
        first=not after,
        today=timezone.localdate(),
        worker_id=getattr(request.user, "worker_id", None),
    )
    return render(request, "alerts/list.jinja", {"page": page, "teams": teams})


def _back(request: HttpRequest) -> str:
    """The list that the user came from."""
    may_lead = accounts.may(request.user, Permission.SEE_TEAM_ALERTS)
    return safe_next(request, reverse("alerts:team" if may_lead else "alerts:mine"))


@requires(Permission.SEE_OWN_ALERTS, Permission.SEE_TEAM_ALERTS)
@http_methods(write=["POST"])
def seen(request: HttpRequest) -> HttpResponse:
    """Say "seen, I am on it" to everything about one person at once."""
    versions = dict(filter(None, map(_pair, request.POST.getlist("alert")[:MANY])))
    alerts = (
        Alert.objects.visible_to(request.user)
        .filter(pk__in=versions)
        .select_related("person")
        .order_by("opened_on", "rule", "pk")
    )
    rows = list(alerts)
    for person in {row.person_id: row.person for row in rows if row.person}.values():
        note(request, Action.CHANGE, person=person)
    result = acting.acknowledge_many(alerts=rows, by=_user(request), versions=versions)
    if result.count:
        messages.success(
            request,
            ngettext(
                "You are on it: %(n)d alert is marked as seen.",
                "You are on it: %(n)d alerts are marked as seen.",
                result.count,
            )
            % {"n": result.count},
        )
    for sentence in result.refused:
        messages.warning(request, sentence)
    if not rows:
        messages.warning(request, _("There is nothing left to mark as seen."))
    return redirect(_back(request))


def _pair(text: str) -> tuple[UUID, int] | None:
    """An alert and the version that was shown; None for anything else."""
    ident, _colon, version = text.partition(":")
    try:
        return UUID(ident), int(version)
    except ValueError:
        return None


def _user(request: HttpRequest) -> Any:
    return request.user


@requires(Permission.SEE_OWN_ALERTS, Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"], write=["POST"])
def detail(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One alert with its history, and what can be done about it."""
    rows = Alert.objects.visible_to(request.user).select_related(
        "person", "team", "worker", "organisation", "acted_by"
    )
    alert = get_object_or_404(rows, pk=alert_id)
    today = timezone.localdate()
    wrote = request.method == "POST"
    if alert.person:
        note(request, Action.CHANGE if wrote else Action.VIEW, person=alert.person, record=alert)
    back = _back(request)
    asked = handling(alert.rule)
    form = ActForm(
        request.POST if wrote else None,
        alert=alert,
        asked=asked,
        today=today,
        initial={"version": alert.version, "next": back},
    )
    if wrote and form.is_valid():
        try:
            messages.success(request, _act(alert, request, form.cleaned_data))
            return redirect(back)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            alert = get_object_or_404(rows, pk=alert_id)
    if wrote:
        form.show_again(alert, today)
    page = AlertPage(
        alert,
        list(alert.actions.select_related("by").order_by("created_at", "pk")),
        list(
            rows.filter(rule=alert.rule, subject_key=alert.subject_key, resolved_on__isnull=False)
            .exclude(pk=alert.pk)
            .order_by("-opened_on", "pk")[:EARLIER]
        ),
        today=today,
        back=back,
        form_shown=alert.resolved_on is None or wrote,
        may_book=accounts.may(request.user, Permission.RECORD_CONTACTS),
        place=places_of([alert], _user(request)).get(alert.pk),
    )
    return render(request, "alerts/detail.jinja", {"page": page, "form": form})


def _act(alert: Alert, request: HttpRequest, data: dict[str, Any]) -> str:
    """Do what was chosen; what to say about it."""
    by, version, act = _user(request), data["version"], data["act"]
    if act == SEEN:
        acting.acknowledge(alert=alert, by=by, version=version)
        return _("You are on it.")
    if act == ANSWER:
        acting.answer(
            alert=alert,
            by=by,
            version=version,
            choice=data["choice"],
            words=data["what_next"],
            by_when=data.get("by_when"),
        )
        return _("Your answer is saved.")
    if act == SNOOZE:
        acting.snooze(
            alert=alert, by=by, version=version, until=data["until"], reason=data["reason"]
        )
        return _("It is put off.")
    if act == DONE:
        acting.finish(
            alert=alert,
            by=by,
            version=version,
            words=data["what_done"],
            look_again=data["look_again"],
        )
        return _("Done for now. If it is still so on that day, it comes back.")
    if act == BACK:
        acting.bring_back(alert=alert, by=by, version=version)
        return _("It is back.")
    raise Refusal(_("Select what you would like to do"))


@requires(Permission.SEE_OWN_ALERTS, Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"], write=["POST"])
def daily(request: HttpRequest) -> HttpResponse:
    """Whether I want the daily e-mail."""
    user = _user(request)
    form = DigestForm(
        request.POST if request.method == "POST" else None,
        initial={"wanted": "yes" if user.digest else "no"},
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["wanted"] == "yes"
        digest.choose(user=user, wanted=wanted, by=user)
        messages.success(
            request,
            _("You will have the daily e-mail.") if wanted else _("You will have no daily e-mail."),
        )
        return redirect("alerts:digest")
    page = FormPage(
        heading=_("Daily e-mail"),
        intro=(
            _("It says about how many people something waits, and nothing else: no name, no team."),
        ),
        submit=_("Save"),
        back=Link(_("Alerts"), _back(request)),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})
