"""Buyers whom nobody tells see from their own orders that a source sends less, however rarely they order; by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.running import run, same
from tests.textbook.test_rerouting import Spec, h, orders, two

SHORT = {"kind": "supplier_allocation", "supplier": "a", "share": "50%", "known_by": "own_orders"}


def reviewed(every: int, *disruptions: Spec, **sourcing: Any) -> Spec:
    spec = two(list(disruptions), **sourcing)
    spec["replenishment"][0]["review"] = f"{every}d"
    return spec


WEEKS = [(1, 31, 45), (7, 35, 49), (14, 42, 56)]


@pytest.mark.parametrize(
    ("every", "first_short", "then", "unfilled"),
    [*((*one, unfilled) for one in WEEKS for unfilled in ("wait", "cancel")), (28, 56, 84, "cancel")],
)
def test_all_notice_two_weeks_after_the_first_order_that_is_cut(
    every: int, first_short: int, then: int, unfilled: str
) -> None:
    """From day 31 on 25 of the usual 50 a day. The first review from then on is cut, so that it is known 14 evenings
    later, and used at the review after that. (Who orders monthly, of a source at which orders wait, has all of it
    before the next.)"""
    asked = orders(run(reviewed(every, SHORT | {"unfilled": unfilled}), detail="full"))
    reviews = asked[asked.sum(axis=1) > 0]
    part = reviews["a"] / reviews.sum(axis=1)
    assert first_short in part.index
    assert part.loc[: then - 1].between(0.49, 0.51).all() and (part.loc[then:] < 0.46).all()
    if every < 28:  # a month's order is cut by what it is above the month that was not taken
        assert part.loc[90:].mean() == pytest.approx(0.3 if unfilled == "cancel" else 0.25, abs=0.005)


def test_a_source_that_cancels_is_asked_for_a_tenth_more_than_it_sends() -> None:
    """Of T a day 60% of a half go to a, which sends 25 and cancels the rest, and that is ordered again:
    T = 100 + 0.3 T - 25 = 107.14, and 7.14 a day are cancelled."""
    clinic = h(run(reviewed(1, SHORT | {"unfilled": "cancel"}), detail="full"))
    assert clinic.loc[90:159, "ordered"].sum() == pytest.approx(70 * 107.14, abs=2)
    assert clinic.loc[90:159, "cancelled"].sum() == pytest.approx(70 * 7.14, abs=2)
    assert clinic.loc[90:, "on_hand"].min() > 1850 and not clinic["unmet"].any()


@pytest.mark.parametrize(
    ("shares", "cut", "third", "in_all"), [((50, 50, 0), 37.5, 50, 125), ((40, 40, 20), 27.69, 60, 115.38)]
)
@pytest.mark.parametrize("every", [1, 7])
def test_each_of_two_sources_that_cancel_is_found_to_send_its_half(
    every: int, shares: tuple[int, ...], cut: float, third: float, in_all: float
) -> None:
    """What the one cancels is ordered again of both. Of T a day each is asked for 60% of its share p, sends p / 2 and
    cancels the rest: T = 100 + 2 (0.6 p T - 50 p), and c has what is left."""
    both = [SHORT | {"supplier": name, "unfilled": "cancel"} for name in "ab"]
    spec = reviewed(every, *both, sources={name: f"{p}%" for name, p in zip("abc", shares, strict=True)})
    asked = orders(run(spec, detail="full")).loc[91:160].mean()
    for name, units in (("a", cut), ("b", cut), ("c", third)):
        assert asked[name] == pytest.approx(units, rel=0.02)
    assert asked.sum() == pytest.approx(in_all, rel=0.01)


def test_who_is_asked_for_what_another_is_known_not_to_send_is_found_to_send_a_part_of_its_own_share() -> None:
    """b has said that it gives half, so that a is asked for three quarters, of which it sends 25 and cancels the rest:
    a half of its share, not a third. Then 30% of T are asked of it, 25% of b: T = 100 + 0.3 T - 25 + 0.25 T - 25."""
    told = SHORT | {"supplier": "b", "unfilled": "cancel", "known_by": "announcement"}
    spec = reviewed(1, SHORT | {"unfilled": "cancel"}, told, sources={"a": "50%", "b": "50%", "c": "0%"})
    asked = orders(run(spec, detail="full")).loc[70:179].mean()
    assert [asked[name] for name in "abc"] == pytest.approx([100 / 3, 250 / 9, 50], abs=0.3)


@pytest.mark.parametrize("every", [1, 7, 14])
def test_that_a_source_which_cancelled_sends_again_is_seen_within_two_looks(every: int) -> None:
    """Until day 91; a look is two weeks, of which the one that is under way still holds cancelled orders."""
    spec = reviewed(every, SHORT | {"unfilled": "cancel", "until": "2024-04-01"})
    asked = orders(run(spec, detail="full")).loc[91 + 28 + every :]
    assert asked["a"].sum() == pytest.approx(asked["b"].sum(), abs=1)


@pytest.mark.parametrize("every", [1, 7, 14])
def test_orders_that_take_their_usual_time_are_no_reason_to_turn_elsewhere(every: int) -> None:
    """Makers of a small capacity that take 3 to 9 days, on ways of 1 to 6, and nothing goes wrong."""
    spec = reviewed(every)
    for name in ("a", "b"):
        makes = {"capacity": 75, "takes": "uniform(3d, 9d)"}
        spec["suppliers"][name]["makes"]["saline"] = makes
    for lane in spec["lanes"]:
        lane["time"] = "uniform(1d, 6d)"
    kept = {**spec, "sourcing": [spec["sourcing"][0] | {"keep_shares": True}]}
    same(run(spec).daily, run(kept).daily)


@pytest.mark.parametrize("every", [1, 7])
def test_what_is_cancelled_beyond_a_share_that_is_told_is_no_news(every: int) -> None:
    """Half as much again is needed; a has said that it gives nobody more than usual, and cancels the rest."""
    surge = {"kind": "demand_surge", "at": "h", "factor": 1.5}
    usual = SHORT | {"share": "100%", "unfilled": "cancel", "known_by": "announcement"}
    asked = orders(run(reviewed(every, usual, surge), detail="full"))
    assert asked.loc[60:, "a"].sum() == pytest.approx(asked.loc[60:, "b"].sum(), abs=2)


def test_what_is_cancelled_is_ordered_again_at_the_next_review_and_waits_nowhere() -> None:
    """One source, which gives 350 of the usual 700 a week. Every review orders up to 2,000 what is not on hand; the
    rest is cancelled that evening, in the table and in the journal, and nothing is on order but what is under way."""
    spec = reviewed(7, SHORT | {"unfilled": "cancel"}, sources={"a": "100%"})
    done = run(spec, detail="full")
    clinic = h(done).loc[42:]
    reviews = clinic.loc[42::7]
    assert (reviews["ordered"] == 2000 - reviews["on_hand"]).all() and clinic["ordered"].sum() == reviews[
        "ordered"
    ].sum()
    assert (reviews["ordered"] - reviews["cancelled"] == 350).all()
    assert (clinic["on_order"] == clinic["in_transit"]).all()
    told = done.events[(done.events["event"] == "cancelled") & (done.events["day"] >= 42)].set_index("day")["units"]
    assert told.to_dict() == reviews["cancelled"].to_dict()
