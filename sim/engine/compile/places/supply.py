"""Who supplies whom: from demand upward, every site and product gets its sources, shares and routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from sim.engine.checks.base import Idle
from sim.engine.compile.demand import DemandRows
from sim.engine.compile.places.market import buyers_shares, weighed
from sim.errors import PlaceError, placed
from sim.model.amounts import Column, Cover
from sim.model.network import Lane
from sim.model.selection import select
from sim.rng import Streams
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.spec import Sourcing

Path = tuple[int, ...]
"""Lanes from a source to a buyer, in order of travel."""


@dataclass
class Supply:
    """Flows found: for each, buyer site, source site, product, path, share, and whether it is for urgent orders only;
    and warehouses that are no source."""

    rows: list[tuple[int, int, int, Path, float, bool]] = field(default_factory=list)
    needs: dict[int, set[int]] = field(default_factory=dict)
    idle: tuple[Idle, ...] = ()


class Paths:
    """Ways into a site from the places that keep stock, through ports only."""

    def __init__(self, lanes: Sequence[Lane], kinds: np.ndarray) -> None:
        self._lanes = lanes
        self._kinds = kinds
        self._into: dict[int, list[int]] = {}
        for index, lane in enumerate(lanes):
            self._into.setdefault(lane.destination, []).append(index)
        self._known: dict[int, dict[int, list[Path]]] = {}
        ends = [(lane.origin, lane.destination) for lane in lanes]
        count = Counter(ends)
        self.twins = {index for index, both in enumerate(ends) if count[both] > 1}
        """lanes that are not the only one between their sites"""

    def into(self, site: int) -> dict[int, list[Path]]:
        """Source site -> its paths, the quickest first; ties go to the lane named first."""
        if site not in self._known:
            found: dict[int, list[tuple[float, tuple[str, ...], Path]]] = {}
            self._search(site, (), frozenset({site}), found)
            self._known[site] = {
                source: [path for *_, path in sorted(paths)] for source, paths in sorted(found.items())
            }
        return self._known[site]

    def by(self, paths: list[Path], word: str) -> list[Path]:
        """Of these paths those with a lane of a mode, or of a name."""
        return [path for path in paths if any(word in (self._lanes[i].mode, self._lanes[i].name) for i in path)]

    def unsaid(self, path: Path, word: str | None) -> list[str]:
        """Names of the lanes between two sites of which this path takes one though nobody says so; none as a rule."""
        for index in self.twins.intersection(path):
            lane = self._lanes[index]
            if word not in (lane.mode, lane.name):
                ends = lane.origin, lane.destination
                return [other.name for other in self._lanes if (other.origin, other.destination) == ends]
        return []

    def entries(self, names: list[str]) -> tuple[int, ...]:
        """Where lanes of these names are written, as positions."""
        return tuple(lane.entry for lane in self._lanes if lane.name in names)

    def modes(self, paths: list[Path]) -> list[str]:
        """The modes of lanes on these paths."""
        return sorted({self._lanes[i].mode for path in paths for i in path})

    def _search(
        self,
        site: int,
        path: Path,
        seen: frozenset[int],
        found: dict[int, list[tuple[float, tuple[str, ...], Path]]],
    ) -> None:
        for index in self._into.get(site, ()):
            origin = self._lanes[index].origin
            if origin in seen:
                continue
            longer = (index, *path)
            if self._kinds[origin] == "port":
                self._search(origin, longer, seen | {origin}, found)
            elif self._kinds[origin] != "facility":
                time = sum(self._lanes[i].times.mean for i in longer)
                found.setdefault(origin, []).append((time, tuple(self._lanes[i].name for i in longer), longer))


def explicit_sources(
    loaded: Loaded, products: list[str], demand: DemandRows, problems: Problems
) -> dict[tuple[int, int], tuple[int, dict[int, float]]]:
    """(buyer site, product) -> (entry, source site -> share) for everything named under `sourcing`.

    `demand` weighs the buyers of a market.
    """
    frame = loaded.sites.frame
    place = {str(name): i for i, name in enumerate(frame["name"])}
    found: dict[tuple[int, int], tuple[int, dict[int, float]]] = {}
    for position, written in enumerate(loaded.spec.sourcing):
        with problems.at("sourcing", position):
            entry = _by_name(written)
            with placed("at"):
                sites = select(entry.at, frame)
            named = entry.market or entry.from_
            for name in named:
                if name not in place:
                    word = "market" if entry.market else "from"
                    raise PlaceError((word,), "unknown site", name, "a supplier or warehouse", place)
            wanted = products if entry.products is None else entry.products
            for k, name in enumerate(wanted):
                if name not in products:
                    raise PlaceError(("products", k), "unknown product", name, None, products)
            if entry.market:
                of_product = _of_market(entry, position, sites, [products.index(n) for n in wanted], demand, loaded)
            else:
                each = _of_entry(entry, sites, loaded)
                of_product = [(products.index(name), each) for name in wanted]
            stand_by = {place[name] for name, share in named.items() if share == 0.0}
            for k, site in enumerate(sites.tolist()):
                for product, shares in of_product:
                    if (site, product) in found:
                        other = f"sourcing entry {found[site, product][0] + 1} names the sources of "
                        raise PlaceError(("at",), other + f"'{frame['name'][site]}' for '{products[product]}' already")
                    of_source = zip((place[name] for name in named), shares[k].tolist(), strict=True)
                    found[site, product] = position, {s: v for s, v in of_source if v > 0 or s in stand_by}
    return found


def _by_name(entry: Sourcing) -> Sourcing:
    """The entry with its sources in order of name, so that nothing depends on the order in which they are written."""
    return entry.model_copy(update={key: dict(sorted(getattr(entry, key).items())) for key in ("from_", "market")})


def _of_entry(entry: Sourcing, sites: np.ndarray, loaded: Loaded) -> np.ndarray:
    """The shares that an entry gives each of its sites; shape (sites, sources)."""
    shares = np.zeros((len(sites), len(entry.from_)))
    for k, (name, share) in enumerate(entry.from_.items()):
        if share != "rest":
            with placed("from", name):
                shares[:, k] = shares_of(share, sites, loaded)
    total = shares.sum(axis=1)
    if "rest" in entry.from_.values():
        rest = 1 - total
        shares[:, list(entry.from_.values()).index("rest")] = np.where(rest > -1e-6, np.maximum(rest, 0.0), 0.0)
        total = shares.sum(axis=1)
    if (wrong := np.flatnonzero(abs(total - 1) > 1e-6)).size:
        site = loaded.sites.frame["name"].to_numpy()[sites[wrong[0]]]
        message = f"the shares of '{site}' add up to {total[wrong[0]]:.1%}"
        raise PlaceError(("from",), message, None, "shares that add up to 100%")
    return shares


def _of_market(
    entry: Sourcing, position: int, sites: np.ndarray, wanted: list[int], demand: DemandRows, loaded: Loaded
) -> list[tuple[int, np.ndarray]]:
    """(product, shares that each of an entry's sites has, by which the market's are met); (sites, sources) each."""
    frame = loaded.sites.frame
    if (other := sites[frame["kind"].to_numpy()[sites] != "facility"]).size:
        message = f"a market is that of facilities, by their demand, and '{frame['name'][other[0]]}' is none"
        raise PlaceError(("at",), message, None, "facilities, or from: with the shares of each")
    names = [str(name) for name in frame["name"].to_numpy()[sites]]
    streams = Streams(loaded.spec.seed, loaded.replication)
    market = entry.of_market
    own = buyers_shares(market, entry.spread or 0.0, names, f"market/sourcing.{position}", streams)
    found = []
    for product in wanted:
        mean = np.zeros(len(frame))
        mine = demand.product == product
        mean[demand.site[mine]] = demand.mean[mine]
        found.append((product, weighed(own, mean[sites], np.array(list(market.values())))))
    return found


def shares_of(share: float | Column, sites: np.ndarray, loaded: Loaded) -> np.ndarray:
    """A share at some sites; raises PlaceError where no table has its column."""
    if not isinstance(share, Column):
        return np.full(len(sites), share)
    if share.name not in loaded.sites.numbers:
        raise PlaceError((), "no table of sites has this column", share.name, None, loaded.sites.numbers)
    return loaded.sites.numbers[share.name][sites]


def find_supply(
    loaded: Loaded,
    lanes: Sequence[Lane],
    rows: DemandRows,
    products: list[str],
    materials: Mapping[tuple[int, int], set[int]],
    problems: Problems,
) -> Supply:
    """Flows that serve the demand of `rows`, from the facilities up to the makers and their materials.

    `materials` are those of a maker's site and product; those that the maker makes itself it does not buy.

    A site without a sourcing entry orders from the one place its lanes lead to that can have the product: a maker of
    it, or a warehouse that has some at the start or is supplied, otherwise than through that site. None or several are
    problems, and so are suppliers that do not make what is ordered and warehouses that feed each other.
    """
    finder = _Finder(loaded, Paths(lanes, loaded.sites.frame["kind"].to_numpy()), products, rows, problems)
    supply = Supply()
    open_: dict[int, set[int]] = {}
    for site, product in zip(rows.site.tolist(), rows.product.tolist(), strict=True):
        open_.setdefault(site, set()).add(product)
    while open_:
        site, asked = open_.popitem()
        wanted = asked - supply.needs.get(site, set())
        supply.needs.setdefault(site, set()).update(wanted)
        for product in sorted(wanted):
            for source, path, share, urgent in finder.sources(site, product):
                supply.rows.append((site, source, product, path, share, urgent))
                if finder.kinds[source] == "warehouse" and product not in supply.needs.get(source, set()):
                    open_.setdefault(source, set()).add(product)
                elif finder.kinds[source] == "supplier":
                    made, bought = finder.at_maker(source, product, materials)
                    needs = supply.needs.setdefault(source, set())
                    needs.update(made)
                    if bought - needs:
                        open_.setdefault(source, set()).update(bought - needs)
    supply.idle = tuple(finder.idle.values())
    return supply


def stocked_at_start(loaded: Loaded, products: list[str]) -> set[tuple[int, int]]:
    """(site, product) for which the scenario gives units on hand at the start; days of a demand that may be none do not
    count. What is wrong with an entry is told where stock is bound."""
    found = set[tuple[int, int]]()
    for entry in loaded.spec.stock:
        on_hand = entry.on_hand
        of_table = isinstance(on_hand, Column) and (on_hand.cover or on_hand.name in loaded.sites.covers)
        if isinstance(on_hand, Cover) or on_hand == 0 or of_table:
            continue
        with suppress(PlaceError):
            sites = select(entry.at, loaded.sites.frame).tolist()
            names = products if entry.products is None else entry.products
            found |= {(site, products.index(name)) for site in sites for name in names if name in products}
    return found


class _Finder:
    def __init__(self, loaded: Loaded, paths: Paths, products: list[str], rows: DemandRows, problems: Problems) -> None:
        self.names = [str(name) for name in loaded.sites.frame["name"]]
        self.kinds = loaded.sites.frame["kind"].to_numpy()
        self.paths = paths
        self.products = products
        self.problems = problems
        self.entries = loaded.spec.sourcing
        self.explicit = explicit_sources(loaded, products, rows, problems)
        self.makes = {
            (self.names.index(supplier), products.index(product))
            for supplier, spec in loaded.spec.suppliers.items()
            for product in spec.makes
            if product in products
        }
        self._markets = [bool(entry.market) for entry in loaded.spec.sourcing]
        self._stocked = stocked_at_start(loaded, products)
        self.idle: dict[tuple[int, int], Idle] = {}
        self._told: set[tuple[int, ...]] = set()

    def at_maker(
        self, site: int, product: int, materials: Mapping[tuple[int, int], set[int]]
    ) -> tuple[set[int], set[int]]:
        """What a maker makes to make this product, itself included, and the materials it buys for it."""
        made, bought, open_ = set[int](), set[int](), {product}
        while open_:
            here = open_.pop()
            made.add(here)
            used = materials.get((site, here), set())
            bought |= {name for name in used if (site, name) not in self.makes}
            open_ |= {name for name in used if (site, name) in self.makes} - made
        return made, bought

    def sources(self, site: int, product: int) -> list[tuple[int, Path, float, bool]]:
        """(source, path, share, whether for urgent orders only) for one buyer and product; problems are noted and give
        an empty list."""
        ways = self.paths.into(site)
        if (site, product) in self.explicit:
            return self._explicit(site, product, ways)
        able = [s for s in ways if self.kinds[s] == "warehouse" or (s, product) in self.makes]
        if len(able) > 1:
            able = [s for s in able if self._can_have(s, product, site)]
        if len(able) == 1:
            if lanes := self.paths.unsaid(ways[able[0]][0], None):
                self._note_two_lanes(site, able[0], lanes)
                return []
            return [(able[0], ways[able[0]][0], 1.0, False)]
        what = f"'{self.products[product]}' at '{self.names[site]}'"
        groups = {"facility": "facilities", "warehouse": "warehouses", "supplier": "suppliers"}
        place = (groups[self.kinds[site]], self.names[site])
        if able:
            choice = " or ".join(f"'{self.names[s]}'" for s in able)
            problem = PlaceError((), f"{what} could come from {choice}", None, "an entry under sourcing that says how")
        elif not any(p == product for _, p in self.makes):
            name = self.products[product]
            problem = PlaceError((), f"no supplier makes '{name}'", None, "the product under some supplier's makes")
            place = ("products", name)
        elif ways:
            have = ", ".join(f"'{self.names[s]}'" for s in ways)
            problem = PlaceError((), f"no supply of {what}: its lanes lead to {have}, where it is not made")
        else:
            message = f"no lane leads to {what} from a supplier or warehouse"
            problem = PlaceError((), message, None, "a lane under lanes")
        self.problems.note(problem, place)
        return []

    def _can_have(self, source: int, product: int, buyer: int) -> bool:
        """Whether a source makes a product, has some at the start, or can get it otherwise than through its buyer.

        A warehouse that can never have it is kept in mind.
        """
        seen, open_, from_buyer = {buyer, source}, [source], False
        while open_:
            here = open_.pop()
            if (here, product) in self.makes or (here, product) in self._stocked:
                return True
            above = self.explicit[here, product][1] if (here, product) in self.explicit else self.paths.into(here)
            if self.kinds[here] == "warehouse":
                from_buyer |= buyer in above
                open_ += set(above) - seen
                seen |= set(above)
        if (source, product) not in self.idle:
            self.idle[source, product] = Idle(self.names[source], self.products[product], from_buyer)
        return False

    def _note_two_lanes(self, site: int, source: int, lanes: list[str]) -> None:
        """Note the fault, at the lane written last; once for lanes of the same entries."""
        entries = self.paths.entries(lanes)
        if entries not in self._told:
            self._told.add(entries)
            self.problems.note(self._two_lanes(site, source, lanes), ("lanes", max(entries)))

    def _two_lanes(self, site: int, source: int, lanes: list[str]) -> PlaceError:
        """The fault that nobody says which of these lanes is the usual one."""
        names, modes = " and ".join(f"'{name}'" for name in lanes), self.paths.modes(self.paths.into(site)[source])
        write = f"sourcing: [{{at: {self.names[site]}, from: {{{self.names[source]}: 100%}}, usual: {modes[-1]}}}]"
        return PlaceError((), f"{names} lead between the same sites, and nothing says which is used", None, write)

    def _way(self, site: int, source: int, paths: list[Path], word: str | None, key: str, several: bool) -> Path | None:
        """The quickest path that `usual` or `urgent.by` asks for; None where another source may have it."""
        found = paths if word is None else self.paths.by(paths, word)
        if not found and several and any(self.paths.by(other, word or "") for other in self.paths.into(site).values()):
            return paths[0] if key == "usual" else None
        if not found:
            modes = self.paths.modes(paths)
            message = f"no way of this kind from '{self.names[source]}' to '{self.names[site]}'"
            raise PlaceError((key,), message, word, "a mode on a way there: " + ", ".join(modes), modes)
        if lanes := self.paths.unsaid(found[0], word):
            raise self._two_lanes(site, source, lanes)
        return found[0]

    def _explicit(self, site: int, product: int, ways: dict[int, list[Path]]) -> list[tuple[int, Path, float, bool]]:
        position, shares = self.explicit[site, product]
        word = "market" if self._markets[position] else "from"
        for source in shares:
            with self.problems.at("sourcing", position, word):
                name = self.names[source]
                if source not in ways:
                    valid = [self.names[s] for s in ways]
                    expected = "a source with a lane to it" + (f": {', '.join(valid)}" if valid else "")
                    raise PlaceError((name,), f"no lane leads to '{self.names[site]}' from here", name, expected, valid)
                if self.kinds[source] == "supplier" and (source, product) not in self.makes:
                    raise PlaceError((name,), f"'{name}' does not make '{self.products[product]}'")
        found: list[tuple[int, Path, float, bool]] = []
        entry, several = self.entries[position], len(shares) > 1
        with self.problems.at("sourcing", position):
            for source in [s for s in shares if s in ways]:
                usual = self._way(site, source, ways[source], entry.usual, "usual", several)
                assert usual is not None
                found.append((source, usual, shares[source], False))
                if entry.urgent is None:
                    continue
                with placed("urgent"):
                    urgent = self._way(site, source, ways[source], entry.urgent.by, "by", several)
                    if urgent == usual:
                        raise PlaceError(("by",), "this is the usual way already", entry.urgent.by, "another way")
                if urgent is not None:
                    found.append((source, urgent, 0.0, True))
        return found
