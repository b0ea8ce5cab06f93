"""Tables as spreadsheets leave them: read where they can mean one thing only, else told; never guessed."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import sim
from sim.engine.compile.plan import compile_plan
from sim.errors import ScenarioError
from sim.model.amounts import StockColumn
from sim.scenario.reading.numerals import readings
from sim.scenario.reading.table_files import read_table
from sim.scenario.reading.tables import Table


def table(tmp_path: Path, text: str | bytes, *required: str) -> Table:
    file = tmp_path / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file, required)


def book(tmp_path: Path, *sheets: list[list[Any]], name: str = "t.xlsx") -> Path:
    """A workbook with sheets of these rows, named s1, s2, ..."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        page = made.create_sheet(f"s{number}")
        for row in rows:
            page.append(row)
    made.save(tmp_path / name)
    return tmp_path / name


def told(file: Path, *required: str, sheet: str | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_table(file, required, sheet=sheet)
    return [str(problem).replace(file.as_posix(), file.name) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "unsure", "means"),
    [
        ("1.5", False, ["1.5"]),
        ("1,5", False, ["1.5"]),
        ("-0,25", False, ["-0.25"]),
        ("0,125", False, ["0.125"]),  # nobody writes 0125 so
        ("1234,567", False, ["1234.567"]),  # between thousands a mark would stand after the 1, too
        ("1,234", False, ["1.234", "1234"]),
        ("1.234", False, ["1.234"]),
        ("1.234", True, ["1.234", "1234"]),
        ("1,234,567", False, ["1234567"]),
        ("1.234.567", False, ["1234567"]),
        ("1,234.5", False, ["1234.5"]),
        ("1.234,5", False, ["1234.5"]),
        ("1 234", False, ["1234"]),
        ("12\u00a0345,75", False, ["12345.75"]),
        ("1'234.5", False, ["1234.5"]),
        ("1,23,456", False, []),
        ("1,", False, []),
        ("12 34", False, []),
        ("1e3", True, ["1e3"]),
        ("ten", True, []),
    ],
)
def test_a_number_has_the_meanings_that_it_can_have(text: str, unsure: bool, means: list[str]) -> None:
    assert readings(text, unsure) == means


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_marks_between_cells_are_read(tmp_path: Path, mark: str) -> None:
    found = table(tmp_path, "name;per day;share\na;1,5;12,5%\nb,c;12,25;60 %\n".replace(";", mark), "name")
    assert found.texts("name") == ["a", "b,c"]
    assert found.numbers("per day").tolist() == [1.5, 12.25]
    assert found.shares("share").tolist() == [0.125, 0.6]
    assert found.problems == []


def test_a_line_that_names_the_mark_is_no_row(tmp_path: Path) -> None:
    found = table(tmp_path, "sep=;\r\nn;w\r\n1;2\r\n", "n")
    assert (found.columns, list(found.lines)) == ({"n": ["1"], "w": ["2"]}, [3])


def test_text_of_sixteen_bits_is_read(tmp_path: Path) -> None:
    """Excel's "Unicode text"."""
    assert table(tmp_path, "name\tn\nأسوان\t1\n".encode("utf-16"), "name").texts("name") == ["أسوان"]


def test_limits_tell_which_of_two_numbers_is_meant(tmp_path: Path) -> None:
    found = table(tmp_path, "lat;n\n51,507;51,507\n", "lat")
    assert found.numbers("lat", None, -90, 90).tolist() == [51.507]
    found.numbers("n")
    assert [problem.expected for problem in found.problems] == ["either 51.507 or 51507: no mark between thousands"]


def test_a_point_is_unsure_where_a_comma_is_for_decimals(tmp_path: Path) -> None:
    """In a table with semicolons, and in any column with a decimal comma; elsewhere it is as the language has it."""
    sure = table(tmp_path, "n,w\n1.234,1.000\n")
    assert (sure.numbers("n").tolist(), sure.whole("w").tolist()) == ([1.234], [1])
    unsure = table(tmp_path, 'n;w;x\n1.234;1.000;"1.5"\n')
    unsure.numbers("n"), unsure.whole("w"), unsure.numbers("x")
    assert [problem.value for problem in unsure.problems] == ["'1.234'", "'1.000'"]
    mixed = table(tmp_path, 'n,x\n1.234,1.234\n"1,5",2.5\n')
    assert mixed.numbers("x").tolist() == [1.234, 2.5]
    mixed.numbers("n")
    assert [(problem.line, problem.value) for problem in mixed.problems] == [(2, "'1.234'")]


def test_whole_numbers_are_not_guessed(tmp_path: Path) -> None:
    found = table(tmp_path, 'w\n"1,234"\n"1,234,567"\n"12,0"\n')
    assert found.whole("w").tolist() == [0, 1234567, 12]
    assert [problem.value for problem in found.problems] == ["'1,234'"]


def test_shares_without_a_sign_are_told(tmp_path: Path) -> None:
    found = table(tmp_path, "s\n0.6\n60\n1\n")
    found.shares("s")
    assert [problem.expected for problem in found.problems] == [
        "a share in percent: 0.6%, or 60%", "a share in percent: 60%", "a share in percent: 1%, or 100%",
    ]  # fmt: skip


def test_empty_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    """At the end and in the middle, with or without their marks in every row."""
    found = table(tmp_path, "a,,b,,\n1,,2,,\n3,,4,,\n")
    assert found.columns == {"a": ["1", "3"], "b": ["2", "4"]}
    assert table(tmp_path, "a,b\n1,2,\n3,4,,\n").columns == {"a": ["1", "3"], "b": ["2", "4"]}
    with pytest.raises(ScenarioError, match="column 2 has no name, but values"):
        table(tmp_path, "a,,b\n1,x,2\n")
    with pytest.raises(ScenarioError, match="this row has 3 cells; expected 2"):
        table(tmp_path, "a,b\n1,2,x\n")


def test_names_of_columns_may_have_blanks(tmp_path: Path) -> None:
    assert list(table(tmp_path, "beds  per\u00a0ward ,n\n1,2\n").columns) == ["beds per ward", "n"]


def test_a_row_of_hashtags_is_left_out_with_a_note(tmp_path: Path) -> None:
    found = table(tmp_path, "name,region,n\n#loc+name,#adm1,\na,coast,1\n", "name")
    assert found.texts("name") == ["a"] and list(found.lines) == [3]
    assert [(note.line, note.message, note.value) for note in found.notes] == [
        (2, "the row of hashtags is left out", "'#loc+name'")
    ]
    assert table(tmp_path, "name,n\n#1 Clinic,1\n").texts("name") == ["#1 Clinic"]
    assert table(tmp_path, "name,n\na,1\n#tag,#x\n").texts("name") == ["a", "#tag"], "only below the names"


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL:", "Grand total", "Summe", "Gesamtsumme", "Sub Total", "Итого", "合计", "Σ", "=Total",
             "Total (all)", "Total KE", "Total beds", "Sum total", "Zusammen"],
)  # fmt: skip
def test_a_row_of_sums_is_left_out_with_a_note(tmp_path: Path, word: str) -> None:
    found = table(tmp_path, f"name,region,n,w\na,coast,1.5,2\nb,coast,2,4\n{word},,3.5,6\n", "name")
    assert found.texts("name") == ["a", "b"] and found.numbers("n").tolist() == [1.5, 2]
    assert [(note.line, note.message) for note in found.notes] == [(4, "the row of sums is left out")]


@pytest.mark.parametrize("row", ["Total,,4,6", "Total,coast,3.5,6", "Total,,,"])
def test_what_reads_like_sums_and_is_none_is_told(tmp_path: Path, row: str) -> None:
    with pytest.raises(ScenarioError, match=r"t\.csv:4: this reads like a row of sums, but its figures are not"):
        table(tmp_path, f"name,region,n,w\na,coast,1.5,2\nb,coast,2,4\n{row}\n", "name")


def test_a_place_whose_name_begins_with_total_is_a_place(tmp_path: Path) -> None:
    """Even before the row of sums, in which it counts; and so is one called by a word for sums in another column."""
    assert table(tmp_path, "name,n\nTotal Care Clinic,1\n").texts("name") == ["Total Care Clinic"]
    found = table(tmp_path, "name,n\na,1\nTotal Care Clinic,5\nb,2\nTotal,8\n")
    assert found.texts("name") == ["a", "Total Care Clinic", "b"] and len(found.notes) == 1
    assert len(table(tmp_path, "name,sex,n\na,Total,1\nb,Total,5\nc,Total,2\n")) == 3


@pytest.mark.parametrize(
    ("rows", "left_out"),
    [
        ("a,x,1\nb,x,2\nSubtotal,,3\nc,y,4\nd,y,5\nSubtotal,,9\nTotal,,12\n", [4, 7, 8]),
        ("a,x,1\nb,x,2\nTotal KE,,3\nc,y,4\nd,y,5\nTotal UG,,9\nGrand total,,12\n", [4, 7, 8]),
        ("Total,,12\na,x,1\nb,x,2\nc,y,4\nd,y,5\n", [2]),
        ("a,x,1\nb,x,2\nc,y,4\nd,y,5\n,Total,12\n", [6]),
        ("a,1,x\nb,2,x\nc,4,y\nd,5,y\n,12,Total\n", [6]),
        ("1,a,1%\n2,b,2%\n3,c,4%\n4,d,5%\n5,Total,12%\n", [6]),
    ],
)
def test_sums_stand_below_each_group_above_all_or_behind_a_number(
    rows: str, left_out: list[int], tmp_path: Path
) -> None:
    found = table(tmp_path, "name,region,n\n" + rows)
    assert [note.line for note in found.notes] == left_out
    assert len(found) == 4


def test_a_last_row_that_sums_all_others_is_asked_about_whatever_its_name(tmp_path: Path) -> None:
    found = table(tmp_path, "name,n,w\na,1,2\nb,5,4\nc,2,3\nKenya,8,9\n")
    assert len(found) == 4
    assert [(note.line, note.message.split(":")[0]) for note in found.notes] == [
        (5, "the figures of the last row are the sums of all others")
    ]
    for other in ("a,1,2\nb,5,4\nc,2,3\nKenya,8,8\n", "a,1,2\nb,2,1\nKenya,3,3\n", "a,0,0\nb,0,0\nc,0,0\nd,0,0\n"):
        assert table(tmp_path, "name,n,w\n" + other).notes == ()


@pytest.mark.parametrize("word", ["Average", "MEAN:", "Mittelwert"])
def test_a_row_of_means_is_told(word: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"t\.csv:4: this reads like a row of means"):
        table(tmp_path, f"name,n\na,1\nb,2\n{word},1.5\n")


@pytest.mark.parametrize(
    "above", ["Clinics of the coast\n\n", "Clinics of the coast,\n,\n", "#loc+name,#x\n\n", "a note,\nanother,of two\n"]
)
def test_names_of_columns_below_a_title_are_told_with_their_line(above: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        table(tmp_path, above + "name,n\na,1\n", "name")
    assert [problem.message for problem in caught.value.problems] == ["the names of the columns stand on line 3 only"]


@pytest.mark.parametrize("there", ["Name", "NAME", " na_me"])
def test_a_column_called_nearly_so_is_told(there: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=f"no column 'name', but a column '{there.strip()}'; expected it called"):
        table(tmp_path, f"{there},n\na,1\n", "name")


@pytest.mark.parametrize(
    ("content", "told_of"),
    [
        ("name;n\nHôpital;1\n".encode("cp1252"), "not UTF-8 text; expected a CSV file saved as UTF-8 (in Excel: Save"),
        ("name,n\na,1\n".encode("utf-16-le"), "neither text nor a workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither text nor a workbook"),
        (b"%PDF-1.4\n", "neither text nor a workbook"),
        (b"\xd0\xcf\x11\xe0 and so on", "a workbook of an old kind, or one that opens with a password only"),
        (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a table of LibreOffice (.ods)"),
        (b"\xef\xbb\xbf", "the table is empty"),
    ],
)
def test_files_of_other_kinds_are_told_by_what_is_in_them(content: bytes, told_of: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        table(tmp_path, content, "name")
    assert told_of in str(caught.value)


def test_marks_between_thousands_and_before_signs_may_be_any_blank(tmp_path: Path) -> None:
    found = table(tmp_path, 'n,s\n1\u2009234,60\u00a0%\n1\u202f234,"60,5\u202f%"\n1\u2007234,61%\n')
    assert found.numbers("n").tolist() == [1234] * 3
    assert found.shares("s").tolist() == [0.6, 0.605, 0.61]


def test_dates_are_never_guessed(tmp_path: Path) -> None:
    found = table(tmp_path, "d\n2024-02-01T00:00:00\n2024-02-01 00:00\n3/4/2024\n03.04.2024\n45323\n2024-02-30\n")
    assert np.isnat(found.dates("d")).tolist() == [False, False, True, True, True, True]
    assert [problem.line for problem in found.problems] == [4, 5, 6, 7]
    assert "year-month-day such as 2024-02-01" in (found.problems[0].expected or "")


def test_a_column_of_durations_is_days_of_demand(tmp_path: Path) -> None:
    days = table(tmp_path, "l\n21.5d\n3w\n").stocks("l")
    assert (days[0].tolist(), days[1]) == ([21.5, 21], True)
    days = table(tmp_path, "l;n\n21,5 d;1\n3\u00a0w;2\n1.234,5d;3\n").stocks("l")
    assert (days[0].tolist(), days[1]) == ([21.5, 21, 1234.5], True)
    words = table(tmp_path, "l\n21.5 days\n3 weeks\n")
    words.stocks("l")
    assert {problem.expected for problem in words.problems} == {"a duration such as 14d, 12h, 2w, 3mo or 1y"}
    units = table(tmp_path, "l\n21.5\n3\n").stocks("l")
    assert (units[0].tolist(), units[1]) == ([21.5, 3], False)
    mixed = table(tmp_path, "l\n21.5d\n3\n")
    assert np.isnan(mixed.stocks("l")[0]).tolist() == [False, True]
    assert [str(p).split(": ", 1)[1] for p in mixed.problems] == [
        "column 'l': this is not valid (got '3'); expected durations in all of the column, as on line 2"
    ]


def test_cells_of_a_workbook_are_read_as_the_language_writes_them(tmp_path: Path) -> None:
    file = book(
        tmp_path,
        [["name", "n", "s", "d", "b", None], ["a", 1.234, 0.125, dt.datetime(2024, 2, 1), True, None], [None] * 6,
         ["b", 1200, 1, dt.date(2024, 3, 1), False, None]],
    )  # fmt: skip
    made = openpyxl.load_workbook(file)
    made["s1"]["C2"].number_format = made["s1"]["C4"].number_format = "0.0%"
    made.save(file)
    found = read_table(file, ["name"])
    assert list(found.columns) == ["name", "n", "s", "d", "b"] and list(found.lines) == [2, 4]
    assert found.numbers("n").tolist() == [1.234, 1200]
    assert found.shares("s").tolist() == [0.125, 1.0]
    assert [str(day) for day in found.dates("d")] == ["2024-02-01", "2024-03-01"]
    assert found.whole("b").tolist() == [1, 0]
    assert found.problems == []


def test_a_workbook_has_its_first_sheet_read_or_the_one_named(tmp_path: Path) -> None:
    file = book(tmp_path, [["name"], ["a"]], [["name"], ["b"]])
    assert read_table(file).texts("name") == ["a"]
    assert read_table(file, sheet="s2").texts("name") == ["b"]
    assert told(file, sheet="s3") == ["t.xlsx: there is no such sheet (got 's3'); expected one of s1, s2"]
    assert told(file, "nam") == [
        "t.xlsx, sheet 's1':1: there is no column 'nam'; expected columns name and nam; or the sheet that is meant, "
        "by 'sheet': s2; did you mean 'name'?"
    ]
    assert "or the sheet that is meant, by 'sheet': s2" in told(book(tmp_path, [], [["name"], ["a"]]), "name")[0]


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    assert read_table(book(tmp_path, [["name"], ["a"]]).rename(tmp_path / "t.csv")).texts("name") == ["a"]


def test_a_workbook_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = book(tmp_path, [["name", "n"], ["a", "=1+1"], ["b", "#N/A"]])
    made = openpyxl.load_workbook(file)
    made["s1"]["B3"].data_type = "e"
    made.save(file)
    assert told(file) == [
        "t.xlsx, sheet 's1':2: a formula has no result yet; expected the file opened in Excel and saved",
        "t.xlsx, sheet 's1':3: a cell holds an error of Excel (got '#N/A'); expected a value",
    ]
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as packed:
        packed.writestr("readme.txt", "no workbook")
    assert "this workbook cannot be read" in told(tmp_path / "other.xlsx")[0]
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert told(tmp_path / "old.xls") == [
        "old.xls: this is a workbook of an old kind, or one that opens with a password only; "
        "expected the same saved as .xlsx, or as CSV UTF-8"
    ]
    (tmp_path / "t.csv").write_text("name\na\n")
    assert told(tmp_path / "t.csv", sheet="s1") == ["t.csv: only workbooks (.xlsx) have sheets (got 's1')"]


CASE = """
scenario: case
title: Sites and demand from a workbook
start: 2024-01-01
end: 2024-01-11
products: {saline: {unit: bag}}
suppliers: {maker: {country: IN, makes: {saline: {}}}}
facilities: {table: clinics.xlsx, sheet: s2}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: facilities, product: saline, per_day: column per day, distribution: deterministic}]
replenishment: [{at: facilities, policy: base_stock, level: column level}]
"""


def test_a_scenario_runs_from_a_workbook_and_tells_what_it_left_out(tmp_path: Path) -> None:
    rows = [["name", "country", "per day", "level"], ["#loc", "#country", "#x", "#y"], ["a", "KE", 10, "21.5d"],
            ["b", "UG", 4, "2w"]]  # fmt: skip
    book(tmp_path, [["notes"]], rows, name="clinics.xlsx")
    (tmp_path / "case.yaml").write_text(CASE)
    loaded = sim.validate(tmp_path / "case.yaml")
    assert [note.message for note in loaded.notes if "clinics" in note.file] == ["the row of hashtags is left out"]
    network = compile_plan(loaded).network
    cells = network.select_cells("facilities")
    assert network.units(StockColumn("level"), cells).tolist() == [215, 56]  # 21.5 days of 10, 14 days of 4
