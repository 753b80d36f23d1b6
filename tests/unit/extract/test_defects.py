"""Each kind of defect, by file, line, column, action and code, and nothing else besides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from casework.extract.checking.messages import ACTIONS
from casework.extract.staging import reading

from .folder import FILES, Folder

REFERENCE_KINDS = 47


@dataclass(frozen=True)
class Defect:
    """A way to spoil the folder and the findings (table, line, column, code[, action]) it earns.

    `roots` are rejected rows whose descendants must be rejected with them.
    """

    name: str
    spoil: Callable[[Folder], object]
    expected: list[tuple]
    roots: list[tuple[str, int]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.expected[0][3]


def cell(table: str, line: int, column: str, value: str) -> Callable[[Folder], None]:
    return lambda folder: folder.set(table, line, column, value)


def both(*changes: Callable[[Folder], object]) -> Callable[[Folder], None]:
    return lambda folder: [change(folder) for change in changes] and None


def drop_column(table: str, column: str) -> Callable[[Folder], None]:
    def change(folder: Folder) -> None:
        place = folder.header(table).index(column)
        folder.each_line(
            table, lambda line: ",".join(c for i, c in enumerate(line.split(",")) if i != place)
        )

    return change


def one_bad_cell(name: str, table: str, line: int, column: str, value: str, code: str) -> Defect:
    """A cell that has its row, and what hangs on it, rejected or warned about."""
    roots = [(table, line)] if ACTIONS[code] == "reject" else []
    spoil = cell(table, line, column, value)
    return Defect(name, spoil, [(table, line, column, code)], roots)


def quoted_break(folder: Folder) -> None:
    folder.set("MHS206", 3, "CareProfLocalID", '"S0\n3"')
    folder.append("MHS206", "A00001,S0=3")  # 914th line but for the break


DEFECTS = [
    # whole files
    *[
        Defect(
            f"no {table}",
            lambda folder, table=table: folder.file(table).unlink(),
            [(table, 0, "", "missing-file", "fatal")],
        )
        for table in ("MHS001", "MHS101", "MHS201", "MHS202", "MHS206", "MHS901", "MHS902")
    ],
    Defect(
        "no header and no date given",
        lambda folder: folder.file("MHS000").unlink(),
        [("MHS000", 0, "", "missing-file", "fatal")],
    ),
    Defect(
        "optional table absent",
        lambda folder: folder.file("MHS607").unlink(),
        [("MHS607", 0, "", "missing-file", "notice")],
    ),
    Defect(
        "zero bytes",
        lambda folder: folder.file("MHS201").write_bytes(b""),
        [("MHS201", 0, "", "empty-file", "fatal")],
    ),
    Defect(
        "zero bytes, optional table",
        lambda folder: folder.file("MHS105").write_bytes(b""),
        [("MHS105", 0, "", "empty-file", "notice")],
    ),
    Defect(
        "mandatory column gone",
        drop_column("MHS201", "CareContDate"),
        [("MHS201", 1, "CareContDate", "missing-column")],
    ),
    Defect(
        "present column gone",
        drop_column("MHS101", "ServDischDate"),
        [("MHS101", 1, "ServDischDate", "missing-column")],
    ),
    Defect(
        "column gone from an optional table",
        drop_column("MHS006", "EndDateAssCareCoord"),
        [("MHS006", 1, "EndDateAssCareCoord", "missing-column")],
    ),
    Defect(
        "column twice",
        lambda folder: folder.each_line("MHS001", lambda line: f"{line.split(',')[0]},{line}"),
        [("MHS001", 1, "LocalPatientID", "duplicate-column")],
    ),
    Defect(
        "column twice in two cases",
        lambda folder: folder.each_line(
            "MHS001", lambda line: f"{line},{line.split(',')[0].lower()}"
        ),
        [("MHS001", 1, "LocalPatientID", "duplicate-column")],
    ),
    Defect(
        "semicolons",
        lambda folder: folder.each_line("MHS206", lambda line: line.replace(",", ";")),
        [("MHS206", 0, "", "wrong-delimiter")],
    ),
    Defect(
        "tabs",
        lambda folder: folder.each_line("MHS003", lambda line: line.replace(",", "\t")),
        [("MHS003", 0, "", "wrong-delimiter")],
    ),
    Defect(
        "quote open to the end",
        cell("MHS201", 37, "CareContTime", '"10:30:00'),
        [("MHS201", 37, "", "unclosed-quote")],
    ),
    Defect(
        "quote open until another opens",
        both(
            cell("MHS201", 37, "CareContTime", '"10:30:00'),
            cell("MHS201", 60, "CareContTime", '"10:30:00"'),
        ),
        [("MHS201", 37, "", "unclosed-quote")],
    ),
    Defect(
        "quote open until one that closes a cell",
        both(
            cell("MHS201", 37, "CareContTime", '"10:30:00'),
            cell("MHS201", 60, "CareContTime", '10:30:00"'),
        ),
        [("MHS201", 37, "", "unclosed-quote")],
    ),
    Defect(
        "quote open after a proper line break",
        lambda folder: folder.replace("MHS202", 20, 'A00019,"C0\n0019",,"3912'),
        [("MHS202", 21, "", "unclosed-quote")],
    ),
    Defect(
        "quote open in the column names",
        lambda folder: folder.replace("MHS902", 1, '"' + folder.line("MHS902", 1)),
        [("MHS902", 1, "", "unclosed-quote")],
    ),
    Defect(
        "UTF-16",
        lambda folder: folder.bytes("MHS101", lambda text: text.decode().encode("utf-16")),
        [("MHS101", 0, "", "utf-16")],
    ),
    Defect(
        "UTF-16 without a mark",
        lambda folder: folder.bytes("MHS101", lambda text: text.decode().encode("utf-16-le")),
        [("MHS101", 0, "", "utf-16")],
    ),
    Defect(
        "byte-order mark",
        lambda folder: folder.bytes("MHS101", lambda text: b"\xef\xbb\xbf" + text),
        [("MHS101", 0, "", "bom")],
    ),
    Defect(
        "column names in lower case",
        lambda folder: folder.replace("MHS001", 1, folder.line("MHS001", 1).lower()),
        [("MHS001", 1, None, "header-case")],
    ),
    Defect(
        "other columns",
        lambda folder: folder.each_line(
            "MHS001", lambda line: line + (",LoadedOn,Note" if "NHSNumber" in line else ',x,"a\nb"')
        ),
        [("MHS001", 1, "LoadedOn, Note", "extra-column")],
    ),
    Defect(
        "comma at the end of every line",
        lambda folder: folder.each_line("MHS101", lambda line: line + ","),
        [("MHS101", 0, "", "trailing-delimiter")],
    ),
    Defect(
        "comma at the end of every line but the first",
        lambda folder: folder.each_line(
            "MHS101", lambda line: line if "LocalPatientID" in line else line + ","
        ),
        [("MHS101", 0, "", "trailing-delimiter")],
    ),
    Defect(
        "a table that is not read",
        lambda folder: (folder.path / "MHS204IndirectActivity.csv").write_text("a\n"),
        [("MHS204IndirectActivity.csv", 0, "", "unknown-file")],
    ),
    # rows and cells
    Defect(
        "Windows-1252",
        lambda folder: folder.bytes(
            "MHS202", lambda text: text.replace(b"C00002,20,405780009", b"C00002,20,4057\x9280009")
        ),
        [("MHS202", 3, "Procedure", "encoding")],
        [("MHS202", 3)],
    ),
    Defect(
        "zero byte",
        cell("MHS206", 5, "CareProfLocalID", "S0\x003"),
        [("MHS206", 5, "CareProfLocalID", "nul-byte")],
    ),
    one_bad_cell(
        "200,000 characters", "MHS206", 9, "CareProfLocalID", "S" * 200_000, "field-too-long"
    ),
    one_bad_cell("21 characters", "MHS206", 9, "CareProfLocalID", "S" * 21, "field-too-long"),
    one_bad_cell("org of 9", "MHS002", 9, "GMPReg", "X12345678", "field-too-long"),
    one_bad_cell("a code of 5", "MHS101", 9, "SourceOfReferralMH", "A1234", "field-too-long"),
    one_bad_cell("text of 256", "MHS202", 9, "Procedure", "1" * 256, "field-too-long"),
    Defect(
        "two million characters",
        lambda folder: folder.replace("MHS206", 9, "A00008," + "S" * 2_000_000),
        [("MHS206", 9, "", "field-too-long")],
    ),
    Defect(
        "too few cells",
        lambda folder: folder.replace("MHS201", 10, "C00009,R0001,2025-10-01,10:00:00,,30,01"),
        [("MHS201", 10, "", "ragged-row")],
    ),
    Defect(
        "too many cells",
        lambda folder: folder.replace("MHS105", 3, folder.line("MHS105", 3) + ",X0001"),
        [("MHS105", 3, "", "ragged-row")],
    ),
    Defect(
        "an empty cell too many on one line",
        lambda folder: folder.replace("MHS105", 3, folder.line("MHS105", 3) + ","),
        [("MHS105", 3, "", "ragged-row")],
    ),
    Defect(
        "text after a closing quote",
        lambda folder: folder.replace("MHS105", 3, '"R0004"x,,,2026-02-20,,04,X0001'),
        [("MHS105", 3, "", "ragged-row")],
    ),
    Defect(
        "line break in a cell",
        quoted_break,
        [
            ("MHS206", 3, "CareProfLocalID", "line-break-in-cell"),
            ("MHS206", 915, "CareProfLocalID", "bad-identifier"),
        ],
    ),
    Defect(
        "a formula as an id",
        cell("MHS101", 74, "CareProfTeamLocalID", "=cmd|' /C calc'!A0"),
        [("MHS101", 74, "CareProfTeamLocalID", "bad-identifier")],
        [("MHS101", 74)],
    ),
    one_bad_cell("id starts with a dash", "MHS105", 2, "OrgIDReceiving", "-X1", "bad-identifier"),
    one_bad_cell("id with an umlaut", "MHS002", 2, "GMPReg", "X01Ü", "bad-identifier"),
    one_bad_cell("spaces", "MHS206", 7, "CareProfLocalID", '" S03 "', "spaces-trimmed"),
    one_bad_cell("spaces in a blank", "MHS006", 2, "EndDateAssCareCoord", "  ", "spaces-trimmed"),
    one_bad_cell("spaced number", "MHS001", 2, "NHSNumber", "999 000 0018", "spaces-trimmed"),
    one_bad_cell("no date", "MHS101", 60, "ReferralRequestReceivedDate", "", "missing-value"),
    one_bad_cell("no staff id", "MHS006", 9, "CareProfLocalID", "", "missing-value"),
    *[
        one_bad_cell(f"date {value}", "MHS105", 4, "OnwardReferDate", value, "date-format")
        for value in (
            "31/02/2025",
            "03/04/2026",
            "2026-03-01 00:00:00",
            "05-May-2026",
            "2026-3-1",
            "NULL",
            "\uff12026-03-01",
        )
    ],
    one_bad_cell("optional date", "MHS003", 4, "AccommodationTypeEndDate", "1/2/26", "date-format"),
    one_bad_cell("stamp", "MHS606", 4, "AssToolCompTimestamp", "2026-07-28 11:00", "date-format"),
    one_bad_cell("29 Feb", "MHS105", 4, "OnwardReferDate", "2025-02-29", "impossible-date"),
    one_bad_cell("31 Feb", "MHS101", 70, "ServDischDate", "2025-02-31", "impossible-date"),
    one_bad_cell("month 13", "MHS201", 70, "CareContDate", "2025-13-01", "impossible-date"),
    one_bad_cell(
        "stamp on 31 June",
        "MHS606",
        4,
        "AssToolCompTimestamp",
        "2026-06-31T11:00",
        "impossible-date",
    ),
    *[
        one_bad_cell(f"time {value}", "MHS201", 80, "CareContTime", value, "time-format")
        for value in ("25:61", "9.30", "24:00", "9:30", "10:00:60", "1000")
    ],
    one_bad_cell(
        "stamp at 25", "MHS606", 4, "AssToolCompTimestamp", "2026-07-28T25:00", "time-format"
    ),
    *[
        one_bad_cell(
            f"duration {value}", "MHS202", 80, "ClinContactDurOfCareAct", value, "not-a-number"
        )
        for value in ("half hour", "-5", "30.5", "1e3", "\u0663\u0660")
    ],
    one_bad_cell(
        "born tomorrow", "MHS001", 30, "PersonBirthDate", "2026-11-01", "birth-date-out-of-range"
    ),
    one_bad_cell(
        "born 130 years and a day ago",
        "MHS001",
        30,
        "PersonBirthDate",
        "1896-10-30",
        "birth-date-out-of-range",
    ),
    *[
        one_bad_cell(f"code {table} {column} {value}", table, line, column, value, "unknown-code")
        for table, line, column, value in (
            ("MHS201", 40, "AttendStatus", "X"),
            ("MHS201", 40, "ConsMechanismMH", "03"),
            ("MHS101", 40, "SourceOfReferralMH", "ZZ"),
            ("MHS101", 40, "PrimReasonReferralMH", "17"),
            ("MHS902", 4, "ServTeamTypeMH", "A99"),
            ("MHS902", 4, "ServTeamTypeMH", "C03"),
            ("MHS003", 4, "AccommodationType", "MA01"),
            ("MHS003", 4, "AccommodationType", "1"),
            ("MHS004", 4, "EmployStatus", "09"),
            ("MHS901", 4, "CareProfStaffGpMH", "zz"),
            ("MHS009", 4, "CarePlanContentAgreedBy", "16"),
        )
    ],
    one_bad_cell("a05", "MHS902", 2, "ServTeamTypeMH", "a05", "lower-case-code"),
    one_bad_cell("y", "MHS003", 2, "SettledAccommodationInd", "y", "lower-case-code"),
    *[
        one_bad_cell(f"number {value}", "MHS001", 2, "NHSNumber", value, code)
        for value, code in (
            ("999 123 4567", "nhs-number-check-digit"),
            ("9990000019", "nhs-number-check-digit"),
            ("9.99E+09", "nhs-number-format"),
            ("999000001", "nhs-number-format"),
            ("99900000182", "nhs-number-format"),
        )
    ],
    # rows together
    Defect(
        "one number, two people",
        cell("MHS001", 9, "NHSNumber", "9990000018"),
        [
            ("MHS001", 2, "NHSNumber", "nhs-number-shared"),
            ("MHS001", 9, "NHSNumber", "nhs-number-shared"),
        ],
    ),
    Defect(
        "the same row twice",
        lambda folder: folder.append("MHS101", folder.line("MHS101", 3)),
        [("MHS101", 76, "ServiceRequestID", "exact-duplicate")],
    ),
    Defect(
        "the same row three times, without a time that may be blank",
        lambda folder: [folder.append("MHS105", folder.line("MHS105", 3)) for _ in range(2)],
        [
            (
                "MHS105",
                line,
                "ServiceRequestID + OnwardReferDate + OnwardReferReason + OrgIDReceiving",
                "exact-duplicate",
            )
            for line in (7, 8)
        ],
    ),
    Defect(
        "one key, two contents",
        lambda folder: folder.append("MHS101", folder.line("MHS101", 3).replace("T02", "T01")),
        [
            ("MHS101", 3, "ServiceRequestID", "duplicate-key"),
            ("MHS101", 76, "ServiceRequestID", "duplicate-key"),
        ],
        [("MHS101", 3)],
    ),
    Defect(
        "one key, two the same and one not",
        both(
            lambda folder: folder.append("MHS002", folder.line("MHS002", 2)),
            lambda folder: folder.append("MHS002", folder.line("MHS002", 2) + "2026-01-01"),
        ),
        [
            (
                "MHS002",
                line,
                "LocalPatientID + GMPReg + StartDateGMPRegistration",
                "duplicate-key",
            )
            for line in (2, 60, 61)
        ],
    ),
    Defect(
        "one key, one of the rows unusable",
        lambda folder: folder.append(
            "MHS001", folder.line("MHS001", 3).replace("1991-07-30", "30/07/1991")
        ),
        [
            ("MHS001", 3, "LocalPatientID", "duplicate-key"),
            ("MHS001", 62, "LocalPatientID", "duplicate-key"),
            ("MHS001", 62, "PersonBirthDate", "date-format"),
        ],
        [("MHS001", 3)],
    ),
    Defect(
        "one key, two unusable cells",
        both(
            cell("MHS001", 3, "NHSNumber", "abc"),
            lambda folder: folder.append("MHS001", folder.line("MHS001", 3).replace("abc", "def")),
        ),
        [
            ("MHS001", 3, "LocalPatientID", "duplicate-key"),
            ("MHS001", 62, "LocalPatientID", "duplicate-key"),
        ],
        [("MHS001", 3)],
    ),
    Defect(
        "two providers",
        lambda folder: folder.append("MHS000", folder.line("MHS000", 2).replace("X0001", "X0009")),
        [("MHS000", 0, "", "missing-value", "fatal")],
    ),
    Defect(
        "orphan contact",
        lambda folder: folder.append("MHS201", "C99999,R9999,2026-10-01,,,30,01,01,Y,5,,"),
        [("MHS201", 893, "ServiceRequestID", "orphan")],
    ),
    Defect(
        "orphan contact with an activity and staff",
        both(
            lambda folder: folder.append("MHS201", "C99999,r0001,2026-10-01,,,30,01,01,Y,5,,"),
            lambda folder: folder.append("MHS202", "A99999,C99999,30,"),
            lambda folder: folder.append("MHS206", "A99999,S03"),
        ),
        [
            ("MHS201", 893, "ServiceRequestID", "orphan"),
            ("MHS202", 917, "CareContactID", "parent-rejected"),
            ("MHS206", 914, "CareActID", "parent-rejected"),
        ],
    ),
    Defect(
        "agreements without the table of plans",
        lambda folder: folder.file("MHS008").unlink(),
        [
            ("MHS008", 0, "", "missing-file", "notice"),
            *[("MHS009", line, "CarePlanID", "orphan") for line in range(2, 42)],
        ],
    ),
    Defect(
        "a person's rows go with the person",
        cell("MHS001", 2, "PersonBirthDate", "1784-03-12"),
        [("MHS001", 2, "PersonBirthDate", "birth-date-out-of-range")],
        [("MHS001", 2)],
    ),
    Defect(
        "unknown staff",
        both(
            cell("MHS206", 4, "CareProfLocalID", "S99"),
            cell("MHS006", 4, "CareProfLocalID", "S98"),
            cell("MHS606", 4, "CareProfLocalID", "S99"),
        ),
        [
            ("MHS206", 4, "CareProfLocalID", "unknown-staff"),
            ("MHS006", 4, "CareProfLocalID", "unknown-staff"),
            ("MHS606", 4, "CareProfLocalID", "unknown-staff"),
        ],
    ),
    Defect(
        "unknown team",
        both(
            cell("MHS101", 4, "CareProfTeamLocalID", "T99"),
            cell("MHS102", 2, "OtherCareProfTeamLocalID", "T98"),
            cell("MHS201", 4, "OtherCareProfTeamLocalID", "T99"),
        ),
        [
            ("MHS101", 4, "CareProfTeamLocalID", "unknown-team"),
            ("MHS102", 2, "OtherCareProfTeamLocalID", "unknown-team"),
            ("MHS201", 4, "OtherCareProfTeamLocalID", "unknown-team"),
        ],
    ),
    one_bad_cell(
        "discharge first", "MHS101", 2, "ServDischDate", "2025-05-11", "discharge-before-referral"
    ),
    one_bad_cell(
        "rejection first",
        "MHS101",
        2,
        "ReferRejectionDate",
        "2025-05-11",
        "rejection-before-referral",
    ),
    one_bad_cell(
        "a further team's rejection first",
        "MHS102",
        2,
        "ReferRejectionDate",
        "2020-01-01",
        "rejection-before-referral",
    ),
    one_bad_cell(
        "named worker", "MHS006", 2, "EndDateAssCareCoord", "2025-06-10", "end-before-start"
    ),
    one_bad_cell("GP", "MHS002", 2, "EndDateGMPRegistration", "2012-03-31", "end-before-start"),
    one_bad_cell(
        "housing", "MHS003", 2, "AccommodationTypeEndDate", "2025-04-30", "end-before-start"
    ),
    one_bad_cell("work", "MHS004", 2, "EmployStatusEndDate", "2025-04-30", "end-before-start"),
    one_bad_cell(
        "plan", "MHS008", 2, "CarePlanLastUpdateDate", "2025-06-24", "updated-before-created"
    ),
    one_bad_cell(
        "agreement", "MHS009", 2, "CarePlanContentAgreedDate", "2025-06-24", "agreed-before-created"
    ),
    one_bad_cell("attended tomorrow", "MHS201", 39, "CareContDate", "2026-11-01", "future-contact"),
    Defect(
        "attended after death",
        cell("MHS001", 2, "PersDeathDate", "2026-10-13"),
        [
            ("MHS201", 38, "CareContDate", "contact-after-death"),
            ("MHS201", 39, "CareContDate", "contact-after-death"),
        ],
    ),
    one_bad_cell(
        "contact first", "MHS201", 2, "CareContDate", "2025-05-11", "contact-before-referral"
    ),
    Defect(
        "attended after discharge",
        cell("MHS101", 2, "ServDischDate", "2026-10-27"),
        [("MHS201", 39, "CareContDate", "contact-after-discharge")],
    ),
    Defect(
        "two named workers at once",
        cell("MHS006", 21, "EndDateAssCareCoord", "2026-06-16"),
        [("MHS006", 22, "StartDateAssCareCoord", "overlapping-coordinators")],
    ),
    Defect(
        "overlap with one before the last",
        both(
            cell("MHS006", 20, "EndDateAssCareCoord", "2026-06-20"),
            cell("MHS006", 21, "EndDateAssCareCoord", "2026-02-03"),
        ),
        [
            ("MHS006", 21, "StartDateAssCareCoord", "overlapping-coordinators"),
            ("MHS006", 22, "StartDateAssCareCoord", "overlapping-coordinators"),
        ],
    ),
    one_bad_cell("01:30 in March", "MHS201", 158, "CareContTime", "01:30", "time-does-not-exist"),
    Defect(
        "other times in March",
        both(
            lambda folder: folder.append("MHS606", "R0001,718583008,5,2026-03-29T01:59:59,S03"),
            lambda folder: folder.append("MHS606", "R0001,718583008,5,2026-03-29T01:59+01:00,S03"),
            lambda folder: folder.append("MHS105", "R0001,2026-03-29,02:00,2026-03-29,01:00,04,"),
        ),
        [
            ("MHS606", 63, "AssToolCompTimestamp", "time-does-not-exist"),
            ("MHS105", 7, "OnwardReferTime", "time-does-not-exist"),
        ],
    ),
]


def found(result) -> set[tuple]:
    """Where each finding is; its sentence and its value must be fit to be read, too."""
    for finding in result.findings():
        assert re.fullmatch(r"[A-Z0-9].*\.", finding.message, re.DOTALL), finding.message
        assert "%(" not in finding.message
        assert "None" not in finding.message
        assert finding.value.isprintable()
        assert len(finding.value) <= 300
    return {
        (finding.file, finding.line, finding.column, finding.action, finding.code)
        for finding in result.findings()
    }


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.code}: {defect.name}")
def test_a_defect_is_reported_where_it_is_and_nowhere_else(
    defect: Defect, folder: Folder, checked
) -> None:
    defect.spoil(folder)
    expected = {
        (
            FILES.get(table, table),
            line,
            ", ".join(folder.header(table)) if column is None else column,
            action[0] if action else ACTIONS[code],
            code,
        )
        for table, line, column, code, *action in defect.expected
    }
    expected |= {
        (file, line, column, "reject", "parent-rejected")
        for table, line in defect.roots
        for file, line, column in folder.descendants(table, line)
    }

    result = checked()

    actual = found(result)
    if "ragged-row" in {code for *_, code in actual} and defect.expected[0][0] == "MHS201":
        # the activity and the staff of the contact go with it
        expected |= {item for item in actual if item[4] == "parent-rejected"}
        assert len([item for item in actual if item[4] == "parent-rejected"]) == 2
    assert actual == expected
    assert result.fatal == any(action == "fatal" for *_, action, _code in expected)
    rejected = {(file, line) for file, line, _, action, _ in expected if action == "reject"}
    assert result.rejected == len(rejected)
    with reading(result.staging) as connection:
        for file in FILES.values():
            rows = connection.execute(f'SELECT line, _status FROM "{file[:-4]}"').fetchall()
            assert {line for line, status in rows if status == 1} == {
                line for name, line in rejected if name == file
            }
            if result.fatal:
                assert rows == []
    assert result.exit_code == (2 if result.fatal else 1 if rejected else 0)
    assert result.loadable == (not result.fatal)


def test_every_kind_of_defect_has_a_test() -> None:
    assert len(ACTIONS) == REFERENCE_KINDS
    assert {code for defect in DEFECTS for _, _, _, code, *_ in defect.expected} | {
        "parent-rejected"
    } == set(ACTIONS)
