"""Open orders: first come, first served; which of them are due; what an allowance refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.state.orders import Due, OrderBook

FOUND = Path(__file__).parents[1] / "data" / "found"


def of(run: Any, site: str, column: str) -> list[int]:
    """A site's figure by day, warm-up left out."""
    return [int(v) for v in run.daily[run.daily["site"] == site].set_index("day")[column].loc[0:]]


class PlainList:
    """Orders as a clerk would keep them: one line for each, the oldest first."""

    def __init__(self) -> None:
        self.lines: list[list[int]] = []  # flow, units

    def take(self, flow: int, units: int, newest: bool = False) -> None:
        for line in list(reversed(self.lines) if newest else self.lines):
            if line[0] == flow:
                part = min(units, line[1])
                line[1] -= part
                units -= part
        assert units == 0
        self.lines = [line for line in self.lines if line[1]]


@pytest.mark.parametrize("seed", range(20))
def test_the_book_is_the_list_of_orders_that_a_clerk_would_keep(seed: int) -> None:
    """Bookings, sendings, cancellations and returns of 60 days at random, in any order within a day."""
    draw, flows = np.random.default_rng(seed), 5
    kept = np.array([True, True, False, True, True])
    owed = draw.integers(0, 4, flows)
    book, plain = OrderBook(kept, owed), PlainList()
    plain.lines = [[f, int(owed[f])] for f in range(flows) if kept[f] and owed[f]]
    sent = np.zeros(flows, dtype=np.int64)
    for _ in range(60):
        back = np.flatnonzero((sent > 0) & (draw.random(flows) < 0.1))
        if back.size:
            units = draw.integers(1, sent[back] + 1)
            book.reopened(back, units)
            pairs = zip(back.tolist(), units.tolist(), strict=True)
            plain.lines = [[f, u] for f, u in pairs if kept[f]] + plain.lines
            owed[back] += units
            sent[back] -= units
        today = np.zeros(flows, dtype=np.int64)
        for _ in range(draw.integers(1, 4)):
            flow = draw.permutation(flows)[: draw.integers(1, flows)]
            units = draw.integers(0, 9, len(flow))
            book.book(flow, units)
            today[flow] += units
        book.close_day()
        plain.lines += [[f, int(today[f])] for f in range(flows) if kept[f] and today[f]]
        owed += today
        for what in draw.permutation(["sent", "cancelled", "sent"]):
            flow = np.flatnonzero((owed > 0) & (draw.random(flows) < 0.7))
            units = draw.integers(0, owed[flow] + 1)
            (book.sent if what == "sent" else book.cancelled)(flow, units)
            for f, u in zip(flow.tolist(), units.tolist(), strict=True):
                if kept[f]:
                    plain.take(f, u, newest=what == "cancelled")
            owed[flow] -= units
            if what == "sent":
                sent[flow] += units
        assert [list(line) for line in zip(book.flow.tolist(), book.units.tolist(), strict=True)] == plain.lines


@pytest.mark.parametrize("seed", range(20))
def test_an_order_is_due_when_its_maker_has_had_the_time_that_making_takes(seed: int) -> None:
    """Against orders kept one by one with their day; at first those of the last days at the usual rate are open."""
    draw = np.random.default_rng(seed)
    wait, usual = np.array([0, 1, 3, 6]), np.array([4.0, 2.5, 3.0, 1.2])
    owed = np.floor(usual * wait + 1e-9).astype(np.int64)
    due = Due(wait, usual, owed)
    lines = [
        [-ago, f, int(np.floor(usual[f] * ago + 1e-9) - np.floor(usual[f] * (ago - 1) + 1e-9))]
        for f in range(4)
        for ago in range(int(wait[f]), 0, -1)
    ]
    for day in range(40):
        units = draw.integers(0, 6, 4)
        due.book(np.arange(4), units)
        owed += units
        lines += [[day, f, int(units[f])] for f in range(4)]
        for oldest in (True, False):  # sent, then cancelled
            flow = np.flatnonzero(draw.random(4) < 0.6)
            part = draw.integers(0, owed[flow] + 1)
            if not oldest:
                due.cancelled(flow, part)
            for f, left in zip(flow.tolist(), part.tolist(), strict=True):
                for line in lines if oldest else reversed(lines):
                    if line[1] == f:
                        gone = min(left, line[2])
                        line[2] -= gone
                        left -= gone
            owed[flow] -= part
        expected = [sum(u for d, f, u in lines if f == flow and day - d >= wait[flow]) for flow in range(4)]
        assert due.of(owed).tolist() == expected
        due.close_day()


def test_an_older_order_is_served_before_a_newer_one() -> None:
    """The store gets 10 a day. b orders 20 on day 1, a 10 every day: a is sent those of days 0 and 1 (named first), b
    on days 2 and 3, then a what it ordered on days 2, 3, ..."""
    run = sim.run(FOUND / "first-come.yaml", twin=False)
    assert of(run, "a", "received") == [0, 10, 10, 0, 0, 10, 10, 10, 10, 10]
    assert of(run, "b", "received") == [0, 0, 0, 10, 10, 0, 0, 0, 0, 0]
    assert of(run, "store", "dispatched") == [10] * 10


QUEUE = """
end: 2001-01-15
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {capacity: 10}}}}
facilities: {a: {}, b: {}}
lanes: [{from: maker, to: a, time: 1d}, {from: maker, to: b, time: 1d, LIMIT}]
demand:
  - {at: a, product: kit, per_day: 10, distribution: deterministic}
  - {at: b, product: kit, per_day: 10, distribution: deterministic, from: 2001-02-01}
stock: [{at: a, on_hand: 0, on_the_way: none}, {at: b, on_hand: 0, on_the_way: none}]
allocation: [{at: maker, rule: first_come}]
replenishment:
  - {at: a, policy: base_stock, level: 1000, review: 365d, first_review: 1d}
  - {at: b, policy: base_stock, level: 40, review: 365d, first_review: 0d}
"""


def test_nothing_lies_idle_behind_an_old_order_that_its_lane_cannot_carry(simulate: Any) -> None:
    """b ordered first, and its lane takes 4 a day: of the 10 that are made each day a gets the other 6."""
    run = simulate(QUEUE.replace("LIMIT", "capacity: 4"))
    assert of(run, "b", "received")[2:11] == [4] * 9
    assert of(run, "a", "received")[3:11] == [6] * 8
    free = simulate(QUEUE.replace(", LIMIT", ""))
    assert of(free, "b", "received")[2:8] == [10, 10, 10, 10, 0, 0]
    assert of(free, "a", "received")[2:8] == [0, 0, 0, 0, 10, 10]


@pytest.mark.parametrize("makes", ["capacity: 200", "", "capacity: 200, takes: 5d, testing: 3d", "testing: 2d"])
def test_an_allocation_cancels_what_it_refuses_not_what_is_yet_to_be_made(makes: str, tmp_path: Path) -> None:
    """40 of the usual 100 leave each evening from 11 January, day 10, on, and come the day after."""
    text = (FOUND / "allocation-of-a-maker-with-capacity.yaml").read_text().replace("capacity: 200", makes)
    (tmp_path / "case.yaml").write_text(text)
    run = sim.run(tmp_path / "case.yaml", twin=False)
    assert of(run, "h", "received")[:46] == [100] * 11 + [40] * 35


USUAL = {
    "capacity: 200": "",
    "capacity: 200, finished_stock: 50": "",
    "capacity: 200, takes: 5d": "",
    "capacity: 200, takes: 5d, testing: 3d": "",
    "takes: 'uniform(2d, 6d)'": "",
    "": ", round: {every: 5d, first: 2d}",
    "capacity: 300, takes: 2d": ", round: {every: 7d}",
}


@pytest.mark.parametrize("makes", USUAL)
def test_what_is_being_made_or_waits_for_its_round_is_not_scarce(makes: str, tmp_path: Path) -> None:
    """Nothing goes wrong before 11 January: orders are 100 a day. Then 40% is sent, and they rise."""
    text = (FOUND / "hoarding-without-scarcity.yaml").read_text().replace("capacity: 200", makes)
    (tmp_path / "case.yaml").write_text(text.replace("time: 1d", "time: 1d" + USUAL[makes]))
    run = sim.run(tmp_path / "case.yaml", twin=False)
    orders = run.daily[run.daily["site"] == "h"].set_index("day")["ordered"]
    assert (orders.loc[:10] == 100).all()
    assert orders.loc[11:40].max() > 200


def test_a_weekly_order_that_takes_a_maker_some_days_is_not_scarce(tmp_path: Path) -> None:
    """700 a week at 200 a day are made in four days: every order is 700."""
    text = (FOUND / "hoarding-without-scarcity.yaml").read_text().replace("review: 1d", "review: 7d")
    (tmp_path / "case.yaml").write_text(text[: text.index("disruptions")])
    run = sim.run(tmp_path / "case.yaml", twin=False)
    orders = [units for units in of(run, "h", "ordered") if units]
    assert orders[1:] == [700] * (len(orders) - 1)


def test_what_a_supplier_cancels_is_not_filled(tmp_path: Path) -> None:
    """With orders cancelled beyond 40% hoarders see as little of them filled as ever, though no order is overdue."""
    text = (FOUND / "hoarding-without-scarcity.yaml").read_text().replace("share: 40%", "share: 40%, unfilled: cancel")
    (tmp_path / "case.yaml").write_text(text)
    orders = of(sim.run(tmp_path / "case.yaml", twin=False), "h", "ordered")
    assert orders[:11] == [100] * 11 and max(orders[11:40]) > 1000
