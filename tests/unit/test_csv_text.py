"""Cells of the CSV files that are written: none is a formula to a spreadsheet, and numbers stay numbers."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.output.csv_text import csv_of_frame, csv_of_rows, harmless
from sim.report.sheets import Sheet

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', "-clinic", "＝1"]
PLAIN = [
    "clinic",
    "a=b",
    "1-2",
    " =1",
    "",
    "'=1",
    "−5",
    "-5",
    "+5.5",
    "-1,234",
    "-3%",
    "-1e-7",
    5,
    -5,
    -2.5,
    None,
    True,
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_work_out_is_marked_as_text(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("value", PLAIN)
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert harmless(value) is value


def test_a_table_is_written_alike_from_rows_and_from_a_frame() -> None:
    """Headings too; an index is not written, and columns of one name stay apart."""
    head, rows = ["=a", "b", "b"], [["=1", -1.5, 2], ["x, y", 0.25, -3], [None, 7.0, 4]]
    expected = "'=a,b,b\n'=1,-1.5,2\n\"x, y\",0.25,-3\n,7.0,4\n"
    assert csv_of_rows(head, rows) == expected
    frame = pd.DataFrame(rows, columns=["=a", "b", "c"]).set_axis(head, axis=1)
    assert csv_of_frame(frame) == expected
    assert csv_of_frame(frame.astype({"=a": "category"})) == expected


def test_numbers_keep_every_digit() -> None:
    values = np.array([0.1, -1 / 3, 1e-300, 2.0**60])
    read = pd.read_csv(io.StringIO(csv_of_frame(pd.DataFrame({"v": values}))))
    assert read["v"].tolist() == values.tolist()


def test_a_scenario_cannot_put_a_formula_into_its_results(tmp_path: Path) -> None:
    """A region, a product and a site are named to do harm; metrics.csv and the tables of the page do not."""
    (tmp_path / ".tideover").touch()
    path = tmp_path / "formula.yaml"
    path.write_text(
        """
scenario: formula
title: Names that are formulas
start: 2024-01-01
end: 2024-01-11
products: {"=cmd()": {unit: kit}}
suppliers: {maker: {country: IN, makes: {"=cmd()": {}}}}
facilities: {"@clinic": {country: KE, region: "=1+1"}, "-clinic": {country: KE, region: "+1+1"}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: facilities, product: "=cmd()", per_day: 10}]
replenishment: [{at: facilities, policy: base_stock, level: 14d}]
""",
        encoding="utf-8",
    )
    folder = sim.run(path).save(tmp_path / "out")
    files = list(folder.rglob("*.csv"))
    assert files
    for file in files:
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            assert all(harmless(cell) == cell for cell in row), row
    assert "'=1+1" in (folder / "metrics.csv").read_text(encoding="utf-8")
    assert Sheet("t", "", ["a"], [["=1"]]).text() == "a\n'=1\n"


def test_there_is_one_writer() -> None:
    """Nothing else in the program turns a table into CSV, but the voyages that it keeps for itself."""
    allowed = {"csv_text.py": {"to_csv", "writer"}, "geography.py": {"DictWriter"}}
    for file in Path(sim.__file__).parent.rglob("*.py"):
        used = {node.attr for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert used & {"to_csv", "DictWriter"} <= allowed.get(file.name, set()), file
        if file.name not in allowed:
            assert "csv.writer(" not in file.read_text("utf-8"), file
