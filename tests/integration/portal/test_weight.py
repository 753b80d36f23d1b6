"""Own pages are light, for an old phone: what every page needs comes with the first one."""

import gzip
import random
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver, reverse
from django.utils import timezone

from careplans import services as plans
from careplans.kinds import Kind
from careplans.models import AreaOfLife
from casework.cases.models import AccessEntry
from casework.cases.services import notes
from casework.portal import carers, services
from casework.portal.talk import diary, messages, questions
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import carer_of, own_account
from tests.meta.test_urls import walk

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
BAR = 100_000  # bytes, compressed, of each page after the first
ASSET = re.compile(r"""(?:src|href)="/static/([^"?]+)""")
SOUNDS = [a + b for a in ("b", "d", "gr", "k", "l", "st", "tr", "v") for b in ("a", "e", "io", "u")]
OWN = [one for one in walk(get_resolver().url_patterns) if getattr(one.view, "own_page", False)]
CARER = [one for one in walk(get_resolver().url_patterns) if getattr(one.view, "carer_page", False)]


class Words:
    """Long texts that do not shrink to nothing, the same in every run."""

    def __init__(self):
        self._chance = random.Random(7)

    def __call__(self, count=80):
        return " ".join(
            "".join(self._chance.choices(SOUNDS, k=self._chance.randint(1, 4)))
            for _word in range(count)
        )


@pytest.fixture
def full():
    """Somebody with years of everything."""
    words, two = Words(), Two()
    two.me = own_account(two.person)
    plan = two.plan()
    for area in AreaOfLife.objects.filter(active=True):
        for kind in (Kind.MATTERS, Kind.GOAL, Kind.TRIED):
            two.write(plan, kind, words(), area=area)
        line = two.write(plan, Kind.ACTION, words(), area=area, owner_kind="person")
        plans.comment(plan=plan, line=line, words=words(40), by=two.themselves)
    for kind in (Kind.HOPE, Kind.SAFETY_SIGNS, Kind.SAFETY_ALONE, Kind.SAFETY_PEOPLE):
        two.write(plan, kind, words(), area=None)
    two.shared(plan)
    today = timezone.localdate()
    for _number in range(25):
        contact = factories.contact(two.person, two.worker.worker)
        said = notes.Words(words=words(150))
        notes.write_note(person=two.person, contact=contact, by=two.worker, words=said)
        row = messages.write(person=two.person, words=words(150))
        messages.answer(message=row, by=two.worker, words=words(150))
        diary.write(person=two.person, on=today, words=words(150))
        asked = services.ask(person=two.person, about="other", words=words(60))
        services.answer(request=asked, by=two.worker, words=words(60))
    questions.answer(person=two.person, heard="yes", audience="only_me")
    two.access = carer_of(two.person, *(code for code, _name in carers.choices(two.person)))
    for _number in range(10):
        messages.write_as_carer(access=two.access, words=words(150))
    AccessEntry.objects.bulk_create(
        AccessEntry(
            person=two.person, user=two.worker, action="view", page="people:detail", role="x"
        )
        for _number in range(40)
    )
    two.ids = [
        *plan.lines.values_list("pk", flat=True)[:2],
        *plan.versions.values_list("pk", flat=True),
        *two.person.contacts.values_list("pk", flat=True)[:1],
        *two.person.diary_entries.values_list("pk", flat=True)[:1],
        two.access.pk,
    ]
    return two


def weight(response, had):
    """What a page costs, compressed, with what the first page did not bring along already."""
    html = response.content
    assets = set(ASSET.findall(html.decode())) - had
    files = [finders.find(name) for name in sorted(assets)]
    assert all(files), assets
    parts = [html, *(Path(name).read_bytes() for name in files)]
    return sum(len(gzip.compress(part, 6)) for part in parts)


def weighed(client, addresses, first, two):
    had = set(ASSET.findall(client.get(reverse(first)).content.decode()))
    found = {}
    for one in addresses:
        if "GET" not in one.view.read_methods or set(one.kinds) - {
            "UUIDConverter",
            "SlugConverter",
        }:
            continue
        for value in two.ids if "UUIDConverter" in one.kinds else [None]:
            kinds = {"UUIDConverter": value, "SlugConverter": "housing"}
            if one.name == "my_plan:add":
                path = reverse(one.name, args=["housing", "goal"])
            elif one.name == "my_plan:add_whole":
                path = reverse(one.name, args=["hope"])
            else:
                values = [kinds[kind] for kind in one.kinds]
                path = reverse(one.name, kwargs=dict(zip(one.arguments, values, strict=True)))
            answer = client.get(path)
            if answer.status_code == 200 and "html" in answer["Content-Type"]:
                found[path] = weight(answer, had)
    return found


def test_each_own_page_is_light_after_the_first(client, full):
    client.force_login(full.me.user)
    client.post(reverse("portal:carer_alone"), {"alone": "yes"})
    found = weighed(client, OWN, "portal:home", full)
    assert len(found) >= 40
    heavy = {path: size for path, size in found.items() if size > BAR}
    assert not heavy, heavy


def test_each_page_of_a_carer_is_light_after_the_first(client, full):
    client.force_login(full.access.carer.user)
    found = weighed(client, CARER, "portal:carer_home", full)
    assert len(found) >= 5
    assert max(found.values()) <= BAR, found
