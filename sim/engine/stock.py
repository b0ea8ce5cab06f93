"""Production and demand: phases 3 and 4 of the day."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.journal import Journal
from sim.engine.making import Making
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state import State
from sim.engine.substitution import Substitution
from sim.engine.tape import DemandTape, TimeTape
from sim.engine.use_levels import Conservers
from sim.model.effects import Quantities
from sim.rng import Streams


class Production:
    """Suppliers make up to their capacity what is ordered of them and what their finished stock lacks.

    Where output is tested before its release, it is held for that time; such makers make ahead, not at once to order.
    So do those who make from materials, take time for it or have scrap.
    """

    def __init__(self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        network = plan.network
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
        inside = np.isin(self.limited, network.bill.own) & ~np.isfinite(self._capacity)
        self._unbounded = np.flatnonzero(inside)
        self._usual = (network.cell_mean[self.limited] / network.bill.good[self.limited])[inside]
        self._stages: list[np.ndarray | slice] = [np.flatnonzero(stage == k) for k in np.unique(stage)] or [slice(None)]
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
        if self._keeps_stock:
            working = self.unlimited[factor[self.unlimited] > 0]
            ahead = self._lag(working, day) > 0
            lacking = np.maximum(0, self._target[working] - self._state.on_hand[working])
            self._make(working, np.where(ahead, self._lacking(working), lacking), day)
        if not self.limited.size:
            return
        share = factor[self.limited]
        able = np.multiply(self._capacity, share, out=np.zeros(len(share)), where=share > 0) + self._carried
        if self._unbounded.size:  # nothing is shipped that could be cut: a share of the usual output instead
            part = share[self._unbounded]
            able[self._unbounded] = np.where(part < 1, part * self._usual + self._carried[self._unbounded], np.inf)
        wanted = self._to_begin(able, share)
        made = np.minimum(np.floor(able + 1e-9), wanted).astype(np.int64)
        self._carried = np.where(made < wanted, np.maximum(0.0, able - made), 0.0)
        for rows in reversed(self._stages):  # what an early stage makes at once, the next can use
            cells, units = self.limited[rows], made[rows]
            if self._making is not None:
                units = self._making.possible(cells, units, day)
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
        if state.withheld is not None:
            source = self._network.flow_source
            wanted = wanted - np.bincount(source, state.withheld, len(state.on_hand)).astype(np.int64)[cells]
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
        lag = self._quantities["cell.release"][cells].copy()
        mine = np.flatnonzero(self._tested[cells] >= 0)
        lag[mine] += self._times.at(self._tested[cells[mine]], np.full(len(mine), day))
        return np.ceil(lag - 1e-9).astype(np.int64)

    def _make(self, cells: np.ndarray, units: np.ndarray, day: int) -> None:
        state = self._state
        state.today.produced[cells] += units
        lot = self._no_lot[: len(cells)] if state.lots is None else state.lots.make(cells, units, day)
        if self._making is not None:
            units = self._making.begin(cells, units, lot, day)
        self._finish(cells, lot, units, day)

    def _finish(self, cells: np.ndarray, lot: np.ndarray, units: np.ndarray, day: int) -> None:
        """What is made becomes stock, or is tested first."""
        if self.tests:
            lag = self._lag(cells, day)
            held = (lag > 0) & (units > 0)
            self._state.hold(cells[held], lot[held], units[held], day + lag[held])
            cells, units, lot = cells[~held], units[~held], lot[~held]
        self._state.add_stock(cells, units, lot, day)


class Patients:
    """Demand at facilities: those who wait are served first, then what was put off and comes back, then the day's own;
    what is left may be served to those who accept a substitute."""

    def __init__(self, plan: Plan, state: State, tape: DemandTape, quantities: Quantities, journal: Journal) -> None:
        demand = plan.demand
        self._conservers = Conservers(plan, state, journal) if plan.behaviour.use else None
        self.substitution = Substitution(plan) if plan.behaviour.substitutes else None
        cell, self._backorder = demand.cell, demand.backorder
        self._cell = in_place(cell)
        self._simple = not (state.waits or plan.behaviour.use or plan.behaviour.substitutes)
        self._patient = np.flatnonzero(demand.patience > 0)
        calendar = plan.network.calendar  # who is as patient as the run is long does not give up in it
        self._patience = np.minimum(demand.patience[self._patient], calendar.warm_up + calendar.days)
        self._all_wait = bool(self._backorder.all())
        self._may_lose = bool(self._patient.size) or not self._all_wait
        self._waiting = np.zeros((int(self._patience.max(initial=0)), len(self._patient)), dtype=np.int64)
        self._state, self._tape, self._quantities = state, tape, quantities
        self._lots = state.lots
        self._surges = any(e.quantity == "cell.demand_factor" for e in quantities.effects)

    def serve(self, day: int) -> None:
        """Serve backlog and demand from stock on hand; what is unmet waits or is lost."""
        state, today, cell = self._state, self._state.today, self._cell
        factor = self._quantities["cell.demand_factor"][cell] if self._surges else None
        demand = self._tape.day(day, factor)
        today.demand[cell] = demand
        if self._simple:  # all unmet demand is lost; the ledger keeps the two as one
            served = _enter(today.served, cell, np.minimum, state.on_hand[cell], demand)
            state.on_hand[cell] -= served
            _enter(today.unmet, cell, np.subtract, demand, served)
            if self._lots is not None:
                self._lots.serve(served)
            return
        before, backlog = state.on_hand[cell], state.backlog[cell]
        late = np.minimum(before, backlog)
        stock, backlog = before - late, backlog - late
        asked, after_all, still = demand, late, None
        if self._conservers is not None:
            conserved, back = self._conservers.answer(demand, day)
            today.conserved[cell], today.recovered[cell] = conserved, back
            again = np.minimum(stock, back)
            stock -= again
            asked, after_all, still = demand - conserved, late + again, back - again
        served = np.minimum(stock, asked)
        stock -= served
        unmet = asked - served
        if still is not None:
            unmet += still
        if self.substitution is not None:
            met, used = self.substitution.serve(stock, unmet, day)
            stock -= used
            unmet -= met
            today.substituted[cell], today.stood_in[cell] = met, used
        waits = unmet if self._all_wait else np.where(self._backorder, unmet, 0)
        backlog += waits
        if self._may_lose:
            given_up = self._give_up(late, waits)
            backlog -= given_up
            today.lost[cell] = unmet - waits + given_up
        if self._lots is not None:
            self._lots.serve(before - stock)
        state.on_hand[cell], state.backlog[cell] = stock, backlog
        today.served[cell], today.served_late[cell], today.unmet[cell] = served, after_all, unmet

    def _give_up(self, late: np.ndarray, waits: np.ndarray) -> np.ndarray:
        """Demand that has waited its patience out, over demand cells; the longest waiting are served first.

        Demand of day t that has patience p is lost in the evening of day t+p.
        """
        given_up = np.zeros(len(late), dtype=np.int64)
        if not self._patient.size:
            return given_up
        left = late[self._patient].copy()
        for age in range(len(self._waiting) - 1, -1, -1):
            served = np.minimum(left, self._waiting[age])
            self._waiting[age] -= served
            left -= served
        columns = np.arange(len(self._patient))
        lost = self._waiting[self._patience - 1, columns].copy()
        self._waiting[self._patience - 1, columns] = 0
        self._waiting[1:] = self._waiting[:-1].copy()
        self._waiting[0] = waits[self._patient]
        given_up[self._patient] = lost
        return given_up


def _enter(row: np.ndarray, cell: np.ndarray | slice, result_of: np.ufunc, one: np.ndarray, other: np.ndarray) -> Any:
    """Work out what a row has at some cells from two arrays over them, in place where they stand together."""
    if isinstance(cell, slice):
        return result_of(one, other, out=row[cell])
    row[cell] = found = result_of(one, other)
    return found
