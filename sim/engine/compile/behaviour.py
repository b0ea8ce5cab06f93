"""What people do about scarcity, resolved to arrays: substitutes, use levels, hoarding."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Behaviour, BoundUseLevels, DemandPlan, Hoarders, SubstituteStep
from sim.errors import PlaceError
from sim.model.network import Network
from sim.policies.hoarding import Hoarding
from sim.scenario.load import Loaded, Problems


def compile_behaviour(loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems) -> Behaviour:
    """All of it; what cannot be resolved is a problem."""
    steps, rows = _substitutes(loaded, network, demand, problems)
    use = _use_levels(loaded, network, demand, problems)
    return Behaviour(steps, rows, use, _hoarders(loaded, network, problems))


def _once(network: Network, owner: np.ndarray, cells: np.ndarray, position: int, what: str) -> None:
    if (twice := cells[owner[cells] >= 0]).size:
        product = network.products["name"].iat[network.cell_product[twice[0]]]
        site = network.site_names(network.cell_site[twice[:1]])[0]
        raise PlaceError(("at",), f"{what} entry {owner[twice[0]] + 1} holds for '{product}' at '{site}' already")
    owner[cells] = position


def _hoarders(loaded: Loaded, network: Network, problems: Problems) -> Hoarders | None:
    owner = np.full(len(network.cell_site), -1)
    found: list[tuple[np.ndarray, Hoarding]] = []
    for position, entry in enumerate(loaded.spec.hoarding):
        with problems.at("hoarding", position):
            cells = network.select_cells(entry.at, entry.products)
            cells = cells[np.isin(cells, network.flow_buyer)]
            if not cells.size:
                raise PlaceError(("at",), "none of these sites orders any of these products")
            _once(network, owner, cells, position, "hoarding")
            if entry.at_most > 1 and entry.trust < 1:
                found.append((cells, entry))
    if not found:
        return None
    sizes = [len(cells) for cells, _ in found]
    figures = [(e.below, (e.at_most - 1) * (1 - e.trust), e.memory) for _, e in found]
    below, gain, memory = (np.repeat(column, sizes) for column in zip(*figures, strict=True))
    cells = np.concatenate([cells for cells, _ in found])
    sees = np.repeat([e.sees for _, e in found], sizes)
    return Hoarders(cells, below, gain, memory, None if (sees == "own").all() else _seen(network, cells, sees))


def _seen(
    network: Network, cells: np.ndarray, sees: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Whose orders hoarders look at; see `Hoarders`. A pool is a buyer's, a source's or a region's flows of a good."""
    flows, count = np.arange(len(network.flow_buyer)), len(network.cell_site)
    _, region = np.unique(network.sites["region"].to_numpy(dtype=str)[network.cell_site], return_inverse=True)
    place = count * 2 + region * len(network.products) + network.cell_product  # of a region and product, over cells
    buyer, source = network.flow_buyer, network.flow_source
    row = np.full(count, -1)
    row[cells] = np.arange(len(cells))
    buys = flows[(row[buyer] >= 0) & (network.flow_share > 0)]
    buys = buys[sees[row[buyer[buys]]] == "source"]
    own, near = np.flatnonzero(sees == "own"), np.flatnonzero(sees == "region")
    hoarder = np.concatenate([own, row[buyer[buys]], near])
    pool = np.concatenate([cells[own], count + source[buys], place[cells[near]]])
    member = np.concatenate([buyer, count + source, place[buyer]])
    names, pool = np.unique(pool, return_inverse=True)
    known = np.isin(member, names)
    return hoarder, pool, np.searchsorted(names, member[known]), np.tile(flows, 3)[known]


def _use_levels(loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems) -> tuple[BoundUseLevels, ...]:
    owner = np.full(len(network.cell_site), -1)
    found = []
    for position, entry in enumerate(loaded.spec.use_levels):
        with problems.at("use_levels", position):
            cells = network.select_cells(entry.at, entry.products)
            cells = cells[np.isin(cells, demand.cell)]
            if not cells.size:
                raise PlaceError(("at",), "none of these sites has demand for any of these products")
            _once(network, owner, cells, position, "use_levels")
            group, member = np.arange(len(cells)), network.cell_site[cells]
            if entry.cover_of == "region":
                _, region = np.unique(network.sites["region"].to_numpy()[network.cell_site[cells]], return_inverse=True)
                member = region
                keys = region * len(network.products) + network.cell_product[cells]
                group = np.unique(keys, return_inverse=True)[1]
            usual = np.bincount(group, network.cell_mean[cells])
            levels = entry.levels
            when = tuple(x.when for x in levels.values())
            below = [-np.inf if x.below is None else x.below for x in levels.values()]
            figures = [(b, x.ends, x.saves, x.comes_back) for b, x in zip(below, levels.values(), strict=True)]
            row = np.searchsorted(demand.cell, cells)
            least, until, saves, returns = np.array(figures).T[:, :, None]
            names, within = tuple(levels), int(entry.within)
            mean = network.cell_mean[cells]
            found.append(
                BoundUseLevels(
                    names, row, cells, when, member, least, until, saves, returns, within, group, usual, mean
                )
            )
    return tuple(found)


def _substitutes(
    loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems
) -> tuple[tuple[SubstituteStep, ...], tuple[tuple[str, str, str], ...]]:
    """Pairs of products by choice (the first named first); pairs that want one product take turns, by name."""
    names = [str(name) for name in network.products["name"]]
    regions = network.sites["region"].to_numpy()
    turns: dict[tuple[int, int], list[tuple[np.ndarray, np.ndarray, float, float, np.ndarray]]] = {}
    taken: dict[tuple[int, str], int] = {}
    rows: dict[tuple[str, str, str], int] = {}
    for wanted, product in sorted(loaded.spec.products.items()):
        for choice, (other, terms) in enumerate(product.substitutes.items()):
            with problems.at("products", wanted, "substitutes", other):
                if other not in names or other == wanted:
                    message = "unknown product" if other != wanted else "a product cannot stand in for itself"
                    raise PlaceError((), message, other, "another product", [n for n in names if n != wanted])
                pair = _pair(network, demand, names.index(wanted), names.index(other))
                if not pair[0].size:
                    raise PlaceError((), f"no facility has demand for both '{wanted}' and '{other}'", other)
                where = [str(r) for r in regions[demand.site[pair[0]]]]
                row = np.array([rows.setdefault((wanted, other, r), len(rows)) for r in where], dtype=np.int64)
                turn = taken.get((choice, other), 0)
                taken[choice, other] = turn + 1
                turns.setdefault((choice, turn), []).append((*pair, terms.ratio, terms.share, row))
    steps = []
    for _, pairs in sorted(turns.items(), key=lambda item: item[0]):
        sizes = [len(pair[0]) for pair in pairs]
        first, second, row = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1, 4))
        ratio, share = (np.repeat([pair[k] for pair in pairs], sizes) for k in (2, 3))
        steps.append(SubstituteStep(first, second, ratio, share, row))
    return tuple(steps), tuple(rows)


def _pair(network: Network, demand: DemandPlan, wanted: int, other: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions in the demand plan of two products at the sites that have demand for both."""
    product = network.cell_product[demand.cell]
    first, second = np.flatnonzero(product == wanted), np.flatnonzero(product == other)
    _, left, right = np.intersect1d(demand.site[first], demand.site[second], return_indices=True)
    return first[left], second[right]
