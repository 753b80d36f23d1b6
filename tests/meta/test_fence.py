"""What reads more than its user's people is on this list, and says what it asks instead."""

from pathlib import Path

from django.contrib.auth.signals import user_logged_in
from django.urls import get_resolver

from casework.accounts.models import User
from casework.common import fence
from tests.meta.test_urls import EVERY

ROOT = Path(__file__).resolve().parents[2]

# Pages that check something else before they show a row
INSTEAD = {
    "casework.accounts.views.oidc.back",
    "casework.cases.access.views.override.confirm",
    "casework.cases.access.views.override.finish",
    "casework.cases.access.views.review.done",
    "casework.cases.access.views.review.patterns",
    "casework.cases.access.views.review.queue",
    "casework.cases.access.views.review.review",
    "casework.cases.profile.views.adding._holders",
    "casework.cases.profile.views.adding._similar",
    "casework.cases.profile.views.adding.suspect",
    "casework.cases.profile.views.adding.suspects",
    "casework.portal.views.carer_pages.come_in",
    "casework.portal.views.carer_pages.start",
    "casework.portal.views.entering.choose",
    "casework.portal.views.entering.start",
    "casework.portal.views.entering.with_nhs_login",
    "referrals.paths.views.reply.code",
    "referrals.paths.views.reply.open_link",
    "referrals.paths.views.reply.reply",
    "referrals.work.scope._one_within_reach",
    "referrals.work.views.lists.ended",
}
# Figures without anybody's name
FIGURES = {
    "casework.alerts.views.causes.as_csv",
    "casework.alerts.views.causes.over_time",
    "casework.alerts.views.lists._teams_now",
    "casework.alerts.views.thresholds.edit",
    "casework.portal.views.heard.numbers",
    "casework.cases.team_work.views.leaving._by_person",
    "casework.worklist.team_rows.network_figures",
    "referrals.asking.teams.declines_of",
    "referrals.asking.teams.waits_of",
    "referrals.paths.bounced.challenged_twice",
    "referrals.paths.views.gaps.figures",
}


def test_nothing_else_reads_more_than_its_users_people():
    assert get_resolver().url_patterns and EVERY  # every view is imported
    ours = {name: why for name, why in fence.allowed_beyond.items() if "test" not in name}
    assert set(ours) == INSTEAD | FIGURES
    assert all(len(why) > 20 for why in ours.values())


def test_only_one_place_stays_beyond_for_the_rest_of_a_request():
    found = [
        str(file.relative_to(ROOT))
        for part in ("casework", "careplans", "referrals")
        for file in (ROOT / part).rglob("*.py")
        if "stay_beyond()" in file.read_text().replace("def stay_beyond()", "")
    ]
    assert found == ["referrals/work/scope.py"]


def test_it_lasts_to_the_end_of_the_request_and_no_longer():
    fence.stay_beyond()
    assert fence.asking().reach == fence.SYSTEM  # outside of a request nothing changes
    with fence.as_user("somebody", changes=True):
        fence.stay_beyond()
        assert fence.asking() == fence.Asking("somebody", reach=fence.BEYOND)
    assert fence.asking().reach == fence.SYSTEM


def test_who_signs_in_asks_before_anything_of_ours_is_told_of_it():
    """A receiver that looks for somebody's own account would find nobody as nobody."""
    names = [one[0][0] for one in user_logged_in.receivers]
    ours = [name for name in names if name != "update_last_login"]  # Django's own
    assert ours[0] == "fence"
    assert {"session-begins", "watch-sign-in", "override-banner"} <= set(ours)


def test_who_has_just_signed_in_asks_for_the_rest_of_the_request():
    user = User(name="Sam")
    with fence.asked_by(fence.Asking(changes=True)):
        fence.signed_in(sender=User, request=None, user=user)
        assert fence.asking() == fence.Asking(user=str(user.pk), changes=True)
        fence.signed_in(sender=User, request=None, user=User(name="Another"))
        assert fence.asking().user == str(user.pk)
    assert fence.asking().user == ""
