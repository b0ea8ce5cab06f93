"""The shares by which buyers order today: those of `sourcing`, or those that its rule finds, unless others are set."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.sourcing import BoundSourcing
from sim.engine.knowing.reports import Reports
from sim.engine.plan import Plan
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.sourcing.base import Deliveries, Memory, Seen


class OrderShares(Part):
    """Which share of its buyer's orders each flow has, and how many units of a usual day that is.

    `today` and `usual` (units a day) are over flows: those of `sourcing`, until a rule finds others or some are set.
    They are replaced, never changed, when other shares hold. `may_vary` tells whether they can be others at all in this
    run. `tried` marks sources that a rule leaves out, and that are asked for a little all the same. `scores` are what
    rules have published: day, rule and figures by name, over the flows of its offers.
    """

    CHANGES = ("today", "usual", "tried", "_set", "_found", "_memories")
    GROWS = ("scores",)

    def __init__(self, plan: Plan, state: State, quantities: Quantities, reports: Reports) -> None:
        self._network, self._state, self._quantities, self._reports = plan.network, state, quantities, reports
        self._rules = plan.sourcing.rules
        self._memories = [_own(bound.rule.first_memory(bound.offers)) for bound in self._rules]
        self.today = self._found = plan.network.flow_share
        self.usual = plan.network.flow_usual
        self._set = np.full(len(self.today), np.inf)
        self.tried = np.zeros(len(self.today), dtype=bool)
        self.scores: list[tuple[int, int, dict[str, np.ndarray]]] = []
        self.may_vary = bool(self._rules) or quantities.touched("flow.order_share")

    def open_day(self, day: int, known: np.ndarray | None = None, tries: np.ndarray | None = None) -> None:
        """Before the orders of an evening; `known` are the shares of usual units that buyers know sources to send.

        `tries` are the shares of orders by which sources that cancel what they do not send are tried where a rule
        leaves them out: no orders wait there to show that they send again. Infinite for all others.
        """
        found, said = self._found, self._quantities["flow.order_share"]
        if self._rules:
            assert known is not None and tries is not None
            found = self._asked(day, known)
            self.tried = np.isfinite(tries) & np.isinf(said) & (found <= 0)
            said = np.where(self.tried, tries, said)
        if np.array_equal(said, self._set) and np.array_equal(found, self._found):
            return
        self._set, self._found = said.copy(), found
        self.today = as_set(found, said, self._network)
        self.usual = usual_units(self.today, self._network)

    def _asked(self, day: int, known: np.ndarray) -> np.ndarray:
        """The shares that rules find today; over flows. Buyers whose systems are down go on with those of before."""
        found, factor = self._found.copy(), self._quantities["cell.price_factor"]
        for number, (bound, memory) in enumerate(zip(self._rules, self._memories, strict=True)):
            offers, flow = bound.offers, bound.offers.flow
            price = offers.price * factor[self._network.flow_source[flow]]
            seen = Seen(day, offers, known[flow], price, memory, self._deliveries(bound, day))
            choice = bound.rule.choose(seen)
            self._memories[number] = _own(choice.memory)
            found[flow] = np.where(self._reports.connected(self._network.flow_buyer[flow]), choice.share, found[flow])
            if choice.scores is not None and day >= 0:
                self.scores.append((day, number, dict(choice.scores)))
        return found

    def scored(self) -> dict[str, np.ndarray] | None:
        """All scores as columns: `day`, `flow`, and the figures by name; None where no rule gives any."""
        if not any(bound.rule.scored for bound in self._rules):
            return None
        names = next(iter(self.scores))[2] if self.scores else {}
        rows = [(day, self._rules[number].offers.flow, scores) for day, number, scores in self.scores]
        found = {name: np.concatenate([scores[name] for *_, scores in rows]) for name in names}
        nothing = np.zeros(0, dtype=np.int64)
        days = np.concatenate([nothing, *(np.full(len(flow), day) for day, flow, _ in rows)])
        return {"day": days, "flow": np.concatenate([nothing, *(flow for _, flow, _ in rows)]), **found}

    def _deliveries(self, bound: BoundSourcing, day: int) -> Deliveries | None:
        window, flow = bound.rule.window(bound.offers), bound.offers.flow
        if not window:
            return None
        state, buyer = self._state, self._network.flow_buyer
        assert state.records is not None
        cells = np.unique(buyer[flow])
        last = np.full(len(cells), day)
        history = state.records.seen(state.today, cells, flow, last, window, {"orders"})
        table = state.shipments
        under_way = table.live()
        coming = np.bincount(table["flow"][under_way], table["units"][under_way], len(buyer))
        return Deliveries(history.ordered, history.arrived, history.days_on_the_way, (state.unsent + coming)[flow])


def _own(memory: Memory) -> dict[str, np.ndarray]:
    """A memory of which the rule holds no part."""
    return {name: np.array(value) for name, value in memory.items()}


def as_set(shares: np.ndarray, said: np.ndarray, network: Network) -> np.ndarray:
    """Shares of orders where some flows are `said` to have another one; infinite where nothing is said; all over flows.

    What a buyer's other flows share is what those leave, as before in proportion. Together they have all of it.
    """
    sets = np.isfinite(said)
    if not sets.any():
        return shares
    buyer, cells = network.flow_buyer, len(network.cell_site)
    given = np.where(sets, np.maximum(0.0, said), 0.0)
    rest = np.where(sets, 0.0, shares)
    left, others = 1 - np.bincount(buyer, given, cells), np.bincount(buyer, rest, cells)
    part = np.divide(np.maximum(0.0, left), others, out=np.zeros(cells), where=others > 0)
    found = given + rest * part[buyer]
    whole = np.bincount(buyer, found, cells)
    new = (np.bincount(buyer, sets, cells) > 0) & (whole > 0)  # who would order of nobody goes on as before
    return np.where(new[buyer], found / np.where(whole > 0, whole, 1.0)[buyer], shares)


def usual_units(shares: np.ndarray, network: Network) -> np.ndarray:
    """Usual units a day over flows where usual orders go by these shares; with those of `sourcing` to the digit."""
    buyer = network.flow_buyer
    together = np.bincount(buyer, network.flow_usual, len(network.cell_site))
    return np.where(shares == network.flow_share, network.flow_usual, shares * together[buyer])
