"""What is known: of a site the present, or what was last reported before its systems went down; of the world what has
been heard (`outlook`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.engine.deciding.filled import FilledOrders
from sim.engine.deciding.outlook import Outlook
from sim.engine.deciding.present_use import PresentUse
from sim.engine.serving.openings import Openings
from sim.engine.state.records import in_windows
from sim.engine.state.state import State
from sim.model.blackout import ORDERS
from sim.model.effects import Quantities
from sim.model.need.usual import add_up
from sim.model.part import Part

LATEST = 2**31
"""Days; after any day of a run."""
NOTHING: Mapping[str, float] = {}
"""No decision is in force."""
NO_ALARMS: Mapping[str, np.ndarray] = {}
"""Nobody watches."""


class Reports(Part):
    """Stock reports and orders of all cells; without a blackout in the run they are the state itself.

    `present_use` and `orders_filled` are what is known of the days before, None where nobody may look back on it.
    """

    CHANGES = ("_on_hand", "_backlog", "_short", "_position", "_kept", "_last")
    VIEWS = ("decided", "alarms")

    def __init__(
        self,
        state: State,
        quantities: Quantities,
        outlook: Outlook,
        present_use: PresentUse | None = None,
        orders_filled: FilledOrders | None = None,
    ) -> None:
        self.outlook = outlook
        self._present_use, self._orders_filled = present_use, orders_filled
        self.may_fail = quantities.touched("cell.blackout")
        self._state, self._quantities = state, quantities
        self.openings: Openings | None = None
        """facilities that open and close, None where none does"""
        self.decided: Mapping[str, float] = NOTHING
        """decisions in force, each with the day since when; a view of what the run has decided"""
        self.alarms: Mapping[str, np.ndarray] = NO_ALARMS
        """where each alarm stands, over all cells; a view of what the run's alarms say"""
        if self.may_fail:
            cells = np.arange(len(self._code))
            self._on_hand, self._backlog = state.on_hand.copy(), state.backlog.copy()
            self._short, self._position = np.zeros(len(cells), dtype=bool), state.position(cells)
            self._last = np.full(len(cells), -state.plan.network.calendar.warm_up - 1)
            self._kept = np.zeros(len(state.unsent), dtype=np.int64)

    @property
    def _code(self) -> np.ndarray:
        return self._quantities["cell.blackout"]

    def renew(self, day: int) -> None:
        """Every day where systems `may_fail`, when demand has been served: every cell reports whose systems work."""
        state, works = self._state, self._code == 0
        np.copyto(self._on_hand, state.on_hand, where=works)
        np.copyto(self._backlog, state.backlog, where=works)
        np.copyto(self._short, state.today.unmet > 0, where=works)
        np.copyto(self._last, day, where=works)

    def present(self, cells: np.ndarray | slice) -> np.ndarray:
        """Stock on hand at this moment where systems work, elsewhere as last reported."""
        if not self.may_fail:
            return self._state.on_hand[cells]
        return np.where(self._code[cells] == 0, self._state.on_hand[cells], self._on_hand[cells])

    def use(self, over: int) -> np.ndarray:
        """Mean units a day asked for in the last `over` days, over all cells: until now where systems work, elsewhere
        until the last report."""
        assert self._present_use is not None
        if not self.may_fail:
            return self._present_use.mean(over)
        return self._present_use.mean(over, np.where(self._code == 0, LATEST, self._last))

    def end_demand(self, cells: np.ndarray, last: np.ndarray, window: int) -> np.ndarray:
        """What patients asked for at these cells and all that they usually supply, in the `window` days until the
        `last` that each of them knows of; shape (window, cells), NaN before the first day.

        Of others who do not report it is taken to be as on the last day that they did.
        """
        assert self._present_use is not None
        first = int(last.min(initial=LATEST)) - window + 1
        reported = np.where(self._code == 0, LATEST, self._last) if self.may_fail else None
        table = self._present_use.by_day(range(first, int(last.max(initial=first)) + 1), reported)
        return in_windows(table[:, cells], last - first, window)

    def echelon(self, cells: np.ndarray) -> np.ndarray:
        """Inventory position, in whole units, of these cells and all that they usually supply together: by their usual
        shares, themselves as for their own review, the others as last reported.

        What one of them has ordered of another counts once: it is on order here and owed there.
        """
        state, network = self._state, self._state.plan.network
        every = np.arange(len(network.cell_site))
        at = (self.present(every) + state.on_order - state.owed_out - self.backlog(every)).astype(float)
        at[cells] = self.position(cells)
        flows = network.flow_buyer, network.flow_source, network.flow_share
        return np.rint(add_up(at, network.cell_level, *flows)[1][cells]).astype(np.int64)

    def sent_of_due(self, over: int, cells: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        """(units sent, units due) of the cells' own orders in the last `over` days, as they know themselves."""
        assert self._orders_filled is not None
        sent, due = self._orders_filled.last(over)
        return sent[cells], due[cells]

    def journeys(self, number: int, cells: np.ndarray | slice) -> tuple[np.ndarray, ...]:
        """(days on the way, days planned, arrivals) of the cells' own last arrivals, as they know themselves."""
        assert self._state.arrivals is not None
        return self._state.arrivals.last(number, cells)

    def arrived(self, cells: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(by how much the cells' own arrivals since the `known` ones were later than planned, added up as shares of
        the planned time; how many they are; how many there were ever), as they know themselves."""
        assert self._state.arrivals is not None
        return self._state.arrivals.since(known, cells)

    def prices(self, cells: np.ndarray | slice) -> tuple[np.ndarray, ...]:
        """(what makers ask today, what they usually do) for what the cells usually buy of them, in usual prices."""
        network = self._state.plan.network
        flows, cell = network.bought_of_makers, network.flow_source
        usual, factor = network.flow_usual[flows], self._quantities["cell.price_factor"][cell[flows]]
        buyer, number = network.flow_buyer[flows], len(network.cell_site)
        return np.bincount(buyer, usual * factor, number)[cells], np.bincount(buyer, usual, number)[cells]

    def backlog(self, cells: np.ndarray | slice) -> np.ndarray:
        """Waiting demand as others see it."""
        return (self._backlog if self.may_fail else self._state.backlog)[cells]

    def short(self, cells: np.ndarray | slice) -> np.ndarray:
        """Whether demand went unmet today, as others see it."""
        return np.asarray(self._short[cells] if self.may_fail else self._state.today.unmet[cells] > 0)

    def position(self, cells: np.ndarray | slice) -> np.ndarray:
        """Inventory position for the cells' own review: the old one where figures are frozen, orders kept included."""
        position = self._state.position(cells)
        if self.may_fail:
            buyer = self._state.plan.network.flow_buyer
            position += np.bincount(buyer, self._kept, len(self._code))[cells].astype(np.int64)
            frozen = self._code[cells] == ORDERS["frozen"]
            self._position[cells] = np.where(self._code[cells] > 0, self._position[cells], position)
            position = np.where(frozen, self._position[cells], position)
        return position

    def stock_for_review(self, cells: np.ndarray | slice) -> np.ndarray:
        """Stock on hand for the cells' own review."""
        if not self.may_fail:
            return self._state.on_hand[cells]
        return np.where(self._code[cells] == ORDERS["frozen"], self._on_hand[cells], self._state.on_hand[cells])

    def last_record(self, cells: np.ndarray, day: int) -> np.ndarray:
        """The day of the latest record that the cells' own review sees."""
        if not self.may_fail:
            return np.full(len(cells), day)
        return np.where(self._code[cells] == ORDERS["frozen"], self._last[cells], day)

    def reviews(self, cells: np.ndarray) -> np.ndarray:
        """Whether each of these cells can review and order at all."""
        return np.asarray(self._code[cells] != ORDERS["none"])

    def connected(self, cells: np.ndarray) -> np.ndarray:
        """Whether these cells order as usual."""
        return np.asarray(self._code[cells] == 0) if self.may_fail else np.ones(len(cells), dtype=bool)

    def sent(self, flow: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of a review's orders those that reach their sources now; the others are kept."""
        if not self.may_fail:
            return flow, units
        late = self._code[self._state.plan.network.flow_buyer[flow]] == ORDERS["late"]
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
