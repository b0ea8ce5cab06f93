"""A policy brief says what the study's tables say, on two pages, with names and units that a reader knows."""

from __future__ import annotations

import html as entities
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
from sim.report.study.study_page import study_page
from sim.report.words.rounding import digits_for, number
from sim.study.run.run import StudyResult
from tests.study.conftest import write_into

STUDY = """
study: briefed
title: Does a reserve help
question: Is it worth its money?
scenarios:
  - {file: starter.yaml, title: A long ban}
  - {file: starter.yaml, name: calm, title: Calm times, set: {disruptions.ban.for: 1d, disruptions.outbreak.for: 1d}}
strategies:
  - {name: none, use: none, title: No reserve, what: Clinics keep their usual stock; nothing more.}
  - {name: as-is, title: One store}
  - {name: double, use: double, title: Twice the store}
  - {name: again, use: double, title: Twice the store}
measures: [units_unmet, units_unmet by region, cost]
replications: 4
end_is_enough: What happens later is not asked.
uncertain: {disruptions.ban.for: "uniform(2d, 80d)"}
"""
CLASSES = re.compile(
    r"\b(ExportBan|PortClosure|DemandSurge|BaseStock|MaxMin|Proportional|OrderUpTo|[A-Z][a-z]+Tiers)\b"
)
"""Names of classes, which are no words for a reader."""


@pytest.fixture(scope="module")
def briefed(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, str, list[str]]:
    """A small study, the text of its brief as HTML, and all text of its Word document."""
    folder = tmp_path_factory.mktemp("brief")
    result = sim.run_study(write_into(folder, STUDY), folder / "out", workers=1)
    page, word = write_brief(result, result.folder)
    document = Document(BytesIO(word.read_bytes()))
    texts = [p.text for p in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return result, page.read_text(encoding="utf-8"), texts


def plain(page: str) -> str:
    """A page's words, without tags and pictures."""
    page = re.sub(r"<style.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", page))).replace("\N{NO-BREAK SPACE}", " ")


def test_the_figures_are_those_of_the_tables(briefed: tuple[StudyResult, str, list[str]]) -> None:
    result, page, texts = briefed
    rows = result.summary[(result.summary["breakdown"] == "all") & (result.summary["measure"] == "units_unmet")]
    assert len(rows) == 8
    for row in rows.to_dict("records"):
        shown = number(row["mean"], digits_for(row["low"], row["high"]))
        assert f"<b>{shown}</b>" in page and any(text.startswith(shown) for text in texts)


def test_money_is_told_in_three_lines_each_sum_with_its_currency(briefed: tuple[StudyResult, str, list[str]]) -> None:
    """Holding is a share of what was bought; twice the store is bought for twice as much."""
    result, page, _ = briefed
    spec = result.design.loaded["my-scenario", "as-is"].spec
    text = plain(page)
    money = text[text.index("Money, in three lines (USD)") : text.index("What money buys")]
    for line in ("Bought once", "Held, each year", "Used in this crisis"):
        assert line in money
    sums = re.findall(r"(?<![\w,.])−?\d[\d,]*(?: [A-Z]{3})?(?![\w%])", money.split("Option", 1)[1])
    assert len(sums) >= 4 * 4 and all(found.endswith(" USD") for found in sums)
    rate = spec.costs.holding_rate
    bought, held = (float(x.replace(",", "")) for x in re.findall(r"One store ([\d,]+) USD ([\d,]+) USD", money)[0])
    assert held == pytest.approx(rate * bought, rel=0.01)  # both to three figures
    twice = re.findall(r"Twice the store \(double\) ([\d,]+) USD", money)[0]
    assert float(twice.replace(",", "")) == pytest.approx(2 * bought, rel=0.01)


def test_money_is_told_in_the_currency_of_the_scenario(briefed: tuple[StudyResult, str, list[str]]) -> None:
    study = briefed[0].design
    about_cost = replace(study, spec=study.spec.model_copy(update={"measures": ["cost"]}))
    told = list(in_short(replace(briefed[0], design=about_cost)))
    assert any(" USD in the mean" in line for line in told) and not any("money" in line for line in told)


def test_it_asks_answers_and_says_what_it_does_not_know(briefed: tuple[StudyResult, str, list[str]]) -> None:
    _, page, texts = briefed
    for heading in ("The options", "How sure", "How much of this is known", "Who loses", "Money, in three lines (USD)",
                    "What money buys", "What would change the answer"):  # fmt: skip
        assert f"<h2>{heading}</h2>" in page and heading in texts
    assert "Is it worth its money?" in page and "Is it worth its money?" in texts


def test_options_and_scenarios_go_by_their_titles(briefed: tuple[StudyResult, str, list[str]]) -> None:
    """Two options of one title have their names behind it; units are the product's own."""
    result, page, _ = briefed
    for text in (plain(page).split("Technical annex")[0], plain(study_page(result))):
        for title in ("No reserve", "One store", "Twice the store (double)", "Twice the store (again)", "Calm times"):
            assert title in text
        assert not re.search(r"'(none|as-is|double|again|calm|my-scenario)'", text)
        assert "bags" in text and not re.search(r"\bunits\b", text)
    assert "Clinics keep their usual stock; nothing more." in plain(page)


def test_no_class_stands_on_any_page(briefed: tuple[StudyResult, str, list[str]]) -> None:
    result, page, texts = briefed
    assert not CLASSES.search(plain(page) + " ".join(texts) + plain(study_page(result)))


def test_luck_and_not_knowing_are_two_bars(briefed: tuple[StudyResult, str, list[str]]) -> None:
    """What is known of assumptions: the one uncertain value is among those of weight, with its bounds."""
    text = plain(briefed[1])
    assert "luck and not knowing: all 4 draws with each uncertain figure drawn in its range" in text
    assert "From 4 draws little can be told" in text and "not the probability that the model is right" in text
    assert re.search(r"length of export ban 'ban': 2 days to 80 days tried", text)
    counts = [int(x) for x in re.findall(r"(\d+) (?:sourced|derived|assumed), [\d.]+%", text)]
    assert sum(counts) == int(re.findall(r"Of (\d+) figures of the scenario file", text)[0]) > 0


def test_the_annex_answers_all_twenty_items(briefed: tuple[StudyResult, str, list[str]]) -> None:
    result, page, texts = briefed
    assert len(ITEMS) == 20
    for position, item in ITEMS.items():
        assert f"<td>{position}</td><td>{item}</td>" in page and item in texts
    answers = re.findall(r'<td class="answer-text">(.*?)</td>', page)
    assert len(answers) == 20 and all(len(answer) > 20 for answer in answers)
    assert f"seeds {result.design.seeds['calm']} (my-scenario)" in page.replace(" and ", ", ").replace("&#39;", "'")


def test_the_page_opens_offline_and_is_the_same_each_time(
    briefed: tuple[StudyResult, str, list[str]], tmp_path: Path
) -> None:
    result, page, _ = briefed
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    again, _ = write_brief(result, tmp_path)
    assert again.read_text(encoding="utf-8") == page


def test_it_is_two_pages_and_the_annex_prints_only_where_it_is_open(
    briefed: tuple[StudyResult, str, list[str]],
) -> None:
    page = briefed[1]
    assert page.count('class="sheet-of-paper"') == 2 and "page 2 of 2" in page and "page 3" not in page
    assert '<details class="annex">' in page and ".annex:not([open])" in page


def test_bounds_that_are_none_are_told(tmp_path: Path) -> None:
    path = write_into(tmp_path, STUDY.replace("2d, 80d", "80d, 2d"))
    with pytest.raises(sim.ScenarioError, match="the lower bound first"):
        sim.run_study(path, tmp_path / "out", workers=1)


def test_the_command_runs_what_is_missing(tmp_path: Path) -> None:
    few = STUDY.replace("replications: 4", "replications: 2")
    few = "\n".join(line for line in few.splitlines() if "calm" not in line and "again" not in line)
    path = write_into(tmp_path, few)
    done = CliRunner().invoke(cli, ["brief", str(path), "-w", "1", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "out" / "brief.html").read_text(encoding="utf-8").replace("&#39;", "'")
    tried = "with 2 draws of each:</b> length of export ban 'ban' at"
    assert f"<b>Not, as far as tried, {tried} 2 days; No reserve, One store and Twice the store are" in page
    assert f"<b>Another way, {tried} 80 days: Twice the store is best by itself." in page
    body, annex = page.split('<details class="annex">')
    assert "disruptions.ban.for" not in body  # the path is for the annex
    assert "length of export ban 'ban', 2 days to 80 days (disruptions.ban.for in the file)" in annex
    assert "Blue bar, luck: all 2 draws of chance, all else as written." in body
    assert (tmp_path / "out" / "brief.docx").exists() and (tmp_path / "out" / "frontier.csv").exists()
