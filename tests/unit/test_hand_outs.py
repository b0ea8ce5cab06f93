"""What is handed out: tables in which accents survive Excel, and a summary of two pages."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.output.workbook import workbook
from sim.report.run.summary import MOST

BOM = b"\xef\xbb\xbf"
ACCENTS = """
scenario: accents
title: Hôpitaux de Dédougou
start: 2024-01-01
end: 2024-01-20
products: {gélule: {unit: boîte, cost: 1}}
suppliers: {plant: {makes: {gélule: {}}}}
facilities: {"Dédougou": {region: Boucle du Mouhoun}, "Łódź": {region: Łódzkie}, "=1+1": {region: Łódzkie}}
lanes: [{from: plant, to: facilities, time: 2d}]
demand: [{at: facilities, product: gélule, per_day: 5, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 4d}]
disruptions: [{kind: site_outage, name: grève, at: plant, from: 2024-01-05, for: 12d}]
"""


def runs(*words: str) -> str:
    done = CliRunner().invoke(cli, list(words))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("accents")
    (place / "scenario.yaml").write_text(ACCENTS, encoding="utf-8")
    told = runs("run", str(place / "scenario.yaml"), "-o", str(place / "run"), "-q", "--pages", "2", "--xlsx")
    assert f"To print: {place / 'run' / 'summary.html'}" in told
    assert f"Tables: {place / 'run' / 'tables.xlsx'}" in told
    return place / "run"


def test_csv_files_begin_with_the_mark_by_which_excel_knows_their_letters(folder: Path) -> None:
    raw = (folder / "metrics.csv").read_bytes()
    assert raw.startswith(BOM) and raw.count(BOM) == 1
    assert "gélule" in raw.decode("utf-8-sig")


def test_the_workbook_has_every_table_with_its_letters_and_numbers(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    assert {"metrics-overall", "stockouts", "disruptions", "costs", "events", "assumed"} <= set(book.sheetnames)
    rows = [[cell.value for cell in row] for row in book["stockouts"].iter_rows()]
    assert rows[0][0] == "Site" and {row[0] for row in rows[1:]} == {"Dédougou", "Łódź", "=1+1"}
    assert all(isinstance(row[5], int) for row in rows[1:])
    assert all(cell.data_type != "f" for row in book["stockouts"].iter_rows() for cell in row), "nothing is worked out"
    assert book["disruptions"]["A2"].value == "grève"


def test_the_same_tables_give_the_same_bytes_whenever_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [("a table with a very long name / and signs", ["a", "b"], [["x\x07", 1.5], [float("nan"), 2]])]
    first = workbook(tables)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert workbook(tables) == first
    (sheet,) = openpyxl.load_workbook(BytesIO(first)).worksheets
    assert len(sheet.title) <= 31
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [["x", 1.5], [None, 2]]


def test_sheets_whose_names_are_cut_alike_stay_apart() -> None:
    name = "a" * 40
    book = openpyxl.load_workbook(BytesIO(workbook([(name, ["a"], [[1]]), (name, ["a"], [[2]])])))
    assert len(set(book.sheetnames)) == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx", "XLSX"])
def test_an_answer_in_sql_is_written_for_excel(folder: Path, ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"answer.{ending}"
    told = runs("query", str(folder), "SELECT DISTINCT site FROM sites ORDER BY site", "-o", str(out))
    assert str(out) in told
    if ending == "csv":
        assert out.read_bytes().startswith(BOM)
        sites = [row[0] for row in csv.reader(out.read_text(encoding="utf-8-sig").splitlines())]
    else:
        sites = [str(name) for name in pd.read_excel(out, header=None)[0]]
    assert sites[0] == "site" and {"Dédougou", "Łódź"} <= set(sites)


def test_an_answer_can_be_written_only_where_its_form_is_known(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["query", str(folder), "SELECT 1", "-o", str(tmp_path / "answer.ods")])
    assert done.exit_code == 2 and "neither in .csv nor in .xlsx" in done.output
    assert not list(tmp_path.iterdir())


def test_the_summary_opens_offline_and_its_tables_fit_a_page(folder: Path) -> None:
    """Two pages: the first screen, and after a page break tables of a bounded number of rows."""
    page = (folder / "summary.html").read_text(encoding="utf-8")
    assert "<script" not in page and not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count('class="second"') == 1 and "break-before: page" in page
    for name, most in MOST.items():
        table = re.search(rf'id="table-{name}".*?</figure>', page, re.DOTALL)
        assert table is None or table[0].count("<tr>") - 1 <= most
    assert "One draw of chance" in page and "probability" not in page
    assert "grève" in page and "What the model leaves out" in page


def test_hand_outs_are_files_of_the_run_and_go_when_it_is_written_without_them(folder: Path, tmp_path: Path) -> None:
    run = sim.run(folder.parent / "scenario.yaml")
    place = run.save(tmp_path / "run", report=False, summary=True, workbook=True)
    assert (place / "summary.html").exists() and (place / "tables.xlsx").exists()
    run.save(place, report=False)
    assert not (place / "summary.html").exists() and not (place / "tables.xlsx").exists()


@pytest.mark.parametrize("option", [("--pages", "2"), ("--xlsx",)])
def test_hand_outs_do_not_go_with_many_draws(folder: Path, option: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, ["run", str(folder.parent / "scenario.yaml"), "-n", "2", *option])
    assert done.exit_code == 2 and f"{option[0]} does not go with --replications" in done.output
