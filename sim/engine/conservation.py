"""The laws every day must keep: nothing appears, nothing vanishes, nothing is negative."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import DAILY
from sim.engine.lots import LotKeeper
from sim.engine.plan import Plan
from sim.engine.state import State
from sim.errors import SimulationError
from sim.model.shipments import Phase

LOT_CHECK_DAYS = 7
"""Every lot is looked for this often; the totals of every stock every day."""


class Conservation:
    """Checks each evening, per product: initial + produced = on hand + held + under way + reserve + served + stood in
    + destroyed + expired + recalled; demand + recovered = served at once and late + substituted + conserved + lost +
    backlog; and now and then, for goods kept by lot, the former per lot.

    Goods under way are counted from the shipments' table, not from the counters that policies see, so that an error
    in either is found.
    """

    def __init__(self, plan: Plan, state: State) -> None:
        self._plan, self._state = plan, state
        self._last_day = plan.network.calendar.days - 1
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
        used = served + today["stood_in"]
        under_way = self._under_way()
        self._expected += today["produced"] - used - today["destroyed"] - today["expired"] - today["recalled"]
        present = today["on_hand"] + today["held"] + today["reserve"] + under_way
        self._complain(day, self._expected - present, "stock is not conserved: units missing")
        spared = today["conserved"] - today["recovered"] + today["substituted"]
        self._unanswered += today["demand"] - served - spared - today["lost"]
        self._complain(day, self._unanswered - today["backlog"], "demand is not accounted for: units missing")
        self._complain(day, under_way - today["in_transit"], "goods under way differ from their counter by")
        self._check_signs(day)
        if self._state.lots is not None:
            self._check_pockets(day, self._state.lots)
            if day % LOT_CHECK_DAYS == 0 or day == self._last_day:
                self._check_lots(day, self._state.lots)

    def _check_pockets(self, day: int, lots: LotKeeper) -> None:
        """What lies in the pockets is what the cells and reserves have."""
        cells, reserves = lots.totals()
        state = self._state
        kept = lots.cell[: len(cells)]
        self._complain_at(day, kept, cells - state.on_hand[kept], "lots and stock on hand differ by")
        stocks = zip(state.reserve, lots.reserve, self._plan.reserves, strict=True)
        for stock, pocket, reserve in stocks:
            mine = pocket >= 0
            gap = reserves[pocket[mine] - len(cells)] - stock[mine]
            self._complain_at(day, reserve.holder[mine], gap, "lots and reserve differ by")

    def _complain_at(self, day: int, cells: np.ndarray, gap: np.ndarray, what: str) -> None:
        if gap.any():
            cell = int(cells[np.flatnonzero(gap)[0]])
            site = self._plan.network.site_names(self._plan.network.cell_site[[cell]])[0]
            raise SimulationError(f"day {day}, '{site}': {what} {gap[np.flatnonzero(gap)[0]]}")

    def _check_lots(self, day: int, lots: LotKeeper) -> None:
        """What was made of each lot is somewhere, or has gone in a way that was counted."""
        table, held, count = self._state.shipments, self._state.held, lots.book.count
        _, lot, units = lots.contents()
        live = np.flatnonzero((table["phase"] != Phase.DONE) & (table["lot"] >= 0))
        kept = held["lot"] >= 0
        found = (
            np.bincount(lot, units, count)
            + np.bincount(table["lot"][live], table["units"][live], count)
            + np.bincount(held["lot"][kept], held["units"][kept], count)
        ).astype(np.int64)
        if (found != lots.book.left).any():
            wrong = int(np.flatnonzero(found != lots.book.left)[0])
            raise SimulationError(
                f"day {day}: lot {wrong} is not conserved: {lots.book.left[wrong]} left, {found[wrong]} found"
            )

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
