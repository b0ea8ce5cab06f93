"""What a run leaves: sums over cells, daily totals over groups and, if wanted, every cell on every day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.engine.books.totals import DailyTotals
from sim.engine.moving.port_traffic import TRAFFIC
from sim.engine.moving.transport import Transport
from sim.engine.plan import Plan
from sim.engine.state.ledger import DAILY
from sim.engine.state.state import State
from sim.model.part import Part
from sim.model.vocabulary import QUANTITIES, QuantityName

SQUARED = ("demand", "ordered")
PORT_FIGURES = ("arrived", "handled", "queue", "yard", "queue_days", "moved_on", "waited", "utilisation")
"""Over gates, in handling units unless said otherwise: came to the port; was handled; waits at day's end; is ashore at
day's end (0 without berths); the queue added up over the day (unit-days); left the queue during the day; how long these
had waited (unit-days); share in use of berth time or of a day's handling (NaN where unlimited)."""


@dataclass(frozen=True)
class Record:
    """Figures over the counted days.

    `sums[name]` over cells; `totals[name]` (days, groups) of the figures that were to be kept; `table[name]` (days,
    cells) or None; `part` None or, of some cells only, their positions (ascending) and the same (days, those cells);
    `counts` over cells: stockout_days (unmet demand), ready_days (stock at day's end), plan_days (stock within the
    planned minimum and maximum), worst_spell (longest run of days with unmet demand); `short` (days, groups) cells with
    unmet demand, `short_sites` (days,) facilities with any; `squares` summed squares of demand and orders; `ports`
    (days, gates), see `PORT_FIGURES`; `passages` (days, queues) traffic, passed, queue and waiting before the passages
    at the positions `queues`; `reserves` (days, reserves) stock, released, open; `lane_units` over lanes;
    `priced_units` over cells: units dispatched, each counted as many times as the price of its day is the usual one;
    `opening[name]` over groups: stocks (`STOCKS`) on the evening before the first counted day; `closing[name]` over
    groups: the figures of the last day; `reserve_days` unit-days in each reserve, over its holders; `watched[name]`
    (days, rows) quantities that were to be kept, as they are in the evening.
    """

    sums: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    squares: dict[str, np.ndarray]
    totals: DailyTotals
    short: np.ndarray
    short_sites: np.ndarray
    table: dict[str, np.ndarray] | None
    ports: dict[str, np.ndarray]
    passages: dict[str, np.ndarray]
    queues: tuple[int, ...]
    reserves: dict[str, np.ndarray]
    lane_units: np.ndarray
    priced_units: np.ndarray
    opening: dict[str, np.ndarray]
    closing: dict[str, np.ndarray]
    reserve_days: list[np.ndarray]
    part: tuple[np.ndarray, dict[str, np.ndarray]] | None = None
    watched: dict[QuantityName, np.ndarray] = field(default_factory=dict)


class Recorder(Part):
    """Collects a record, some days at a time; days before 0 (warm-up) are not counted.

    `table` says of which cells every day is kept: all, none, or those at some positions; `series` are the figures whose
    daily totals over groups are kept, and quantities that are kept as they are each day.
    """

    CHANGES = (
        "_sums", "_counts", "_spell", "_short", "_short_sites", "_squares", "_traffic", "_ports", "_passages",
        "_queues", "_reserves", "_in_reserve", "_held_days", "_lane_before", "_priced", "busy", "_opening", "_closing",
        "watched",
    )  # fmt: skip
    GROWS = ("_parts",)
    SCRATCH = ("_spans", "_today", "_real")

    def __init__(
        self,
        plan: Plan,
        state: State,
        transport: Transport,
        table: bool | np.ndarray,
        series: Collection[str] = DAILY,
    ) -> None:
        network, ledger = plan.network, state.today
        days, cells, groups = network.calendar.days, len(network.cell_site), len(network.groups)
        self._plan, self._state, self._transport, self._ledger = plan, state, transport, ledger
        self._sums = np.zeros(ledger.rows.shape, dtype=np.int64)
        self._cells = np.unique(table) if isinstance(table, np.ndarray) else None
        self._kept = len(self._cells) if self._cells is not None else cells if table else 0
        self._parts: list[np.ndarray] = []
        """the daily table, some days at a time, (days, rows, kept cells): shared by the copies of a run"""
        counts = ("stockout_days", "ready_days", "plan_days", "worst_spell")
        self._counts = {name: np.zeros(cells, dtype=np.int32) for name in counts}
        self._spell = np.zeros(cells, dtype=np.int32)
        """days with unmet demand in a row, up to the day recorded last"""
        self._short = np.zeros((days, groups), dtype=np.int32)
        self._short_sites = np.zeros(days, dtype=np.int64)
        self._squares = {name: np.zeros(cells) for name in SQUARED}
        self._starts = np.searchsorted(network.cell_group, np.arange(groups))
        kinds = network.cell_kind[self._starts]
        alike = np.concatenate(([True], kinds[1:] != kinds[:-1])).nonzero()[0]
        watched = [name for name in QUANTITIES if name in series]
        self.watched: dict[QuantityName, np.ndarray] = {
            name: np.zeros((days, len(transport.quantities[name]))) for name in watched
        }
        """quantities as they are in the evening"""
        self._totals = DailyTotals(days, groups, alike, ledger.row, frozenset(series).difference(watched))
        self._today = np.zeros((1, len(ledger.rows), groups), dtype=np.int64)
        self._real = np.empty(cells)
        self._traffic = np.zeros((len(TRAFFIC), days, len(network.gates)))
        self._ports = {name: np.zeros_like(self._traffic[0]) for name in PORT_FIGURES if name not in TRAFFIC}
        self._queues = tuple(transport.passages.queues)
        figures = ("traffic", "passed", "queue", "waiting")
        self._passages = {name: np.zeros((days, len(self._queues))) for name in figures}
        held = ("stock", "released", "open")
        self._reserves = {name: np.zeros((days, len(plan.reserves)), dtype=np.int64) for name in held}
        self._in_reserve: list[np.ndarray] = []
        """what reserves have, over all holders, on the days that are not recorded yet"""
        self._whose = np.repeat(np.arange(len(plan.reserves)), [len(reserve.holder) for reserve in plan.reserves])
        self._holders = np.concatenate([np.zeros(0, dtype=np.int64), *(reserve.holder for reserve in plan.reserves)])
        self._held_days = np.zeros(len(self._holders), dtype=np.int64)
        self._one_each = len(np.unique(self._holders)) == len(self._holders)
        self._lane_before = np.zeros(len(network.lanes), dtype=np.int64)
        self.prices_move = transport.quantities.touched("cell.price_factor")
        self._priced = np.zeros(cells)
        self.busy = np.zeros(len(ledger.rows), dtype=bool)
        """rows in which anything is in the days recorded last"""
        self._bounds, self._has_bounds = plan.bounds, plan.bounds.any

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the run's policies."""
        self._bounds, self._has_bounds = plan.bounds, plan.bounds.any

    def expect_queues(self) -> None:
        """Passages before which vessels come to queue get their columns; until now nobody has queued there."""
        queues = tuple(self._transport.passages.queues)
        known = [queues.index(number) for number in self._queues]
        for name, figure in self._passages.items():
            self._passages[name] = np.zeros((len(figure), len(queues)))
            self._passages[name][:, known] = figure
        self._queues = queues

    def rejoin(self) -> None:
        self._today, self._real = np.zeros_like(self._today), np.empty_like(self._real)

    def begin(self) -> None:
        """Note what there is before the first day, all goods under way included."""
        self._opening: np.ndarray = np.add.reduceat(self._ledger.rows, self._starts, axis=1)
        self._closing = self._opening

    def note_stocks(self) -> None:
        """Enter what reserves have into the day's ledger, and keep it for when the day is recorded."""
        held, holders, stocks = self._ledger.reserve, self._holders, self._state.in_reserve
        if self._one_each:
            held[holders] = stocks
        else:  # a cell may hold several reserves
            held[holders] = 0
            np.add.at(held, holders, stocks)
        self._in_reserve.append(stocks.copy())

    def note_releases(self, day: int, released: list[int], is_open: list[bool]) -> None:
        """Add a day on which some reserve was open."""
        if day >= 0:
            self._reserves["released"][day], self._reserves["open"][day] = released, is_open

    def note_prices(self, day: int) -> None:
        """Add what left on a day at that day's prices."""
        if day >= 0:
            self._priced += self._ledger.dispatched * self._transport.quantities["cell.price_factor"]

    def note_quantities(self, day: int) -> None:
        """Keep the quantities that are watched as they are this evening."""
        if day >= 0:
            for name, kept in self.watched.items():
                kept[day] = self._transport.quantities[name]

    def record(self, first: int, block: np.ndarray, in_place: bool) -> np.ndarray:
        """Add some days from `first` on: `block` has their ledgers, shape (days, rows, cells); `in_place` it is that of
        today itself, which says where anything may have been entered.

        Returns their totals, the cells of each group added up, until the next days are recorded. Days before 0 may not
        be mixed with others.
        """
        totals = self._add_groups(block, in_place)
        in_all = np.add.reduce(totals, axis=0) if len(totals) > 1 else totals[0]
        self.busy = busy = np.asarray(np.logical_or.reduce(in_all, axis=1))
        if first < 0:
            self._lane_before, self._opening = self._state.lane_units.copy(), totals[-1].copy()
            self._in_reserve.clear()
            return totals
        self._totals.add(totals)
        self._closing = totals[-1]
        if self._kept:
            self._parts.append(block.copy() if self._cells is None else block[:, :, self._cells])
        if not in_place:
            self._sums += np.add.reduce(block, axis=0)
        else:  # many cells: leave out the figures that are zero everywhere
            for row in busy.nonzero()[0].tolist():
                cells = self._ledger.within[row]
                self._sums[row, cells] += block[0, row, cells]
            for row, some in self._ledger.beyond.items():
                self._sums[row, some] += block[0, row, some]
        self._count(first, block, busy)
        if self._in_reserve:
            self._count_reserves(first, np.array(self._in_reserve[: len(block)]))
            self._in_reserve.clear()
        return totals

    def _add_groups(self, block: np.ndarray, in_place: bool) -> np.ndarray:
        """The cells of each group added up; today's, which are many, only where its rows may differ from zero."""
        if not in_place:
            return np.asarray(np.add.reduceat(block, self._starts, axis=2))
        totals = self._today
        totals.fill(0)
        for row, (cells, groups, starts) in enumerate(self._spans):
            if len(starts):
                np.add.reduceat(block[0, row, cells], starts, out=totals[0, row, groups])
        for row, beyond in self._ledger.beyond.items():
            whole, _, _ = self._spans[row]
            some = beyond[(beyond < whole.start) | (beyond >= whole.stop)]
            of_group = self._plan.network.cell_group[some]
            totals[0, row] += np.bincount(of_group, block[0, row, some], len(self._starts)).astype(np.int64)
        return totals

    @cached_property
    def _spans(self) -> list[tuple[slice, slice, np.ndarray]]:
        """Of each row the groups in which it may differ from zero."""
        return [self._span(cells) for cells in self._ledger.within]

    def _span(self, cells: slice) -> tuple[slice, slice, np.ndarray]:
        """The groups that some cells are in, with all cells of theirs: (cells, groups, where each group starts)."""
        groups = slice(0, 0)
        if cells.stop > cells.start:
            first, last = np.searchsorted(self._starts, (cells.start, cells.stop - 1), side="right").tolist()
            groups = slice(first - 1, last)
        starts = self._starts[groups]
        ends = [*self._starts.tolist(), len(self._sums[0])]
        whole = slice(ends[groups.start], ends[groups.stop])
        return whole, groups, starts - whole.start

    def record_ports(self, day: int, queue: np.ndarray) -> None:
        """Add a day's port traffic and the `queue` at its end; call at that midnight, when all movement is known."""
        if day < 0 or not self._plan.network.gates:
            return
        ports, figures = self._transport.ports, self._ports
        self._traffic[:, day] = ports.traffic.figures
        figures["queue"][day] = queue
        if ports.berths.any:
            figures["yard"][day] = np.where(ports.berths.has, ports.yard(), 0.0)
            figures["utilisation"][day] = ports.traffic.berth_days[ports.pool]  # the other ports': see `_used`

    def _port_figures(self) -> dict[str, np.ndarray]:
        """Every figure of `PORT_FIGURES`, in its order."""
        figures = self._ports | dict(zip(TRAFFIC, self._traffic, strict=True))
        return {name: figures[name] for name in PORT_FIGURES}

    def _used(self) -> np.ndarray:
        """Share in use of each gate's berths or handling (NaN where unlimited); shape (days, gates)."""
        pool, berths = self._transport.ports.pool, self._transport.ports.berths.has
        handled = self._port_figures()["handled"] @ (pool[:, None] == pool[None, :])
        limit = np.array([gate.handling for gate in self._plan.network.gates])
        used = np.where(berths, self._ports["utilisation"], handled)
        return np.where(np.isfinite(limit), used / limit, np.nan)

    def record_passages(self, day: int) -> None:
        """Add a day's queues before passages; call at the midnight that ends the day."""
        if day < 0 or not self._queues:
            return
        ends = np.array([day, day + 1], dtype=float)
        waiting = self._transport.waiting_at_passages(ends[1])
        for column, number in enumerate(self._queues):
            queue = self._transport.passages.queues[number]
            came, length = np.diff(queue.arrivals(ends))[0], queue.length(ends)
            figures = (came, came + length[0] - length[1], length[1], waiting[number])
            for figure, value in zip(self._passages.values(), figures, strict=True):
                figure[day, column] = value

    @property
    def so_far(self) -> DailyTotals:
        """Daily totals over groups, until now."""
        return self._totals

    def result(self) -> Record:
        """Everything recorded."""
        row = self._ledger.row

        def by_name(found: np.ndarray) -> dict[str, np.ndarray]:
            nothing = np.zeros(found[..., 0, :].shape, dtype=np.int64)
            return {name: found[..., row[name], :] if name in row else nothing for name in DAILY}

        sums = by_name(self._sums)
        table = by_name(self._joined()) if self._kept else None
        return Record(
            sums,
            {name: days.astype(np.int64) for name, days in self._counts.items()},
            self._squares,
            self._totals,
            self._short,
            self._short_sites,
            table if self._cells is None else None,
            self._port_figures() | {"utilisation": self._used()},
            self._passages,
            self._queues,
            self._reserves,
            self._state.lane_units - self._lane_before,
            self._priced if self.prices_move else sums["dispatched"].astype(float),
            by_name(self._opening),
            by_name(self._closing.copy()),
            [self._held_days[self._whose == k] for k in range(len(self._plan.reserves))],
            None if self._cells is None or table is None else (self._cells, table),
            self.watched,
        )

    def _joined(self) -> np.ndarray:
        """The daily table of all days; its parts are let go one by one, so that it is not in memory twice."""
        days = self._plan.network.calendar.days
        table = np.zeros((days, len(self._ledger.rows), self._kept), dtype=np.int64)
        first = 0
        for position, part in enumerate(self._parts):
            table[first : first + len(part)] = part
            first += len(part)
            self._parts[position] = part[:0].copy()
        return table

    def _count(self, first: int, block: np.ndarray, busy: np.ndarray) -> None:
        row, counts = self._ledger.row, self._counts
        on_hand, unmet = block[:, row["on_hand"]], row["unmet"]
        if busy[unmet]:
            short = block[:, unmet] > 0
            counts["stockout_days"] += _days(short)
            self._note_short(first, short)
        else:
            self._spell[:] = 0
        ready = on_hand > 0
        if (spans := self._plan.network.spans) is not None:
            open_ = spans.open(np.arange(first, first + len(block))[:, None])
            ready &= open_[:, self._plan.network.cell_site]
        counts["ready_days"] += _days(ready)
        if self._has_bounds:
            low, high = self._bounds.on(np.arange(first, first + len(block)))
            within = (on_hand >= low) & (on_hand <= high)
            counts["plan_days"] += _days(within)
        for name, square in self._squares.items():
            if busy[row[name]]:
                square += self._squared(block[:, row[name]])

    def _count_reserves(self, first: int, stocks: np.ndarray) -> None:
        """Add days from `first` on of what reserves have, shape (days, all holders)."""
        self._held_days += np.add.reduce(stocks, axis=0)
        for reserve, stock in enumerate(self._reserves["stock"].T):
            np.add.reduce(stocks[:, self._whose == reserve], axis=1, out=stock[first : first + len(stocks)])

    def _note_short(self, first: int, short: np.ndarray) -> None:
        """Add days from `first` on of which `short` says where demand was not met; shape (days, cells)."""
        network, days, groups = self._plan.network, len(short), self._short.shape[1]
        cell = short.reshape(-1).nonzero()[0]  # several times as fast as over two axes
        when, cell = np.divmod(cell, short.shape[1]) if days > 1 else (0, cell)
        some = cell if days == 1 else np.logical_or.reduce(short).nonzero()[0]
        found = np.bincount(when * groups + network.cell_group[cell], minlength=days * groups)
        self._short[first : first + days] = found.reshape(days, groups)
        sites = np.zeros((days, len(network.sites)), dtype=bool)
        sites[when, network.cell_site[cell]] = True
        self._short_sites[first : first + days] = np.count_nonzero(sites, axis=1)
        # of each cell that is short, days since the last without: before the first, those from before these days count
        mine, day = short[:, some], np.arange(days, dtype=self._spell.dtype)[:, None]
        last = np.maximum.accumulate(np.where(mine, -1, day), axis=0)
        spell = np.where(mine, day - last + np.where(last < 0, self._spell[some], 0), 0)
        worst = self._counts["worst_spell"]
        worst[some] = np.maximum(worst[some], spell.max(axis=0))
        self._spell[:] = 0
        self._spell[some] = spell[-1]

    def _squared(self, units: np.ndarray) -> np.ndarray:
        """Squares summed over days; as floats, since integers could overflow."""
        if len(units) == 1:
            np.copyto(self._real, units[0])
            return np.multiply(self._real, self._real, out=self._real)
        real = units.astype(float)
        real *= real
        return np.asarray(np.add.reduce(real, axis=0))


def _days(found: np.ndarray) -> np.ndarray:
    """Days on which something holds, from (days, cells)."""
    return found[0] if len(found) == 1 else np.add.reduce(found, axis=0, dtype=np.int32)
