"""The fence in the database: roles that own nothing, and policies on whatever is about a person.

A second guard against our own mistakes, on PostgreSQL only. The service asks through `visible_to`
first; where a view forgot to, the database shows it the rows of the user's people and no others.
`casework.common.fence` says whose they are. It is no guard against somebody who can send the
database statements of their own: they can say that they are somebody else.

Which people a user may open is asked of `LiveReason` in SQL, independently of `cases.policy`. Rows
one or more steps from a person (a line of a plan) follow the row that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.cases.models import LiveReason, Person
from casework.common import appendonly, fence

POLICY = "fence"
PEOPLE = "fence_people"
PREFIX = "fence_of_"

# Read by whoever runs the service; no role of the service changes them.
FIXED = ("django_migrations",)

# About people, and not fenced by row: each has no column that leads to a person, or is read before
# it is known who asks.
UNFENCED = {
    "outbox.Message": "an address and a notice without detail; read by the worker only",
    "accounts.Draft": "words of the user themselves, found by the user's own mark",
    "extract.ImportConflict": "names a row of any table; only for who corrects records",
    "portal.PortalAccount": "says whose own account it is, which is asked at every sign-in",
    "portal.PortalInvitation": "found by its secret before anybody has an account",
    "portal.CarerAccess": "found by its secret before a carer has an account",
}


@dataclass(frozen=True)
class Step:
    """How a table leads to a person: by which column, through which other table (if any). A row
    about two people (`beside` is the column of the second) is shown with either of them."""

    table: str
    column: str
    parent: str = ""
    nullable: bool = False
    beside: str = ""


def _leads(model: Any) -> Iterator[models.ForeignKey]:
    """The foreign keys of a table; those of a history's own keeping lead to users only."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is not None:
            yield field


def _original(model: Any) -> Any:
    """The model that a history is of."""
    return getattr(model, "instance_type", None) if appendonly.is_history(model) else None


@cache
def steps() -> dict[str, Step]:
    """Every fenced table and its way to a person, the shortest and surest one."""
    every = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    found: dict[Any, Step] = {Person: Step(Person._meta.db_table, Person._meta.pk.column)}
    waiting = [
        m for m in every if m is not Person and m._meta.label not in UNFENCED and not _original(m)
    ]
    maybe = False  # a column that may be empty leads there only where no other one does
    while True:
        new: dict[Any, Step] = {}
        for model in waiting:
            ways = [f for f in _leads(model) if f.related_model in found and (maybe or not f.null)]
            if not ways:
                continue
            ways.sort(key=lambda f: (f.null, f.related_model is not Person, f.name != "person"))
            way = ways[0]
            parent = "" if way.related_model is Person else way.related_model._meta.db_table
            second = [f for f in ways if f is not way and f.related_model is Person and not f.null]
            beside = second[0].column if second and not parent else ""
            new[model] = Step(model._meta.db_table, way.column, parent, way.null, beside)
        if not new and maybe:
            break
        maybe = not new
        found.update(new)
        waiting = [m for m in waiting if m not in new]
    for model in every:
        if (original := _original(model)) in found:
            step = found[original]
            found[model] = replace(step, table=model._meta.db_table)
    return {step.table: step for step in sorted(found.values(), key=lambda one: one.table)}


def parents() -> list[Step]:
    """Tables through which others lead to a person, nearest to the person first."""
    wanted: dict[str, Step] = {}

    def add(table: str) -> None:
        if not table or table in wanted:
            return
        step = steps()[table]
        add(step.parent)
        wanted[table] = step

    for step in steps().values():
        add(step.parent)
    return list(wanted.values())


def added_only() -> list[str]:
    """Tables of which the service's roles may change nothing: history, events, logs, seals."""
    return appendonly.tables()


def seeing_roles() -> list[str]:
    return sorted(r.code for r in ROLES.values() if Permission.SEE_PEOPLE in r.permissions)


# Making it ---------------------------------------------------------------------------------------


def install(*, web: str, worker: str) -> None:
    """Give both roles what they need and no more, and put the policies on. Run after `migrate`.

    The roles exist. Whoever runs this owns the tables, and stays outside of the fence.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _rights(cursor, web, worker)
        _functions(cursor, web, worker)
        for table in _policed(cursor) - set(steps()):
            _off(cursor, table)
        for step in steps().values():
            _police(cursor, step, web, worker)


def remove() -> None:
    """Take the policies off; roles and rights stay."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _policed(cursor):
            _off(cursor, table)
        for name in [PEOPLE, *(PREFIX + step.table for step in parents())]:
            cursor.execute(
                sql.SQL("DROP FUNCTION IF EXISTS {}()").format(sql.Identifier(name[:63]))
            )


def make_role(name: str, password: str) -> bool:
    """A role that signs in and is nothing else; True if it was made now. A password changes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        there = cursor.fetchone() is not None
        if not there:
            cursor.execute(
                sql.SQL(
                    "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT"
                ).format(sql.Identifier(name))
            )
        if password:
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(name), sql.Literal(password)
                )
            )
    return not there


def _rights(cursor: Any, web: str, worker: str) -> None:
    both = sql.SQL(", ").join([sql.Identifier(web), sql.Identifier(worker)])
    for statement in (
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {both}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {both}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {both}",
        "GRANT USAGE ON SCHEMA public TO {both}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {both}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {both}",
    ):
        cursor.execute(sql.SQL(statement).format(both=both))
    closed = [(table, "UPDATE, DELETE") for table in added_only()]
    closed += [(table, "INSERT, UPDATE, DELETE") for table in FIXED]
    for table, verbs in closed:
        cursor.execute(
            sql.SQL("REVOKE {verbs} ON {table} FROM {both}").format(
                verbs=sql.SQL(verbs), table=sql.Identifier(table), both=both
            )
        )
    # a notice that was written stays written: only what became of it changes
    message = sql.Identifier("outbox_message")
    cursor.execute(sql.SQL("REVOKE DELETE ON {} FROM {}").format(message, both))


def _name(table: str) -> sql.Identifier:
    return sql.Identifier((PREFIX + table)[:63])


def _functions(cursor: Any, web: str, worker: str) -> None:
    """Who may see whom, asked as the owner of the tables, once for each statement."""
    made = [(sql.Identifier(PEOPLE), _people())]
    for step in parents():
        inner = sql.Identifier(PEOPLE) if not step.parent else _name(step.parent)
        made.append(
            (
                _name(step.table),
                sql.SQL("SELECT id FROM {} WHERE {} IN (SELECT {}())").format(
                    sql.Identifier(step.table), sql.Identifier(step.column), inner
                ),
            )
        )
    for name, body in made:
        # public before pg_temp: nobody slips a table of their own in front of ours
        cursor.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION {}() RETURNS SETOF uuid LANGUAGE sql STABLE"
                " SECURITY DEFINER SET search_path = public, pg_temp ROWS 300 AS {}"
            ).format(name, sql.Literal(body.as_string(cursor.connection)))
        )
        cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(name))
        cursor.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION {}() TO {}, {}").format(
                name, sql.Identifier(web), sql.Identifier(worker)
            )
        )


def _people() -> sql.Composed:
    """The people whom the user of the connection may open now, who they are themselves, or who let
    them in. What a carer sees of somebody is narrower, and asked by the pages.

    `alongside.now` is set by tests that hold the clock.
    """
    account = apps.get_model("portal", "PortalAccount")
    carer, let_in = (apps.get_model("portal", name) for name in ("Carer", "CarerAccess"))
    return sql.SQL(
        """
        WITH who AS (
          SELECT nullif(current_setting('alongside.user', true), '')::uuid AS id,
                 clock.at, (clock.at AT TIME ZONE {zone})::date AS today
          FROM (SELECT coalesce(
            nullif(current_setting('alongside.now', true), '')::timestamptz, now()) AS at) clock
        ), member AS (
          SELECT m.team_id FROM {membership} m JOIN who ON m.user_id = who.id
          JOIN {user} u ON u.id = who.id AND u.is_active
          WHERE m.role = ANY ({roles}) AND m.start <= who.today
            AND (m."end" IS NULL OR m."end" >= who.today)
        ), reason AS (
          SELECT r.person_id, r.start, r."end", r.ends_at FROM {reason} r
          WHERE r.team_id IN (SELECT team_id FROM member)
          UNION ALL
          SELECT r.person_id, r.start, r."end", r.ends_at FROM {reason} r
          WHERE r.worker_id = (
            SELECT u.worker_id FROM {user} u JOIN who ON u.id = who.id)
            AND EXISTS (SELECT 1 FROM member)
        )
        SELECT reason.person_id FROM reason, who
        WHERE reason.start <= who.today AND (reason."end" IS NULL OR reason."end" >= who.today)
          AND (reason.ends_at IS NULL OR reason.ends_at > who.at)
        UNION ALL
        SELECT a.person_id FROM {account} a, who
        WHERE a.user_id = who.id AND a.ended_on IS NULL
        UNION ALL
        SELECT l.person_id FROM {let_in} l JOIN {carer} c ON c.id = l.carer_id, who
        WHERE c.user_id = who.id AND l.removed_at IS NULL
          AND l.start <= who.today AND l."end" >= who.today
        """
    ).format(
        zone=sql.Literal(settings.TIME_ZONE),
        roles=sql.Literal(seeing_roles()),
        membership=sql.Identifier(Membership._meta.db_table),
        reason=sql.Identifier(LiveReason._meta.db_table),
        user=sql.Identifier(User._meta.db_table),
        account=sql.Identifier(account._meta.db_table),
        carer=sql.Identifier(carer._meta.db_table),
        let_in=sql.Identifier(let_in._meta.db_table),
    )


def _police(cursor: Any, step: Step, web: str, worker: str) -> None:
    """What the web's role reads and changes of a table is the user's; the worker's is all."""
    table, column = sql.Identifier(step.table), sql.Identifier(step.column)
    _off(cursor, step.table)
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
    inner = _name(step.parent) if step.parent else sql.Identifier(PEOPLE)
    shown = sql.SQL("{} IN (SELECT {}())").format(column, inner)
    if step.beside:
        second = sql.Identifier(step.beside)
        shown = sql.SQL("{} OR {} IN (SELECT {}())").format(shown, second, inner)
    if step.nullable:  # about nobody
        shown = sql.SQL("{} IS NULL OR {}").format(column, shown)
    # asked once for each statement, because it stands in a SELECT of its own
    reach = sql.SQL("(SELECT current_setting('alongside.reach', true))")
    wide = sql.SQL("{} IN ({}, {})").format(
        reach, sql.Literal(fence.SERVICE), sql.Literal(fence.BEYOND)
    )
    for suffix, role, condition in (
        ("web", web, sql.SQL("{} OR {}").format(wide, shown)),
        ("worker", worker, sql.SQL("{} = {}").format(reach, sql.Literal(fence.SYSTEM))),
    ):
        cursor.execute(
            sql.SQL("CREATE POLICY {} ON {} TO {} USING ({}) WITH CHECK (true)").format(
                sql.Identifier(f"{POLICY}_{suffix}"), table, sql.Identifier(role), condition
            )
        )


def _policed(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT DISTINCT tablename FROM pg_policies"
        " WHERE schemaname = 'public' AND policyname LIKE %s",
        [f"{POLICY}\\_%"],
    )
    return {row[0] for row in cursor.fetchall()}


def _off(cursor: Any, table: str) -> None:
    for suffix in ("web", "worker"):
        cursor.execute(
            sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(
                sql.Identifier(f"{POLICY}_{suffix}"), sql.Identifier(table)
            )
        )
    cursor.execute(
        sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
    )


# Looking at it -----------------------------------------------------------------------------------


def faults(role: str = "") -> list[str]:
    """What is not as the fence needs it, for a role (the one that is connected)."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(%s, current_user)", [role or None])
        role = cursor.fetchone()[0]
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
        row = cursor.fetchone()
        if row is None:
            return [f"there is no role {role}"]
        if row[0] or row[1]:
            found.append(f"{role} passes every policy (superuser or BYPASSRLS)")
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND pg_has_role(%s, c.relowner, 'MEMBER')",
            [role],
        )
        if cursor.fetchone()[0]:
            found.append(f"{role} owns tables: policies and triggers do not hold it")
        for table in added_only():
            cursor.execute(
                "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE')", [role, table]
            )
            if cursor.fetchone()[0]:
                found.append(f"{role} may change or remove rows of {table}")
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND relrowsecurity"
        )
        on = {row[0] for row in cursor.fetchall()} & _policed(cursor)
        found += [f"{table} has no policy" for table in sorted(set(steps()) - on)]
    return found
