"""Ways for transfers: who may give to whom, and on which lanes the goods travel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.compile.places.supply import Path, Paths, Supply
from sim.errors import PlaceError, placed
from sim.model.distance import distance
from sim.model.network import Lane
from sim.model.selection import select
from sim.policies.transfers.base import Transfer, Within
from sim.scenario.load import Loaded, Problems

AT_ONCE = 4_000_000
"""Pairs of sites that are looked at together."""
MOST = 2_000_000
"""Ways for transfers, by product, that a scenario may have."""
COLUMNS: dict[Within, tuple[str, bool]] = {
    "region": ("region", True), "country": ("country", True), "party": ("party", True), "other_party": ("party", False),
}  # fmt: skip
"""What two sites have to have in common, or not to."""

POOL = "pool"
"""As `within`: sites whose parties are in a pool together."""
Near = Callable[[np.ndarray, np.ndarray], np.ndarray]
Way = Path | Lane
"""Lanes that are there, or one that is to be made."""


@dataclass(frozen=True)
class Sideways:
    """Ways found; arrays of one length: sites of giver and taker, product, entry of `transfers` (-1 less its number:
    for paying back only), and positions in `paths`, which are lanes among `lanes`: all lanes of the network."""

    lanes: tuple[Lane, ...]
    giver: np.ndarray
    taker: np.ndarray
    product: np.ndarray
    entry: np.ndarray
    path: np.ndarray
    paths: tuple[Path, ...]


def find_sideways(
    loaded: Loaded, lanes: tuple[Lane, ...], supply: Supply, products: list[str], problems: Problems
) -> Sideways:
    """The ways of all entries of `transfers`; whoever can give nothing to anybody is a problem."""
    finder = _Finder(loaded, lanes, supply, products)
    for position, entry in enumerate(loaded.spec.transfers):
        with problems.at("transfers", position):
            finder.add(position, entry)
    return finder.found()


class _Finder:
    def __init__(self, loaded: Loaded, lanes: tuple[Lane, ...], supply: Supply, products: list[str]) -> None:
        self._frame, self._products, self._spec_parties = loaded.sites.frame, products, loaded.spec.parties
        self._names = [str(name) for name in self._frame["name"]]
        self._kinds = self._frame["kind"].to_numpy()
        self._known, self._lanes = Paths(lanes, self._kinds), list(lanes)
        self._direct: dict[tuple[int, int], int] = {}
        for k, lane in enumerate(lanes):
            ends = lane.origin, lane.destination
            if ends not in self._direct or lane.times.mean < lanes[self._direct[ends]].times.mean:
                self._direct[ends] = k
        self._has = np.zeros((len(self._names), len(products)), dtype=bool)
        for site, kept in supply.needs.items():
            self._has[site, list(kept)] = self._kinds[site] != "supplier"
        self._supplies = {(source, site, product) for site, source, product, *_ in supply.rows}
        self._cold = np.array([loaded.spec.products[name].storage == "cold" for name in products])
        self._new: dict[str, int] = {}
        self._paths: dict[Path, int] = {}
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._taken: dict[tuple[int, int, int], int] = {}

    def found(self) -> Sideways:
        giver, taker, product, entry, path = np.array(self._rows, dtype=np.int64).reshape(-1, 5).T
        return Sideways(tuple(self._lanes), giver, taker, product, entry, path, tuple(self._paths))

    def add(self, position: int, entry: Transfer) -> None:
        """The ways of one entry; raises PlaceError where it has none, or another one's, or too many."""
        givers, takers, mine = self._who(entry)
        pairs = self._near(self._pairs(entry, givers, takers))
        ways = [(*pair, way) for pair in pairs if (way := self._way(position, entry, *pair))]
        if entry.partners is not None and entry.radius is None and entry.time is None:
            ways = self._quickest(ways, entry.partners)
        before = len(self._rows)
        for giver, taker, way in ways:
            self._give(position, giver, taker, self._made(way), mine)
        if len(self._rows) > MOST:
            expected = f"at most {MOST:,}: a radius, partners, or within: region"
            raise PlaceError((), "these are too many ways for transfers", f"{len(self._rows):,}", expected)
        if len(self._rows) == before:
            raise self._nobody(entry, pairs, bool(ways))
        if entry.loan is not None:
            self._give_back(position, entry, before)

    def _who(self, entry: Transfer) -> tuple[np.ndarray, np.ndarray, list[int]]:
        with placed("from"):
            givers = select(entry.from_, self._frame)
        with placed("to"):
            takers = givers if entry.to is None else select(entry.to, self._frame)
        for k, name in enumerate(entry.products or ()):
            if name not in self._products:
                raise PlaceError(("products", k), "unknown product", name, None, self._products)
        mine = [k for k, name in enumerate(self._products) if entry.products is None or name in entry.products]
        some = np.asarray(self._has[:, mine].any(axis=1))
        for word, sites in (("from", givers), ("to", takers)):
            if not some[sites].any():
                message = "none of these sites keeps any of these products"
                raise PlaceError((word,), message, None, "warehouses or facilities that do")
        return givers[some[givers]], takers[some[takers]], mine

    def _pairs(self, entry: Transfer, givers: np.ndarray, takers: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        """(givers, takers) of those who may give to each other, some takers at a time."""
        near = self._within(entry.within, givers)
        frame = self._frame
        places = np.radians(frame[["lat", "lon"]].to_numpy(dtype=float))
        if entry.radius is not None and (lacks := np.isnan(places).any(axis=1)[np.union1d(givers, takers)]).any():
            site = self._names[np.union1d(givers, takers)[lacks][0]]
            raise PlaceError(("radius",), f"'{site}' has no place on the map", None, "lat and lon of these sites")
        step = max(1, AT_ONCE // max(1, len(givers)))
        for begin in range(0, len(takers), step):
            some = takers[begin : begin + step]
            may = np.asarray(givers[:, None] != some)
            if near is not None:
                may &= near(givers, some)
            km = distance(places[givers][:, None], places[some])
            if entry.radius is not None:
                may &= km <= entry.radius
            if entry.time is None:
                may &= self._joined[np.ix_(givers, some)]
            if entry.partners is not None and (entry.time is not None or entry.radius is not None):
                may &= _nearest(np.where(may, km, np.inf), may, entry.partners)
            at = np.nonzero(may)
            yield givers[at[0]], some[at[1]]

    def _within(self, word: Within, givers: np.ndarray) -> Near | None:
        """Which of some sites may give to which of others, as a mask over both; None where all may."""
        if word == POOL:
            parties, pools = self._frame["parties"], [name for name, one in self._spec_parties.items() if one.members]
            both = np.array([[pool in names for pool in pools] for names in parties], dtype=np.int64)
            both = both.reshape(len(parties), len(pools))
            if not both[givers].any():
                raise PlaceError(("within",), "none of these sites belongs to a pool", word, "parties in a pool")
            return lambda some, others: np.asarray(both[some] @ both[others].T > 0)
        if word not in COLUMNS:
            return None
        column, same = COLUMNS[word]
        of = self._frame[column].to_numpy(dtype=str)
        if column == "party" and not any(of[givers]):
            raise PlaceError(("within",), "none of these sites belongs to a party", word, "parties with sites")
        has = np.char.str_len(of) > 0

        def near(some: np.ndarray, others: np.ndarray) -> np.ndarray:
            alike = np.asarray(of[some][:, None] == of[others])
            return np.asarray((alike if same else ~alike) & has[some][:, None] & has[others])

        return near

    @cached_property
    def _joined(self) -> np.ndarray:
        """Whether lanes may lead from each site to each other, there or back; shape (sites, sites)."""
        found = np.zeros((len(self._names), len(self._names)), dtype=bool)
        for origin, destination in self._direct:
            found[origin, destination] = found[destination, origin] = True
        found[np.isin(self._kinds, ("warehouse", "supplier"))] = True  # a way through ports is looked for
        return found

    @staticmethod
    def _near(pairs: Iterator[tuple[np.ndarray, ...]]) -> list[tuple[int, int]]:
        """(giver, taker) in order of taker, then giver."""
        giver, taker = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
        order = np.lexsort((giver, taker))
        if len(order) > MOST:
            expected = f"at most {MOST:,}: a radius, partners, or within: region"
            raise PlaceError((), "these are too many ways for transfers", f"{len(order):,}", expected)
        return list(zip(giver[order].tolist(), taker[order].tolist(), strict=True))

    def _quickest(self, ways: list[tuple[int, int, Way]], partners: int) -> list[tuple[int, int, Way]]:
        """Of each taker's ways the so many quickest."""
        kept, of = [], dict[int, int]()
        for way in sorted(ways, key=lambda way: (way[1], self._days(way[2]), way[0])):
            if of.setdefault(way[1], 0) < partners:
                of[way[1]] += 1
                kept.append(way)
        return kept

    def _days(self, way: Way) -> float:
        return way.times.mean if isinstance(way, Lane) else sum(self._lanes[lane].times.mean for lane in way)

    def _way(self, position: int, entry: Transfer, giver: int, taker: int) -> Way:
        """From giver to taker a lane to be made for it, or those there are; empty where there are none."""
        ends = giver, taker
        if entry.time is not None:
            name = f"{self._names[giver]} > {self._names[taker]} (transfers {position + 1})"
            return Lane(name, *ends, "road", entry.time, entry.cost, cold=True, entry=-1)
        if ends in self._direct:
            return (self._direct[ends],)
        if self._kinds[giver] != "facility" and (paths := self._known.into(taker).get(giver)):
            return paths[0]
        back = self._direct.get((taker, giver))
        if back is None or self._lanes[back].passages:
            return ()
        lane = self._lanes[back]
        name = f"{self._names[giver]} > {self._names[taker]} (back)"
        return Lane(name, *ends, lane.mode, lane.times, lane.cost, cold=lane.cold, entry=-1)

    def _made(self, way: Way) -> Path:
        """The lanes of a way, which are made where they are not there."""
        if not isinstance(way, Lane):
            return way
        if way.name not in self._new:
            self._new[way.name] = len(self._lanes)
            self._lanes.append(way)
        return (self._new[way.name],)

    def _give(self, position: int, giver: int, taker: int, path: Path, products: Sequence[int]) -> None:
        """A way for each product that both keep and that does not come down it by orders already."""
        cold = all(self._lanes[lane].cold for lane in path)
        number = self._paths.setdefault(path, len(self._paths))
        for product in products:
            way = giver, taker, product
            if not (self._has[giver, product] and self._has[taker, product]) or way in self._supplies:
                continue
            if self._cold[product] and not cold:
                continue
            if (other := self._taken.get(way)) is not None and other >= 0:
                what = f"'{self._names[giver]}' gives '{self._names[taker]}' '{self._products[product]}'"
                raise PlaceError((), f"transfers entry {other + 1} says already how {what}", None, "one entry for it")
            self._taken[way] = position
            self._rows.append((*way, position, number))

    def _give_back(self, position: int, entry: Transfer, first: int) -> None:
        """A way back for every loan that has none."""
        for giver, taker, product, *_ in self._rows[first:]:
            if (taker, giver, product) in self._taken:
                continue
            path = self._made(self._way(position, entry, taker, giver))
            if not path or (self._cold[product] and not all(self._lanes[lane].cold for lane in path)):
                site, other = self._names[taker], self._names[giver]
                raise PlaceError(("loan",), f"no way leads back from '{site}' to '{other}'", None, "a lane, or a time")
            number = self._paths.setdefault(path, len(self._paths))
            self._taken[taker, giver, product] = -1 - position
            self._rows.append((taker, giver, product, -1 - position, number))

    def _nobody(self, entry: Transfer, pairs: list[tuple[int, int]], ways: bool) -> PlaceError:
        if not pairs:
            limits = [word for word in ("within", "radius") if word in entry.model_fields_set]
            message, expected = "nobody may give to anybody here", "two sites at least, within each other's reach"
            if entry.time is None:
                message += ": no way leads from any of these sites to another within its reach"
                expected = "a time that journeys take, lanes between them, or sites within each other's reach"
            return PlaceError((limits[-1],) if limits else (), message, None, expected)
        if not ways:
            giver, taker = (self._names[site] for site in pairs[0])
            message = f"no way leads from '{giver}' to '{taker}', nor between any others of these sites"
            return PlaceError((), message, None, "a time that journeys take, or lanes between them")
        message = (
            "none of these sites could give another a product that it does not order there, cold where it has to be"
        )
        return PlaceError((), message, None, "sites that keep the same products; lanes that are cold for cold goods")


def _nearest(km: np.ndarray, may: np.ndarray, partners: int) -> np.ndarray:
    """Of each column the so many entries that may be with the fewest kilometres, those first named where these are
    alike or not known; a mask."""
    order = np.argsort(np.where(may & np.isnan(km), 1e12, km), axis=0, kind="stable")[:partners]
    found = np.zeros_like(may)
    np.put_along_axis(found, order, True, axis=0)
    return found & may
