"""The pages for asking another team: who may open them, what they show, what they do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.accounts import drafts
from casework.accounts.models import Draft
from casework.cases.models import AccessEntry, LiveReason
from referrals import services as engine
from referrals.asking import forms, services
from referrals.asking.services import Shared
from referrals.models import Ask, Correction, MissingOffer, Offer, Referral, SharedPart
from referrals.table import State
from tests import factories
from tests.integration.asking.conftest import posted, save, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def gp(client, network):
    client.force_login(network.gp)
    return client


def at(name, row):
    return reverse(f"asking:{name}", args=[row.pk])


def start_of(network, **changes):
    return {
        "kind": "transfer",
        "need": "14",
        "sender_team": str(network.gp_team.pk),
        **changes,
    }


# From the person's page ---------------------------------------------------------------------------


def test_the_persons_page_leads_here(gp, person, draft):
    shown = gp.get(reverse("people:detail", args=[person.pk])).content.decode()
    assert at("start", person) in shown and at("urgent", person) in shown
    assert at("read", draft) in shown  # what is being written waits here


def test_who_does_not_refer_sees_no_way_here(client, network, person):
    client.force_login(factories.member("privacy_officer"))
    assert client.get(at("start", person)).status_code == 403


# Beginning ----------------------------------------------------------------------------------------


def test_it_begins_with_what_and_for_whom(gp, network, person):
    answer = gp.post(at("start", person), start_of(network))
    row = Referral.objects.get()
    assert answer["Location"] == at("teams", row)
    assert (row.author, row.sender_team, row.kind) == (network.gp, network.gp_team, "transfer")
    assert Ask.objects.get().need == "14"
    shown = text(gp.get(at("start", person)))
    assert "Asked already" in shown and "No team chosen yet" in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Select what you ask for"),
        ({"kind": "self"}, "Select a valid choice"),
        ({"need": "nonsense"}, "Select a valid choice"),
        ({"sender_team": ""}, "Select a team"),
    ],
)
def test_what_is_wrong_is_said(gp, network, person, changes, message):
    answer = gp.post(at("start", person), start_of(network, **changes))
    assert answer.status_code == 200 and message in text(answer)
    assert not Referral.objects.exists()


def test_for_another_team_nobody_begins(gp, network, person):
    answer = gp.post(at("start", person), start_of(network, sender_team=str(network.cmht.pk)))
    assert answer.status_code == 200
    assert not Referral.objects.exists()


# Whom to ask --------------------------------------------------------------------------------------


def test_teams_are_shown_with_offers_and_waits(gp, network, draft):
    services.offer(
        team=network.specialist,
        by=network.administrator,
        name="A group",
        needs=["14"],
        for_whom="Adults here",
    )
    today = timezone.localdate()
    for days in (1, 2, 3, 4, 5):
        Referral.objects.create(
            person=network.person,
            team=network.specialist,
            received_on=today - timezone.timedelta(days=days),
            first_contact_on=today,
            state="in_service",
            from_data=True,
        )
    shown = text(gp.get(at("teams", draft)))
    assert shown.index("Specialist service") < shown.index("Community team")
    assert "For whom: Adults here" in shown
    assert (
        "Half were met within 3 days (5 referrals that were not urgent, last six months)" in shown
    )
    assert "No figure yet" in shown
    assert f'value="{network.gp_team.pk}"' not in gp.get(at("teams", draft)).content.decode()


def test_a_team_is_chosen(gp, network, draft):
    answer = gp.post(at("teams", draft), {"team": str(network.cmht.pk)})
    assert answer["Location"] == at("write", draft)
    assert Referral.objects.get().team == network.cmht


@pytest.mark.parametrize("team", ["", "nonsense", "own", "closed"])
def test_a_team_that_cannot_be_asked_is_not_chosen(gp, network, draft, team):
    network.housing.active = False
    network.housing.save()
    wanted = {"own": network.gp_team.pk, "closed": network.housing.pk}.get(team, team)
    answer = gp.post(at("teams", draft), {"team": str(wanted)}, follow=True)
    assert "Choose a receiving team that is open" in text(answer)
    assert Referral.objects.get().team is None


def test_the_need_can_be_said_otherwise(gp, draft):
    answer = gp.post(at("teams", draft), {"need": "home", "locality": ""})
    assert answer["Location"] == at("teams", draft) + "?in=all"
    assert (Ask.objects.get().need, Referral.objects.get().primary_reason) == ("home", "")
    assert "home" not in answer["Location"]  # no need of anybody's stands in an address
    assert gp.get(answer["Location"]).status_code == 200
    assert "Select a valid choice" in text(gp.post(at("teams", draft), {"need": "nonsense"}))


def test_nothing_exists_here(gp, person, draft):
    assert "Say what would have helped" in text(gp.post(at("missing", draft), {"words": ""}))
    gp.post(at("missing", draft), {"words": "A crisis house"})
    found = MissingOffer.objects.get()
    assert (found.need, found.locality, found.person) == ("14", person.locality, person)
    shown = text(gp.get(reverse("asking:offers")))
    assert "Northside: fewer than 5 times" in shown and "A crisis house" not in shown


# Writing ------------------------------------------------------------------------------------------


def test_the_form_starts_from_the_record(gp, draft):
    page = gp.get(at("write", draft)).content.decode()
    for words in ("I laugh too much.", "ask for Ro", "A seat by the door", "Ring first"):
        assert words in page
    assert AccessEntry.objects.filter(record=draft.pk, action="view").exists()


def test_a_draft_is_saved(gp, network, draft):
    data = posted(draft, network, share_about="agreed", share_helps="against", why_helps="Needed")
    answer = gp.post(at("write", draft), data)
    assert answer["Location"] == at("read", draft)
    row = Referral.objects.get()
    assert (row.state, row.reason_words) == (State.DRAFT, "I want somebody who stays.")
    assert Ask.objects.get().holder == network.worker(network.nurse)
    assert {(one.part, one.decision, one.why) for one in SharedPart.objects.all()} == {
        ("about", "agreed", ""),
        ("helps", "against", "Needed"),
    }


def test_both_read_what_would_be_shared(gp, network, draft):
    save(network, draft, shared={"about": Shared("agreed"), "helps": Shared("kept")})
    shown = text(gp.get(at("read", draft)))
    assert "Please do: Ring first" in shown and "A seat by the door" not in shown


def test_a_draft_is_not_among_the_referrals_of_the_persons_page(client, network, ready):
    other = factories.member("team_lead", team=factories.team())
    LiveReason.objects.create(
        person=ready.person,
        team=other.memberships.get().team,
        kind="sharing",
        source_key="test",
        start=timezone.localdate(),
    )
    client.force_login(other)
    page = text(client.get(reverse("people:detail", args=[ready.person_id])))
    assert "Help from other teams" in page and "Community team" not in page


def test_a_draft_may_be_empty(gp, network, draft):
    data = {"version": draft.version, "kind": "transfer"}
    assert gp.post(at("write", draft), data).status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Select what you ask for"),
        ({"kind": "self"}, "Select a valid choice"),
        ({"priority": "9"}, "Select a valid choice"),
        ({"person_view": "maybe"}, "Select a valid choice"),
        ({"share_about": "against"}, "Say why “About me” has to be shared"),
        ({"share_about": "sold"}, "Select a valid choice"),
        ({"asked_on_day": "31", "asked_on_month": "2", "asked_on_year": "2026"}, "real date"),
        ({"asked_on_day": "1", "asked_on_month": "1", "asked_on_year": "2999"}, "today or earlier"),
        ({"version": ""}, "Part of this page was missing"),
        ({"holder": "00000000-0000-7000-8000-000000000000"}, "Select a valid choice"),
    ],
)
def test_mistakes_are_said_and_the_words_are_kept(gp, network, draft, changes, message):
    data = posted(draft, network, reason_words="Words to keep", **changes)
    answer = gp.post(at("write", draft), data)
    assert answer.status_code == 200
    assert message in text(answer) and "Error: " in text(answer)
    assert "Words to keep" in answer.content.decode()
    assert Referral.objects.get().reason_words == ""
    assert Draft.objects.get(key=f"ask:{draft.pk}").body  # kept over a crash, too


def test_somebody_else_saved_meanwhile(gp, network, draft):
    data = posted(draft, network, reason_words="What I wrote", may_not_see="Mine")
    save(network, draft, by=network.nurse, reason_words="What she wrote")
    answer = gp.post(at("write", draft), data)
    shown = text(answer)
    assert "What is saved now" in shown and "What she wrote" in shown and "What I wrote" in shown
    assert Referral.objects.get().reason_words == "What she wrote"
    version = Referral.objects.get().version
    assert f'name="version" value="{version}"' in answer.content.decode()
    gp.post(at("write", draft), {**data, "version": str(version)})
    assert Referral.objects.get().reason_words == "What I wrote"


# Sending ------------------------------------------------------------------------------------------


def test_each_sentence_stands_beside_its_question(gp, network, draft):
    data = posted(
        draft,
        network,
        send="1",
        reason_words="",
        priority="",
        person_view="",
        meanwhile_support="",
        holder="",
    )
    answer = gp.post(at("write", draft), data)
    page = answer.content.decode()
    for field in ("reason_words", "priority", "person_view", "meanwhile_support", "holder"):
        assert f'href="#id_{field}"' in page, field
    assert "Choose a receiving team that is open" in text(answer)
    assert Referral.objects.get().state == State.DRAFT


def test_saved_and_sent(gp, network, ready):
    answer = gp.post(at("write", ready), posted(ready, network, send="1"))
    assert answer.status_code == 302
    row = Referral.objects.get()
    assert row.state == State.SENT
    assert str(row.pk) in answer["Location"]
    kept = Draft.objects.filter(key=f"ask:{row.pk}")
    assert not [one for one in kept if drafts.read(user=one.user, key=one.key)]


def test_sent_from_the_page_that_both_read(gp, ready):
    shown = text(gp.get(at("read", ready)))
    assert "Everything that it needs is there" in shown
    gp.post(at("send", ready), {"version": ready.version})
    assert Referral.objects.get().state == State.SENT


def test_from_there_the_sentences_lead_into_the_form(gp, draft):
    assert "Say what support the person gets while waiting." in text(gp.get(at("read", draft)))
    answer = gp.post(at("send", draft), {"version": draft.version})
    page = answer.content.decode()
    assert f'action="{at("write", draft)}"' in page
    assert 'href="#id_meanwhile_support"' in page
    assert "I laugh too much." in page  # what is saved is in the form


def test_what_was_not_read_is_not_sent(gp, network, ready):
    save(network, ready, by=network.nurse, reason_words="Changed by her")
    answer = gp.post(at("send", ready), {"version": ready.version}, follow=True)
    assert "changed while you were writing" in text(answer)
    assert "Changed by her" in text(answer)
    assert Referral.objects.get().state == State.DRAFT


def test_what_is_sent_already_is_not_sent_again(gp, network, ready):
    services.send(referral=ready, by=network.nurse)
    assert gp.post(at("send", ready), {"version": ready.version}).status_code == 404
    assert gp.get(at("write", ready)).status_code == 404
    assert "Send it" not in text(gp.get(at("read", ready)))


# Urgent -------------------------------------------------------------------------------------------


def night(network, **changes):
    return {
        "reason_words": "I cannot get through the night.",
        "priority": "4",
        "reach_words": "Ring now",
        "team": str(network.crisis.pk),
        "sender_team": str(network.gp_team.pk),
        **changes,
    }


def test_three_answers_and_it_is_sent(gp, network, person):
    network.crisis.localities.add(person.locality)
    page = gp.get(at("urgent", person)).content.decode()
    assert "ask for Ro" in page  # how to reach them is there already
    assert f'<option value="{network.crisis.pk}" selected>' in page
    answer = gp.post(at("urgent", person), night(network))
    row = Referral.objects.get()
    assert row.state == State.SENT and answer["Location"] == at("read", row)
    shown = text(gp.get(at("read", row)))
    assert "Still to come by" in shown and "Complete it now" in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason_words": " "}, "Write what has happened"),
        ({"priority": ""}, "Select how soon help is needed"),
        ({"priority": "3"}, "Select a valid choice"),
        ({"reach_words": ""}, "Say how they can be reached now"),
        ({"team": ""}, "Select a team"),
    ],
)
def test_less_than_three_is_not_enough(gp, network, person, changes, message):
    answer = gp.post(at("urgent", person), night(network, **changes))
    assert answer.status_code == 200 and message in text(answer)
    assert not Referral.objects.exists()


def test_one_team_does_not_refer_to_itself(gp, network, person):
    network.gp_team.kind = "other"
    network.gp_team.save()
    answer = gp.post(at("urgent", person), night(network, team=str(network.gp_team.pk)))
    assert "A referral goes to another team" in text(answer)
    assert "I cannot get through the night." in text(answer)
    assert not Referral.objects.exists()


def test_the_rest_is_completed(gp, network, person):
    gp.post(at("urgent", person), night(network))
    row = Referral.objects.get()
    page = gp.get(at("write", row)).content.decode()
    assert 'name="priority"' not in page and 'name="kind"' not in page
    data = posted(row, network, reason_words=row.reason_words, priority="3", kind="joint")
    gp.post(at("write", row), data)
    row = Referral.objects.get()
    assert (row.rest_by, row.priority, row.person_view) == (None, "4", "wants")
    assert gp.get(at("write", row)).status_code == 404


# Read, by whom ------------------------------------------------------------------------------------


def test_a_draft_is_for_those_who_write_it(client, network, draft):
    # the housing team has a reason to open the record, and none to read the draft
    other = services.begin(
        person=draft.person, by=network.gp, sender_team=network.gp_team, need="home"
    )
    row = save(network, other, team=network.housing)
    services.send(referral=row, by=network.gp)
    client.force_login(network.housing_worker)
    assert client.get(at("read", row)).status_code == 200
    for name in ("read", "write", "teams", "correct", "attach", "has_read", "missing"):
        assert client.get(at(name, draft)).status_code == 404, name
    assert client.post(at("send", draft)).status_code == 404


def test_whoever_receives_it_reads_it_and_changes_nothing(client, network, ready):
    row = save(network, ready, shared={"about": Shared("agreed")})
    services.send(referral=row, by=network.gp)
    client.force_login(network.member)
    shown = text(client.get(at("read", ready)))
    assert "Please do: Ring first" in shown and "I want somebody who stays." in shown
    assert "Write down what is not so" not in shown
    assert client.get(at("correct", ready)).status_code == 404
    assert client.get(at("write", ready)).status_code == 404
    client.force_login(network.specialist_lead)
    assert client.get(at("read", ready)).status_code == 404


def test_the_person_puts_something_right(gp, network, draft):
    assert "Select what it is about" in text(gp.post(at("correct", draft), {}))
    gp.post(at("correct", draft), {"about": "reason", "words": "That is not me.", "told": "said"})
    said = Correction.objects.get()
    shown = text(gp.get(at("read", draft)))
    assert "That is not me." in shown and "Noted by Dr Gill" in shown
    assert "1 thing that they put right has no answer yet." in shown
    href = reverse("asking:answer_correction", args=[draft.pk, said.pk])
    gp.post(href, {"answer": "nonsense"})
    assert Correction.objects.get().answer == "open"
    gp.post(href, {"answer": "beside"})
    assert Correction.objects.get().answer == "beside"
    assert "It stands beside what is written" in text(gp.get(at("read", draft)))


def test_it_was_read_together(gp, draft):
    today = timezone.localdate()
    day = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    assert "Select how they read it" in text(gp.post(at("has_read", draft), day))
    gp.post(at("has_read", draft), {"how": "aloud", **day})
    assert "Read out to them on" in text(gp.get(at("read", draft)))


def test_the_same_story_again(gp, network, ready):
    services.send(referral=ready, by=network.gp)
    assert gp.post(at("again", ready)).status_code == 302
    assert Referral.objects.count() == 1
    engine.withdraw(
        referral=ready, by=network.gp, asked_by="person", reason="Not now", instead="A call"
    )
    assert "Ask again with the same story" in text(gp.get(at("read", ready)))
    gp.post(at("again", ready))
    new = Referral.objects.exclude(pk=ready.pk).get()
    assert (new.reason_words, new.parent) == (ready.reason_words, ready)


# The directory ------------------------------------------------------------------------------------


def test_a_lead_says_what_the_team_offers(client, network):
    client.force_login(network.lead)
    href = reverse("asking:offer_add", args=[network.cmht.pk])
    assert "Select what it helps with" in text(client.post(href, {"name": "A group"}))
    client.post(href, {"name": "A group", "needs": ["14"], "active": "on"})
    offer = Offer.objects.get()
    assert "A group" in text(client.get(reverse("asking:offers")))
    href = reverse("asking:offer", args=[offer.pk])
    assert "A group" in client.get(href).content.decode()
    client.post(href, {"name": "A group", "needs": ["15"]})
    assert not Offer.objects.get().active
    assert client.get(reverse("asking:offer_add", args=[network.specialist.pk])).status_code == 404
    client.force_login(network.specialist_lead)
    assert client.get(href).status_code == 404
    assert "A group" not in text(client.get(reverse("asking:offers")))  # not there at present


# Queries ------------------------------------------------------------------------------------------


def test_pages_cost_the_same_with_one_row_and_with_fifty(gp, network, person, draft):
    def count(href):
        gp.get(href)
        with CaptureQueriesContext(connection) as queries:
            assert gp.get(href).status_code == 200
        return len(queries)

    pages = [
        at("start", person),
        at("teams", draft),
        at("write", draft),
        at("read", draft),
        reverse("asking:offers"),
        reverse("people:detail", args=[person.pk]),
    ]
    services.correct(referral=draft, by=network.gp, about="view", words="No", told="said")
    services.attach(
        referral=draft, by=network.gp, upload=_file("a letter"), name="a.txt", about="A letter"
    )
    services.offer(team=network.housing, by=network.administrator, name="A", needs=["home"])
    network.housing.localities.add(person.locality)
    before = [count(page) for page in pages]
    for number in range(50):
        team = factories.team(f"Team {number}")
        team.localities.add(person.locality)
        services.offer(team=team, by=network.administrator, name="A", needs=["14", "home"])
    for number in range(9):
        services.begin(person=person, by=network.gp, sender_team=network.gp_team)
        services.correct(referral=draft, by=network.gp, about="view", words="No", told="said")
        services.attach(
            referral=draft,
            by=network.gp,
            upload=_file(f"a letter {number}"),
            name="a.txt",
            about="A letter",
        )
    assert [count(page) for page in pages] == before


def _file(words):
    import io

    return io.BytesIO(words.encode())


def test_nobody_corrects_the_wording_of_the_person():
    looked_at = {
        (form.__name__, name)
        for form in (forms.UrgentForm, forms.WriteForm, forms.CorrectionForm)
        for name, field in form.base_fields.items()
        if "data-wording" in field.widget.attrs
    }
    assert looked_at == {
        ("WriteForm", "reason_why_not"),
        ("WriteForm", "question"),
        ("WriteForm", "meanwhile_support"),
    }


def test_passing_on_asks_whether_the_other_team_may_read_what_was_shared(client, network, ready):
    row = save(network, ready, shared={"about": Shared("agreed"), "reach": Shared("kept")})
    row = services.send(referral=row, by=network.gp, seen_version=row.version)
    href = reverse("referrals:act", args=[row.pk, "redirect"])
    client.force_login(network.gp)
    page = client.get(href).content.decode()
    assert f"agrees that the other team reads what was shared with {row.team}" in page
    assert "It is this: About me." in page
    client.post(
        href,
        {"version": row.version, "team": network.specialist.pk, "parts_agreed": "on"},
    )
    part = row.shared_parts.given().get()
    assert (part.team, Referral.objects.get().team) == (network.specialist, network.specialist)
    page = client.get(reverse("referrals:detail", args=[row.pk])).content.decode()
    assert f"About me: with {network.specialist}" in page


def test_where_nothing_was_shared_passing_on_asks_nothing_about_it(client, network, ready):
    row = services.send(referral=ready, by=network.gp, seen_version=ready.version)
    client.force_login(network.gp)
    page = client.get(reverse("referrals:act", args=[row.pk, "redirect"])).content.decode()
    assert "Pass on to another team" in page and "reads what was shared" not in page
