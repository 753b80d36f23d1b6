"""What only several cells, rows or tables together can show, as set-based SQL on the staging file.

Tables are judged in reading order, so that the rows a row belongs to are settled before it. Every
rule gives the same findings whatever the order of the rows.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta

from casework.common.dates import years_before

from ..codes import ATTENDED
from ..spec import BY_NAME, HEADER, PEOPLE, READ_ORDER, TableSpec
from ..staging import ACCEPTED, REJECTED, REPEATED, UNCERTAIN
from .messages import ACTIONS

_OLDEST = 130
_ATTENDED = ", ".join(f"'{code}'" for code in ATTENDED)

#: table, code, the later date, the earlier one that it must not precede
_ORDER = (
    (
        "MHS101Referral",
        "discharge-before-referral",
        "ServDischDate",
        "ReferralRequestReceivedDate",
    ),
    (
        "MHS101Referral",
        "rejection-before-referral",
        "ReferRejectionDate",
        "ReferralRequestReceivedDate",
    ),
    (
        "MHS008CarePlanType",
        "updated-before-created",
        "CarePlanLastUpdateDate",
        "CarePlanCreatDate",
    ),
)
#: the same, where the earlier date stands on the row that this one belongs to
_ORDER_TO_PARENT = (
    (
        "MHS102OtherServiceType",
        "rejection-before-referral",
        "ReferRejectionDate",
        "ReferralRequestReceivedDate",
    ),
    (
        "MHS009CarePlanAgreement",
        "agreed-before-created",
        "CarePlanContentAgreedDate",
        "CarePlanCreatDate",
    ),
)


def _last_sunday_of_march(year: int) -> str:
    last = date(year, 3, 31)
    return (last - timedelta(days=(last.weekday() + 1) % 7)).isoformat()


def _quoted(names: Sequence[str], alias: str = "") -> str:
    return ", ".join(f'{alias}"{name}"' for name in names)


class Judge:
    """Applies the rules to the rows of one table after the other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("CREATE TEMP TABLE clocks_forward (day TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.executemany(
            "INSERT INTO clocks_forward VALUES (?)",
            [(_last_sunday_of_march(year),) for year in range(1981, 2200)],
        )

    def judge(self, table: TableSpec, as_of: date) -> None:
        """Settle every row of a table, as of the date of the extract: accepted, rejected or
        repeated."""
        execute = self.connection.execute
        execute("BEGIN")
        execute(
            f'CREATE INDEX "{table.name}_key" ON "{table.name}" ({_quoted(table.key)}, _status)'
        )
        self._twins(table)
        if table is HEADER:
            self._one_provider()
        self._own_dates(table, as_of)
        self._parent(table)
        self._settle(table)
        self._times(table)
        self._references(table)
        if table is PEOPLE:
            self._numbers()
        elif table.name == "MHS006MHCareCoord":
            self._coordinators()
        elif table.name == "MHS201CareContact":
            self._contacts()
        execute("COMMIT")

    def _report(
        self,
        table: TableSpec,
        code: str,
        columns: Sequence[str],
        rows: str,
        detail: str = "''",
        parameters: Sequence[object] = (),
    ) -> int:
        """Report `code` on each row of `rows` (what follows FROM; the table is ``t``)."""
        value = " || ' ' || ".join(f"coalesce(t.\"{name}\", '')" for name in columns)
        number = [column.name for column in table.columns].index(columns[0]) + 1
        return self.connection.execute(
            "INSERT INTO findings SELECT ?, ?, t.line, ?, ?, ?, ?, "
            f"substr({value}, 1, 60), {detail} FROM {rows}",
            (
                READ_ORDER[table.name],
                table.file,
                number,
                " + ".join(columns),
                ACTIONS[code],
                code,
                *parameters,
            ),
        ).rowcount

    def _twins(self, table: TableSpec) -> None:
        """Rows that share a key: the same all over, or in contradiction."""
        execute = self.connection.execute
        name, keys = table.name, _quoted(table.key)
        certain = f"_status <> {UNCERTAIN}"
        execute("DROP TABLE IF EXISTS temp.twin_keys")
        execute("DROP TABLE IF EXISTS temp.twins")
        execute(
            f'CREATE TEMP TABLE twin_keys AS SELECT {keys} FROM "{name}" WHERE {certain} '
            f"GROUP BY {keys} HAVING count(*) > 1"
        )
        same_key = " AND ".join(f't."{key}" IS k."{key}"' for key in table.key)
        everything = _quoted([column.name for column in table.columns], "t.")
        execute(
            "CREATE TEMP TABLE twins AS SELECT t.line AS line, "
            f"min(t.line) OVER (PARTITION BY {_quoted(table.key, 't.')}) AS first_of_key, "
            f"count(*) OVER (PARTITION BY {_quoted(table.key, 't.')}) AS of_key, "
            f"min(t.line) OVER (PARTITION BY {everything}, t._unread) AS first_same, "
            f"count(*) OVER (PARTITION BY {everything}, t._unread) AS same "
            f'FROM twin_keys k JOIN "{name}" t ON {same_key} WHERE t.{certain}'
        )
        self._report(
            table,
            "duplicate-key",
            table.key,
            f'twins w JOIN "{name}" t ON t.line = w.line WHERE w.same < w.of_key',
            "w.of_key",
        )
        self._report(
            table,
            "exact-duplicate",
            table.key,
            f'twins w JOIN "{name}" t ON t.line = w.line '
            "WHERE w.same = w.of_key AND w.line > w.first_same",
            "w.first_same",
        )

    def _one_provider(self) -> None:
        """A folder is one provider's: it is not guessed whose it is, or up to when it holds."""
        self._report(
            HEADER,
            "duplicate-key",
            HEADER.key,
            "MHS000Header t WHERE (SELECT count(DISTINCT OrgIDProvider) FROM MHS000Header) > 1 "
            "AND t.OrgIDProvider IS NOT NULL AND t.line NOT IN (SELECT line FROM findings "
            "WHERE table_no = 0 AND code = 'duplicate-key')",
            "(SELECT count(*) FROM MHS000Header)",
        )

    def _own_dates(self, table: TableSpec, as_of: date) -> None:
        """Dates of one row that contradict each other or the date of the extract."""
        certain = f"t WHERE t._status <> {UNCERTAIN} AND"
        own = [(code, late, early) for name, code, late, early in _ORDER if name == table.name]
        own += [("end-before-start", end, start) for start, end in table.ends]
        for code, late, early in own:
            self._report(
                table,
                code,
                [late],
                f'"{table.name}" {certain} t."{late}" < t."{early}"',
                f't."{early}"',
            )
        today = as_of.isoformat()
        if table is PEOPLE:
            self._report(
                table,
                "birth-date-out-of-range",
                ["PersonBirthDate"],
                f'"{table.name}" {certain} (t.PersonBirthDate > ? OR t.PersonBirthDate < ?)',
                "?",
                (today, today, years_before(as_of, _OLDEST).isoformat()),
            )
        if table.name == "MHS201CareContact":
            self._report(
                table,
                "future-contact",
                ["CareContDate"],
                f'"{table.name}" {certain} t.CareContDate > ? AND t.AttendStatus IN ({_ATTENDED})',
                "?",
                (today, today),
            )

    def _parent(self, table: TableSpec) -> None:
        """Rows whose parent is not in the folder, or is there and was rejected."""
        if table.parent is None:
            return
        column, parent, key = table.parent.column, table.parent.table, table.parent.key
        execute = self.connection.execute
        execute("DROP TABLE IF EXISTS temp.lost")
        execute(
            f'CREATE TEMP TABLE lost AS SELECT t.line AS line, EXISTS (SELECT 1 FROM "{parent}" p '
            f'WHERE p."{key}" = t."{column}") AS listed FROM "{table.name}" t '
            f'WHERE t."{column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{parent}" p '
            f'WHERE p."{key}" = t."{column}" AND p._status = {ACCEPTED}) '
            "AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.table_no = ? AND f.line = t.line "
            "AND f.code = 'ragged-row')",
            (READ_ORDER[table.name],),
        )
        for code, listed in (("orphan", 0), ("parent-rejected", 1)):
            self._report(
                table,
                code,
                [column],
                f'lost l JOIN "{table.name}" t ON t.line = l.line WHERE l.listed = {listed}',
                f"'{parent}.csv'",
            )
        for name, code, late, early in _ORDER_TO_PARENT:
            if name == table.name:
                self._report(
                    table,
                    code,
                    [late],
                    f'"{table.name}" t JOIN "{parent}" p ON p."{key}" = t."{column}" '
                    f"AND p._status = {ACCEPTED} "
                    f'WHERE t._status <> {UNCERTAIN} AND t."{late}" < p."{early}"',
                    f'p."{early}"',
                )

    def _settle(self, table: TableSpec) -> None:
        """Rejected is every row with a reason to be; what is only a warning goes with it."""
        execute = self.connection.execute
        number = READ_ORDER[table.name]
        execute(
            f'UPDATE "{table.name}" SET _status = {REJECTED} WHERE _status = {UNCERTAIN} OR line IN'
            " (SELECT line FROM findings WHERE table_no = ? AND action = 'reject')",
            (number,),
        )
        execute(
            "DELETE FROM findings WHERE table_no = ? AND action = 'warn' AND line IN "
            f'(SELECT line FROM "{table.name}" WHERE _status = {REJECTED})',
            (number,),
        )
        execute(
            f'UPDATE "{table.name}" SET _status = {REPEATED} WHERE line IN '
            "(SELECT line FROM findings WHERE table_no = ? AND code = 'exact-duplicate')",
            (number,),
        )

    def _times(self, table: TableSpec) -> None:
        """Local times in the hour that the clocks jump over in March."""
        gap = "BETWEEN '01:00:00' AND '01:59:59.9'"
        for day, time in table.moments:
            if time:
                found = f't."{time}" {gap} AND t."{day}" IN (SELECT day FROM clocks_forward)'
            else:  # a date-time; one that gives its difference from UTC always exists
                found = (
                    f'substr(t."{day}", 12) {gap} AND substr(t."{day}", 1, 10) IN '
                    "(SELECT day FROM clocks_forward) "
                    f"AND substr(t.\"{day}\", 20) NOT GLOB '*[+-]*'"
                )
            self._report(
                table,
                "time-does-not-exist",
                [time or day],
                f'"{table.name}" t WHERE t._status = {ACCEPTED} AND {found}',
                f't."{day}"',
            )

    def _references(self, table: TableSpec) -> None:
        """Workers and teams that are mentioned but not listed."""
        for reference in table.references:
            column = reference.column
            found = self._report(
                table,
                f"unknown-{reference.kind}",
                [column],
                f'"{table.name}" t WHERE t._status = {ACCEPTED} AND t."{column}" IS NOT NULL '
                f'AND NOT EXISTS (SELECT 1 FROM "{reference.table}" p '
                f'WHERE p."{reference.key}" = t."{column}" AND p._status = {ACCEPTED})',
            )
            if found:
                self.connection.execute(
                    "INSERT OR IGNORE INTO placeholders SELECT ?, value FROM findings "
                    "WHERE table_no = ? AND code = ?",
                    (reference.kind, READ_ORDER[table.name], f"unknown-{reference.kind}"),
                )

    def _numbers(self) -> None:
        """People who share an NHS number with somebody else in the folder."""
        self.connection.execute(
            f"UPDATE MHS001MPI SET _nhs_number_shared = s.people FROM "
            f"(SELECT NHSNumber, count(*) AS people FROM MHS001MPI WHERE _status = {ACCEPTED} "
            "AND NHSNumber IS NOT NULL GROUP BY NHSNumber HAVING count(*) > 1) s "
            f"WHERE MHS001MPI.NHSNumber = s.NHSNumber AND _status = {ACCEPTED}"
        )
        self._report(
            PEOPLE,
            "nhs-number-shared",
            ["NHSNumber"],
            "MHS001MPI t WHERE t._nhs_number_shared",
            "t._nhs_number_shared",
        )
        self.connection.execute(
            "UPDATE MHS001MPI SET _nhs_number_shared = 1 WHERE _nhs_number_shared"
        )

    def _coordinators(self) -> None:
        """Named workers who start while an earlier one still is. Of two who start on one day,
        the one who ends first is the earlier: a handover."""
        execute = self.connection.execute
        execute("DROP TABLE IF EXISTS temp.overlaps")
        execute(
            "CREATE TEMP TABLE overlaps AS SELECT line, latest FROM ("
            "SELECT line, StartDateAssCareCoord AS start, "
            "max(coalesce(EndDateAssCareCoord, '9999-12-31')) OVER (PARTITION BY LocalPatientID "
            "ORDER BY StartDateAssCareCoord, coalesce(EndDateAssCareCoord, '9999-12-31'), "
            "CareProfLocalID ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest "
            f"FROM MHS006MHCareCoord WHERE _status = {ACCEPTED}) WHERE start < latest"
        )
        self._report(
            BY_NAME["MHS006MHCareCoord"],
            "overlapping-coordinators",
            ["StartDateAssCareCoord"],
            "overlaps o JOIN MHS006MHCareCoord t ON t.line = o.line",
            "CASE o.latest WHEN '9999-12-31' THEN '…' ELSE o.latest END",
        )

    def _contacts(self) -> None:
        """Contacts outside the time of their referral or of the person's life."""
        contacts = BY_NAME["MHS201CareContact"]
        execute = self.connection.execute
        execute("DROP TABLE IF EXISTS temp.times")
        execute("DROP TABLE IF EXISTS temp.outside")
        execute(
            "CREATE TEMP TABLE times (referral TEXT PRIMARY KEY, received, ended, died) "
            "WITHOUT ROWID"
        )
        execute(
            "INSERT INTO times SELECT r.ServiceRequestID, r.ReferralRequestReceivedDate, "
            "r.ServDischDate, p.PersDeathDate FROM MHS101Referral r JOIN MHS001MPI p "
            f"ON p.LocalPatientID = r.LocalPatientID AND p._status = {ACCEPTED} "
            f"WHERE r._status = {ACCEPTED} ORDER BY 1"
        )
        execute(
            "CREATE TEMP TABLE outside AS SELECT c.line AS line, s.received, s.ended, s.died, "
            f"c.CareContDate AS day, c.AttendStatus IN ({_ATTENDED}) AS attended "
            "FROM MHS201CareContact c JOIN times s ON s.referral = c.ServiceRequestID "
            f"WHERE c._status = {ACCEPTED} AND (c.CareContDate < s.received "
            f"OR (c.AttendStatus IN ({_ATTENDED}) "
            "AND (c.CareContDate > s.ended OR c.CareContDate > s.died)))"
        )
        for code, condition, detail in (
            ("contact-after-death", "o.attended AND o.day > o.died", "o.died"),
            ("contact-before-referral", "o.day < o.received", "o.received"),
            ("contact-after-discharge", "o.attended AND o.day > o.ended", "o.ended"),
        ):
            self._report(
                contacts,
                code,
                ["CareContDate"],
                f"outside o JOIN MHS201CareContact t ON t.line = o.line WHERE {condition}",
                detail,
            )
