"""The laws every day must keep: nothing appears, nothing vanishes, nothing is negative."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import DAILY
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
        names = {str(name): position for position, name in enumerate(network.products["name"])}
        product_of_group = np.array([names[str(name)] for name in network.groups["product"]], dtype=np.int64)
        self._per_product = (product_of_group[:, None] == np.arange(self._products)).astype(np.int64)
        # float64 sums of whole numbers are exact below 2**53
        on_hand = np.bincount(self._product, state.on_hand, self._products).astype(np.int64)
        reserves = np.zeros(self._products, dtype=np.int64)
        for reserve, stock in zip(plan.reserves, state.reserve, strict=True):
            np.add.at(reserves, self._product[reserve.holder], stock)
        self._expected = on_hand + reserves + self._under_way()
        self._unanswered = np.zeros(self._products, dtype=np.int64)

    def check(self, day: int, totals: np.ndarray) -> None:
        """Raise SimulationError naming day and product where a law is broken.

        `totals` are the day's: rows as in the ledger, columns over groups.
        """
        nothing = np.zeros(self._products, dtype=np.int64)
        today = dict.fromkeys(DAILY, nothing) | dict(
            zip(self._state.today.names, totals @ self._per_product, strict=True)
        )
        served = today["served"] + today["served_late"]
        under_way = self._under_way()
        self._expected += today["produced"] - served - today["destroyed"]
        present = today["on_hand"] + today["reserve"] + under_way
        self._complain(day, self._expected - present, "stock is not conserved: units missing")
        self._unanswered += today["demand"] - served - today["lost"]
        self._complain(day, self._unanswered - today["backlog"], "demand is not accounted for: units missing")
        self._complain(day, under_way - today["in_transit"], "goods under way differ from their counter by")
        self._check_signs(day)

    def _check_signs(self, day: int) -> None:
        state = self._state
        stocks = {"stock": state.today.stocks, "owed": state.owed, "on order": state.on_order}
        for reserve, stock in zip(self._plan.reserves, state.reserve, strict=True):
            stocks[f"reserve '{reserve.name}'"] = stock
        for name, stock in stocks.items():
            if stock.size and stock.min() < 0:
                raise SimulationError(f"day {day}: {name} is negative")

    def _complain(self, day: int, gap: np.ndarray, what: str) -> None:
        if gap.any():
            product = int(np.flatnonzero(gap)[0])
            name = self._plan.network.products["name"].iat[product]
            raise SimulationError(f"day {day}, product '{name}': {what} {gap[product]}")

    def _under_way(self) -> np.ndarray:
        table = self._state.shipments
        live = np.flatnonzero(table["phase"] != Phase.DONE)
        product = self._product[self._plan.network.flow_buyer[table["flow"][live]]]
        return np.bincount(product, table["units"][live], self._products).astype(np.int64)
