"""What a comparison may say of money, of the end, and of what is counted."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sim.model.goods.counted import in_plural, in_singular
from sim.report.compare.beside import Beside, Option
from sim.report.compare.spent import spent
from sim.report.compare.words import at_end, differences
from sim.report.study import answer
from sim.report.study.comparison import Words
from sim.report.words.at_end import are_short
from sim.report.words.names import Names, told_apart
from sim.report.words.rounding import figure, size
from sim.report.words.units import Counted
from sim.study.infer.compare import compare
from sim.study.infer.side_by_side import BETTER, WORSE, side_by_side

Values = dict[tuple[str, str, str], tuple[list[float], list[float]]]


def beside(values: Values, not_over: float = 0.0) -> Beside:
    """Two options: (measure, breakdown, group) -> the draws of A and of B."""
    rows = pd.DataFrame([
        {"scenario": "", "strategy": letter, "replication": k, "measure": measure, "breakdown": by, "group": group,
         "value": value, "twin": float("nan")}
        for (measure, by, group), both in values.items()
        for letter, draws in zip("AB", both, strict=True) for k, value in enumerate(draws)
    ])  # fmt: skip
    draws = len(next(iter(values.values()))[0])
    ending = pd.DataFrame({"strategy": ["A", "B"], "draws": draws, "short": 0, "not_over": not_over, "settled": True})
    return Beside(
        title="", options=(Option("A", "some", "", {}), Option("B", "none", "", {})), rows=rows, days=pd.DataFrame(),
        table=side_by_side(rows, ["A", "B"]), draws=draws, start=dt.date(2027, 1, 4), end=dt.date(2027, 3, 18),
        products={"mask": "box"}, currency="EUR", ending=ending,
    )  # fmt: skip


COST, GOODS, RESERVES = ("cost", "all", ""), ("cost", "line", "purchase"), ("cost", "line", "holding of reserves")
FILL = ("fill_rate", "all", "")


@pytest.mark.parametrize(
    ("served", "reserves", "told"),
    [
        # B: 1,000 less in all, 300 of it for holding reserves: 700 less for goods, and fewer are served
        ([0.5], [300.0], "B looks cheaper than it is: 700 EUR less goes"),
        # as many are served: it is cheaper, and no more is said
        ([0.9], [300.0], ""),
        # fewer are served, but all that is saved is the holding of reserves
        ([0.5], [1000.0], ""),
    ],
)
def test_a_lower_cost_is_not_called_better(served: list[float], reserves: list[float], told: str) -> None:
    both = beside({
        FILL: ([0.9], served), COST: ([3000.0], [2000.0]), RESERVES: (reserves, [0.0]),
        GOODS: ([3000.0 - reserves[0]], [2000.0]),
    })  # fmt: skip
    found = differences(both, both.others[0])
    assert not any("ost" in line for verdict in (BETTER, WORSE) for line in found[verdict])
    money = both.table[both.table["measure"] == "cost"]
    assert not money["verdict"].isin([BETTER, WORSE]).any()
    first, *why = spent(both, both.others[0])
    assert first == "Cost is lower under B than under A in this draw: 2,000 EUR in place of 3,000 EUR."
    assert [line.partition(" for buying")[0] for line in why] == ([told] if told else [])


def test_the_first_option_may_be_the_one_that_looks_cheap() -> None:
    """Turned round: A spends 1,000 less because 0.4 of its patients get nothing."""
    both = beside({FILL: ([0.5], [0.9]), COST: ([2000.0], [3000.0])})
    first, why = spent(both, both.others[0])
    assert (
        first.startswith("Cost is higher under B")
        and why.startswith("A looks cheaper than it is")
        and "1,000 EUR less" in why
    )


def test_of_costs_that_draws_do_not_tell_apart_nothing_is_said() -> None:
    both = beside({FILL: ([0.9, 0.9, 0.9], [0.5, 0.5, 0.5]), COST: ([1.0, 2.0, 3.0], [2.0, 1.0, 3.0])})
    assert not [*spent(both, both.others[0])]


def test_a_comparison_that_stops_before_a_disruption_does_says_so() -> None:
    values: Values = {FILL: ([1.0], [1.0])}
    assert at_end(beside(values)) == []
    assert at_end(beside(values, not_over=1.0)) == [
        "1 disruption had not ended 14 days before 17 March 2027, the last day: what it may still bring is not in "
        "these figures."
    ]
    assert at_end(beside(values, not_over=2.0))[0].startswith("2 disruptions had not ended")


def test_one_of_anything_is_told_in_the_singular() -> None:
    for unit in ("bag", "box of 50 pairs", "dose", "syringe", "glass", "brush", "day"):
        assert in_singular(in_plural(unit)) == unit
    assert (figure(1, "days"), figure(1, "EUR"), figure(1, "KES")) == ("1 day", "1 EUR", "1 KES")
    assert (size(-1, "boxes"), size(1, "day"), size(0, "boxes"), size(1.5, "boxes")) == (
        "1 box", "1 day", "0 boxes", "1.5 boxes")  # fmt: skip
    assert are_short(1, 1) == "the one draw made is still short"


def test_shares_differ_by_no_more_than_all() -> None:
    """0, 1, 1, 1 less 0: mean 0.75, standard error 0.25, t of 3 degrees 3.18: -0.05 to 1.55, of which 1 is possible."""
    both = beside({FILL: ([0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0])})
    (row,) = compare(both.rows, ["A", "B"], [("B", "A")], 0.95).to_dict("records")
    assert (row["low"], row["high"]) == (pytest.approx(0.75 - 3.182 * 0.25, abs=1e-3), 1.0)


def test_options_of_one_title_are_told_apart_by_their_names() -> None:
    assert told_apart({"big": "Thirty days", "twin": "Thirty days", "none": "Nothing"}) == {
        "big": "Thirty days (big)", "twin": "Thirty days (twin)", "none": "Nothing",
    }  # fmt: skip


def test_units_that_are_added_up_are_named() -> None:
    assert Counted("EUR", {"mask": "box", "gown": "piece", "cap": "box"}).added_up == "boxes and pieces"
    assert Counted("EUR", {"mask": "box", "cap": "box"}).added_up == ""


@pytest.mark.parametrize(
    ("first", "picked", "told"),
    [
        (["big"], 1, "'big' is best, with a confidence of 95% (Kim and Nelson)."),
        # the intervals tell one to be best, the procedure has not come to its end: no contradiction
        (["big"], None, "'big' does best in the draws made; to pick it with a confidence of 95% (Kim and Nelson) "
                        "takes more of them."),
        (["big", "none"], None, "'big' and 'none' cannot be told apart."),
        (["big", "none"], 1, "'big' and 'none' cannot be told apart."),
        (["none"], 1, "not decided which is best."),
    ],
)  # fmt: skip
def test_what_is_picked_does_not_gainsay_what_does_best(
    first: list[str], picked: int | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "leaders", lambda *_: first)
    monkeypatch.setattr(answer, "words_of", lambda _: Words(Names(), Counted("EUR", {"mask": "box"})))
    best = SimpleNamespace(measure="units_unmet", confidence=0.95)
    design = SimpleNamespace(spec=SimpleNamespace(best=best), strategies=["none", "big"], scenarios=["s"])
    result: Any = SimpleNamespace(
        design=design, unsettled=[], selection={"s": SimpleNamespace(best=picked, left=(0, 1))}
    )  # fmt: skip
    assert list(answer.selected_words(result)) == [f"Unmet on the day: {told}"]
