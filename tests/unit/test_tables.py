"""CSV tables: text in, checked columns out, each bad cell told by its line."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from sim.errors import Problem, ScenarioError
from sim.scenario.reading.table_files import read_table
from sim.scenario.reading.tables import Table


def table(tmp_path: Path, text: str | bytes, *required: str) -> Table:
    file = tmp_path / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file, required)


def told(table: Table) -> list[str]:
    return [str(p).replace(p.file, "t.csv", 1) for p in table.problems]


def faults(tmp_path: Path, text: str | bytes, *required: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        table(tmp_path, text, *required)
    return [str(p).replace(p.file, "t.csv", 1) for p in caught.value.problems]


def test_cells_stay_text_and_are_stripped(tmp_path: Path) -> None:
    found = table(tmp_path, b"\xef\xbb\xbf name , country,code\r\n a ,NO,012\r\nb,NA,\r\n", "name")
    assert found.columns == {"name": ["a", "b"], "country": ["NO", "NA"], "code": ["012", ""]}
    assert list(found.columns) == ["name", "country", "code"]
    assert len(found) == 2


def test_columns_are_converted(tmp_path: Path) -> None:
    found = table(tmp_path, "n,w,s,d,t\n1.5,3,60%,14d,2024-02-29\n-2e-1,4.0,0%,2w,2023-01-01\n")
    assert found.numbers("n").tolist() == [1.5, -0.2]
    assert found.whole("w").tolist() == [3, 4]
    assert found.whole("w").dtype == np.int64
    assert found.shares("s").tolist() == [0.6, 0.0]
    assert found.dates("t").tolist() == np.array(["2024-02-29", "2023-01-01"], "datetime64[D]").tolist()
    assert found.texts("d") == ["14d", "2w"]
    assert not found.problems
    found.check()


def test_bad_cells_are_told_by_line_and_column(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "n,w,s,d,t,x\n1,1,1%,1d,2024-01-01,a\n\n'1,2.5,0.6,14,2023-02-29,c\n,,,,,\nnan,-1,160%,-1d,x,\n",
    )
    assert np.isnan(found.numbers("n")).tolist() == [False, True, True]
    assert found.whole("w", minimum=0).tolist() == [1, 0, 0]
    found.shares("s"), found.texts("x", valid=["a", "b"])
    assert np.isnat(found.dates("t")).tolist() == [False, True, True]
    lines = told(found)
    assert "t.csv:4: column 'n': this is not valid (got \"'1\"); expected a plain number such as 12 or 3.5" in lines
    assert "t.csv:6: column 'n': this is not valid (got 'nan'); expected a plain number such as 12 or 3.5" in lines
    assert "t.csv:4: column 'w': this is not valid (got '2.5'); expected a whole number" in lines
    assert "t.csv:6: column 'w': this is not valid (got '-1'); expected a whole number of at least 0" in lines
    assert "t.csv:6: column 's': this is not valid (got '160%'); expected a share between 0% and 100%" in lines
    assert "t.csv:4: column 'x': this is not valid (got 'c'); expected one of a, b" in lines
    assert "t.csv:6: column 'x': there is no value; expected a value" in lines
    assert any(
        line.startswith("t.csv:4: column 't': this is not valid (got '2023-02-29'); expected a date that")
        for line in lines
    )
    assert len(lines) == 10
    with pytest.raises(ScenarioError):
        found.check()


def test_numbers_keep_their_bounds(tmp_path: Path) -> None:
    found = table(tmp_path, "n\n-1\n0\n11\n1e999\n")
    found.numbers("n", minimum=0, maximum=10)
    assert [p.expected for p in found.problems] == ["a number from 0 to 10"] * 2 + ["a plain number such as 12 or 3.5"]


def test_a_name_is_suggested(tmp_path: Path) -> None:
    found = table(tmp_path, "at\nnorth-cov\n")
    found.texts("at", valid=[f"site-{i}" for i in range(50)] + ["north-cove"])
    assert told(found)[0].endswith("expected a name the scenario knows; did you mean 'north-cove'?")


def test_defaults_stand_for_empty_cells_and_absent_columns(tmp_path: Path) -> None:
    found = table(tmp_path, "a,n\nx,\ny,2\n")
    assert found.numbers("n", default=7).tolist() == [7, 2]
    assert found.whole("absent", default=3).tolist() == [3, 3]
    assert found.texts("absent", default="") == ["", ""]
    assert not found.problems
    assert np.isnan(found.numbers("total")).all()
    assert told(found) == ["t.csv:1: there is no column 'total'; expected columns a, n and total"]


def test_twenty_bad_cells_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    found = table(tmp_path, "n\n" + "x\n" * 50)
    found.numbers("n")
    assert len(found.problems) == 21
    assert told(found)[-1] == "t.csv:22: column 'n': (and 30 more)"
    assert str(ScenarioError(found.problems)).endswith("(and 30 more)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,\n1,2,3\n", "column 3 has no name, but values"),
        ("a,b,a\n1,2,3\n", "t.csv:1: the column 'a' stands 2 times"),
        ("a\n1\n", "t.csv:1: there is no column 'b'; expected columns a and b"),
        ("a,b\n", "t.csv:1: the table has no rows below its column names"),
        ("", "t.csv:1: the table is empty"),
        ("\n\n", "t.csv:1: the table is empty"),
        ("a,b\n1,2\n1,2,3\n", "t.csv:3: this row has 3 cells; expected 2, as many as column names"),
        ("a,b\n1\n", "t.csv:2: this row has 1 cells; expected 2"),
        (b"a,b\n1,\xe9\n", "t.csv:2: the table is not UTF-8 text"),
        ('a,b\n1,"2\n', "this is not CSV"),
    ],
)
def test_faults_of_shape_are_told(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert any(message in fault for fault in faults(tmp_path, text, "a", "b"))


def test_quoted_line_breaks_do_not_shift_the_lines(tmp_path: Path) -> None:
    found = table(tmp_path, 'a,n\n"two\nlines",1\nb,x\n')
    found.numbers("n")
    assert found.problems[0].line == 4


def test_a_missing_table_is_told_where_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_table(tmp_path / "none.csv", place=lambda message: Problem("s.yaml", 4, message))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("s.yaml", 4)
    assert "none.csv' is not there" in problem.message


def test_ten_thousand_rows_load_quickly(tmp_path: Path) -> None:
    rows = "\n".join(
        f"site-{i},KE,{i / 7:.3f},{i},{i % 100}%,{i % 30}d,2024-01-{i % 28 + 1:02d}" for i in range(10_000)
    )
    file = tmp_path / "t.csv"
    file.write_text("name,country,n,w,s,d,t\n" + rows)
    begun = time.process_time()
    found = read_table(file, ["name"])
    (
        found.texts("name"),
        found.numbers("n"),
        found.whole("w"),
        found.shares("s"),
        found.dates("t"),
    )
    assert not found.problems
    assert time.process_time() - begun < 1.0
