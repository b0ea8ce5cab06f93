"""What people do about scarcity, resolved to arrays: substitutes, use levels, hoarding, buying ahead."""

from __future__ import annotations

import numpy as np

from sim.engine.compile.places.supply import shares_of
from sim.engine.plan import Behaviour, BoundAhead, BoundUseLevels, DemandPlan, Hoarders, SubstituteStep
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.hoarding import Hoarding
from sim.policies.use_levels import UseLevel, UseLevels
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.network_spec import Substitute


def compile_behaviour(loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems) -> Behaviour:
    """All of it; what cannot be resolved is a problem."""
    steps, rows = _substitutes(loaded, network, demand, problems)
    use = _use_levels(loaded, network, demand, problems)
    hoarders = _hoarders(loaded, network, problems)
    return Behaviour(steps, rows, use, hoarders, _buying_ahead(loaded, network, demand, problems))


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
            found.append(_bound(entry, loaded, network, demand, cells))
    return tuple(found)


def _bound(entry: UseLevels, loaded: Loaded, network: Network, demand: DemandPlan, cells: np.ndarray) -> BoundUseLevels:
    """Use levels at some cells, all of which have demand."""
    group, member = np.arange(len(cells)), network.cell_site[cells]
    if entry.cover_of == "region":
        _, member = np.unique(network.sites["region"].to_numpy()[network.cell_site[cells]], return_inverse=True)
        group = np.unique(member * len(network.products) + network.cell_product[cells], return_inverse=True)[1]
    levels = entry.levels.values()
    below = [-np.inf if x.below is None else x.below for x in levels]
    figures = [(b, x.ends, x.after, x.ramp) for b, x in zip(below, levels, strict=True)]
    least, until, after, ramp = np.array(figures).T[:, :, None]
    saved = [_saved(name, level, loaded, network, cells) for name, level in entry.levels.items()]
    saves, returns = (np.array(column) for column in zip(*saved, strict=True))
    return BoundUseLevels(
        tuple(entry.levels), np.searchsorted(demand.cell, cells), cells, tuple(x.when for x in levels), member, least,
        until, after, ramp, tuple(x.wears_off for x in levels), saves, returns, int(entry.within), group,
        np.bincount(group, network.cell_mean[cells]), entry.present_over, network.cell_mean[cells],
    )  # fmt: skip


def _saved(
    name: str, level: UseLevel, loaded: Loaded, network: Network, cells: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The share of demand that a level saves at each cell, and the share of that which comes back: where they are given
    by use, each use counts by its share of the product's demand, and what comes back by what was saved of it."""
    products = [str(product) for product in network.products["name"]]
    saves, returns = np.zeros((2, len(cells)))
    for product in np.unique(network.cell_product[cells]).tolist():
        uses = loaded.spec.products[products[product]].uses
        for key in ("saves", "comes_back"):
            for use in by_use if isinstance(by_use := getattr(level, key), dict) else ():
                if use not in uses:
                    what = f"'{products[product]}' has no such use" if uses else f"'{products[product]}' has no uses"
                    expected = (
                        None if uses else f"a share for all its demand, or uses under products.{products[product]}"
                    )
                    raise PlaceError((name, key, use), what, use, expected, list(uses))
        weights = dict(sorted(uses.items())) or {"": 1.0}
        mine = network.cell_product[cells] == product
        given = level.saves
        parts: dict[str, float] = {}
        if isinstance(given, dict):
            parts = {use: weight * given.get(use, 0.0) for use, weight in weights.items()}
            saves[mine] = sum(parts.values())
        else:
            with placed(name, "saves"):
                saves[mine] = shares_of(given, network.cell_site[cells[mine]], loaded)
        if isinstance(level.comes_back, dict):
            saved = parts or weights  # without shares of its own every use saves the same
            back = sum(part * level.comes_back.get(use, 0.0) for use, part in saved.items())
            returns[mine] = back / sum(saved.values()) if sum(saved.values()) else 0.0
        else:
            returns[mine] = level.comes_back
    return saves, returns


def _buying_ahead(loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems) -> tuple[BoundAhead, ...]:
    """Entries that change anything."""
    owner, found = np.full(len(network.cell_site), -1), []
    # nobody takes home a dose of an open vial
    taken_home = np.array([loaded.spec.products[str(name)].doses == 1 for name in network.products["name"]])
    for position, entry in enumerate(loaded.spec.buying_ahead):
        with problems.at("buying_ahead", position):
            families, buyers = entry.families, entry.buyers
            cells = network.select_cells(entry.at, entry.products)
            asked = np.isin(cells, demand.cell)
            orders = np.isin(cells, network.flow_buyer)
            for given, some, what in ((families, asked, "has demand for"), (buyers, orders, "orders")):
                if given is not None and not some.any():
                    raise PlaceError(("at",), f"none of these sites {what} any of these products")
            none = np.zeros(len(cells), dtype=bool)
            home = taken_home[network.cell_product[cells]]
            if families is not None:
                _check_taken_home(loaded, network, position, cells[asked & ~home], bool((asked & home).any()))
            asked = none if families is None else asked & home
            some = asked | (none if buyers is None else orders)
            cells, place = cells[some], np.flatnonzero(asked[some])
            _once(network, owner, cells, position, "buying_ahead")
            row = np.searchsorted(demand.cell, cells[place])
            bound = BoundAhead(cells, network.cell_site[cells], entry.when, row, place, families, buyers)
            if bound.order_gain or bound.gain:
                found.append(bound)
    return tuple(found)


def _check_taken_home(loaded: Loaded, network: Network, position: int, open_vials: np.ndarray, others: bool) -> None:
    """A note on products of which families can take nothing home, an error where there are no `others`."""
    names = sorted({str(network.products["name"].iat[product]) for product in network.cell_product[open_vials]})
    if not names:
        return
    message = (
        "families buy nothing ahead of products that are opened for several: no dose of an open vial is taken home"
    )
    if not others:
        raise PlaceError(("families",), message, ", ".join(names), "products with one dose a unit, or buyers alone")
    loaded.notes.append(loaded.document.problem(("buying_ahead", position, "families"), message, ", ".join(names)))


def _substitutes(
    loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems
) -> tuple[tuple[SubstituteStep, ...], tuple[tuple[str, str, str], ...]]:
    """Pairs of products by choice (the first named first); pairs that want one product take turns, by name."""
    names = [str(name) for name in network.products["name"]]
    regions = network.sites["region"].to_numpy()
    turns: dict[tuple[int, int], list[tuple[np.ndarray, np.ndarray, np.ndarray, Substitute, float]]] = {}
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
                asked = terms.ratio * loaded.spec.products[other].doses / product.doses
                turns.setdefault((choice, turn), []).append((*pair, row, terms, asked))
    steps = []
    for _, pairs in sorted(turns.items(), key=lambda item: item[0]):
        sizes = [len(pair[0]) for pair in pairs]
        first, second, row = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1, 2))
        columns = [
            (t.ratio, t.share, t.stays, np.inf if t.stays_for is None else t.stays_for, t.come_every, asked)
            for *_, t, asked in pairs
        ]
        ratio, share, stays, spell, every, asks = (np.repeat(column, sizes) for column in zip(*columns, strict=True))
        leave = np.repeat([terms.needs_leave for *_, terms, _ in pairs], sizes)
        needs = leave if leave.any() else None
        steps.append(SubstituteStep(first, second, ratio, share, row, stays, spell, every, asks, needs))
    return tuple(steps), tuple(rows)


def _pair(network: Network, demand: DemandPlan, wanted: int, other: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions in the demand plan of two products at the sites that have demand for both."""
    product = network.cell_product[demand.cell]
    first, second = np.flatnonzero(product == wanted), np.flatnonzero(product == other)
    _, left, right = np.intersect1d(demand.site[first], demand.site[second], return_indices=True)
    return first[left], second[right]
