"""The page of a study holds its answers, its frontier and its fan charts, and opens offline."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.report.figures.study import fan
from sim.report.figures.style import drawing
from sim.report.study.comparison import sentences, words_of
from sim.report.study.study_page import study_page
from sim.report.study.summary import summary
from sim.report.study.workbook import study_workbook
from sim.report.words.rounding import digits_for, number
from sim.study.run.run import ANSWERS, StudyResult
from tests.study.conftest import write_into

STUDY = """
study: paged
title: Does a reserve help
question: Is it worth its money?
scenarios:
  - starter.yaml
  - {file: starter.yaml, name: longer, set: {disruptions.ban.for: 90d}}
strategies: [none, {name: as-is}, double]
measures: [units_unmet, units_unmet by region, fill_rate, cost]
replications: 4
daily: true
end_is_enough: What happens later is not asked.
"""


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, str]:
    """A small study and its page."""
    folder = tmp_path_factory.mktemp("page")
    result = sim.run_study(write_into(folder, STUDY), folder / "out", workers=1)
    return result, study_page(result)


def test_the_page_tells_what_the_tables_say(paged: tuple[StudyResult, str]) -> None:
    result, page = paged
    text = page.replace("&#39;", "'")
    assert "Is it worth its money?" in text
    assert summary(result)[-1] in text and "'double' does best: unmet on the day: " in text
    for line in sentences(result.comparisons, words_of(result.design)):
        assert f">{line}</td>" in text
    for row in result.summary[result.summary["measure"] == "cost"].to_dict("records"):
        digits = digits_for(row["low"], row["high"])
        assert f">{number(row['mean'], min(0, 0 if digits is None else digits))}</td>" in text
    for icer in result.frontier.loc[result.frontier["effect"] == "units_unmet", "icer"].dropna():
        assert f">{icer:,.2f}</td>" in text
    assert text.count('role="img"') == 1 + 2  # the frontier, and a fan chart for each scenario
    assert "Largest regret over the scenarios" in text and "Probability of being best" in text
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert study_page(result) == page


def test_a_fan_chart_shows_the_quantiles_of_the_draws(paged: tuple[StudyResult, str]) -> None:
    result, _ = paged
    rows = result.fan[result.fan["scenario"] == "longer"]
    start = result.design.loaded["longer", "none"].spec.start
    with drawing():
        panel = fan.draw(rows, result.design.strategies, start, "bags").axes[0]
    assert panel.get_title("left") == "'none'"
    days = result.daily[(result.daily["scenario"] == "longer") & (result.daily["strategy"] == "none")]
    table = days.pivot(index="replication", columns="day", values="unmet").to_numpy()
    middle = np.median(table, axis=0)
    assert middle.max() > 0 and np.allclose(np.asarray(panel.lines[0].get_ydata(), dtype=float), middle)
    for band, ends in zip(panel.collections, ((0.1, 0.9), (0.25, 0.75)), strict=True):
        heights = band.get_paths()[0].vertices[:, 1]
        low, high = (np.quantile(table, end, axis=0, method="weibull") for end in ends)
        assert set(np.round(heights, 6)) == set(np.round(np.concatenate([low, high]), 6))
        assert (high > low).any()


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    path = write_into(tmp_path, STUDY.replace("daily: true", "").replace("replications: 4", "replications: 2"))
    done = CliRunner().invoke(cli, ["study", str(path), "-w", "1", "-o", str(tmp_path / "out"), "--quiet"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "out" / "study.html").read_text(encoding="utf-8")
    assert "Unmet demand by day" not in page and "Cost against harm" in page
    again = CliRunner().invoke(cli, ["study", str(path), "-w", "1", "-o", str(tmp_path / "out"), "--quiet"])
    assert again.exit_code == 0 and (tmp_path / "out" / "study.html").read_text(encoding="utf-8") == page


def test_the_answers_of_a_study_are_sheets_of_a_workbook(paged: tuple[StudyResult, str]) -> None:
    result, _ = paged
    book = openpyxl.load_workbook(BytesIO(study_workbook(result)))
    assert book["summary"].max_row == 1 + len(result.summary)
    assert [cell.value for cell in book["summary"][1]] == list(result.summary.columns)
    assert set(book.sheetnames) <= set(ANSWERS)
