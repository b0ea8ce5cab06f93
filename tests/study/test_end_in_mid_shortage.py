"""An answer is given only where the end does not decide it, and only where draws tell options apart.

The handed case has fifty facilities in two countries; its figures are those of its README. The studies are cut to the
scenario and the options that matter.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.report.brief.brief_files import write_brief
from sim.report.study.answer import in_short
from sim.report.study.study_page import study_page
from sim.report.study.summary import summary
from sim.report.study.who_loses import losers_words
from sim.study.run.run import StudyResult

FOUND = Path(__file__).resolve().parents[1] / "data" / "found" / "end-in-mid-shortage"
STUDY = """
study: where
title: Where should thirty days be held
scenarios: [{{file: qx.yaml, name: long-ban, set: {{disruptions.Export ban.for: 120d}}}}]
strategies: [none, national, regional, pooled]
measures: [units_unmet, cost]
replications: 12
best: {{measure: units_unmet, indifference: 500}}
{more}
"""


def run(folder: Path, more: str = "") -> StudyResult:
    path = folder / "study.yaml"
    for name in ("qx.yaml", "fac50.csv"):
        (folder / name).write_bytes((FOUND / name).read_bytes())
    path.write_text(STUDY.format(more=more), encoding="utf-8")
    return sim.run_study(path, folder / "out", workers=1)


@pytest.fixture(scope="module")
def cut_short(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """Ends on 5 July, when the shortage of the long ban is at its worst."""
    return run(tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="module")
def run_on(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """The same, run on until all draws have recovered."""
    return run(tmp_path_factory.mktemp("on"), "run_on: 119d")


def test_nothing_is_called_best_while_draws_are_still_short(cut_short: StudyResult) -> None:
    assert cut_short.unsettled == ("long-ban",)
    assert set(zip(cut_short.ending["short"], cut_short.ending["draws"], strict=True)) == {(12, 12)}
    assert cut_short.best["probability_best"].isna().all() and not cut_short.best["selected"].any()
    assert cut_short.regret.empty and cut_short.frontier.empty
    html, word = write_brief(cut_short, cut_short.folder)
    brief, page = html.read_text(encoding="utf-8"), study_page(cut_short)
    said = "12 of 12 draws are still short under every strategy on 4 July 2027, the last day"
    for text in (page, "\n".join(summary(cut_short)), brief.replace("&#39;", "'")):
        assert said in text and "run_on: 120d" in text and "end: recovered" in text
        for claim in ("does best", "is best", "cautious choice", "Probability", "dominated", "stays best"):
            assert claim not in text.replace("Probability of being best", "")
    assert word.exists()


def test_the_withheld_brief_shows_each_draw_by_letter_and_names_no_best(cut_short: StudyResult) -> None:
    """One page, a square a draw, options in the order of their letters; 74 % as the README has it."""
    html, word = write_brief(cut_short, cut_short.folder)
    page = html.read_text(encoding="utf-8").split('<details class="annex">')[0]
    assert word.exists() and page.count('class="sheet-of-paper"') == 1 and "page 1 of 1" in page
    assert page.count('<i class="short"></i>') == 4 * 12 and page.count('class="squares"') == 4
    order = [page.index(f'<span class="k">{letter}</span>') for letter in "ABCD"]
    assert order == sorted(order) and "not ranked" in page and "lower limit" in page
    assert ">73.8%</td>" in page and "bags" in page and " units" not in page
    for claim in ("best of", "Best:", "Probability", "Cautious", "Money", "What money buys", "better off"):
        assert claim not in page
    assert "No best option can be named yet" in page and "B, C and D did better than A in each of 12 draws" in page


def test_how_a_run_ended_is_kept_for_each_draw(cut_short: StudyResult) -> None:
    rows = cut_short.kept[(cut_short.kept["strategy"] == "regional") & (cut_short.kept["breakdown"] == "all")]
    means = rows.groupby("measure")["value"].mean()
    assert len(rows[rows["measure"] == "unmet_at_end"]) == 12
    assert means["unmet_at_end_share"] == pytest.approx(0.74, abs=0.005)  # as the README has it
    assert 40 < means["short_at_end"] <= 50  # of fifty facilities
    assert "unmet_at_end" not in set(cut_short.replications["measure"])  # which the study does not ask for


def test_who_loses_is_told_against_every_option(cut_short: StudyResult) -> None:
    table = cut_short.losses.set_index(["breakdown", "group", "strategy", "other"])
    for group, other, mean, better in (("country", "pooled", 7923, 2513), ("priority", "national", 2947, 1656)):
        row = table.loc[(group, {"country": "ZZ", "priority": "1"}[group], "regional", other)]
        assert (round(row["mean"]), round(row["other_mean"]), row["verdict"]) == (mean, better, "worse")
        assert row["low"] < row["worse_by"] < row["high"]
    told = next(line for line in losers_words(cut_short) if line.startswith("Under 'regional'"))
    assert "so far" in told
    assert "priority 1, vital under 'national' (2,947 against 1,656 bags)" in told
    assert "country ZZ under 'pooled' (7,923 against 2,513 bags)" in told


def test_priority_1_is_shown_where_it_loses_nothing(cut_short: StudyResult) -> None:
    told = next(line for line in losers_words(cut_short) if line.startswith("Under 'national'"))
    assert told.endswith("No loss of priority 1, vital can be told.")


def test_losses_are_the_same_seen_from_either_side(cut_short: StudyResult) -> None:
    table = cut_short.losses.set_index(["breakdown", "group", "strategy", "other"])
    one, two = (table.loc[("country", "ZZ", *pair)] for pair in (("none", "pooled"), ("pooled", "none")))
    assert one["worse_by"] == -two["worse_by"] and (one["low"], one["high"]) == (-two["high"], -two["low"])
    assert (one["verdict"], two["verdict"]) == ("worse", "better")
    groups = {(by, group): rows for (by, group), rows in cut_short.losses.groupby(["breakdown", "group"])}
    assert all(len(rows) == 4 * 3 for rows in groups.values())  # four options, each against the three others


def test_run_to_the_end_of_the_shortage_options_within_the_indifference_are_not_told_apart(run_on: StudyResult) -> None:
    assert run_on.unsettled == () and not run_on.ending["short"].any()
    standing = run_on.standing.set_index("strategy")
    assert set(standing.index[standing["together"]]) == {"national", "regional", "pooled"}
    (told,) = in_short(run_on)
    assert "'national', 'regional' and 'pooled' cannot be told apart" in told
    assert "does best" not in told and "less than the 500 bags worth telling apart" in told
    assert not run_on.best["selected"].any()
    assert "cannot be told apart" in summary(run_on)[-2]


def test_a_reason_why_the_end_is_enough_is_printed_and_lets_the_answer_be_given(
    cut_short: StudyResult, tmp_path: Path
) -> None:
    found = run(cut_short.folder.parent, "end_is_enough: The budget year ends then.")
    html, _ = write_brief(found, tmp_path)
    assert "The budget year ends then." in html.read_text(encoding="utf-8")
    lines = list(in_short(found))
    assert "still short" in lines[0] and lines[1].endswith("The budget year ends then.")
    assert any("cannot be told apart" in line or "does best" in line for line in lines[2:])
    assert found.best["probability_best"].notna().all()
