"""Goods at the start, beyond their units: how old they are and who made them, and what is in process and under test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.bound.start import Aged, Opening, Start
from sim.engine.plan import LotPlan
from sim.errors import PlaceError, placed
from sim.model.chance.distributions import Times
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.policies.allocation.base import largest_remainder
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.spec import StockSpec

PARTS = 10**6
"""Shares are taken to a millionth."""
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Cell, maker, age and units."""


def busy_makers(loaded: Loaded, network: Network) -> np.ndarray:
    """Makers' cells, as a mask, that are at work at the start on orders that are open then: all whose finished stock
    does not last for as long as making takes, and the stages of the same plant that feed them in time, unless the
    scenario says that they begin empty."""
    bill, wait = network.bill, network.making_wait
    empty, steady = np.zeros(len(wait), dtype=bool), np.zeros(len(wait), dtype=bool)
    empty[_that_begin(loaded, network, "empty")] = True
    steady[_that_begin(loaded, network, "steady")] = True
    slow = wait > 1  # a stage that keeps too little for the next one, which takes it the same morning
    stages, (product, material) = range(int(bill.stage.max(initial=0))), _inside(network)
    for stage in reversed(stages):
        here = bill.stage[product] == stage
        empty[product[here]] |= (empty & slow)[material[here]]
    busy = (wait > 0) & ~empty & (_sold(network) > 0)
    for stage in stages:
        here = bill.stage[product] == stage
        busy[material[here]] |= (busy | steady)[product[here]] & (slow & ~empty)[material[here]]
    return busy


def begin_steady(
    loaded: Loaded, network: Network, testing: dict[int, Times], start: Start, finished: np.ndarray, busy: np.ndarray
) -> tuple[Start, Opening]:
    """Work in process and under test at makers that begin in steady state, with the finished stock that leaves.

    Each has a day's usual output on every day that making and testing take (the mean, rounded up to whole days). What
    was begun yesterday counts as one more: the first morning makes up for yesterday's orders, as every other does.
    Those that are `busy` have as much as the customers whose orders are open take, and their stages with them.
    """
    begun, tested = [], []
    steady = _that_begin(loaded, network, "steady")
    rate_of, sold = _taken(network, start), _sold(network)
    rate_of[steady] = network.cell_mean[steady]
    yesterday = start.days_ago == 1
    sent = np.bincount(network.flow_source[start.flow[yesterday]], start.units[yesterday], len(busy))
    on_hand, free = start.on_hand.copy(), ~start.given & busy
    on_hand[free] = finished[free] + np.bincount(network.flow_source, start.unsent, len(busy)).astype(np.int64)[free]
    for cell in sorted({*steady.tolist(), *np.flatnonzero(busy).tolist()}):
        takes, tests = (_days(t, cell) for t in (network.bill.takes, testing))
        good = network.bill.good[cell]
        rate = min(rate_of[cell] / good, float(network.capacity[cell]))
        out, scrap = _daily(rate * good, takes + tests), _daily(rate * (1 - good), takes)
        age = np.arange(1, takes + tests + 1)
        for ages, units, waste in ((age[:takes], out[:takes], 0), (age[:takes], scrap, 1)):
            begun.append(_rows(cell, ages, units, takes - ages, waste))
        tested.append(_rows(cell, age[takes:], out[takes:], takes + tests - age[takes:], 0))
        if not start.given[cell]:
            gone = _daily(rate * good, takes + tests + 1)
            if cell in network.bill.own:  # the next stage has taken this morning's already
                gone = np.append(out, int(min(sold[cell], rate * good)))
            taken = int(gone.sum())
            if not np.isfinite(network.capacity[cell]) and not takes + tests and cell not in network.bill.own:
                taken = int(sent[cell])  # made up for once it has left, not when it is ordered
            on_hand[cell] = max(0, on_hand[cell] - taken)
    return replace(start, on_hand=on_hand), Opening(_joined([]), _joined(begun), _joined(tested))


def opening_stock(
    loaded: Loaded, network: Network, lots: LotPlan, testing: dict[int, Times], start: Start, problems: Problems
) -> Aged:
    """The parts of stock on hand whose age or maker is given; entries that cannot hold are problems."""
    found: list[Columns] = []
    steady: tuple[np.ndarray, np.ndarray] | None = None
    for position, entry in enumerate(loaded.spec.stock):
        if entry.age is None and not entry.made_by:
            continue
        with problems.at("stock", position):
            cells = network.select_cells(entry.at, entry.products)
            cells = cells[lots.tracked[cells]]
            field = "age" if entry.age is not None else "made_by"
            if not cells.size:
                message = "none of these goods is kept by lot"
                raise PlaceError((field,), message, None, "products with a shelf_life, a trace or a recall")
            units = start.on_hand[cells]
            if entry.age == "steady":
                steady = steady or _flowing(network, testing, start)
                parts = _by_day(cells, units, steady[0][cells], network.cell_mean[cells], lots.life[cells])
            else:
                parts = _by_age(network, lots, entry, cells, units)
            found.append(_by_maker(network, entry, lots, *parts))
    if not found:
        return _joined([])
    cell, maker, age, units = (np.concatenate(columns) for columns in zip(*found, strict=True))
    none = np.zeros(len(cell), dtype=np.int64)
    return Aged(cell, maker, age, units, none, none)


def _that_begin(loaded: Loaded, network: Network, how: str) -> np.ndarray:
    """Makers' cells of which the scenario says how they begin; ascending."""
    cells = [
        cell
        for supplier, spec in loaded.spec.suppliers.items()
        for product, makes in spec.makes.items()
        if makes.at_start == how
        for cell in network.select_cells(supplier, [product]).tolist()
    ]
    return np.array(sorted(cells), dtype=np.int64)


def _inside(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """(product, material) cells of the rows of the bill in which one stage of a plant feeds another."""
    inside = np.isin(network.bill.material, network.bill.own)
    return network.bill.product[inside], network.bill.material[inside]


def _sold(network: Network) -> np.ndarray:
    """Usual units a day ordered of each cell by others."""
    return np.bincount(network.flow_source, network.flow_usual, len(network.cell_mean))


def _taken(network: Network, start: Start) -> np.ndarray:
    """Units a day of each cell that go to customers with a steady flow at the start, or into what they get."""
    bill = network.bill
    taken = np.bincount(network.flow_source, network.flow_usual * start.steady, len(network.cell_mean))
    inside = np.isin(bill.material, bill.own)
    for stage in range(int(bill.stage.max(initial=0))):
        rows = np.flatnonzero(inside & (bill.stage[bill.product] == stage))
        product = bill.product[rows]
        np.add.at(taken, bill.material[rows], taken[product] / bill.good[product] * bill.rate[rows])
    return taken


def _days(times: dict[int, Times], cell: int) -> int:
    """Mean time in whole days, rounded up."""
    return int(np.ceil(times[cell].mean - 1e-9)) if cell in times else 0


def _daily(rate: float, days: int) -> np.ndarray:
    """Whole units on each of some days; fractions are carried."""
    return np.diff(np.floor(rate * np.arange(days + 1) + 1e-9)).astype(np.int64)


def _rows(cell: int, age: np.ndarray, units: np.ndarray, until: np.ndarray, scrap: int) -> np.ndarray:
    """Columns as in `Aged`, shape (6, rows); rows without units left out."""
    some = units > 0
    same = np.ones(int(some.sum()), dtype=np.int64)
    return np.stack([cell * same, cell * same, age[some], units[some], until[some], scrap * same])


def _joined(rows: list[np.ndarray]) -> Aged:
    return Aged(*np.concatenate([np.zeros((6, 0), dtype=np.int64), *rows], axis=1))


def _by_age(
    network: Network, lots: LotPlan, entry: StockSpec, cells: np.ndarray, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(cell, age, units) by the shares of the entry."""
    ages = entry.age or ((0, 1.0),)
    oldest = max(age for age, share in ages if share)
    if (expired := cells[lots.life[cells] <= oldest]).size:
        product = network.products["name"].iat[network.cell_product[expired[0]]]
        expected = f"less than its shelf life of {lots.life[expired[0]]}d"
        raise PlaceError(("age",), f"'{product}' would have expired before the start", f"{oldest}d", expected)
    return _parts(cells, units, np.array([age for age, _ in ages]), np.array([share for _, share in ages]))


def _parts(
    cells: np.ndarray, units: np.ndarray, labels: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(cell, label, units): each cell's units shared over labels, by largest remainder; the shares add up to 1."""
    source = np.repeat(np.arange(len(cells)), len(labels))
    # a unit's worth and more of requests for every unit, so that all is given
    wanted = np.tile(np.round(shares * PARTS).astype(np.int64), len(cells)) * np.maximum(units, 1)[source]
    return cells[source], np.tile(labels, len(cells)), largest_remainder(units, source, wanted)


def _by_day(
    cells: np.ndarray, units: np.ndarray, youngest: np.ndarray, mean: np.ndarray, life: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(cell, age, units) of stocks that came in day by day: a day's usual units of each age from the youngest on."""
    days = np.ceil(units / np.where(mean > 0, mean, np.inf) - 1e-9).astype(np.int64)
    days = np.minimum(np.maximum(days, 1), NEVER_EXPIRES)
    row = np.repeat(np.arange(len(cells)), days)
    day = np.arange(len(row)) - np.repeat(np.cumsum(days) - days, days)
    upto = np.where(day + 1 == days[row], units[row], np.floor((day + 1) * mean[row] + 1e-9)).astype(np.int64)
    before = np.where(day == 0, 0, np.concatenate([[0], upto[:-1]]))
    age = np.minimum(youngest[row] + day, life[row] - 1)  # what would have expired has a day left
    return cells[row], age, upto - before


def _flowing(network: Network, testing: dict[int, Times], start: Start) -> tuple[np.ndarray, np.ndarray]:
    """Age in whole days at which goods of a steady flow come to each cell and leave it, by its main source."""
    cells = len(network.cell_site)
    came = np.zeros(cells)
    for cell in {*network.bill.takes, *testing}:
        came[cell] = _days(network.bill.takes, cell) + _days(testing, cell)
    cover = start.on_hand / np.where(network.cell_mean > 0, network.cell_mean, np.inf)
    order = np.lexsort((network.flow_source, -network.flow_share, network.flow_buyer))
    buyer, first = np.unique(network.flow_buyer[order], return_index=True)
    flow = order[first]
    for _ in range(int(network.cell_level.max(initial=0)) + 1):
        source = network.flow_source[flow]
        came[buyer] = (came + cover)[source] + network.routes.lead_time[network.flow_route[flow]]
    return np.floor(came + 1e-9).astype(np.int64), np.floor(came + cover + 1e-9).astype(np.int64)


def _by_maker(
    network: Network, entry: StockSpec, lots: LotPlan, cell: np.ndarray, age: np.ndarray, units: np.ndarray
) -> Columns:
    if not entry.made_by:
        maker = lots.maker[cell]
    else:
        names, shares = list(entry.made_by), np.array(list(entry.made_by.values()))
        sites = np.array([_site(network, name) for name in names])
        row, which, part = _parts(np.arange(len(cell)), units, np.arange(len(names)), shares)
        cell, age, units = cell[row], age[row], part
        lookup = np.full((len(network.sites), len(network.products)), -1, dtype=np.int64)
        lookup[network.cell_site[network.makers], network.cell_product[network.makers]] = network.makers
        maker = lookup[sites[which], network.cell_product[cell]]
        if (wrong := np.flatnonzero((maker < 0) & (units > 0))).size:
            name = names[which[wrong[0]]]
            product = network.products["name"].iat[network.cell_product[cell[wrong[0]]]]
            raise PlaceError(("made_by", name), f"'{name}' supplies no '{product}' in this scenario", name)
    some = units > 0
    return cell[some], maker[some], age[some], units[some]


def _site(network: Network, name: str) -> int:
    names = network.site_names(np.arange(len(network.sites)))
    suppliers = [n for n, kind in zip(names, network.site_kind, strict=True) if kind == "supplier"]
    with placed("made_by", name):
        if name not in suppliers:
            raise PlaceError((), "unknown supplier", name, "a supplier", suppliers)
    return names.index(name)
