"""What is known: of a site what its observer is told of it, the present where all see all at once and its systems work;
of the world what has been heard (`outlook`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.engine.bound.information import DEMAND
from sim.engine.bound.published import Published
from sim.engine.knowing.filled import FilledOrders
from sim.engine.knowing.present_use import PresentUse
from sim.engine.knowing.reported import Eyes, Reported
from sim.engine.knowing.sights import Sights
from sim.engine.knowing.told import Told
from sim.engine.rationing.outlook import Outlook
from sim.engine.serving.openings import Openings
from sim.engine.state.state import State
from sim.model.blackout import ORDERS as CODES
from sim.model.effects import Quantities

NOTHING: Mapping[str, float] = {}
"""No decision is in force."""
NO_ALARMS: Mapping[str, np.ndarray] = {}
"""Nobody watches."""
UNREAD: Mapping[str, Published] = {}
"""No condition reads an observed series."""


class Reports(Reported):
    """Stock reports and orders of all cells, and what their owners go by in their own reviews.

    `sights` say who sees what, None where all see all; `published` are observed series that conditions read, as they
    became known.
    """

    CHANGES = ("_position", "_kept")
    VIEWS = ("decided", "alarms")

    def __init__(
        self,
        state: State,
        quantities: Quantities,
        told: Told | None,
        present_use: PresentUse | None,
        orders_filled: FilledOrders | None,
        outlook: Outlook,
        sights: Sights | None = None,
        published: Mapping[str, Published] = UNREAD,
    ) -> None:
        super().__init__(state, quantities, told, present_use, orders_filled)
        self.outlook, self.sights, self.published = outlook, sights, published
        self.openings: Openings | None = None
        """facilities that open and close, None where none does"""
        self.decided: Mapping[str, float] = NOTHING
        """decisions in force, each with the day since when; a view of what the run has decided"""
        self.alarms: Mapping[str, np.ndarray] = NO_ALARMS
        """where each alarm stands, over all cells; a view of what the run's alarms say"""
        if self.may_fail:
            self._position = state.position(np.arange(len(self._code)))
            self._kept = np.zeros(len(state.unsent), dtype=np.int64)

    @property
    def own(self) -> Eyes | None:
        """What each cell's owner sees of it; None: none goes by reports that come later than at once."""
        return None if self.sights is None else self.sights.own_late

    @property
    def orders_late(self) -> bool:
        """Whether some sites may order by figures that are not those of now."""
        return self.may_fail or self.own is not None

    @property
    def reported(self) -> Told | None:
        """All reports, None where none are made."""
        return self._told

    def prices(self, cells: np.ndarray | slice) -> tuple[np.ndarray, ...]:
        """(what makers ask today, what they usually do) for what the cells usually buy of them, in usual prices."""
        network = self._state.plan.network
        flows, cell = network.bought_of_makers, network.flow_source
        usual, factor = network.flow_usual[flows], self._quantities["cell.price_factor"][cell[flows]]
        buyer, number = network.flow_buyer[flows], len(network.cell_site)
        return np.bincount(buyer, usual * factor, number)[cells], np.bincount(buyer, usual, number)[cells]

    def _own(self, cells: np.ndarray | slice) -> Eyes | None:
        """What the owners of cells see of these, None where all orders go by what is."""
        return None if self.own is None else self.own.of(cells)

    def position(self, cells: np.ndarray | slice) -> np.ndarray:
        """Inventory position for the cells' own review: what was last reported and what was ordered since, the old one
        where figures are frozen, orders kept included."""
        if (own := self._own(cells)) is None:
            position = self._state.position(cells)
        else:
            assert self._told is not None and self._state.totals is not None
            told = self._told.figures["but orders"][own.at] + self._state.totals.ordered[cells]
            position = np.where(self.orders_by_report(own), told, self._state.position(cells))
        if self.may_fail:
            buyer = self._state.plan.network.flow_buyer
            position += np.bincount(buyer, self._kept, len(self._code))[cells].astype(np.int64)
            frozen = self._code[cells] == CODES["frozen"]
            self._position[cells] = np.where(self._code[cells] > 0, self._position[cells], position)
            position = np.where(frozen, self._position[cells], position)
        return position

    def own_stock(self) -> np.ndarray:
        """Stock on hand as each cell's owner knows it; over cells."""
        stock = self._state.on_hand
        if self.own is None:
            return stock
        assert self._told is not None
        return np.where(self.orders_by_report(self.own), self._told.figures["on_hand"][self.own.at], stock)

    def own_figure(self, cells: np.ndarray | slice, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(a figure as the owner of each cell was last told of it, whether it goes by that: a mask)."""
        assert self.own is not None and self._told is not None
        own = self.own.of(cells)
        return self._told.figures[name][own.at], self.orders_by_report(own)

    def stock_for_review(self, cells: np.ndarray | slice) -> np.ndarray:
        """Stock on hand for the cells' own review."""
        stock = self._state.on_hand[cells]
        if (own := self._own(cells)) is not None:
            assert self._told is not None
            stock = np.where(self.orders_by_report(own), self._told.figures["on_hand"][own.at], stock)
        if not self.may_fail:
            return stock
        assert self._told is not None
        frozen = self._code[cells] == CODES["frozen"]
        return np.where(frozen, self._told.figures["on_hand"][self._at_once.at[cells]], stock)

    def last_record(self, cells: np.ndarray, day: int) -> np.ndarray:
        """The day of the latest record that the cells' own review sees."""
        last = np.full(len(cells), day)
        if (own := self._own(cells)) is not None:
            told = self.known_until(cells, own, DEMAND)
            last = np.where(self.orders_by_report(own), np.minimum(told, day), last)
        if not self.may_fail:
            return last
        assert self._told is not None
        frozen = self._code[cells] == CODES["frozen"]
        return np.where(frozen, np.minimum(last, self._told.made_at(self._at_once.at[cells])), last)

    def renew(self, day: int) -> None:
        """Every day on which something is told, when demand has been served: sites report whose systems work."""
        assert self._told is not None
        if self.sights is None:
            self._told.close_day(day, self.works, dict)
        else:
            self.sights.close_day(day)

    @property
    def are_made(self) -> bool:
        """Whether any site reports: all is not seen as it is at all times."""
        return self._told is not None

    def reviews(self, cells: np.ndarray) -> np.ndarray:
        """Whether each of these cells can review and order at all."""
        return np.asarray(self._code[cells] != CODES["none"])

    def connected(self, cells: np.ndarray) -> np.ndarray:
        """Whether these cells order as usual."""
        return np.asarray(self._code[cells] == 0) if self.may_fail else np.ones(len(cells), dtype=bool)

    def sent(self, flow: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of a review's orders those that reach their sources now; the others are kept."""
        if not self.may_fail:
            return flow, units
        late = self._code[self._state.plan.network.flow_buyer[flow]] == CODES["late"]
        np.add.at(self._kept, flow[late], units[late])
        return flow[~late], units[~late]

    def overdue(self) -> tuple[np.ndarray, np.ndarray]:
        """Orders kept whose sites are connected again; they are handed over once."""
        if not self.may_fail or not self._kept.any():
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing
        connected = self._code[self._state.plan.network.flow_buyer] == 0
        flow = ((self._kept > 0) & connected).nonzero()[0]
        units = self._kept[flow]
        self._kept[flow] = 0
        return flow, units
