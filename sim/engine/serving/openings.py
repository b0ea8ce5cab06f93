"""Facilities that open and close on a date: who has patients and orders today, and what is left when one closes."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.plan import Plan
from sim.engine.state.state import State
from sim.model.network import Spans
from sim.model.part import Part


class Openings(Part):
    """Every morning on which a facility begins to order, opens or closes.

    Who closes cancels what is not sent yet; what is under way to him still arrives, and lies there with the rest.
    """

    CHANGES = ("open",)

    def __init__(self, plan: Plan, spans: Spans, state: State, journal: Journal) -> None:
        network = self._network = plan.network
        self._spans, self._state, self._journal = spans, state, journal
        self._at_facility = network.cell_kind == "facility"
        first = float(-network.calendar.warm_up)
        self._days = {
            day for some in (spans.orders, spans.opens, spans.closes) for day in some.tolist() if day >= first
        }
        self.open = self._cells(spans.open(first))
        state.orders = self._cells(spans.ordering(first))

    def turn(self, day: int) -> None:
        """Phase 2: what changes this morning."""
        if day not in self._days:
            return
        before, self.open = self.open, self._cells(self._spans.open(day))
        self._state.orders = self._cells(self._spans.ordering(day))
        opens, closes = self._of_facilities(self.open & ~before), self._of_facilities(before & ~self.open)
        if closes.size:
            flow = np.flatnonzero(np.isin(self._network.flow_buyer, closes) & (self._state.unsent > 0))
            if flow.size:
                units = self._state.unsent[flow].copy()
                self._state.cancel(flow, units)
                self._journal.flows("cancelled", day, flow, units)
        self._journal.cells("facility_opens", day, opens, self._state.on_hand[opens])
        self._journal.cells("facility_closes", day, closes, self._state.on_hand[closes])

    def _cells(self, sites: np.ndarray) -> np.ndarray:
        return np.asarray(sites[self._network.cell_site])

    def _of_facilities(self, cells: np.ndarray) -> np.ndarray:
        return np.flatnonzero(cells & self._at_facility)
