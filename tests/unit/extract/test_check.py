"""The check of a whole folder: what a clean one yields, what the staging file holds, and what
holds for any folder however broken."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.extract.check import check
from casework.extract.spec import TABLES
from casework.extract.staging import reading

from .folder import FILES, SAMPLE, Folder


def rows(result, query: str) -> list[tuple]:
    with reading(result.staging) as connection:
        return connection.execute(query).fetchall()


def test_the_sample_is_clean_but_for_its_readme(tmp_path: Path) -> None:
    result = check(SAMPLE, tmp_path / "staging.sqlite3")
    assert [(f.file, f.line, f.action, f.code) for f in result.findings()] == [
        ("README.md", 0, "notice", "unknown-file")
    ]
    assert (result.as_of, result.provider) == (date(2026, 10, 31), "X0001")
    assert (result.exit_code, result.rejected) == (0, 0)
    assert result.counts["MHS201CareContact"].rows == 891
    assert sum(counts.accepted for counts in result.counts.values()) == 3207


def test_the_staging_file_holds_normal_forms(folder: Folder, checked) -> None:
    folder.set("MHS201", 2, "CareContTime", "10:00")
    folder.set("MHS201", 3, "ClinContDurOfCareCont", "020")
    folder.set("MHS201", 4, "PlannedCareContIndicator", "y")
    folder.set("MHS201", 5, "AttendStatus", "x")
    folder.set("MHS606", 2, "AssToolCompTimestamp", "2025-05-28T11:00Z")
    folder.set("MHS001", 2, "NHSNumber", " 999-000-0018 ")
    result = checked()
    assert rows(
        result,
        "SELECT line, CareContTime, ClinContDurOfCareCont, PlannedCareContIndicator, AttendStatus, "
        "OtherCareProfTeamLocalID FROM loadable_MHS201CareContact WHERE line < 6",
    ) == [
        (2, "10:00:00", 30, "Y", "5", None),
        (3, "10:00:00", 20, "Y", "5", None),
        (4, "10:00:00", 60, "Y", "5", None),
        (5, "10:00:00", rows(result, "SELECT ClinContDurOfCareCont FROM MHS201CareContact "
         "WHERE line = 5")[0][0], "Y", "x", None),
    ]  # fmt: skip
    assert rows(
        result,
        "SELECT AssToolCompTimestamp FROM MHS606CodedScoreAssessmentRefer WHERE line = 2",
    ) == [("2025-05-28T11:00:00+00:00",)]
    assert rows(result, "SELECT NHSNumber FROM MHS001MPI WHERE line = 2") == [("9990000018",)]


def test_ids_keep_their_zeros_and_their_case(folder: Folder, checked) -> None:
    for table in ("MHS901", "MHS206"):
        folder.each_line(table, lambda line: line.replace("S03", "0004821"))
    folder.append("MHS901", "4821,X0001,02")
    folder.append("MHS206", "a00001,0004821")
    result = checked()
    assert (FILES["MHS206"], 914, "CareActID", "orphan") in {
        (f.file, f.line, f.column, f.code) for f in result.findings()
    }
    assert rows(
        result, "SELECT CareProfLocalID FROM MHS901StaffDetails WHERE CareProfLocalID LIKE '%4821'"
    ) == [("0004821",), ("4821",)]


def test_who_is_mentioned_but_not_listed_gets_a_placeholder(folder: Folder, checked) -> None:
    folder.set("MHS206", 4, "CareProfLocalID", "S99")
    folder.set("MHS101", 4, "CareProfTeamLocalID", "T99")
    folder.set("MHS901", 2, "OrgIDCareProfLocalID", "far too long")  # rejected, yet mentioned
    folder.set("MHS001", 3, "PersonBirthDate", "tomorrow")
    folder.set("MHS101", 3, "CareProfTeamLocalID", "T98")  # P002's: rejected with them
    result = checked()
    assert rows(result, "SELECT kind, id FROM placeholders ORDER BY 1, 2") == [
        ("staff", "S01"),
        ("staff", "S99"),
        ("team", "T99"),
    ]


def test_the_rows_of_a_rejected_row_that_does_not_fit_are_told_from_orphans(
    folder: Folder, checked
) -> None:
    folder.replace("MHS101", 2, "R0001,P001")
    result = checked()
    codes = {f.code for f in result.findings() if f.file == FILES["MHS201"]}
    assert codes == {"parent-rejected"}


def test_a_rejected_row_carries_no_warnings(folder: Folder, checked) -> None:
    folder.set("MHS201", 2, "AttendStatus", "x")
    folder.set("MHS201", 2, "CareContDate", "1/1/2026")
    folder.set("MHS101", 3, "SourceOfReferralMH", "a1")
    folder.set("MHS001", 3, "PersonBirthDate", "1700-01-01")
    assert {f.action for f in checked().findings()} == {"reject"}


def test_shared_numbers_are_marked_and_kept(folder: Folder, checked) -> None:
    folder.set("MHS001", 9, "NHSNumber", "9990000018")
    assert rows(
        checked(),
        "SELECT line, NHSNumber FROM loadable_MHS001MPI WHERE _nhs_number_shared ORDER BY line",
    ) == [(2, "9990000018"), (9, "9990000018")]


def test_the_date_given_stands_in_for_the_header(folder: Folder, checked) -> None:
    assert checked(as_of=date(2020, 1, 1)).as_of == date(2026, 10, 31)
    folder.file("MHS000").unlink()
    result = checked(as_of=date(2026, 10, 30))
    assert (result.as_of, result.provider) == (date(2026, 10, 30), "X0001")
    assert [(f.code, f.action) for f in result.findings()] == [("missing-file", "notice")]
    assert checked(as_of=date(2026, 10, 1)).exit_code == 1  # contacts of October lie ahead


@pytest.mark.parametrize("cell", ["31/10/2026", "2024-01-01"])
def test_a_header_that_cannot_be_used_refuses_the_folder(
    folder: Folder, checked, cell: str
) -> None:
    folder.set("MHS000", 2, "ReportingPeriodEndDate", cell)
    result = checked()
    assert [(f.file, f.line, f.code) for f in result.findings()] == [
        (FILES["MHS000"], 0, "missing-value")
    ]
    assert result.exit_code == 2


def test_strict_refuses_a_folder_with_a_rejection(folder: Folder, checked) -> None:
    assert checked(strict=True).loadable
    folder.set("MHS206", 2, "CareProfLocalID", "S0#")
    assert checked().loadable
    result = checked(strict=True)
    assert not result.loadable
    assert result.exit_code == 1


def test_no_such_folder(tmp_path: Path) -> None:
    result = check(tmp_path / "nowhere", tmp_path / "staging.sqlite3")
    assert result.exit_code == 2
    (finding,) = result.findings()
    assert "no such folder" in finding.message


def test_all_that_refuses_a_folder_is_said_at_once(folder: Folder, checked) -> None:
    folder.file("MHS101").unlink()
    folder.file("MHS202").write_bytes(b"")
    folder.each_line("MHS001", lambda line: line.replace(",", ";"))
    assert {f.code for f in checked().findings()} == {
        "missing-file",
        "empty-file",
        "wrong-delimiter",
    }


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_and_blank_lines(folder: Folder, checked, end: str) -> None:
    for name in FILES:
        folder.bytes(name, lambda text: text.replace(b"\n", end.encode()) + end.encode() * 2)
    result = checked()
    assert list(result.findings()) == []
    assert sum(counts.accepted for counts in result.counts.values()) == 3207


def test_columns_are_found_in_any_order(folder: Folder, checked) -> None:
    before = checked().counts
    for name in FILES:
        folder.each_line(name, lambda line: ",".join(reversed(line.split(","))))
    result = checked()
    assert list(result.findings()) == []
    assert result.counts == before


def test_optional_columns_may_be_absent(folder: Folder, checked) -> None:
    for table in TABLES:
        number = table.file[:6]
        header = folder.header(number)
        keep = [i for i, name in enumerate(header) if table.column(name).need != "O"]
        folder.each_line(number, lambda line, keep=keep: ",".join(line.split(",")[i] for i in keep))
    result = checked()
    assert result.exit_code in (0, 1)
    assert not result.fatal
    assert {f.code for f in result.findings()} <= {"duplicate-key", "exact-duplicate"}


def test_a_file_with_only_column_names_is_fine(folder: Folder, checked) -> None:
    for table in ("MHS206", "MHS607", "MHS105"):
        folder.write(table, folder.lines(table)[:1])
    assert list(checked().findings()) == []


def test_what_is_missing_says_what_stays_empty(folder: Folder, checked) -> None:
    for table in ("MHS006", "MHS607"):
        folder.file(table).unlink()
    said = [f.message for f in checked().findings()]
    assert "nobody has a named worker" in said[0]
    assert "clock cannot stop" in said[1]


def test_subfolders_and_the_overlay_of_names_are_not_named(folder: Folder, checked) -> None:
    (folder.path / "more").mkdir()
    (folder.path / "names.csv").write_text("")
    assert list(checked().findings()) == []


def test_a_name_spelt_otherwise_is_another_file(folder: Folder, checked) -> None:
    folder.file("MHS607").rename(folder.path / "mhs607codedscoreassessmentact.csv")
    assert {(f.file, f.code) for f in checked().findings()} == {
        (FILES["MHS607"], "missing-file"),
        ("mhs607codedscoreassessmentact.csv", "unknown-file"),
    }


def test_the_report_holds_no_formulas(folder: Folder, checked, tmp_path: Path) -> None:
    folder.set("MHS206", 2, "CareProfLocalID", "=cmd|' /C calc'!A0")
    folder.set("MHS206", 3, "CareProfLocalID", "@SUM(A1)")
    folder.set("MHS206", 4, "CareProfLocalID", '"+\n\t' + "x" * 300 + '"')
    (folder.path / "=1+1.csv").write_text("")
    result = checked()
    assert result.write_report(tmp_path / "out.csv") == 4
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == ["file", "line", "column", "action", "code", "message", "value"]
    assert [line[6] for line in lines] == [
        "'=cmd|' /C calc'!A0",
        "'@SUM(A1)",
        "'+\\n\\t" + "x" * 37 + "…",
        "",
    ]
    assert lines[3][0] == "'=1+1.csv"
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def test_findings_stand_in_reading_order(folder: Folder, checked) -> None:
    folder.set("MHS101", 60, "ServDischDate", "x")
    folder.set("MHS001", 30, "PersDeathDate", "x")
    folder.set("MHS001", 30, "PersonBirthDate", "x")
    places = [(f.file, f.line, f.column) for f in checked().findings()]
    assert places[:2] == [
        (FILES["MHS001"], 30, "PersonBirthDate"),
        (FILES["MHS001"], 30, "PersDeathDate"),
    ]
    order = list(FILES.values())
    assert [order.index(file) for file, *_ in places] == sorted(
        order.index(file) for file, *_ in places
    )


def test_thousands_with_one_cause_are_said_once(folder: Folder, checked) -> None:
    folder.each_line("MHS201", lambda line: line.replace(",Y,5,,", ",Y,9,,"))
    (cause,) = [c for c in checked().causes() if c.code == "unknown-code"]
    assert cause.findings > 500
    assert cause.first_line == 2


def test_the_same_content_has_the_same_digest(folder: Folder, checked) -> None:
    before = checked().digest
    assert checked().digest == before
    folder.set("MHS201", 2, "ClinContDurOfCareCont", "31")
    assert checked().digest != before


def test_progress_goes_up_to_all_bytes(folder: Folder, checked) -> None:
    seen = []
    checked(progress=lambda file, done, total: seen.append((done, total)))
    total = sum(folder.file(table).stat().st_size for table in FILES)
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_open_quote_does_not_swallow_a_large_file(folder: Folder, checked) -> None:
    lines = folder.lines("MHS202")
    lines[400] = '"' + lines[400]
    folder.write("MHS202", lines + [f"B{n:06d},C00001,30," for n in range(100_000)])
    assert [(f.file, f.line, f.code) for f in checked().findings()] == [
        (FILES["MHS202"], 401, "unclosed-quote")
    ]


# Whatever the folder looks like

JUNK = [
    "",
    " ",
    '"',
    '""',
    "\0",
    "\udc92",
    '"a\nb"',
    "a,b",
    "=1+1",
    "x" * 300,
    "2026-02-30",
    "1/2/2026",
    "2030-01-01",
    "1700-01-01",
    "25:00",
    "P001",
    "R0001",
    "C00001",
    "A00001",
    "S99",
    "T99",
    "a05",
    "5",
    "9990000018",
]


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[str, int, int, str]]:
    """Cells to overwrite: table, how far down, which column, with what."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(FILES)),
                st.integers(0, 2000),
                st.integers(0, 20),
                st.sampled_from(JUNK),
            ),
            min_size=1,
            max_size=25,
        )
    )


def spoil(folder: Folder, wounds: list[tuple[str, int, int, str]]) -> None:
    by_table: dict[str, list] = {}
    for table, line, column, junk in wounds:
        by_table.setdefault(table, []).append((line, column, junk))
    for table, cells in by_table.items():
        lines = folder.lines(table)
        for down, column, junk in cells:
            line = 1 + down % (len(lines) - 1)
            row = lines[line].split(",")
            row[column % len(row)] = junk
            lines[line] = ",".join(row)
            if not down % 7:
                lines.append(lines[line])
        folder.file(table).write_bytes(
            "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
        )


@given(damage())
def test_nothing_is_lost_without_a_line(wounds: list[tuple[str, int, int, str]]) -> None:
    with TemporaryDirectory() as place:
        folder = Folder(Path(place) / "extract")
        spoil(folder, wounds)
        result = check(folder.path, Path(place) / "staging.sqlite3")
        said: dict[tuple[str, int], set[str]] = {}
        for finding in result.findings():
            said.setdefault((finding.file, finding.line), set()).add(finding.action)
            assert finding.message
        if result.fatal:
            assert sum(counts.rows for counts in result.counts.values()) == 0
            return
        with reading(result.staging) as connection:
            for table in TABLES:
                counts = result.counts[table.name]
                assert counts.rows == counts.accepted + counts.rejected
                statuses = dict(
                    connection.execute(f'SELECT line, _status FROM "{table.name}"').fetchall()
                )
                assert len(statuses) == counts.rows
                for line, status in statuses.items():
                    actions = said.get((table.file, line), set())
                    assert {0: actions <= {"warn"}, 1: actions == {"reject"}, 2: "warn" in actions}[
                        status
                    ]
                warned = {line for file, line in said if file == table.file and line > 1} - {
                    line for line, status in statuses.items() if status == 1
                }
                assert counts.warned == len(warned)
            # no accepted row belongs to one that was not
            for table in TABLES:
                if table.parent:
                    lost = connection.execute(
                        f'SELECT count(*) FROM "{table.name}" WHERE _status = 0 '
                        f'AND "{table.parent.column}" NOT IN (SELECT "{table.parent.key}" '
                        f'FROM "{table.parent.table}" WHERE _status = 0)'
                    ).fetchone()
                    assert lost == (0,)


QUIET = [junk for junk in JUNK if '"' not in junk]


@given(damage(), st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(wounds, seed: int) -> None:
    shuffler = random.Random(seed)
    wounds = [wound for wound in wounds if wound[3] in QUIET and wound[3] != "a,b"]

    def findings(folder: Folder, place: Path) -> list[tuple]:
        result = check(folder.path, place / "staging.sqlite3")
        lines = {name: folder.lines(name[:6]) for name in FILES.values()}
        return sorted(
            (f.file, lines[f.file][f.line - 1] if f.line else "", f.column, f.code, f.value)
            for f in result.findings()
        ), {name: counts for name, counts in result.counts.items()}

    with TemporaryDirectory() as place:
        folder = Folder(Path(place) / "extract")
        spoil(folder, wounds)
        before = findings(folder, Path(place))
        for table in FILES:
            header, *lines = folder.lines(table)
            shuffler.shuffle(lines)
            folder.file(table).write_bytes(
                "".join(f"{line}\n" for line in [header, *lines]).encode("utf-8", "surrogateescape")
            )
        assert findings(folder, Path(place)) == before
