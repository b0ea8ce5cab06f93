"""What makers can add to their capacity, bound to the network."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import MoreMade
from sim.errors import PlaceError
from sim.model.network import Network
from sim.policies.triggers.base import Trigger
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.capacity_spec import More


def compile_more(loaded: Loaded, network: Network, problems: Problems) -> MoreMade | None:
    """All of it, None where there is none; what cannot be resolved is a problem."""
    found: list[tuple[int, More, int, np.ndarray]] = []
    for supplier, spec in loaded.spec.suppliers.items():
        for product, makes in spec.makes.items():
            for position, entry in enumerate(makes.more):
                with problems.at("suppliers", supplier, "makes", product, "more", position):
                    loser = _loser(loaded, network, supplier, product, entry)
                    made = _cells(network, supplier, product)
                    if made.size and entry.to > 1:  # else nobody orders it, or it adds nothing
                        found.append((int(made[0]), entry, loser, _watched(network, supplier, product, entry)))
    if not found:
        return None
    found.sort(key=lambda one: (one[0], one[1].extra_cost))
    cells = np.array([cell for cell, *_ in found], dtype=np.int64)
    entries = [entry for _, entry, *_ in found]

    def column(*values: float) -> np.ndarray:
        return np.array(values, dtype=float)

    lines = [entry.moved_from for entry in entries]
    over = [np.inf if entry.until is None else network.calendar.day(entry.until) for entry in entries]
    return MoreMade(
        cells,
        network.capacity[cells] * (column(*(entry.to for entry in entries)) - 1),
        column(*(entry.after for entry in entries)),
        column(*(entry.ramp for entry in entries)),
        column(*(entry.stand_down for entry in entries)),
        column(*over),
        column(*(entry.extra_cost for entry in entries)),
        np.array([loser for _, _, loser, _ in found], dtype=np.int64),
        column(*(1.0 if line is None else line.for_one for line in lines)),
        _looks([entry.when for entry in entries], [seen for *_, seen in found]),
    )


def _loser(loaded: Loaded, network: Network, supplier: str, product: str, entry: More) -> int:
    """The cell that makes less while its line is away; -1 where none does, or where nobody orders what it makes."""
    line = entry.moved_from
    if line is None:
        return -1
    where, what = line.at or supplier, line.product or product
    if where not in loaded.spec.suppliers:
        raise PlaceError(("moved_from", "at"), "unknown supplier", where, "a supplier", loaded.spec.suppliers)
    makes = loaded.spec.suppliers[where].makes
    if what not in makes:
        raise PlaceError(("moved_from",), f"'{where}' does not make '{what}'", what, "something that it makes", makes)
    if (where, what) == (supplier, product):
        raise PlaceError(("moved_from",), "a line cannot be moved to where it is", what, "another product or supplier")
    if makes[what].capacity is None:
        message = f"'{where}' has no capacity for '{what}' of which a line could be taken"
        raise PlaceError(("moved_from",), message, None, "a product with a capacity")
    cells = np.intersect1d(_cells(network, where, what), network.makers)
    return int(cells[0]) if cells.size else -1


def _watched(network: Network, supplier: str, product: str, entry: More) -> np.ndarray:
    """The cells that the condition of an entry looks at."""
    if entry.watching is None:
        return _cells(network, supplier, product)
    sites = network.select_cells(entry.watching, None)
    position = network.products["name"].tolist().index(product)
    cells = sites[network.cell_product[sites] == position]
    if not cells.size:
        raise PlaceError(("watching",), f"none of these sites keeps '{product}'", str(entry.watching))
    return np.asarray(cells)


def _cells(network: Network, supplier: str, product: str) -> np.ndarray:
    site = network.site_of[supplier]
    position = network.products["name"].tolist().index(product)
    return np.flatnonzero((network.cell_site == site) & (network.cell_product == position))


def _looks(triggers: list[Trigger], cells: list[np.ndarray]) -> tuple[tuple[Trigger, np.ndarray, np.ndarray], ...]:
    """The distinct conditions, each with all cells that it looks at and for which entry."""
    distinct: list[Trigger] = []
    rows: list[list[int]] = []
    for entry, trigger in enumerate(triggers):
        if trigger not in distinct:
            distinct.append(trigger)
            rows.append([])
        rows[distinct.index(trigger)].append(entry)
    return tuple(
        (
            trigger,
            np.concatenate([cells[entry] for entry in mine]),
            np.repeat(mine, [len(cells[entry]) for entry in mine]),
        )
        for trigger, mine in zip(distinct, rows, strict=True)
    )
