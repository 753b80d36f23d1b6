"""The prose of people's own pages is as easy to read as it should be."""

import re
from html import unescape
from statistics import median

import pytest
import textstat
from django.urls import reverse

from casework.portal import services
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import own_account

LONG = 60  # words from which a page is measured
MEDIAN, HIGHEST = 11, 14
PAGES = (
    "portal:home",
    "portal:account",
    "portal:copy",
    "portal:news",
    "portal:changes",
    "portal:ask",
    "portal:contacts",
    "portal:who",
    "portal:messages",
    "portal:message_write",
    "portal:new",
    "portal:notices",
    "portal:questions",
    "portal:questions_answer",
    "portal:diary",
    "portal:diary_write",
    "portal:shown",
    "portal:not_safe",
    "portal:carers",
    "portal:carer_alone",
    "my_plan:sharing",
    "my_referrals:services",
    "my_plan:changes",
    "my_plan:papers",
    "my_plan:plan",
    "my_plan:rank",
    "my_plan:review",
    "my_plan:safety",
    "my_referrals:list",
)


def prose(html: str) -> str:
    """The sentences of a page's main part, each block ending as a sentence does."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    blocks = re.findall(r"<(?:p|li|div class=\"nhsuk-hint)[^>]*>(.*?)</(?:p|li|div)>", main, re.S)
    found = []
    for block in blocks:
        text = " ".join(unescape(re.sub(r"<[^>]+>", " ", block)).split())
        if len(text.split()) > 3:
            found.append(text if text.endswith((".", "?", "!")) else f"{text}.")
    return " ".join(found)


def reading_age(text: str) -> float:
    """The age at which a text is easily read: the automated readability index and five years."""
    return float(textstat.automated_readability_index(text)) + 5


def test_the_measure_tells_easy_from_hard():
    easy = "You can ask for this. We will tell you when. It is up to you. " * 5
    hard = (
        "Multidisciplinary practitioners collaboratively formulate comprehensive interventions"
        " notwithstanding organisational reconfiguration and inter-agency responsibilities. "
    ) * 5
    assert reading_age(easy) < MEDIAN < HIGHEST < reading_age(hard)


@pytest.mark.django_db
def test_own_pages_are_easy_to_read(client):
    two = Two()
    two.shared()
    factories.contact(two.person)
    services.ask(person=two.person, about="worker")
    client.force_login(own_account(two.person).user)
    ages = {}
    for name in PAGES:
        text = prose(client.get(reverse(name)).content.decode())
        if len(text.split()) >= LONG:
            ages[name] = reading_age(text)
    assert len(ages) >= 8
    assert median(ages.values()) <= MEDIAN, ages
    assert max(ages.values()) <= HIGHEST, ages
