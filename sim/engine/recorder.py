"""What a run leaves: sums over cells, daily totals over groups and, if wanted, every cell on every day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.ledger import DAILY
from sim.engine.plan import Plan
from sim.engine.state import State
from sim.engine.transport import Transport

SQUARED = ("demand", "ordered")


@dataclass(frozen=True)
class Record:
    """Figures over the counted days.

    `sums[name]` over cells; `totals[name]` (days, groups); `table[name]` (days, cells) or None; `counts` over cells:
    stockout_days (unmet demand), ready_days (stock at day's end), plan_days (stock within the planned minimum and
    maximum); `squares` summed squares of demand and orders; `ports` (days, gates) arrived, handled, queue;
    `reserves` (days, reserves) stock, released, open; `lane_units` over lanes; `priced_units` over cells: units
    dispatched, each counted as many times as the price of its day is the usual one.
    """

    sums: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    squares: dict[str, np.ndarray]
    totals: dict[str, np.ndarray]
    table: dict[str, np.ndarray] | None
    ports: dict[str, np.ndarray]
    reserves: dict[str, np.ndarray]
    lane_units: np.ndarray
    priced_units: np.ndarray


class Recorder:
    """Collects a record day by day; days before 0 (warm-up) are not counted."""

    def __init__(self, plan: Plan, state: State, transport: Transport, table: bool) -> None:
        network, ledger = plan.network, state.today
        days, cells, groups = network.calendar.days, len(network.cell_site), len(network.groups)
        self._plan, self._state, self._transport, self._ledger = plan, state, transport, ledger
        self._sums = np.zeros(ledger.rows.shape, dtype=np.int64)
        self._totals = np.zeros((days, len(ledger.rows), groups), dtype=np.int64)
        self._table = np.zeros((days, *ledger.rows.shape), dtype=np.int64) if table else None
        self._counts = {name: np.zeros(cells, dtype=np.int64) for name in ("stockout_days", "ready_days", "plan_days")}
        self._squares = {name: np.zeros(cells) for name in SQUARED}
        self._float = np.zeros(cells)
        self._starts = np.searchsorted(network.cell_group, np.arange(groups))
        self._ports = {name: np.zeros((days, len(network.gates))) for name in ("arrived", "handled", "queue")}
        held = ("stock", "released", "open")
        self._reserves = {name: np.zeros((days, len(plan.reserves)), dtype=np.int64) for name in held}
        self._lane_before = np.zeros(len(network.lanes), dtype=np.int64)
        self._prices_move = transport.quantities.touched("cell.price_factor")
        self._priced = np.zeros(cells)
        self._has_bounds = bool((plan.stock_maximum >= 0).any())

    def record(self, day: int, released: list[int], is_open: list[bool]) -> np.ndarray:
        """Add one day; returns its totals, rows as in the ledger, columns over groups."""
        ledger = self._ledger
        for plan in self._plan.reserves:
            ledger.reserve[plan.holder] = 0
        for plan, stock in zip(self._plan.reserves, self._state.reserve, strict=True):
            ledger.reserve[plan.holder] += stock  # holders of one reserve are distinct cells
        totals: np.ndarray = np.add.reduceat(ledger.rows, self._starts, axis=1)
        if day < 0:
            self._lane_before = self._state.lane_units.copy()
            return totals
        self._sums += ledger.rows
        self._totals[day] = totals
        if self._table is not None:
            self._table[day] = ledger.rows
        self._count()
        if self._prices_move:
            self._priced += ledger.dispatched * self._transport.quantities["cell.price_factor"]
        if self._plan.reserves:
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
        row = self._ledger.row

        def by_name(found: np.ndarray) -> dict[str, np.ndarray]:
            nothing = np.zeros(found[..., 0, :].shape, dtype=np.int64)
            return {name: found[..., row[name], :] if name in row else nothing for name in DAILY}

        sums = by_name(self._sums)
        return Record(
            sums,
            self._counts,
            self._squares,
            by_name(self._totals),
            None if self._table is None else by_name(self._table),
            self._ports,
            self._reserves,
            self._state.lane_units - self._lane_before,
            self._priced if self._prices_move else sums["dispatched"].astype(float),
        )

    def _count(self) -> None:
        ledger, counts = self._ledger, self._counts
        if np.count_nonzero(ledger.unmet):
            counts["stockout_days"] += ledger.unmet > 0
        counts["ready_days"] += ledger.on_hand > 0
        if self._has_bounds:
            plan = self._plan
            counts["plan_days"] += (ledger.on_hand >= plan.stock_minimum) & (ledger.on_hand <= plan.stock_maximum)
        for name, square in self._squares.items():
            units = getattr(ledger, name)
            if np.count_nonzero(units):
                self._float[:] = units  # squared as floats: integers could overflow
                self._float *= self._float
                square += self._float
