"""What a run leaves: sums over cells, daily totals over groups and, if wanted, every cell on every day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.plan import Plan
from sim.engine.state import State
from sim.engine.transport import Transport

DAILY = (
    "on_hand", "reserve", "backlog", "demand", "served", "served_late", "unmet", "lost", "received", "ordered",
    "dispatched", "produced", "destroyed", "in_transit",
)  # fmt: skip
"""Columns of the daily table, whole units: stocks at the day's end, flows during the day. `served` is from stock on the
day asked, `served_late` later; `unmet` was not served on the day; `lost` will never be; `in_transit` is on the way to
the site, ports included; `dispatched` left the site."""
STOCKS = ("on_hand", "reserve", "backlog", "in_transit")


@dataclass(frozen=True)
class Record:
    """Columns over days since the start of counting.

    `sums[name]` over cells; `totals[name]` (days, groups); `table[name]` (days, cells) or None; `counts` over cells:
    stockout_days (unmet demand), ready_days (stock at day's end), demand_days, order_days, plan_days (within the
    planned minimum and maximum); `squares` of demand and orders; `ports` (days, gates) arrived, handled, queue;
    `reserves` (days, reserves) stock, released, open; `lane_units` over lanes.
    """

    sums: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    squares: dict[str, np.ndarray]
    totals: dict[str, np.ndarray]
    table: dict[str, np.ndarray] | None
    ports: dict[str, np.ndarray]
    reserves: dict[str, np.ndarray]
    lane_units: np.ndarray


class Recorder:
    """Collects a record day by day; days before 0 (warm-up) are not counted."""

    def __init__(self, plan: Plan, state: State, transport: Transport, table: bool) -> None:
        network = plan.network
        days, cells, groups = network.calendar.days, len(network.cell_site), len(network.groups)
        self._plan, self._state, self._transport = plan, state, transport
        self._sums = {name: np.zeros(cells, dtype=np.int64) for name in DAILY}
        names = ("stockout_days", "ready_days", "demand_days", "order_days", "plan_days")
        self._counts = {name: np.zeros(cells, dtype=np.int64) for name in names}
        self._squares = {name: np.zeros(cells) for name in ("demand", "ordered")}
        self._totals = {name: np.zeros((days, groups), dtype=np.int64) for name in DAILY}
        self._table = {name: np.zeros((days, cells), dtype=np.int32) for name in DAILY} if table else None
        self._starts = np.searchsorted(network.cell_group, np.arange(groups))
        self._ports = {name: np.zeros((days, len(network.gates))) for name in ("arrived", "handled", "queue")}
        held = ("stock", "released", "open")
        self._reserves = {name: np.zeros((days, len(plan.reserves)), dtype=np.int64) for name in held}
        self._lane_before = np.zeros(len(network.lanes), dtype=np.int64)
        self._has_bounds = bool((plan.stock_maximum >= 0).any())
        waits = bool(plan.demand.backorder.any())
        idle = {"reserve": not plan.reserves, "backlog": not waits, "served_late": not waits}
        self._active = [name for name in DAILY if not idle.get(name, False)]
        self._no_group = np.zeros(groups, dtype=np.int64)

    def today(self) -> dict[str, np.ndarray]:
        """The day's columns, over cells."""
        state, day = self._state, self._state.today
        return {
            "on_hand": state.on_hand, "reserve": self._reserve(), "backlog": state.backlog, "demand": day.demand,
            "served": day.served, "served_late": day.served_late, "unmet": day.unmet, "lost": day.lost,
            "received": day.received, "ordered": day.ordered, "dispatched": day.dispatched,
            "produced": day.produced, "destroyed": day.destroyed, "in_transit": state.in_transit,
        }  # fmt: skip

    def _reserve(self) -> np.ndarray:
        reserve = np.zeros(len(self._state.on_hand), dtype=np.int64)
        for plan, stock in zip(self._plan.reserves, self._state.reserve, strict=True):
            np.add.at(reserve, plan.holder, stock)
        return reserve

    def record(self, day: int, released: list[int], is_open: list[bool]) -> dict[str, np.ndarray]:
        """Add one day; returns its totals by column, each over groups."""
        values = self.today()
        totals = dict.fromkeys(DAILY, self._no_group)
        totals |= {name: np.add.reduceat(values[name], self._starts) for name in self._active}
        if day < 0:
            self._lane_before = self._state.lane_units.copy()
            return totals
        for name in self._active:
            self._sums[name] += values[name]
            self._totals[name][day] = totals[name]
            if self._table is not None:
                self._table[name][day] = values[name]
        counts = self._counts
        counts["stockout_days"] += values["unmet"] > 0
        counts["ready_days"] += values["on_hand"] > 0
        counts["demand_days"] += values["demand"] > 0
        counts["order_days"] += values["ordered"] > 0
        if self._has_bounds:
            plan = self._plan
            counts["plan_days"] += (values["on_hand"] >= plan.stock_minimum) & (values["on_hand"] <= plan.stock_maximum)
        for name, square in self._squares.items():
            square += np.square(values[name], dtype=float)
        self._reserves["stock"][day] = [int(stock.sum()) for stock in self._state.reserve]
        self._reserves["released"][day], self._reserves["open"][day] = released, is_open
        return totals

    def record_ports(self, day: int) -> None:
        """Add a day's port traffic; call at the midnight that ends the day, when all its movement is known."""
        if day >= 0 and self._plan.network.gates:
            self._ports["arrived"][day] = self._transport.arrived
            self._ports["handled"][day] = self._transport.handled
            self._ports["queue"][day] = self._transport.queue()

    def result(self) -> Record:
        """Everything recorded."""
        units = self._state.lane_units - self._lane_before
        return Record(
            self._sums, self._counts, self._squares, self._totals, self._table, self._ports, self._reserves, units
        )
