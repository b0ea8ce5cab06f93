"""Answers from few draws, and from draws of what is not known, say so: nothing of one draw is told as certain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.report.questions.causes import causes_page, told
from sim.report.questions.searches import search_words
from sim.report.questions.tipping import tipping_words
from sim.report.words.parameters import Named
from sim.report.words.units import Counted
from sim.report.words.unsure import drawn_words
from sim.study.ask.attribution import Attribution
from sim.study.ask.search import Smallest
from sim.study.ask.tipping import Tipping
from sim.study.design.parameter import Parameter
from sim.study.infer.intervals import share_interval
from sim.study.infer.threshold import parse_target

NAN = float("nan")
ENDS = (dt.date(2001, 4, 11), 100)
COUNTED = Counted("USD", {"saline": "bag"})


def test_what_draws_differ_by_is_said() -> None:
    one = "One draw{} tells what could happen, not how often; more draws (-n) tell more."
    assert drawn_words(1, 0) == [one.format("")]
    assert drawn_words(1, 1) == [one.format(" (of luck, and of 1 figure that is not known)")]
    assert drawn_words(20, 0) == []
    assert drawn_words(20, 2, True) == [
        "The 20 draws differ by luck, and by 2 figures that are not known and how sites differ."
    ]


def attribution(draws: int, *causes: tuple[str, float, float, float]) -> Attribution:
    """Of causes with their shares and intervals."""
    rows = [
        {"measure": "units_unmet", "breakdown": "all", "group": "", "cause": name, "shapley": share, "low": low,
         "high": high, "leave_one_out": share, "alone": share, "total": 100.0, "baseline": 0.0}
        for name, share, low, high in causes
    ]  # fmt: skip
    return Attribution({name: () for name, *_ in causes}, pd.DataFrame(rows), "all subsets", draws)


def test_causes_of_one_draw_are_those_of_one_draw() -> None:
    found = attribution(1, ("ban", 70, NAN, NAN), ("strike", 30, NAN, NAN))
    page = causes_page(found, "", COUNTED)
    assert "the difference by cause (one draw, all subsets)" in told(found, COUNTED)[0]
    assert "&#39;ban&#39; has the largest share in this draw" in page
    assert "One draw, all subsets; one draw has no intervals." in page and "95% intervals are" not in page


def test_a_share_that_may_be_nothing_or_not_the_largest_is_not_told_as_certain() -> None:
    sure = attribution(5, ("ban", 70, 60, 80), ("strike", 30, 20, 40))
    assert "has the largest share, 70" in causes_page(sure, "", COUNTED)
    assert not any("tell from nothing" in line for line in told(sure, COUNTED))
    unsure = attribution(5, ("ban", 70, 40, 100), ("strike", 30, -5, 65))  # 40 to 100 and -5 to 65 overlap
    assert "has the largest share in the mean of these draws, 70" in causes_page(unsure, "", COUNTED)
    assert [line.split(":")[0].strip() for line in told(unsure, COUNTED) if "do not tell from nothing" in line] == [
        "strike"
    ]


def tipping(draws: int, *met: int) -> list[str]:
    """The words where so many draws meet a target at 0 and 10 days, of which 80% have to."""
    ends = [share_interval(count, draws) for count in met]
    tried = pd.DataFrame({
        "value": [0, 10], "share": [count / draws for count in met], "n": draws,
        "share_low": [low for low, _ in ends], "share_high": [high for _, high in ends],
    })  # fmt: skip
    found = Tipping(met[0] >= 0.8 * draws, met[1] >= 0.8 * draws, None, None, tried, 0.8)
    varied, named = Parameter("a.b", 0, 10, "d"), Named("length", "ban", "a.b")
    return tipping_words(found, varied, named, parse_target("fill_rate>=95%"), "none", ENDS, drawn_words(draws, 3))


def test_that_nothing_tips_over_is_told_as_sure_as_the_draws_are() -> None:
    """Wilson: of 40 all is 91% or more, of 40 at least 34 (85%) is 71% to 93%, of 1 all is 21% or more."""
    one = tipping(1, 1, 1)
    assert "in the one draw holds at both ends" in one[0]
    assert one[1] == "1 draw does not decide that at 0 days and 10 days; more draws do."
    assert one[2].startswith("One draw (of luck, and of 3 figures that are not known) tells what could happen")
    many = tipping(40, 40, 40)
    assert "in 80% of the draws holds" in many[0] and not any("decide" in line for line in many)
    assert tipping(40, 40, 34)[1] == "40 draws do not decide that at 10 days; more draws do."


@pytest.mark.parametrize(
    ("draws", "met", "found", "words"),
    [
        (1, (0, 1), 10, "With 1 draw it may lie anywhere from 1 to more than 10 days; more draws narrow that."),
        (40, (0, 40), 10, "With 40 draws it may lie anywhere from 1 to 10 days; more draws narrow that."),
        (40, (34, 40), 0, "With 40 draws it may lie anywhere from 0 to 10 days; more draws narrow that."),
        (40, (20, 34), 10, "With 40 draws it may lie anywhere from 1 to more than 10 days; more draws narrow that."),
    ],
)
def test_how_much_is_enough_is_told_as_sure_as_the_draws_are(
    draws: int, met: tuple[int, int], found: int, words: str
) -> None:
    """0 and 10 days were tried; see above for the intervals."""
    ends = [share_interval(count, draws) for count in met]
    tried = pd.DataFrame({
        "value": [0, 10], "share": [count / draws for count in met], "n": draws, "first_cost": [0.0, 100.0],
        "share_low": [low for low, _ in ends], "share_high": [high for _, high in ends],
    })  # fmt: skip
    told = search_words(Smallest(found, tried, True), "r", parse_target("fill_rate>=95%"), 0.8, 10, COUNTED, ENDS)
    assert words in told


def test_every_question_of_a_scenario_with_unknowns_says_what_its_draws_are(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        """
scenario: case
title: A ban of about ten days
start: 2001-01-01
end: 2001-02-01
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
lanes: [{from: maker, to: clinic, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10}]
replenishment: [{at: facilities, policy: base_stock, level: 6d}]
disruptions: [{kind: export_ban, name: ban, country: IN, from: 2001-01-10, for: 10d}]
uncertain: {disruptions.ban.for: 'uniform(5d, 15d)', replenishment.0.level: 'uniform(3d, 9d)'}
""",
        encoding="utf-8",
    )
    causes = sim.ask.causes(file, measures=["units_unmet"], replications=2, workers=1)
    assert causes.lines()[-1] == "The 2 draws differ by luck, and by 2 figures that are not known."
    assert causes.lines()[-1] in causes.page()
    ban = "disruptions.ban.for"
    tipped = sim.ask.tipping(file, parameter=ban, target="fill_rate>=5%", replications=1, workers=1)
    one = "One draw (of luck, and of 1 figure that is not known) tells what could happen, not how often"
    assert any(line.startswith(one) for line in tipped.lines()) and one in tipped.page()
