"""An allocation rule bound to a network: who the claimants are, what caps and floors leave them, and who shares on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder
from sim.policies.allocation.limits import grouped, named_in
from sim.policies.allocation.weights import check_party


@dataclass(frozen=True)
class Shared:
    """What one sharing-out saw and gave; arrays over `claims`, as it was shared.

    `within` is 0 where sources shared among claimants, 1 where claimants shared on among their sites or orders;
    `to_give` are the units shared at once, of which caps count their part; `floor` is the position of the group's floor
    and `floor_share` its part, -1 and 0 where there is none; `shares` are units before rounding, and `given` after.
    """

    rule: Allocation
    within: int
    claims: Claims
    to_give: np.ndarray
    floor: np.ndarray
    floor_share: np.ndarray
    shares: np.ndarray
    given: np.ndarray


Tell = Callable[[Shared], None]


class Due(NamedTuple):
    """Units that are kept for the claimant behind each flow of what has come in, and that are free at each cell."""

    own: np.ndarray
    free: np.ndarray


@dataclass(frozen=True)
class Sharing:
    """A rule as it stands in a scenario; arrays over all flows of the network, None where nothing of the kind is.

    `place` tells flows of one claimant (numbered by source, then by party's or site's name), `need` and `weight` are
    its own; `cap_share` and `cap_units` are what it may have at most (infinite: all), `floor` the position of its floor
    in `floors` (-1: none). `inside` are the rules by which claimants share on, `inside_of` says which is whose.
    """

    rule: Allocation
    place: np.ndarray | None = None
    need: np.ndarray | None = None
    weight: np.ndarray | None = None
    cap_share: np.ndarray | None = None
    cap_units: np.ndarray | None = None
    floor: np.ndarray | None = None
    floors: tuple[float, ...] = ()
    inside: tuple[Sharing, ...] = ()
    inside_of: np.ndarray | None = None

    @property
    def limited(self) -> bool:
        """Whether somebody may not have all that it asks for, even where there is enough."""
        return self.cap_share is not None or self.rule.keeps > 0

    @property
    def needs_order_book(self) -> bool:
        """Whether it must know the order in which orders were booked."""
        return self.rule.needs_order_book or any(one.needs_order_book for one in self.inside)

    @property
    def remembers(self) -> bool:
        """Whether it must know what each flow has had before."""
        return self.rule.remembers or any(one.remembers for one in self.inside)

    def share(
        self,
        claims: Claims,
        network: Network,
        had: np.ndarray | None = None,
        tell: Tell | None = None,
        within: int = 0,
        due: Due | None = None,
    ) -> np.ndarray:
        """Whole units for each claim. `had` are units that each flow of the network has had before, where the rule
        `remembers`; `due` is what it keeps for claimants, where it does; `tell` is called with what was seen and
        given."""
        if self.place is None:
            return self._among(self._seen(claims, had), network, within, tell)
        order, of, together = _together(claims, self.place, network)
        seen = self._seen(together, had)
        given = self._among(seen if due is None else _kept_apart(seen, due, network), network, within, tell)
        result = np.zeros_like(claims.requested)
        if not self.inside:  # the ordinary and the urgent orders of one site
            result[order] = largest_remainder(given, of, claims.requested[order])
            return result
        assert self.inside_of is not None
        rule = self.inside_of[together.flow]
        for number, inside in enumerate(self.inside):
            mine = np.flatnonzero((rule == number)[of])
            if mine.size:
                groups, source = np.unique(of[mine], return_inverse=True)
                sites = claims.picked(order[mine], given[groups], source)
                result[order[mine]] = inside.share(sites, network, had, tell, within + 1)
        return result

    def _seen(self, claims: Claims, had: np.ndarray | None) -> Claims:
        """Claims with what the rule asks for beside them."""
        more, flow = dict[str, Any](), claims.flow
        if self.need is not None and self.weight is not None:
            more = {"need": self.need[flow], "weight": self.weight[flow]}
        if self.rule.remembers:
            assert had is not None
            more["had"] = (had if self.place is None else np.bincount(self.place, had)[self.place])[flow]
        if self.cap_share is not None and self.cap_units is not None:
            share = self.cap_share[flow]
            part = np.where(share <= 1, np.minimum(share, 1.0) * claims.available[claims.source], np.inf)
            most = np.floor(np.minimum(part, self.cap_units[flow]) + 1e-9)
            more["most"] = np.minimum(most, claims.requested).astype(np.int64)
        return replace(claims, **more) if more else claims

    def _among(self, claims: Claims, network: Network, within: int, tell: Tell | None) -> np.ndarray:
        if self.floor is None:
            given = self.rule.share(claims, network)
            if tell is not None:
                none = np.full(len(given), -1, dtype=np.int64)
                to_give = claims.available[claims.source]
                shares = self._before_rounding(claims, network, given)
                tell(Shared(self.rule, within, claims, to_give, none, np.zeros(len(given)), shares, given))
            return given
        return self._above_floors(claims, self.floor[claims.flow], network, within, tell)

    def _above_floors(
        self, claims: Claims, floor: np.ndarray, network: Network, within: int, tell: Tell | None
    ) -> np.ndarray:
        """Groups that would get less than their floor get that, and the others share the rest, until no group is short.

        Each group that is short has a pool of its own, by the same rule; all others share one, at each source.
        """
        sources, groups = len(claims.available), len(self.floors)
        source, upper = claims.source, claims.upper
        asked = np.bincount(source * (groups + 1) + floor + 1, upper, sources * (groups + 1)).reshape(sources, -1)
        to_give = np.minimum(claims.available, claims.per_source(upper))
        least = np.zeros((sources, groups + 1), dtype=np.int64)
        left = to_give.copy()
        for group, share in enumerate(self.floors, 1):
            units = np.minimum(np.ceil(share * to_give - 1e-9), np.minimum(asked[:, group], left)).astype(np.int64)
            least[:, group] = units
            left -= units
        short = np.zeros_like(least, dtype=bool)
        while True:
            apart = np.where(short[source, floor + 1], floor + 1, 0)
            pool = source * (groups + 1) + apart
            order = np.argsort(pool, kind="stable")
            pools, number = np.unique(pool[order], return_inverse=True)
            rest = claims.available - np.where(short, least, 0).sum(axis=1)
            units = np.where(pools % (groups + 1) > 0, least.ravel()[pools], rest[pools // (groups + 1)])
            picked = claims.picked(order, units, number)
            given = np.zeros_like(claims.requested)
            given[order] = self.rule.share(picked, network)
            got = np.bincount(source * (groups + 1) + floor + 1, given, sources * (groups + 1)).reshape(sources, -1)
            below = (got < least) & ~short
            if not below.any():
                break
            short |= below
        if tell is not None:
            shares = np.zeros(len(given))
            shares[order] = self._before_rounding(picked, network, given[order])
            parts = np.append(self.floors, 0.0)[floor]
            tell(Shared(self.rule, within, claims, claims.available[source], floor, parts, shares, given))
        return given

    def _before_rounding(self, claims: Claims, network: Network, given: np.ndarray) -> np.ndarray:
        shares = self.rule.exact(claims, network)
        return given.astype(float) if shares is None else shares


def _kept_apart(claims: Claims, due: Due, network: Network) -> Claims:
    """Claims on what each may draw of its own and what is free, without what is kept for others."""
    own = due.own[claims.flow]
    free = due.free[network.flow_source[claims.flow[claims.starts]]]
    there = np.minimum(claims.available, claims.per_source(np.minimum(own, claims.upper)) + free)
    return replace(claims, due=own, available=there)


def _together(claims: Claims, place: np.ndarray, network: Network) -> tuple[np.ndarray, np.ndarray, Claims]:
    """(order that puts claims of one claimant together, the claimant of each then, the claimants' claims).

    A site that orders in two ways has its stock and its use once.
    """
    key, buyer = place[claims.flow], network.flow_buyer[claims.flow]
    order = np.lexsort((buyer, key, claims.source))
    key, buyer = key[order], buyer[order]
    first = np.concatenate([[True], key[1:] != key[:-1]])
    again = np.concatenate([[False], (buyer[1:] == buyer[:-1]) & ~first[1:]])
    starts, of = np.flatnonzero(first), np.cumsum(first) - 1
    booked = claims.booked
    if booked is not None:
        whose = np.empty(len(order), dtype=np.int64)
        whose[order] = of
        booked = whose[booked[0]], booked[1]
    once = [np.where(again, 0, column[order]) for column in (claims.cover_stock, claims.mean)]
    stock, mean = (np.add.reduceat(column, starts) for column in once)
    asked, tier = np.add.reduceat(claims.requested[order], starts), np.minimum.reduceat(claims.tier[order], starts)
    source, flow = claims.source[order][starts], claims.flow[order][starts]
    return order, of, Claims(claims.available, source, asked, flow, stock, mean, tier, booked)


def bind(rule: Allocation, network: Network, flows: np.ndarray, queue: bool = True) -> Sharing:
    """A rule for claims on some flows; where there is no `queue` no order in which orders were booked is known.

    Raises PlaceError for names that the network does not have, and for what the rule would have to know and does not.
    """
    sites = network.cell_site[network.flow_buyer]
    by_party = rule.between == "parties"
    if by_party and not network.parties:
        raise PlaceError(("between",), "the scenario has no parties", "parties", "sites, or `parties:` in the scenario")
    if not by_party and "inside" in rule.model_fields_set:
        raise PlaceError(("inside",), "sites have nobody to share on to", None, "`between: parties` beside it")
    place = None
    if by_party or (rule.one_claim_each and network.flow_urgent[flows].any()):
        place = _places(network, sites, by_party)
    claimant = np.unique((np.arange(len(sites)) if place is None else place)[flows], return_inverse=True)[1]
    found: dict[str, np.ndarray] = {}
    if rule.keeps and not queue:
        raise PlaceError(("kept",), "nothing comes into a reserve that could be kept by day", None, "`claims` of it")
    if (weighed := rule.weighed(network, flows, claimant)) is not None:
        found["need"], found["weight"] = (_over_all(values, flows, len(sites), 1.0) for values in weighed)
    if rule.caps or rule.without:
        for name, values in zip(("cap_share", "cap_units"), _caps(rule, network, flows, claimant), strict=True):
            found[name] = _over_all(values, flows, len(sites), np.inf)
    if rule.floors:
        if rule.held_back(network, np.unique(network.flow_source[flows])).any():
            raise PlaceError(
                ("floors",), "what is kept for the first group cannot go to another", None, "no `critical`"
            )
        found["floor"] = _over_all(grouped(rule.floors, network, flows, claimant), flows, len(sites), -1)
    inside, inside_of = _inside(rule, network, flows, sites, queue) if by_party else ((), None)
    floors = tuple(floor.share for floor in rule.floors)
    return Sharing(rule, place, floors=floors, inside=inside, inside_of=inside_of, **found)


def _places(network: Network, sites: np.ndarray, by_party: bool) -> np.ndarray:
    """A number for each claimant at each source, over flows: by source, then parties by name, then sites by name."""
    who = len(network.parties.by_name) + sites
    if by_party:
        rank = {name: k for k, name in enumerate(sorted(network.parties.by_name))}
        owner = network.sites["party"].to_numpy()[sites]
        who = np.array([rank.get(name, other) for name, other in zip(owner, who.tolist(), strict=True)], dtype=np.int64)
    width = len(network.parties.by_name) + len(network.sites)
    return np.unique(network.flow_source * width + who, return_inverse=True)[1]


def _over_all(values: np.ndarray, flows: np.ndarray, number: int, otherwise: float) -> np.ndarray:
    """Values of some flows as a column over all of them; nothing is shared by this rule on the others."""
    column = np.full(number, otherwise, dtype=values.dtype)
    column[flows] = values
    return column


def _caps(rule: Allocation, network: Network, flows: np.ndarray, claimant: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the claimant behind each flow may have at most: (share of what there is, units), infinite where uncapped."""
    share, units = np.full((2, len(flows)), np.inf)
    for position, cap in enumerate(rule.caps):
        with placed("caps", position, "for"):
            named = cap.for_ == "all"
            mine = np.ones(len(flows), dtype=bool) if named else named_in(cap.for_, network, flows, claimant)
        share[mine] = np.minimum(share[mine], np.inf if cap.share is None else cap.share)
        units[mine] = np.minimum(units[mine], np.inf if cap.units is None else cap.units)
    for position, name in enumerate(rule.without):
        with placed("without", position):
            check_party(name, network)
            units[named_in(name, network, flows, claimant)] = 0.0
    return share, units


def _inside(
    rule: Allocation, network: Network, flows: np.ndarray, sites: np.ndarray, queue: bool
) -> tuple[tuple[Sharing, ...], np.ndarray]:
    """The rules by which parties share on, and over flows which is whose."""
    named = rule.inside if isinstance(rule.inside, dict) else {}
    usual = rule.inside if isinstance(rule.inside, str) else "proportional"
    words = list(dict.fromkeys([usual, *named.values()]))
    bound: dict[str, Sharing] = {}
    able = [word for word, kind in ALLOCATION.items() if _needs_no_field(kind) and (queue or not kind.needs_order_book)]
    places = {usual: ("inside",)} | {word: ("inside", party) for party, word in named.items()}
    for party in named:
        with placed("inside"):
            check_party(party, network)
    for word in words:
        with placed(*places[word]):
            if word not in able:
                message = "unknown allocation rule"
                if word in ALLOCATION:
                    plain = _needs_no_field(ALLOCATION[word])
                    message = "a reserve has no queue of its own for this rule" if plain else "this rule needs fields"
                raise PlaceError((), message, word, "one of " + ", ".join(able), able)
            bound[word] = bind(ALLOCATION[word].model_validate({"rule": word}), network, flows)
    owner = network.sites["party"].to_numpy()[sites]
    which = np.array([words.index(named.get(name, usual)) for name in owner], dtype=np.int64)
    return tuple(bound[word] for word in words), which


def _needs_no_field(kind: type[Allocation]) -> bool:
    """Whether a rule's name says all of it."""
    return not any(field.is_required() for name, field in kind.model_fields.items() if name != "rule")
