"""The laws every day must keep: nothing appears, nothing vanishes, nothing is negative."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from sim.engine.plan import Plan
from sim.engine.state.lots import LotKeeper
from sim.engine.state.state import State
from sim.errors import SimulationError
from sim.model.goods.shipments import Phase
from sim.model.part import Part

LOT_CHECK_DAYS = 7
"""Every lot is looked for this often unless a run says otherwise; what each product has in all is counted daily."""
HERE = ("on_hand", "held", "in_process", "reserve")
GONE = ("served", "served_late", "stood_in", "destroyed", "expired", "recalled", "used_up", "scrapped")
ANSWERED = ("served", "served_late", "substituted", "conserved", "lost")
LAWS: tuple[tuple[str, dict[str, int], dict[str, int]], ...] = (
    (
        "stock is not conserved: units missing",
        {"produced": 1} | dict.fromkeys(GONE, -1),
        dict.fromkeys(HERE, 1),
    ),
    (
        "demand is not accounted for: units missing",
        {"demand": 1, "recovered": 1} | dict.fromkeys(ANSWERED, -1),
        {"backlog": 1},
    ),
    ("goods under way differ from their counter by", {}, {"in_transit": 1}),
)
"""A complaint, the day's figures that add to what there must be, and those that tell what there is. Goods under
way count as there for the first law, and as what must be for the last."""
UNDER_WAY = np.array([[-1], [0], [1]])
"""How goods under way enter the gap of each law."""


class Conservation(Part):
    """Checks every day, per product: initial + produced = on hand + held + in process + under way + reserve + served
    + stood in + destroyed + expired + recalled + used up + scrapped; demand + recovered = served at once and late +
    substituted + conserved + lost + backlog; and now and then, for goods kept by lot, the former per lot.

    Goods under way are counted from the shipments' table, not from the counters that policies see, so that an error
    in either is found.
    """

    CHANGES = ("_expected", "_seen")

    def __init__(self, plan: Plan, state: State, lot_check: int = LOT_CHECK_DAYS) -> None:
        self._plan, self._state, self._lot_check = plan, state, lot_check
        self._last_day = plan.network.calendar.days - 1
        network = plan.network
        self._by_product = np.argsort(network.group_product, kind="stable")
        self._products, self._starts = np.unique(network.group_product[self._by_product], return_index=True)
        product = np.searchsorted(self._products, network.cell_product)
        self._product_of_flow = product[network.flow_buyer]
        # integers on purpose: a product of floats would go to threads that wait for each other on a busy machine
        self._adds = np.array([state.today.weights(adds) for _, adds, _ in LAWS])
        self._tells = np.array([state.today.weights(tells) for _, _, tells in LAWS])
        self._expected = np.zeros((len(LAWS), len(self._products)), dtype=np.int64)
        np.add.at(self._expected[0], product, state.on_hand + state.today.held + state.today.in_process)
        for reserve, stock in zip(plan.reserves, state.reserve, strict=True):
            np.add.at(self._expected[0], product[reserve.holder], stock)
        self._expected[0] += self._under_way()
        self._seen: list[np.ndarray] = []
        self._gives = network.sideways.size > 0

    def look(self, day: int) -> None:
        """Evening: take down what is under way now, per product, for the check of the day; raise SimulationError where
        something negative, or a lot that is lost, is no part of the ledger."""
        self._seen.append(self._under_way())
        if np.minimum.reduce(self._state.beside, initial=0) < 0 if not self._gives else self._lacks_beside(day):
            self._complain_of_signs(day)
        if self._state.lots is not None and self._looks_closely(day):
            self._check_pockets(day, self._state.lots)
            self._check_lots(day, self._state.lots)

    def _lacks_beside(self, day: int) -> bool:
        """Whether something counted beside the ledger is negative. Flows for transfers, of which there are many, are
        looked at as lots are unless something that was given came back: what is promised on them leaves on the same
        evening."""
        state, orders = self._state, self._plan.network.orders
        whole = state.came_back or self._looks_closely(day)
        parts = [state.beside] if whole else [state.beside[:orders], state.in_reserve]
        return any(np.minimum.reduce(part, initial=0) < 0 for part in parts)

    def _looks_closely(self, day: int) -> bool:
        return day % self._lot_check == 0 or day == self._last_day

    def check(self, first: int, block: np.ndarray, totals: np.ndarray) -> None:
        """Raise SimulationError naming day and product where a law is broken, on the first such day.

        `block` has the ledgers of some days from `first` on, shape (days, rows, cells), `totals` the same over groups;
        what was under way on each of these evenings has been taken down.
        """
        by_product = np.add.reduceat(np.take(totals, self._by_product, axis=2), self._starts, axis=2)
        expected = self._expected + np.add.accumulate(self._adds @ by_product, axis=0)
        gaps = expected - self._tells @ by_product + UNDER_WAY * np.array(self._seen)[:, None, :]
        self._expected = expected[-1]
        self._seen.clear()
        stocks = block[:, : self._state.today.stock_rows]
        if np.count_nonzero(gaps) or np.minimum.reduce(stocks, axis=None) < 0:
            self._complain(first, gaps, stocks)

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
            cell = int(cells[gap.nonzero()[0][0]])
            site = self._plan.network.site_names(self._plan.network.cell_site[[cell]])[0]
            raise SimulationError(f"day {day}, '{site}': {what} {gap[gap.nonzero()[0][0]]}")

    def _check_lots(self, day: int, lots: LotKeeper) -> None:
        """What was made of each lot is somewhere, or has gone in a way that was counted."""
        table, count = self._state.shipments, lots.book.count
        live = ((table["phase"] != Phase.DONE) & (table["lot"] >= 0)).nonzero()[0]
        places = [(table["lot"][live], table["units"][live])]
        for rows in (self._state.held, self._state.in_process):
            kept = rows["lot"] >= 0
            places.append((rows["lot"][kept], rows["units"][kept]))
        lot, units = (np.concatenate(column) for column in zip(*places, strict=True))
        missing = lots.unaccounted(np.bincount(lot, units, count).astype(np.int64))
        if missing.any():
            wrong = int(missing.nonzero()[0][0])
            left = lots.book.left[wrong]
            raise SimulationError(
                f"day {day}: lot {wrong} is not conserved: {left} left, {left - missing[wrong]} found"
            )

    def _complain_of_signs(self, day: int) -> NoReturn:
        state = self._state
        stocks = {"owed": state.unsent}
        stocks |= {f"reserve '{plan.name}'": r for plan, r in zip(self._plan.reserves, state.reserve, strict=True)}
        name = next(name for name, stock in stocks.items() if (stock < 0).any())
        raise SimulationError(f"day {day}: {name} is negative")

    def _complain(self, first: int, gaps: np.ndarray, stocks: np.ndarray) -> NoReturn:
        for day, (gap, stock) in enumerate(zip(gaps, stocks, strict=True), first):
            if gap.any():
                law, product = np.argwhere(gap)[0]
                name = self._plan.network.products["name"].iat[self._products[product]]
                raise SimulationError(f"day {day}, product '{name}': {LAWS[law][0]} {gap[law, product]}")
            if (stock < 0).any():
                raise SimulationError(f"day {day}: stock is negative")
        raise AssertionError("no complaint without a reason")

    def _under_way(self) -> np.ndarray:
        table = self._state.shipments
        live = table.live()
        product = self._product_of_flow[table.columns["flow"][live]]
        return np.bincount(product, table.columns["units"][live], len(self._products)).astype(np.int64)
