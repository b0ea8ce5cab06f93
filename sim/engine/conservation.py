"""The laws every day must keep: nothing appears, nothing vanishes, nothing is negative."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.state import State
from sim.errors import SimulationError
from sim.model.shipments import Phase


class Conservation:
    """Checks each evening, per product: initial + produced = on hand + under way + reserve + served + destroyed.

    Goods under way are counted from the shipments' table, not from the counters that policies see, so that an error
    in either is found.
    """

    def __init__(self, plan: Plan, state: State) -> None:
        self._plan, self._state = plan, state
        network = plan.network
        self._product = network.cell_product
        self._products = len(network.products)
        by_product = np.argsort(self._product, kind="stable")
        self._order = by_product
        self._starts = np.searchsorted(self._product[by_product], np.arange(self._products))
        self._initial = self._present()
        self._entered = np.zeros(self._products, dtype=np.int64)
        self._left = np.zeros(self._products, dtype=np.int64)
        self._demand = np.zeros(self._products, dtype=np.int64)
        self._answered = np.zeros(self._products, dtype=np.int64)

    def check(self, day: int) -> None:
        """Raises SimulationError naming day and product where a law is broken."""
        today, state = self._state.today, self._state
        self._entered += self._per_product(today.produced)
        served = today.served + today.served_late
        self._left += self._per_product(served + today.destroyed)
        gap = self._initial + self._entered - self._left - self._present()
        self._complain(day, gap, "stock is not conserved: units missing")
        self._demand += self._per_product(today.demand)
        self._answered += self._per_product(served + today.lost)
        gap = self._demand - self._answered - self._per_product(state.backlog)
        self._complain(day, gap, "demand is not accounted for: units missing")
        counted = self._under_way() - self._per_product(state.in_transit)
        self._complain(day, counted, "goods under way differ from their counter by")
        stocks = {"on hand": state.on_hand, "backlog": state.backlog, "owed": state.owed, "on order": state.on_order}
        for number, stock in enumerate(state.reserve):
            stocks[f"reserve {self._plan.reserves[number].name}"] = stock
        for name, stock in stocks.items():
            if stock.size and stock.min() < 0:
                raise SimulationError(f"day {day}: {name} is negative")

    def _complain(self, day: int, gap: np.ndarray, what: str) -> None:
        if gap.any():
            product = int(np.flatnonzero(gap)[0])
            name = self._plan.network.products["name"].iat[product]
            raise SimulationError(f"day {day}, product '{name}': {what} {gap[product]}")

    def _per_product(self, cells: np.ndarray) -> np.ndarray:
        sums: np.ndarray = np.add.reduceat(cells[self._order], self._starts)
        return sums

    def _under_way(self) -> np.ndarray:
        table = self._state.shipments
        live = np.flatnonzero(table["phase"] != Phase.DONE)
        product = self._product[self._plan.network.flow_buyer[table["flow"][live]]]
        # float64 sums of whole numbers are exact below 2**53
        return np.bincount(product, table["units"][live], self._products).astype(np.int64)

    def _present(self) -> np.ndarray:
        present = self._per_product(self._state.on_hand) + self._under_way()
        for plan, stock in zip(self._plan.reserves, self._state.reserve, strict=True):
            np.add.at(present, self._product[plan.holder], stock)
        return present
