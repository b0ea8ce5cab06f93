"""A policy brief says what the study's tables say, in HTML and in Word."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

import sim
from sim.cli import cli
from sim.report.brief.brief_files import write_brief
from sim.report.run.stress_des import ITEMS
from sim.report.study.answer import in_short
from sim.report.words.phrases import count
from sim.study.run.run import StudyResult
from tests.study.conftest import write_into

STUDY = """
study: briefed
title: Does a reserve help
question: Is it worth its money?
scenarios:
  - starter.yaml
  - {file: starter.yaml, name: calm, set: {disruptions.ban.for: 1d, disruptions.outbreak.for: 1d}}
strategies: [none, {name: as-is}, double, {name: again, use: double}]
measures: [units_unmet, units_unmet by region, units_expired, cost]
replications: 4
end_is_enough: What happens later is not asked.
uncertain: {disruptions.ban.for: "uniform(2d, 80d)"}
"""


@pytest.fixture(scope="module")
def briefed(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, str, list[str]]:
    """A small study, the text of its brief as HTML, and all text of its Word document."""
    folder = tmp_path_factory.mktemp("brief")
    result = sim.run_study(write_into(folder, STUDY), folder / "out", workers=1)
    html, word = write_brief(result, result.folder)
    document = Document(BytesIO(word.read_bytes()))
    texts = [p.text for p in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return result, html.read_text(encoding="utf-8"), texts


def test_the_figures_are_those_of_the_tables(briefed: tuple[StudyResult, str, list[str]]) -> None:
    result, html, texts = briefed
    means = result.summary[(result.summary["breakdown"] == "all") & (result.summary["measure"] == "cost")]["mean"]
    assert len(means) == 8
    for mean in means:
        assert f">{count(mean)}<" in html and count(mean) in texts
    short = result.summary[(result.summary["measure"] == "units_unmet") & (result.summary["breakdown"] == "region")]
    for mean in short[short["scenario"] == "my-scenario"]["mean"]:
        assert any(text.startswith((f"{mean:,.0f}", f"{mean:,.1f}")) for text in texts)
    steps = result.frontier.dropna(subset="icer")
    assert len(steps)
    for row in steps[steps["effect"] == "units_unmet"].to_dict("records"):
        assert f">{row['icer']:,.2f}</td>" in html and f"{row['icer']:,.2f}" in texts
    assert "USD for each unit averted" in html and ">cheapest</td>" in html
    assert ">dominated</td>" in html  # 'again' is 'double' once more


def test_money_is_told_in_the_currency_of_the_scenario(briefed: tuple[StudyResult, str, list[str]]) -> None:
    study = briefed[0].design
    about_cost = replace(study, spec=study.spec.model_copy(update={"measures": ["cost"]}))
    told = list(in_short(replace(briefed[0], design=about_cost)))
    assert any(" USD in the mean" in line for line in told) and not any("money" in line for line in told)


def test_it_asks_answers_and_says_what_it_does_not_know(briefed: tuple[StudyResult, str, list[str]]) -> None:
    _, html, texts = briefed
    for heading in ("In short", "Options, cost, and what they avert", "Who loses", "Expiry",
                    "What would change the answer", "Technical annex"):  # fmt: skip
        assert f"<h2>{heading}</h2>" in html and heading in texts
    assert "Is it worth its money?" in html and "Is it worth its money?" in texts
    assert "no difference at all" in html  # in calm times
    assert "Nothing expires" in html


def test_the_annex_answers_all_twenty_items(briefed: tuple[StudyResult, str, list[str]]) -> None:
    result, html, texts = briefed
    assert len(ITEMS) == 20
    for number, item in ITEMS.items():
        assert f"<td>{number}</td><td>{item}</td>" in html and item in texts
    answers = re.findall(r'<td class="answer-text">(.*?)</td>', html)
    assert len(answers) == 20 and all(len(answer) > 20 for answer in answers)
    assert f"seeds {result.design.seeds['calm']} (my-scenario)" in html.replace(" and ", ", ").replace("&#39;", "'")


def test_the_page_opens_offline_and_is_the_same_each_time(
    briefed: tuple[StudyResult, str, list[str]], tmp_path: Path
) -> None:
    result, html, _ = briefed
    assert not re.search(r'(src|href)="(?!data:|#)', html)
    again, _ = write_brief(result, tmp_path)
    assert again.read_text(encoding="utf-8") == html


def test_bounds_that_are_none_are_told(tmp_path: Path) -> None:
    path = write_into(tmp_path, STUDY.replace("2d, 80d", "80d, 2d"))
    with pytest.raises(sim.ScenarioError, match="the lower bound first"):
        sim.run_study(path, tmp_path / "out", workers=1)


def test_the_command_runs_what_is_missing(tmp_path: Path) -> None:
    path = write_into(tmp_path, STUDY.replace("replications: 4", "replications: 2"))
    done = CliRunner().invoke(cli, ["brief", str(path), "-w", "1", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "out" / "brief.html").read_text(encoding="utf-8").replace("&#39;", "'")
    assert (
        "Not, as far as tried: length of export ban 'ban' at 2 days and at 80 days; "
        "'again', 'as-is', 'double' and 'none' stay best, not to be told apart" in page  # by two draws
    )
    body, annex = page.split('<section class="annex">')
    assert "disruptions.ban.for" not in body  # the path is for the annex
    assert "length of export ban 'ban', 2 days to 80 days (disruptions.ban.for in the file)" in annex
    assert (tmp_path / "out" / "brief.docx").exists() and (tmp_path / "out" / "frontier.csv").exists()
