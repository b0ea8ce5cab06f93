"""Patients who move to another product and stay with it, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.running import changed, run
from tests.textbook.test_scarcity import ALONE, column, refused


def moving(arrives: int, have: int = 0, **terms: Any) -> dict[str, Any]:
    """Ten a day ask for `a`, of which there are so many until plenty comes on a morning; four a day ask for `b`, of
    which there is plenty and two serve for one of a."""
    spec = changed(
        ALONE,
        products={"a": {"unit": "vial", "substitutes": {"b": {"ratio": 2} | terms}}, "b": {"unit": "vial"}},
        lanes=[{"from": "maker", "to": "clinic", "time": f"{arrives}d"}],
        replenishment=[{"at": "clinic", "policy": "push", "quantity": 1000, "review": "60d"}],
    )
    spec["stock"] = [
        {"at": "clinic", "products": ["a"], "on_hand": have},
        {"at": "clinic", "products": ["b"], "on_hand": 1000},
    ]
    return spec


def test_patients_come_back_unless_said() -> None:
    spec = moving(5)
    assert column(spec, "a", "substituted", 8) == [10] * 5 + [0] * 3
    assert column(spec, "a", "demand", 8) == [10] * 8
    assert column(spec, "a", "went_over", 8) == column(spec, "b", "came_over", 8) == [0] * 8


def test_who_stays_is_demand_of_the_other_product_from_then_on() -> None:
    """All ten move on day 0 and four stay: from day 1 on six ask for a and, with eight units for these four, twelve for
    b. The six who lack it move again on days 1 to 4; four is the share of ten that stays, so no more do. On day 5 there
    is a again."""
    spec = moving(5, stays="40%", come_every="1d")
    assert column(spec, "a", "went_over", 20) == [0] + [4] * 19
    assert column(spec, "b", "came_over", 20) == [0] + [8] * 19
    assert column(spec, "a", "demand", 20) == [10] + [6] * 19
    assert column(spec, "b", "demand", 20) == [4] + [12] * 19
    assert column(spec, "a", "substituted", 8) == [10] + [6] * 4 + [0] * 3
    assert column(spec, "b", "stood_in", 8) == [20] + [12] * 4 + [0] * 3
    assert column(spec, "a", "served", 8) == [0] * 5 + [6] * 3
    assert column(spec, "b", "served", 8) == [4] + [12] * 7


def test_where_a_clinic_is_closed_nobody_goes_over() -> None:
    spec = moving(5, stays="40%", come_every="1d")
    spec["facilities"]["clinic"]["closes"] = "2024-01-10"
    assert column(spec, "a", "went_over", 20) == [0] + [4] * 8 + [0] * 11
    assert column(spec, "b", "came_over", 20) == [0] + [8] * 8 + [0] * 11


def test_metrics_tell_moved_from_served_and_needed_from_asked() -> None:
    """In twenty days 200 are needed of a: 34 moved on the day and 76 had gone over, so 110 of 200; 90 were served, six
    on each of fifteen days. Of b 80 are needed, and 152 more asked for."""
    by_product = run(moving(5, stays="40%", come_every="1d")).metrics.by["product"]
    a, b = ({name: value.value for name, value in by_product[product].items()} for product in ("a", "b"))
    assert (a["units_needed"], a["units_demanded"], a["units_stayed"], a["units_substituted"]) == (200, 124, 76, 34)
    assert (a["moved_share"], a["saved_share"], a["short_share"]) == (110 / 200, 0, 0)
    assert (b["units_needed"], b["units_demanded"], b["moved_share"]) == (80, 80 + 19 * 8, 0)


def test_a_short_gap_moves_only_those_who_come_then() -> None:
    """Patients come every five days; on days 0 and 1 there is none. Four of each day's ten stay, and come again on days
    5 and 6, 10 and 11, 15 and 16."""
    spec = moving(2, stays="40%", come_every="5d")
    assert column(spec, "a", "went_over", 20) == [0] * 5 + [4, 4, 0, 0, 0] * 3
    assert column(spec, "a", "demand", 20) == [10] * 5 + [6, 6, 10, 10, 10] * 3


def test_who_stays_for_a_time_comes_back_after_it() -> None:
    """Four of those who move on day 0 stay for three days: on days 1 and 2. On day 3 all ten are back and lack a, and
    four stay for days 4 and 5; on day 6 all are back, and so is a."""
    spec = moving(5, stays="40%", stays_for="3d", come_every="1d")
    assert column(spec, "a", "went_over", 10) == [0, 4, 4, 0, 4, 4, 0, 0, 0, 0]
    assert column(spec, "a", "substituted", 8) == [10, 6, 6, 10, 6, 0, 0, 0]


def test_who_is_served_stays_with_their_own() -> None:
    """Four of ten are there on day 0 and none on days 1 and 2. Six move and 2.4 stay; on day 1 two of these ask for b,
    eight lack a, and 2.4 + 8 use b, of whom 4.16 stay: four on day 2, with the 0.4 and 0.16 carried: 4.56. Six move, of
    4.16 + 6 is 4.064, which is no more. On days 3 to 6: 0.56 + 4.16 = 4.72, 4.88, 5.04, 4.2."""
    spec = moving(3, have=4, stays="40%", come_every="1d")
    assert column(spec, "a", "substituted", 4) == [6, 8, 6, 0]
    assert column(spec, "a", "went_over", 7) == [0, 2, 4, 4, 4, 5, 4]


def test_no_more_go_over_than_ask() -> None:
    """All stay; from day 5 on there is no demand for a, so nobody is left who could ask for b instead."""
    spec = moving(5, stays="100%", come_every="1d")
    spec["demand"][0]["until"] = "2024-01-06"
    assert column(spec, "a", "went_over", 8) == [0] + [10] * 4 + [0] * 3
    assert column(spec, "b", "demand", 8) == [4] + [24] * 4 + [4] * 3


def test_who_stays_saves_as_others_of_that_product_do() -> None:
    spec = moving(5, stays="40%", come_every="1d")
    when = {"trigger": "declared", "after": "0d"}
    spec["use_levels"] = [{"at": "clinic", "products": ["b"], "contingency": {"when": when, "saves": "25%"}}]
    assert column(spec, "b", "conserved", 5) == [1] + [3] * 4


def test_nobody_goes_over_where_nothing_lacks() -> None:
    spec = moving(5, have=1000, stays="100%")
    assert run(spec).daily.equals(run(moving(5, have=1000)).daily)


def test_none_stays_at_nothing_percent() -> None:
    assert run(moving(5, stays="0%", come_every="3d")).daily.equals(run(moving(5)).daily)


@pytest.mark.parametrize(("share", "days"), [("0.1%", 1), ("1%", 10)])
def test_a_small_share_moves_little(share: str, days: int) -> None:
    """A tenth of a percent of ten a day is one unit in a hundred days; a percent is one in ten."""
    moved = sum(column(moving(5, stays=share, come_every="1d"), "a", "went_over", 20))
    assert moved == (19 * days) // 100


def test_what_cannot_be_is_refused() -> None:
    assert "whole days, at least 1d" in refused(moving(5, stays="40%", come_every="12h"))
    assert "share in percent" in refused(moving(5, stays=0.4))


def in_doses(a: dict[str, Any], b: dict[str, Any], ask_a: int, ask_b: int, **terms: Any) -> dict[str, Any]:
    """So many patients a day ask for a dose of `a`, which comes on the morning of day 5, and for one of `b`."""
    spec = moving(5, come_every="1d")
    spec["products"] = {"a": {"unit": "vial"} | a, "b": {"unit": "vial"} | b}
    spec["products"]["a"]["substitutes"] = {"b": {"come_every": "1d"} | terms}
    for entry, asked in zip(spec["demand"], (ask_a, ask_b), strict=True):
        entry["per_day"] = asked
    return spec


TEN, FIVE = {"doses": 10, "open_for": "6h"}, {"doses": 5, "open_for": "6h"}


def test_who_stays_asks_for_doses_of_the_other_vial() -> None:
    """Twenty patients a day take two vials of ten, or four of five. Half of them stay, ten: for the others one vial
    of a is opened a day, and for fifteen patients three of b instead of one."""
    spec = in_doses(TEN, FIVE, 20, 5, ratio=2, stays="50%")
    assert column(spec, "a", "demand", 9) == [2] + [1] * 8
    assert column(spec, "a", "went_over", 9) == [0] + [1] * 8
    assert column(spec, "b", "demand", 9) == [1] + [3] * 8
    assert column(spec, "b", "came_over", 9) == [0] + [2] * 8
    assert column(spec, "b", "stood_in", 9) == [4] + [2] * 4 + [0] * 4
    assert column(spec, "a", "doses_given", 9) == [0] * 5 + [10] * 4
    assert column(spec, "b", "doses_given", 9) == [5] + [15] * 8
    need = run(spec).metrics.by["product"]
    assert need["a"]["units_needed"].value == 2 * 20 and need["b"]["units_needed"].value == 20


def test_of_a_vial_that_was_not_opened_those_who_lacked_it_stay() -> None:
    """Twelve patients would take two vials of ten; they lack both, and six of the twelve stay, not ten of twenty: six
    doses more of b, two vials for eleven with its own five. Six are left to ask for a: one vial."""
    spec = in_doses(TEN, FIVE, 12, 5, ratio=2, stays="50%")
    assert column(spec, "a", "demand", 9) == [2] + [1] * 8
    assert column(spec, "b", "demand", 9) == [1] + [3] * 8


@pytest.mark.parametrize(
    ("a", "b", "ratio", "asks", "more"),
    [(TEN, {}, 10, 20, 10), ({}, TEN, 0.1, 20, 1), ({}, TEN, 1, 20, 10), (TEN, TEN, 1, 20, 1)],
)
def test_doses_and_units_are_turned_into_each_other(
    a: dict[str, Any], b: dict[str, Any], ratio: float, asks: int, more: int
) -> None:
    """Half of twenty stay: ten more of single units for ten doses; one vial of ten where a tenth of a vial, a dose,
    does for a unit, or ten where a whole vial does; and a vial for a vial. Of b ten a day are needed: whole vials."""
    spec = in_doses(a, b, asks, 10, ratio=ratio, stays="50%")
    assert column(spec, "b", "came_over", 9) == [0] + [more] * 8
