"""When the facts about a person should be seen by somebody, and what to say then.

Pure Python: no ORM and no clock. Every rule is about open cases of living people only. Sentences
speak about how the service is arranged, with its numbers; a cause is named only where the facts
show it. Except for the published cut-off of `poor_continuity`, every threshold is a local default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.utils import translation
from django.utils.translation import gettext_lazy

from casework.common.rules import Cause, Policy, Rule, Threshold, cause_kind


def _(text: str) -> str:
    return str(translation.gettext(text))


def ngettext(one: str, many: str, n: int) -> str:
    return str(translation.ngettext(one, many, n))


LOCAL = "Local default, not a national standard."


class Facts(Protocol):
    """What the rules read of a row of facts (`casework.continuity.facts.ContinuityFacts`)."""

    @property
    def open(self) -> bool: ...
    @property
    def named_now(self) -> str: ...
    @property
    def left(self) -> bool: ...
    @property
    def absent(self) -> bool: ...
    @property
    def ended_days(self) -> int | None: ...
    @property
    def all_180(self) -> int: ...
    @property
    def crisis_180(self) -> int: ...
    @property
    def contacts_180(self) -> int: ...
    @property
    def staff_180(self) -> int: ...
    @property
    def same_180(self) -> int: ...
    @property
    def mmci_180(self) -> float | None: ...
    @property
    def joint_180(self) -> int: ...
    @property
    def last6(self) -> int: ...
    @property
    def last6_staff(self) -> int: ...
    @property
    def last6_staff_unplanned(self) -> int: ...
    @property
    def last6_named(self) -> int: ...
    @property
    def last6_joint(self) -> int: ...
    @property
    def last6_group(self) -> int: ...
    @property
    def last6_crisis(self) -> int: ...
    @property
    def last6_same(self) -> int: ...
    @property
    def teams_12m(self) -> int: ...
    @property
    def changes_12m(self) -> int: ...
    @property
    def changes_planned_12m(self) -> int: ...
    @property
    def changes_unplanned_12m(self) -> int: ...
    @property
    def changes_unknown_12m(self) -> int: ...
    @property
    def unplanned_days(self) -> int | None: ...
    @property
    def days_without_named(self) -> int: ...
    @property
    def days_since_contact(self) -> int | None: ...
    @property
    def days_since_known(self) -> int | None: ...


THRESHOLDS = (
    Threshold(
        "many_faces.staff",
        4,
        "workers",
        gettext_lazy("Different workers in the last six meetings, from which on it is flagged"),
        source=LOCAL,
    ),
    Threshold(
        "many_faces.contacts",
        4,
        "meetings",
        gettext_lazy("Meetings there must be before different workers are flagged"),
        source=LOCAL,
    ),
    Threshold(
        "poor_continuity.mmci",
        0.5,
        "index",
        gettext_lazy("MMCI of the last 180 days, at or below which continuity is flagged"),
        source=(
            "At or below 0.5: Reilly et al. 2021, BJPsych Open (PARTNERS2). Reilly et al. 2012"
            " used below 0.5. A cut-off of research in other groups: local default here, not a"
            " national standard."
        ),
    ),
    Threshold(
        "poor_continuity.contacts",
        3,
        "meetings",
        gettext_lazy("Meetings in 180 days there must be before continuity is flagged"),
        source=LOCAL,
    ),
    Threshold(
        "no_named_worker.days",
        14,
        "days",
        gettext_lazy("Days without a key worker, after which it is flagged"),
        source=LOCAL,
    ),
    Threshold(
        "worker_changes.changes",
        2,
        "changes",
        gettext_lazy(
            "Changes of key worker in 12 months that were not planned ones, from which on"
            " it is flagged"
        ),
        source=LOCAL,
    ),
    Threshold(
        "unplanned_change.days",
        90,
        "days",
        gettext_lazy("Days for which an ending that was not agreed before stays flagged"),
        source=LOCAL,
    ),
    Threshold(
        "team_churn.teams",
        3,
        "teams",
        gettext_lazy("Different teams in 12 months, from which on it is flagged"),
        source=LOCAL + " Direction only: Macdonald et al. 2018.",
    ),
    Threshold(
        "named_worker_share.percent",
        50,
        "%",
        gettext_lazy(
            "Share of the last six meetings with the key worker, below which it is flagged"
        ),
        source=LOCAL,
    ),
    Threshold(
        "named_worker_share.contacts",
        4,
        "meetings",
        gettext_lazy("Meetings there must be before the share with the key worker is flagged"),
        source=LOCAL,
    ),
    Threshold(
        "losing_touch.days",
        42,
        "days",
        gettext_lazy("Days since the last meeting, after which it is flagged"),
        source=LOCAL,
    ),
    Threshold(
        "crisis_only.contacts",
        4,
        "meetings",
        gettext_lazy("Meetings in 180 days, all of them in crisis, from which on it is flagged"),
        source=LOCAL,
    ),
)


# when -----------------------------------------------------------------------------------------


def _many_faces(f: Facts, p: Policy) -> bool:
    return (
        f.last6_staff_unplanned >= p["many_faces.staff"]
        and f.last6 >= p["many_faces.contacts"]
        and f.open
    )


def _poor_continuity(f: Facts, p: Policy) -> bool:
    if f.contacts_180 < p["poor_continuity.contacts"] or f.staff_180 < 2:
        return False
    mmci = f.mmci_180
    return mmci is not None and mmci <= p["poor_continuity.mmci"] and f.open


def _no_named_worker(f: Facts, p: Policy) -> bool:
    return not f.named_now and f.days_without_named > p["no_named_worker.days"] and f.open


def _worker_changes(f: Facts, p: Policy) -> bool:
    return f.changes_12m - f.changes_planned_12m >= p["worker_changes.changes"] and f.open


def _unplanned_change(f: Facts, p: Policy) -> bool:
    days = f.unplanned_days
    return days is not None and days <= p["unplanned_change.days"] and f.open


def _team_churn(f: Facts, p: Policy) -> bool:
    return f.teams_12m >= p["team_churn.teams"] and f.open


def _named_worker_share(f: Facts, p: Policy) -> bool:
    return bool(
        f.named_now
        and f.last6 >= p["named_worker_share.contacts"]
        and f.last6_named * 100 < f.last6 * p["named_worker_share.percent"]
        and f.open
    )


def _losing_touch(f: Facts, p: Policy) -> bool:
    days = f.days_since_contact
    return days is not None and days > p["losing_touch.days"] and f.open


def _crisis_only(f: Facts, p: Policy) -> bool:
    return f.crisis_180 == f.all_180 >= p["crisis_only.contacts"] and f.open


# what to say ----------------------------------------------------------------------------------


def _meetings(n: int) -> str:
    return ngettext("%(n)d meeting", "%(n)d meetings", n) % {"n": n}


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _people(n: int) -> str:
    return ngettext("%(n)d person", "%(n)d different people", n) % {"n": n}


def _teams(n: int) -> str:
    return ngettext("%(n)d team", "%(n)d different teams", n) % {"n": n}


def _faces_sentence(f: Facts) -> str:
    said = _("%(people)s in the last %(meetings)s") % {
        "people": _people(f.last6_staff),
        "meetings": _meetings(f.last6),
    }
    if f.last6_crisis:
        said += _(", %(n)d of them in crisis") % {"n": f.last6_crisis}
    planned = f.last6_staff - f.last6_staff_unplanned
    if planned:
        said += _(" (%(n)d as planned second workers)") % {"n": planned}
    return said + "."


def _poor_sentence(f: Facts) -> str:
    return _("%(meetings)s in the last 180 days were shared between %(people)s.") % {
        "meetings": _meetings(f.contacts_180),
        "people": _people(f.staff_180),
    }


def _unnamed_sentence(f: Facts) -> str:
    return _("Nobody has been named as key worker for %(days)s.") % {
        "days": _days(f.days_without_named)
    }


def _changes_sentence(f: Facts) -> str:
    said = ngettext(
        "The key worker changed %(n)d time in the last 12 months",
        "The key worker changed %(n)d times in the last 12 months",
        f.changes_12m,
    ) % {"n": f.changes_12m}
    details = []
    if f.changes_unplanned_12m:
        details.append(_("%(n)d without an agreed handover") % {"n": f.changes_unplanned_12m})
    if f.changes_unknown_12m:
        details.append(
            _("%(n)d with nothing recorded about a handover") % {"n": f.changes_unknown_12m}
        )
    if f.changes_planned_12m:
        details.append(_("%(n)d planned") % {"n": f.changes_planned_12m})
    return f"{said}: {', '.join(details)}."


def _unplanned_sentence(f: Facts) -> str:
    return _("A key worker's time ended %(days)s ago without an agreed handover.") % {
        "days": _days(f.unplanned_days or 0)
    }


def _teams_sentence(f: Facts) -> str:
    return _("%(teams)s met this person in the last 12 months.") % {"teams": _teams(f.teams_12m)}


def _share_sentence(f: Facts) -> str:
    return ngettext(
        "%(n)d of the last %(meetings)s was with the key worker.",
        "%(n)d of the last %(meetings)s were with the key worker.",
        f.last6_named,
    ) % {"n": f.last6_named, "meetings": _meetings(f.last6)}


def _touch_sentence(f: Facts) -> str:
    return _("The last meeting that took place was %(days)s ago.") % {
        "days": _days(f.days_since_contact or 0)
    }


def _crisis_sentence(f: Facts) -> str:
    return _("All %(meetings)s of the last 180 days were in crisis.") % {
        "meetings": _meetings(f.all_180)
    }


# why, where the facts show it -----------------------------------------------------------------


def _vacancy(f: Facts) -> str:
    """Nobody is named, and what is recorded about the last key worker."""
    if f.named_now:
        return ""
    if f.left:
        return Cause("left", _("The last key worker has left and nobody has been named since."))
    if f.absent:
        return Cause(
            "leave",
            _("The last key worker is away for a long time and nobody has been named since."),
        )
    if f.ended_days is not None:
        return Cause(
            "vacancy",
            _("The last key worker's time ended %(days)s ago and nobody has been named since.")
            % {"days": _days(f.ended_days)},
        )
    return Cause("vacancy", _("No key worker has ever been recorded."))


def _group(f: Facts) -> str:
    """Whoever leads a group meets everybody in it: no key worker changes that by booking."""
    return Cause(
        "group",
        _("Group meetings, led by whoever leads the group: %(n)d of the last %(meetings)s.")
        % {"n": f.last6_group, "meetings": _meetings(f.last6)},
    )


def faces_cause(f: Facts) -> str:
    """Why the last meetings were with several people, where the facts say so."""
    if f.last6_crisis * 2 >= f.last6:
        return Cause(
            "crisis_rota",
            _("Crisis visits by whoever is on shift: %(n)d of the last %(meetings)s.")
            % {
                "n": f.last6_crisis,
                "meetings": _meetings(f.last6),
            },
        )
    if f.last6_group * 2 >= f.last6:
        return _group(f)
    if not f.named_now:
        return _vacancy(f)
    if f.last6_joint * 2 >= f.last6:
        return Cause(
            "joint",
            _("Joint meetings with several workers: %(n)d of the last %(meetings)s.")
            % {
                "n": f.last6_joint,
                "meetings": _meetings(f.last6),
            },
        )
    if f.last6_named * 2 < f.last6:
        return Cause(
            "named_elsewhere",
            _("A key worker is named, and was at %(n)d of the last %(meetings)s.")
            % {
                "n": f.last6_named,
                "meetings": _meetings(f.last6),
            },
        )
    return ""


def _unnamed_cause(f: Facts) -> str:
    if f.all_180 and f.crisis_180 == f.all_180:
        return Cause(
            "crisis_alone",
            _("Only crisis contacts: no other team works with this person at the moment."),
        )
    if f.ended_days is None and f.last6 >= 2 and f.last6_staff == 2 and f.last6_same == 0:
        return Cause("turns", _("Two workers take turns, and neither is named."))
    return _vacancy(f)


def _changes_cause(f: Facts) -> str:
    if not f.named_now:
        return _vacancy(f)
    if f.changes_unplanned_12m == 0:
        return Cause(
            "unrecorded",
            _("Whether the changes were agreed with the person beforehand is not recorded."),
        )
    return ""


def _teams_cause(f: Facts) -> str:
    if 0 < f.crisis_180 < f.all_180:
        return Cause(
            "crisis_rota",
            _("Crisis contacts beside those of other teams: %(n)d in the last 180 days.")
            % {"n": f.crisis_180},
        )
    return ""


def _share_cause(f: Facts) -> str:
    if max(f.last6_crisis, f.last6_group) * 2 >= f.last6:
        return faces_cause(f)
    if f.last6_staff == 1:
        return Cause(
            "record",
            _("One other worker was at all of them: the name on record may be out of date."),
        )
    if f.last6_staff == 2 and f.last6_same <= 1:
        return Cause("turns", _("Two workers take turns."))
    if f.last6_staff_unplanned < f.last6_staff:
        return Cause("planned", _("Some of them were with a planned second worker."))
    return ""


def _touch_cause(f: Facts) -> str:
    return _vacancy(f) if f.ended_days is not None else ""


# what could be done ---------------------------------------------------------------------------


def _faces_step(f: Facts) -> str:
    if f.named_now and cause_kind(faces_cause(f)) == "group":
        return _(
            "Ask whether the same workers could lead the group, and book a meeting of two with the"
            " key worker beside it."
        )
    if not f.named_now:
        return _("Name a key worker, and ask the person whom of those they met they would choose.")
    return _(
        "Book the next meetings with the key worker, or name somebody the person already knows."
    )


def _unnamed_step(f: Facts) -> str:
    return _("Name a key worker; ask the person first whether they already know somebody.")


def _say(text: Any) -> Callable[[Facts], str]:
    return lambda facts: str(text)


RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "many_faces",
        gettext_lazy("Many different faces"),
        _many_faces,
        _faces_sentence,
        faces_cause,
        _faces_step,
    ),
    Rule(
        "poor_continuity",
        gettext_lazy("Meetings spread over many workers"),
        _poor_continuity,
        _poor_sentence,
        faces_cause,
        _faces_step,
    ),
    Rule(
        "no_named_worker",
        gettext_lazy("No key worker"),
        _no_named_worker,
        _unnamed_sentence,
        _unnamed_cause,
        _unnamed_step,
    ),
    Rule(
        "worker_changes",
        gettext_lazy("Key worker changed more than once"),
        _worker_changes,
        _changes_sentence,
        _changes_cause,
        _say(
            gettext_lazy(
                "Ask how the changes were for the person, and plan any further one with them."
            )
        ),
    ),
    Rule(
        "unplanned_change",
        gettext_lazy("An ending that was not agreed"),
        _unplanned_change,
        _unplanned_sentence,
        _vacancy,
        _say(
            gettext_lazy(
                "Offer a goodbye where it is still possible, and a first meeting together."
            )
        ),
    ),
    Rule(
        "team_churn",
        gettext_lazy("Many teams"),
        _team_churn,
        _teams_sentence,
        _teams_cause,
        _say(
            gettext_lazy("Agree which one team holds the person, and who speaks for all of them.")
        ),
    ),
    Rule(
        "named_worker_share",
        gettext_lazy("Few meetings with the key worker"),
        _named_worker_share,
        _share_sentence,
        _share_cause,
        _say(
            gettext_lazy(
                "Book the next meetings with the key worker, or name the worker who is there."
            )
        ),
    ),
    Rule(
        "losing_touch",
        gettext_lazy("No meeting for a while"),
        _losing_touch,
        _touch_sentence,
        _touch_cause,
        _say(
            gettext_lazy(
                "Get in touch in the way the person chose, from somebody they know if possible."
            )
        ),
    ),
    Rule(
        "crisis_only",
        gettext_lazy("Crisis contacts only"),
        _crisis_only,
        _crisis_sentence,
        _vacancy,
        _say(
            gettext_lazy(
                "Ask a community team to meet the person, and plan beyond the next crisis."
            )
        ),
    ),
)
