"""Production: phase 3 of the day."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.knowing.reports import Reports
from sim.engine.making.making import Making
from sim.engine.making.more import MoreCapacity
from sim.engine.plan import Plan
from sim.engine.spans import among
from sim.engine.state.state import State
from sim.engine.time_tape import TimeTape
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.rng import Streams


class Production(Part):
    """Suppliers make up to their capacity what is ordered of them and what their finished stock lacks.

    Where output is tested before its release, it is held for that time; such makers make ahead, not at once to order.
    So do those who make from materials, take time for it or have scrap.
    """

    CHANGES = ("_carried",)

    def __init__(
        self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal, reports: Reports
    ) -> None:
        network = plan.network
        self.more = None if plan.more is None else MoreCapacity(network, plan.more, reports, journal)
        self._network = network
        staged = network.bill.staged
        in_stages = np.zeros(len(network.cell_site), dtype=bool)
        in_stages[staged] = True
        ahead = np.isfinite(network.capacity[network.makers]) | in_stages[network.makers]
        self.limited, self.unlimited = network.makers[ahead], network.makers[~ahead]
        self._making = Making(plan, state, quantities, streams, journal) if staged.size else None
        self._capacity = network.capacity[self.limited]
        self._no_lot = np.full(len(network.cell_site), -1)
        stage = network.bill.stage[self.limited] if network.bill.own.size else np.zeros(0, dtype=np.int64)
        # positions in `limited` of each stage at one site, the latest first; all of them where no site has several
        inside = among(self.limited, network.bill.own, len(network.cell_site)) & ~np.isfinite(self._capacity)
        self._unbounded = inside.nonzero()[0]
        self._usual = (network.cell_mean[self.limited] / network.bill.good[self.limited])[inside]
        self._stages: list[np.ndarray | slice] = [(stage == k).nonzero()[0] for k in np.unique(stage)] or [slice(None)]
        self._carried = np.zeros(len(self.limited))
        self._target = plan.finished_target
        self.tests = bool(plan.testing) or quantities.touched("cell.release")
        self._keeps_stock = self.tests or bool(self._target[self.unlimited].any())
        self.makes_ahead = bool(self.limited.size) or self._keeps_stock
        self._state, self._quantities = state, quantities
        tested = np.array(list(plan.testing), dtype=np.int64)
        self._tested = np.full(len(network.cell_site), -1, dtype=np.int64)
        self._tested[tested] = np.arange(len(tested))
        names = [f"release/{name}" for name in network.cell_names(tested)] if tested.size else []
        self._times = TimeTape(names, list(plan.testing.values()), streams)

    def run(self, day: int) -> None:
        """One day's production, where any `makes_ahead`; the fraction of a unit that capacity leaves is carried to the
        next day."""
        factor = self._quantities["cell.capacity_factor"]
        if self._making is not None:
            self._finish(*self._making.finish(day), day)
        if self._keeps_stock and self.unlimited.size:
            working = self.unlimited[factor[self.unlimited] > 0]
            ahead = self._lag(working, day) > 0
            lacking = np.maximum(0, self._target[working] - self._state.on_hand[working])
            self._make(working, np.where(ahead, self._lacking(working), lacking), day)
        if not self.limited.size:
            return
        share = factor[self.limited]
        capacity = self._capacity if self.more is None else self.more.today(day)[self.limited]
        able = np.multiply(capacity, share, out=np.zeros(len(share)), where=share > 0) + self._carried
        if self._unbounded.size:  # nothing is shipped that could be cut: a share of the usual output instead
            part = share[self._unbounded]
            able[self._unbounded] = np.where(part < 1, part * self._usual + self._carried[self._unbounded], np.inf)
        wanted = self._to_begin(able, share)
        made = np.minimum(np.floor(able + 1e-9), wanted).astype(np.int64)
        carried = self._carried
        self._carried = np.where(made < wanted, np.maximum(0.0, able - made), 0.0)
        for rows in reversed(self._stages):  # what an early stage makes at once, the next can use
            cells, units = self.limited[rows], made[rows]
            if self._making is not None:
                units = self._making.possible(cells, units, day)
            if self.more is not None:
                usual = np.multiply(self._capacity, share, out=np.zeros(len(share)), where=share > 0) + carried
                self.more.note(cells, units, np.floor(usual + 1e-9)[rows], share[rows], day)
            self._make(cells, units, day)

    def _to_begin(self, able: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Units that each limited maker wants to begin, if it can: `able` today, at a `share` of its capacity.

        A stage that feeds another at the same site makes what that lacks, but no more than it can begin until new
        material is ready: who is short of capacity does not pile up what goes into it.
        """
        if self._making is None:
            return self._lacking(self.limited)
        if len(self._stages) == 1:
            return self._making.to_begin(self.limited, self._lacking(self.limited))
        wanted = np.zeros(len(self.limited), dtype=np.int64)
        inside = np.zeros(len(self._state.on_hand), dtype=np.int64)
        begun = np.zeros(len(inside), dtype=np.int64)
        reach, rate = np.zeros(len(inside)), np.zeros(len(inside))
        reach[self.limited] = able
        rate[self.limited] = able - self._carried

        for rows in self._stages:
            assert not isinstance(rows, slice)
            cells = self.limited[rows]
            lacking = np.maximum(0, self._short(cells) + inside[cells])
            wanted[rows] = begun[cells] = self._making.to_begin(cells, lacking)
            inside += self._making.for_own_use(cells, begun, reach, rate)
        return wanted

    @property
    def not_begun(self) -> np.ndarray | None:
        """As in `Making`; None where nothing is made in stages."""
        return None if self._making is None else self._making.not_begun

    def to_order(self, cells: np.ndarray, units: np.ndarray, day: int) -> None:
        """Unlimited suppliers make at once what is about to leave them, unless it must be tested first."""
        if self.tests:
            at_once = self._lag(cells, day) == 0
            cells, units = cells[at_once], units[at_once]
        self._make(cells, np.maximum(0, units - self._state.on_hand[cells]), day)

    def _lacking(self, cells: np.ndarray) -> np.ndarray:
        return np.maximum(0, self._short(cells))

    def _short(self, cells: np.ndarray) -> np.ndarray:
        """Units lacking for the finished stock and open orders; negative where there are more than that."""
        state = self._state
        wanted = self._target[cells] + state.owed_out[cells] - state.on_hand[cells]
        if state.for_later is not None:
            wanted = wanted + np.maximum(0, state.for_later[cells] - self._target[cells])
        if state.withheld is not None and np.count_nonzero(state.withheld):
            flow, withheld = state.withheld.nonzero()[0], np.zeros(len(state.on_hand), dtype=np.int64)
            np.add.at(withheld, self._network.flow_source[flow], state.withheld[flow])
            wanted = wanted - withheld[cells]
        if state.for_reserves is not None:
            wanted = wanted + state.for_reserves[cells]
        if self.tests:
            wanted = wanted - state.under_test()[cells]
        if self._making is not None:
            wanted = wanted - state.in_process.good(len(state.on_hand))[cells]
        return np.asarray(wanted)

    def _lag(self, cells: np.ndarray, day: int) -> np.ndarray:
        """Whole days from making to release."""
        if not self.tests:
            return np.zeros(len(cells), dtype=np.int64)
        lag = self._quantities["cell.release"][cells]
        mine = (self._tested[cells] >= 0).nonzero()[0]
        lag[mine] += self._times.at(self._tested[cells[mine]], day)
        return np.ceil(lag - 1e-9).astype(np.int64)

    def _make(self, cells: np.ndarray, units: np.ndarray, day: int) -> None:
        some = units.nonzero()[0]
        if not some.size:
            return
        state, cells, units = self._state, cells[some], units[some]
        state.today.produced[cells] += units
        lot = self._no_lot[: len(cells)] if state.lots is None else state.lots.make(cells, units, day)
        if self._making is not None:
            units = self._making.begin(cells, units, lot, day)
        self._finish(cells, lot, units, day)

    def _finish(self, cells: np.ndarray, lot: np.ndarray, units: np.ndarray, day: int) -> None:
        """What is made becomes stock, or is tested first."""
        if self.tests and cells.size:
            lag = self._lag(cells, day)
            held = (lag > 0) & (units > 0)
            if np.count_nonzero(held):
                self._state.hold(cells[held], lot[held], units[held], day + lag[held])
                cells, units, lot = cells[~held], units[~held], lot[~held]
        if len(cells):
            self._state.add_stock(cells, units, lot, day)
