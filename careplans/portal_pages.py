"""The plan in people's own pages: in the menu, on the home page, and among what changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from careplans.documents.reading import own_documents
from careplans.models import Document, Plan
from careplans.own import meaning
from careplans.reading import answers_to
from careplans.services.engine import last_version
from careplans.table import State
from careplans.voices import Role, may_answer
from casework.cases.models import SealedNote
from casework.common.pages import Link
from casework.portal.models import PortalAccount
from casework.portal.pages import PortalPage, portal_pages


@dataclass(frozen=True)
class PlanSection:
    """Where the plan stands, what waits for the person, and where to go on."""

    text: str
    waiting: list[str]
    links: list[Link]


def section(account: PortalAccount, on: dt.date) -> PlanSection:
    """My plan, on the home page."""
    if SealedNote.Area.PLAN in account.kept_back:
        return PlanSection(_("There is nothing here at the moment."), [], [])
    plan = account.person.plans.live().first()
    link = Link(_("Open my plan"), reverse("my_plan:plan"))
    if plan is None:
        text = _("There is no plan yet. You can begin one, or write it with your worker.")
        return PlanSection(text, [], [Link(_("Begin my plan"), link.href)])
    count = sum(
        may_answer(
            Role.PERSON,
            one.about.voice,
            Role(one.role),
            State(plan.state),
            asks_team=one.asks_team,
        )
        for one in plan.proposals.filter(outcome__in=["open", "talking"])
    )
    waiting = []
    if count:
        waiting.append(
            ngettext(
                "%(n)d proposal waits for your answer.",
                "%(n)d proposals wait for your answer.",
                count,
            )
            % {"n": count}
        )
    links = [link, Link(_("My safety plan"), reverse("my_plan:safety"))]
    if account.helper is not None:  # papers and letters are theirs alone
        return PlanSection(_stand(plan), waiting, links)
    links.append(Link(_("My plan on paper, and letters"), reverse("my_plan:papers")))
    letters = own_documents(account.person).filter(state=Document.State.WRITING).count()
    if letters:
        waiting.append(
            ngettext(
                "%(n)d letter about you waits for your yes or no.",
                "%(n)d letters about you wait for your yes or no.",
                letters,
            )
            % {"n": letters}
        )
    return PlanSection(_stand(plan), waiting, links)


def _stand(plan: Plan) -> str:
    """Where it stands; what was said of a version is read only while that makes a difference."""
    latest = last_version(plan) if plan.state == State.SHARED else None
    return meaning(plan, answers_to(latest))


portal_pages.register(
    "plan",
    PortalPage(
        40,
        gettext_lazy("My plan"),
        "my_plan:plan",
        template="careplans/own/section.jinja",
        build=section,
        news={
            "plan.share": lambda data: _("A new version of your plan is there to read."),
            "plan.begun": lambda data: _("A plan was begun with you."),
            "plan.proposed": lambda data: _("Your team proposed something for your plan."),
            "plan.proposal_answered": lambda data: _("Your team answered what you proposed."),
            "plan.review_asked": lambda data: _("Somebody asked to look at your plan again."),
            "plan.reviewed": lambda data: _("Your plan was looked at."),
            "document.begun": lambda data: _("A letter about you waits for you to read it."),
        },
        news_of_carers={
            "plan.carer_proposed": lambda data: _(
                "Somebody whom you let in proposed something for your plan."
            ),
        },
    ),
)
portal_pages.register("sharing", PortalPage(80, gettext_lazy("Sharing"), "my_plan:sharing"))
