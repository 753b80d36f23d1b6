"""What the import of an extract loads about care plans: that there are any, never their words."""

from __future__ import annotations

from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Ref, Statement, Step, Target
from casework.extract.registry import import_tables

PLANS = Target(
    "plan",
    "careplans.RecordedPlan",
    table="MHS008CarePlanType",
    source="loadable_MHS008CarePlanType s",
    key=("local_id",),
    columns={
        "local_id": "s.CarePlanID",
        "kind": "s.CarePlanTypeMH",
        "created_day": "s.CarePlanCreatDate",
        "created_time": "s.CarePlanCreationTime",
        "updated_day": "s.CarePlanLastUpdateDate",
        "updated_time": "s.CarePlanLastUpdateTime",
        "in_use_from": "s.CarePlanImplementDate",
    },
    refs={"person": Ref("cases.Person", "s.LocalPatientID")},
    extra={"said": "json_object('kind', s.CarePlanTypeMH)"},
    people="SELECT t.person_id FROM {table} t WHERE t.run_id = %(run)s",
)

AGREEMENTS = Target(
    "agreement",
    "careplans.RecordedAgreement",
    table="MHS009CarePlanAgreement",
    source="loadable_MHS009CarePlanAgreement s",
    key=("plan", "agreed_by", "agreed_on"),
    columns={
        "agreed_by": "s.CarePlanContentAgreedBy",
        "agreed_on": "s.CarePlanContentAgreedDate",
        "agreed_time": "s.CarePlanContentAgreedTime",
    },
    refs={"plan": Ref("careplans.RecordedPlan", "s.CarePlanID")},
    extra={"said": "json_object('agreed_by', s.CarePlanContentAgreedBy)"},
    people="SELECT p.person_id FROM {table} t JOIN careplans_recordedplan p ON p.id = t.plan_id"
    " WHERE t.run_id = %(run)s",
)


def _created(engine: Engine, feed: str, here: str) -> str:
    return f"""
    INSERT INTO cases_caseevent
      (id, created_at, person_id, kind, "on", time, about, data, source_key, run_id)
    SELECT {engine.new_id}, %(now)s, p.person_id, 'plan.created', p.created_day, p.created_time,
      p.id, CAST(s.said AS {engine.json}), 'plan:' || s.local_id || ':created', %(run)s
    FROM {feed} s {engine.then} careplans_recordedplan p
      ON p.provider_id = %(provider)s AND p.local_id = s.local_id
    WHERE {here} AND p.run_id = %(run)s
    {engine.skip_known("person_id, source_key")}"""


def _agreed(engine: Engine, feed: str, here: str) -> str:
    """Agreed on a known day; an agreement without one is a fact of the plan, not a moment."""
    return f"""
    INSERT INTO cases_caseevent
      (id, created_at, person_id, kind, "on", time, about, data, source_key, run_id)
    SELECT {engine.new_id}, %(now)s, p.person_id, 'plan.agreed', a.agreed_on, a.agreed_time,
      p.id, CAST(s.said AS {engine.json}),
      'plan:' || s.plan || ':agreed:' || s.agreed_by || ':' || CAST(s.agreed_on AS text), %(run)s
    FROM {feed} s
      {engine.then} careplans_recordedplan p
        ON p.provider_id = %(provider)s AND p.local_id = s.plan
      {engine.then} careplans_recordedagreement a
        ON a.plan_id = p.id AND a.agreed_by = s.agreed_by AND a.agreed_on = s.agreed_on
    WHERE {here} AND a.run_id = %(run)s
    {engine.skip_known("person_id, source_key")}"""


import_tables.register(
    "careplans",
    Step(
        30,
        (
            PLANS,
            Statement("plans_created", "plan", _created),
            AGREEMENTS,
            Statement("plans_agreed", "agreement", _agreed),
        ),
    ),
)
