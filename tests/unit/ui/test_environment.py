"""The template environment: our own templates are loud about what is missing."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.template import engines
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup

from casework.jinja import environment

TAG = '{% from "nhsuk/components/tag/macro.jinja" import tag %}'


@pytest.fixture
def env() -> Environment:
    return environment(
        loader=DictLoader(
            {
                "print.jinja": "{{ case.nothing }}",
                "chain.jinja": "{{ case.nothing.at.all }}",
                "filter.jinja": "{{ case.nothing|upper }}",
                "loop.jinja": "{% for x in case.nothing %}{{ x }}{% endfor %}",
                "count.jinja": "{{ case.nothing|length }}",
                "join.jinja": '{{ "a" ~ case.nothing }}',
                "ask.jinja": "{% if case.nothing %}yes{% else %}no{% endif %}",
                "defined.jinja": "{{ case.nothing is defined }}",
                "default.jinja": "{{ case.nothing|default('none') }}",
                "tag.jinja": TAG + '{{ tag({"text": case.nothing}) }}',
                "nested.jinja": TAG + '{{ tag({"text": case.nothing.text}) }}',
                "fine.jinja": TAG + '{{ tag({"text": case.status}) }}',
                "words.jinja": "{{ case.status }}",
                "filters.jinja": "{{ day|long_date }}, {{ day|short_date }}, {{ n|nhs_number }}",
            }
        )
    )


CASE = SimpleNamespace(status="Open <now>")


@pytest.mark.parametrize(
    "name", ["print", "chain", "filter", "loop", "count", "join", "tag", "nested"]
)
def test_a_missing_value_is_an_error_wherever_our_template_uses_it(env: Environment, name: str):
    with pytest.raises(UndefinedError, match=f"nothing.*{name}.jinja"):
        env.get_template(f"{name}.jinja").render(case=CASE)


@pytest.mark.parametrize(("name", "shown"), [("ask", "no"), ("defined", "False")])
def test_our_templates_may_ask_whether_there_is_a_value(env: Environment, name: str, shown: str):
    assert env.get_template(f"{name}.jinja").render(case=CASE) == shown


def test_a_default_may_be_given(env: Environment):
    assert env.get_template("default.jinja").render(case=CASE) == "none"


def test_macros_of_the_design_system_may_leave_things_out(env: Environment):
    html = env.get_template("fine.jinja").render(case=CASE)
    assert "Open &lt;now&gt;" in html
    assert 'class="nhsuk-tag"' in html


def test_everything_is_escaped_unless_it_is_markup(env: Environment):
    template = env.get_template("words.jinja")
    assert template.render(case=CASE) == "Open &lt;now&gt;"
    assert template.render(case=SimpleNamespace(status=Markup("<b>x</b>"))) == "<b>x</b>"


def test_dates_and_nhs_numbers_are_written_one_way(env: Environment):
    shown = env.get_template("filters.jinja").render(day=dt.date(2026, 11, 2), n="9990000018")
    assert shown == "Monday 2 November 2026, 2\xa0Nov\xa02026, 999\xa0000\xa00018"


def test_the_service_uses_this_environment():
    template = engines["jinja2"].from_string("{{ nothing.here }}")
    with pytest.raises(UndefinedError):
        template.render({})
