"""Demand and how it is met: phase 4 of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.deciding.buying_ahead import BuyersAhead
from sim.engine.knowing.reports import Reports
from sim.engine.plan import Plan
from sim.engine.serving.access import Access, Seen
from sim.engine.serving.demand_tape import DemandTape
from sim.engine.serving.openings import Openings
from sim.engine.serving.substitution import Substitution
from sim.engine.serving.use_levels import Conservers
from sim.engine.serving.vials import OpenVials
from sim.engine.spans import in_place
from sim.engine.state.state import State
from sim.model.effects import Impact, Quantities
from sim.model.part import Part


class Patients(Part):
    """Demand at facilities: those who wait are served first, then what was put off and comes back, then the day's own;
    what is left may be served to those who accept a substitute."""

    CHANGES = ("_waiting", "_part_ahead", "_ahead_forever")

    def __init__(
        self,
        plan: Plan,
        state: State,
        tape: DemandTape,
        quantities: Quantities,
        journal: Journal,
        reports: Reports,
        openings: Openings | None = None,
        ahead: BuyersAhead | None = None,
    ) -> None:
        demand = plan.demand
        self._conservers = Conservers(plan, state, journal, reports, quantities) if plan.behaviour.use else None
        self.substitution = Substitution(plan, quantities) if plan.behaviour.substitutes else None
        self._staying = None if self.substitution is None else self.substitution.staying
        self._ahead = ahead if plan.behaviour.families_buy_ahead else None
        cell, self._backorder = demand.cell, demand.backorder
        self._cell = in_place(cell)
        limited = openings is not None or quantities.touched("cell.serves")
        self._access = Access(plan, quantities, journal, openings) if limited else None
        self._vials = None if plan.vials is None else OpenVials(plan.vials)
        behaviour = plan.behaviour
        self._simple = not (state.waits or behaviour.use or behaviour.substitutes or behaviour.families_buy_ahead)
        self._patient = (demand.patience > 0).nonzero()[0]
        calendar = plan.network.calendar  # who is as patient as the run is long does not give up in it
        self._patience = np.minimum(demand.patience[self._patient], calendar.warm_up + calendar.days)
        self._all_wait = bool(self._backorder.all())
        self._may_lose = bool(self._patient.size) or not self._all_wait or self._access is not None
        self._waiting = np.zeros((int(self._patience.max(initial=0)), len(self._patient)), dtype=np.int64)
        # what part of each age's demand families asked for ahead, and how much of it waits where nobody gives up
        self._part_ahead = np.zeros(self._waiting.shape if self._ahead is not None else (0, 0))
        self._ahead_forever = np.zeros(len(cell) if self._ahead is not None else 0)
        self._state, self._tape, self._quantities = state, tape, quantities
        self._lots = state.lots
        self._surges = quantities.touched("cell.demand_factor")
        self._choose = self._staying is not None or self._ahead is not None

    def join(self, impacts: Sequence[Impact]) -> None:
        """From now on the patients come whom these disruptions bring."""
        self._tape.join(impacts)

    def serve(self, day: int) -> None:
        """Serve backlog and demand from stock on hand; what is unmet waits or is lost."""
        today, cell = self._state.today, self._cell
        factor = self._quantities["cell.demand_factor"][cell] if self._surges else None
        demand = self._tape.day(day, factor)
        if self._access is not None:
            demand = self._access.coming(demand)
        if self._choose:
            demand = self._asked(demand, day)
        seen = doses = demand
        access, units = None, None if self._vials is None else self._vials.wanted
        if self._access is not None and (access := self._access.admit(demand, day, units)) is not None:
            demand, seen, doses = access.demand, access.seen, access.doses
        elif units is not None:
            demand = seen = units(demand)
        today.demand[cell] = demand
        waits = None
        if self._simple:
            self._serve_who_never_wait(demand, seen)
        else:
            waits = self._serve(seen, doses, day, access)
        if self._vials is not None:
            self._vials.use(doses, None if access is None else access.later, waits, self._state.backlog[cell], today)

    def _serve_who_never_wait(self, demand: np.ndarray, seen: np.ndarray) -> None:
        """All unmet demand is lost; the ledger keeps the two as one."""
        state, today, cell = self._state, self._state.today, self._cell
        served = _enter(today.served, cell, np.minimum, state.on_hand[cell], seen)
        state.on_hand[cell] -= served
        _enter(today.unmet, cell, np.subtract, demand, served)
        if self._lots is not None:
            self._lots.serve(served)

    def _serve(self, seen: np.ndarray, doses: np.ndarray, day: int, access: Seen | None) -> np.ndarray:
        """Who waits first, then what comes back, then those of today who are seen (and ask for so many doses); returns
        what begins to wait."""
        state, today, cell = self._state, self._state.today, self._cell
        before, backlog = state.on_hand[cell], state.backlog[cell]
        late = np.minimum(before, backlog) if access is None else access.late(before, backlog)
        stock, backlog = before - late, backlog - late
        asked, after_all, still = seen, late, None
        if self._conservers is not None:
            conserved, back = self._conservers.answer(seen, day)
            if access is not None and access.closed is not None:
                back = np.where(access.closed, 0, back)
            today.conserved[cell], today.recovered[cell] = conserved, back
            again = np.minimum(stock, back) if access is None else access.part(np.minimum(stock, back))
            stock -= again
            asked, after_all, still = seen - conserved, late + again, back - again
        served = np.minimum(stock, asked)
        stock -= served
        unmet = asked - served
        if still is not None:
            unmet += still
        if self.substitution is not None:
            free = stock if access is None else np.where(access.share > 0, stock, 0)
            each = None
            if self._vials is not None and self._staying is not None:
                each = self._vials.per_missed(doses, served, seen - asked, unmet)
            met, used = self.substitution.serve(free, unmet, day, each)
            stock -= used
            unmet -= met
            today.substituted[cell], today.stood_in[cell] = met, used
        if self._ahead is not None:
            never = np.where(self._backorder, 0, unmet)
            if access is not None:
                never += access.lost
            came = seen if access is None else access.demand
            part = self._ahead.served(came, never if self._conservers is None else never + conserved)
        waits = unmet if self._all_wait else np.where(self._backorder, unmet, 0)
        if access is not None:
            waits, unmet = waits + access.wait, unmet + access.wait + access.lost
        backlog += waits
        if self._ahead is not None:
            self._wait_ahead(part * waits, late, backlog - waits)
        if self._may_lose:
            given_up, ahead = self._give_up(late, waits, None if self._ahead is None else part)
            if access is not None and access.closed is not None:
                ahead += self._ahead_of(access.closed)
                given_up += self._leave(access.closed, backlog - given_up)
            if self._ahead is not None:
                self._ahead.give_up(ahead, day)
            backlog -= given_up
            today.lost[cell] = unmet - waits + given_up
        if self._access is not None:
            self._access.give_up(backlog)
        if self._lots is not None:
            self._lots.serve(before - stock)
        state.on_hand[cell], state.backlog[cell] = stock, backlog
        today.served[cell], today.served_late[cell], today.unmet[cell] = served, after_all, unmet
        return waits

    def _leave(self, closed: np.ndarray, backlog: np.ndarray) -> np.ndarray:
        """Those who still wait where a facility has closed, over demand cells; they are lost."""
        self._waiting[:, closed[self._patient]] = 0
        return np.where(closed, backlog, 0)

    def _wait_ahead(self, joined: np.ndarray, late: np.ndarray, left: np.ndarray) -> None:
        """Units asked for ahead that begin to wait; of those that did, so much was served today and so much is left."""
        before = late + left
        kept = np.divide(left, before, out=np.zeros(len(before)), where=before > 0)
        self._ahead_forever = self._ahead_forever * kept + joined
        self._ahead_forever[self._patient] = 0.0

    def _ahead_of(self, closed: np.ndarray) -> np.ndarray:
        """Units asked for ahead that still wait where a facility has closed, over demand cells; they wait no more."""
        if self._ahead is None:
            return np.zeros(len(closed))
        ahead = self._ahead_forever.copy()
        ahead[self._patient] = (self._waiting * self._part_ahead).sum(axis=0)
        self._ahead_forever[closed] = 0.0
        return np.where(closed, ahead, 0.0)

    def _asked(self, demand: np.ndarray, day: int) -> np.ndarray:
        """What is asked for today where so much is needed, over demand cells: patients may have gone over to another
        product, and families buy ahead, or use up what they bought."""
        today, cell = self._state.today, self._cell
        if self._staying is not None:
            gone, come = self._staying.move(demand, day)
            needed, demand = demand, demand - gone + come
            if self._vials is not None:  # in units, as they would be opened
                units = self._vials.wanted
                own = units(needed - gone)
                gone, come = units(needed) - own, units(demand) - own
            today.went_over[cell], today.came_over[cell] = gone, come
        if self._ahead is not None:
            more, less = self._ahead.answer(demand, day)
            today.bought_ahead[cell], today.asked_less[cell] = more, less
            demand = demand + more - less
        return demand

    def _give_up(self, late: np.ndarray, waits: np.ndarray, part: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """(demand that has waited its patience out, what of it families asked for ahead), over demand cells; the
        longest waiting are served first. Of what begins to wait this `part` was asked for ahead.

        Demand of day t that has patience p is lost in the evening of day t+p.
        """
        given_up, ahead = np.zeros(len(late), dtype=np.int64), np.zeros(len(late))
        if not self._patient.size:
            return given_up, ahead
        left = late[self._patient].copy()
        for age in range(len(self._waiting) - 1, -1, -1):
            served = np.minimum(left, self._waiting[age])
            self._waiting[age] -= served
            left -= served
        columns = np.arange(len(self._patient))
        lost = self._waiting[self._patience - 1, columns].copy()
        self._waiting[self._patience - 1, columns] = 0
        if part is not None:
            ahead[self._patient] = lost * self._part_ahead[self._patience - 1, columns]
            self._part_ahead[1:] = self._part_ahead[:-1].copy()
            self._part_ahead[0] = part[self._patient]
        self._waiting[1:] = self._waiting[:-1].copy()
        self._waiting[0] = waits[self._patient]
        given_up[self._patient] = lost
        return given_up, ahead


def _enter(row: np.ndarray, cell: np.ndarray | slice, result_of: np.ufunc, one: np.ndarray, other: np.ndarray) -> Any:
    """Work out what a row has at some cells from two arrays over them, in place where they stand together."""
    if isinstance(cell, slice):
        return result_of(one, other, out=row[cell])
    row[cell] = found = result_of(one, other)
    return found
