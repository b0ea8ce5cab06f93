"""An allocation rule bound to a network: who the claimants are, what caps and floors leave them, and who shares on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder
from sim.policies.allocation.claimants import SITES, Claimants, check_party, who_claims
from sim.policies.allocation.limits import grouped, named_in
from sim.policies.allocation.proportional import Proportional
from sim.policies.cover import CountsCover


@dataclass(frozen=True)
class Shared:
    """What one sharing-out saw and gave; arrays over `claims`, as it was shared.

    `within` is 0 where sources shared among claimants, 1 where claimants shared on among their sites or orders, and so
    on. `party` names claimants that are a party or a pool, `shared_by` who shared on; empty for sites and sources.
    `to_give` are the units shared at once, of which caps count their part; `floor` is the position of the group's floor
    and `floor_share` its part, -1 and 0 where there is none; `shares` are units before rounding, and `given` after.
    """

    rule: Allocation
    within: int
    claims: Claims
    party: np.ndarray
    shared_by: np.ndarray
    to_give: np.ndarray
    floor: np.ndarray
    floor_share: np.ndarray
    shares: np.ndarray
    given: np.ndarray


Tell = Callable[[Shared], None]
Above = tuple[np.ndarray, ...]
"""Names of those who shared before, over flows, those who share on last."""


class Today(NamedTuple):
    """Units given on each flow of the network in the same evening before, and a number for who shared them, over flows:
    caps are of the whole evening."""

    units: np.ndarray
    of: np.ndarray


class Due(NamedTuple):
    """Units that are kept for the claimant behind each flow of what has come in, and that are free at each cell."""

    own: np.ndarray
    free: np.ndarray


@dataclass(frozen=True)
class Sharing:
    """A rule as it stands in a scenario; arrays over all flows of the network, None where nothing of the kind is.

    `place` tells flows of one claimant (numbered by source, then by party's or site's name), `party` is the name of one
    that is a party or a pool, `need` and `weight` are its own; `cap_share` and `cap_units` are what it may have at most
    (infinite: all), `floor` the position of its floor in `floors` (-1: none). `inside` are the rules by which claimants
    share on, `inside_of` says which is whose. `present_over` are days over which present use is averaged that cover is
    counted in, None: usual use counts.
    """

    rule: Allocation
    place: np.ndarray | None = None
    party: np.ndarray | None = None
    need: np.ndarray | None = None
    weight: np.ndarray | None = None
    cap_share: np.ndarray | None = None
    cap_units: np.ndarray | None = None
    floor: np.ndarray | None = None
    floors: tuple[float, ...] = ()
    inside: tuple[Sharing, ...] = ()
    inside_of: np.ndarray | None = None
    present_over: int | None = None

    @property
    def limited(self) -> bool:
        """Whether somebody may not have all that it asks for, even where there is enough."""
        return self.cap_share is not None or self.rule.keeps > 0 or any(one.limited for one in self.inside)

    @property
    def needs_order_book(self) -> bool:
        """Whether it must know the order in which orders were booked."""
        return self.rule.needs_order_book or any(one.needs_order_book for one in self.inside)

    @property
    def by_cover(self) -> bool:
        """Whether it must know what buyers have and use."""
        return self.rule.by_cover or any(one.by_cover for one in self.inside)

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
        above: Above = (),
        due: Due | None = None,
        today: Today | None = None,
    ) -> np.ndarray:
        """Whole units for each claim. `had` are units that each flow of the network has had before, where the rule
        `remembers`; `due` is what it keeps for claimants, where it does; `tell` is called with what was seen and given;
        `above` are who shared before, over flows; `today` is what was shared in the same evening before."""
        if self.place is None:
            return self._among(self._seen(claims, had, today), network, above, tell)
        order, of, together = _together(claims, self.place, network)
        if any(one.limited for one in self.inside):
            together = replace(together, most=self._usable_inside(claims, order, of, together, network, today))
        seen = self._seen(together, had, today)
        given = self._among(seen if due is None else _kept_apart(seen, due, network), network, above, tell)
        result = np.zeros_like(claims.requested)
        if not self.inside:  # the ordinary and the urgent orders of one site
            result[order] = largest_remainder(given, of, claims.requested[order])
            return result
        above = (*above, self._names(network))
        within = None if today is None else Today(today.units, self.place)
        for inside, mine, groups, source in self._sharing_on(of, together):
            sites = claims.picked(order[mine], given[groups], source)
            result[order[mine]] = inside.share(sites, network, had, tell, above, today=within)
        return result

    def _sharing_on(
        self, of: np.ndarray, together: Claims
    ) -> Iterator[tuple[Sharing, np.ndarray, np.ndarray, np.ndarray]]:
        """Each rule by which claimants share on: (the rule, positions of the claims behind these claimants in the order
        of `of`, the claimants, and over the claims which of these is theirs)."""
        assert self.inside_of is not None
        rule = self.inside_of[together.flow]
        for number, inside in enumerate(self.inside):
            mine = np.flatnonzero((rule == number)[of])
            if mine.size:
                groups, source = np.unique(of[mine], return_inverse=True)
                yield inside, mine, groups, source

    def _usable(self, claims: Claims, network: Network, today: Today | None) -> np.ndarray:
        """Units that claimants may have together, over sources, by caps in units: theirs, and of those they share on
        to."""
        if self.place is None:
            claimants, most = claims, claims.requested
        else:
            order, of, claimants = _together(claims, self.place, network)
            most = self._usable_inside(claims, order, of, claimants, network, today)
        if self.cap_units is not None:
            room = np.floor(self.cap_units[claimants.flow] + 1e-9) - self._got(claimants.flow, today)
            most = np.minimum(most, np.maximum(0, room)).astype(np.int64)
        return claimants.per_source(most)

    def _usable_inside(
        self,
        claims: Claims,
        order: np.ndarray,
        of: np.ndarray,
        together: Claims,
        network: Network,
        today: Today | None,
    ) -> np.ndarray:
        """What those to whom each claimant shares on may have of what it asks for."""
        most = together.requested.copy()
        for inside, mine, groups, source in self._sharing_on(of, together):
            most[groups] = inside._usable(claims.picked(order[mine], most[groups], source), network, today)
        return most

    def _got(self, flow: np.ndarray, today: Today | None) -> np.ndarray | int:
        """Units that the claimants behind these flows have got in the same evening before."""
        if today is None:
            return 0
        return np.asarray((today.units if self.place is None else _summed(self.place, today.units))[flow])

    def _names(self, network: Network) -> np.ndarray:
        """The name of the party or pool that claims, over flows of the network; empty for sites."""
        return np.full(len(network.flow_buyer), "", dtype=object) if self.party is None else self.party

    def _seen(self, claims: Claims, had: np.ndarray | None, today: Today | None) -> Claims:
        """Claims with what the rule asks for beside them."""
        more, flow = dict[str, Any](), claims.flow
        if self.need is not None and self.weight is not None:
            more = {"need": self.need[flow], "weight": self.weight[flow]}
        if self.rule.remembers:
            assert had is not None
            more["had"] = (had if self.place is None else np.bincount(self.place, had)[self.place])[flow]
        if self.cap_share is not None and self.cap_units is not None:
            share, there = self.cap_share[flow], claims.available[claims.source]
            if today is not None:
                there = there + _summed(today.of, today.units)[flow]
            part = np.where(share <= 1, np.minimum(share, 1.0) * there, np.inf)
            most = np.floor(np.minimum(part, self.cap_units[flow]) + 1e-9) - self._got(flow, today)
            more["most"] = np.minimum(np.maximum(0, most), claims.upper).astype(np.int64)
        return replace(claims, **more) if more else claims

    def _among(self, claims: Claims, network: Network, above: Above, tell: Tell | None) -> np.ndarray:
        if self.floor is None:
            given = self.rule.share(claims, network)
            if tell is not None:
                none = np.full(len(given), -1, dtype=np.int64)
                shares = self._before_rounding(claims, network, given)
                tell(self._shared(claims, network, above, none, shares, given))
            return given
        return self._above_floors(claims, self.floor[claims.flow], network, above, tell)

    def _above_floors(
        self, claims: Claims, floor: np.ndarray, network: Network, above: Above, tell: Tell | None
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
            tell(self._shared(claims, network, above, floor, shares, given))
        return given

    def _shared(
        self, claims: Claims, network: Network, above: Above, floor: np.ndarray, shares: np.ndarray, given: np.ndarray
    ) -> Shared:
        """What there is to tell of a sharing-out."""
        names = self._names(network)
        by, part = (above[-1] if above else np.full_like(names, "")), np.append(self.floors, 0.0)[floor]
        return Shared(
            self.rule, len(above), claims, names[claims.flow], by[claims.flow], claims.available[claims.source], floor,
            part, shares, given,
        )  # fmt: skip

    def _before_rounding(self, claims: Claims, network: Network, given: np.ndarray) -> np.ndarray:
        shares = self.rule.exact(claims, network)
        return given.astype(float) if shares is None else shares


def _summed(of: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Over flows the units of all flows of the same number."""
    return np.asarray(np.bincount(of, units)[of])


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


def bind(
    rule: Allocation, network: Network, flows: np.ndarray, queue: bool = True, above: Sharing | None = None
) -> Sharing:
    """A rule for claims on some flows; where there is no `queue` no order in which orders were booked is known. It
    shares what claimants got by the rule `above`.

    Raises PlaceError for names that the network does not have, and for what the rule would have to know and does not.
    """
    with placed("between"):
        if rule.between != SITES and not network.parties:
            raise PlaceError((), "the scenario has no parties", rule.between, "sites, or `parties:` in the scenario")
        party = who_claims(rule.between, network, flows)
    if rule.between == SITES and rule.inside is not None:
        raise PlaceError(("inside",), "sites have nobody to share on to", None, "`between: parties` beside it")
    as_one, number = rule.between != SITES, len(network.flow_buyer)
    place = None
    if as_one or (rule.one_claim_each and network.flow_urgent[flows].any()):
        shares = network.flow_source if above is None or above.place is None else above.place
        place = _places(network, party, shares)
    claimant = np.unique((np.arange(number) if place is None else place)[flows], return_inverse=True)[1]
    if rule.keeps and not queue:
        raise PlaceError(("kept",), "nothing comes into a reserve that could be kept by day", None, "`claims` of it")
    claimants, found = Claimants(claimant, party[flows]), dict[str, Any]()
    if (weighed := rule.weighed(network, flows, claimants)) is not None:
        found["need"], found["weight"] = (_over_all(values, flows, number, 1.0) for values in weighed)
    if rule.caps or rule.without:
        for name, values in zip(("cap_share", "cap_units"), _caps(rule, network, flows, claimants), strict=True):
            found[name] = _over_all(values, flows, number, np.inf)
    if rule.floors:
        if rule.held_back(network, np.unique(network.flow_source[flows])).any():
            raise PlaceError(
                ("floors",), "what is kept for the first group cannot go to another", None, "no `critical`"
            )
        found["floor"] = _over_all(grouped(rule.floors, network, flows, claimants), flows, number, -1)
    sharing = Sharing(rule, place, party if as_one else None, floors=tuple(one.share for one in rule.floors), **found)
    if as_one:
        inside, inside_of = _inside(sharing, network, flows, party, queue)
        sharing = replace(sharing, inside=inside, inside_of=inside_of)
    if len(counted := set(_counted_in(sharing))) > 1:
        message = "its rules count days of cover in different use"
        raise PlaceError(("inside",), message, None, "the same `cover_in` and `averaged_over` for all")
    return replace(sharing, present_over=counted.pop() if counted else None)


def _counted_in(sharing: Sharing) -> Iterator[int | None]:
    """In what use days of cover are counted, as of `present_over`, by each rule that goes by them."""
    if isinstance(sharing.rule, CountsCover) or sharing.rule.present_over is not None:
        yield sharing.rule.present_over
    for inside in sharing.inside:
        yield from _counted_in(inside)


def _places(network: Network, party: np.ndarray, source: np.ndarray) -> np.ndarray:
    """A number for each claimant at each source, or of who shares on, over flows: by `source`, then parties by name,
    then sites by name."""
    rank = {name: k for k, name in enumerate(sorted(network.parties.by_name))}
    sites = network.cell_site[network.flow_buyer]
    who = [rank.get(name, len(rank) + site) for name, site in zip(party.tolist(), sites.tolist(), strict=True)]
    width = len(rank) + len(network.sites)
    return np.unique(source * width + np.array(who, dtype=np.int64), return_inverse=True)[1]


def _over_all(values: np.ndarray, flows: np.ndarray, number: int, otherwise: float) -> np.ndarray:
    """Values of some flows as a column over all of them; nothing is shared by this rule on the others."""
    column = np.full(number, otherwise, dtype=values.dtype)
    column[flows] = values
    return column


def _caps(rule: Allocation, network: Network, flows: np.ndarray, claimants: Claimants) -> tuple[np.ndarray, np.ndarray]:
    """What the claimant behind each flow may have at most: (share of what there is, units), infinite where uncapped."""
    share, units = np.full((2, len(flows)), np.inf)
    for position, cap in enumerate(rule.caps):
        with placed("caps", position, "for"):
            named = cap.for_ == "all"
            mine = np.ones(len(flows), dtype=bool) if named else named_in(cap.for_, network, flows, claimants)
        share[mine] = np.minimum(share[mine], np.inf if cap.share is None else cap.share)
        units[mine] = np.minimum(units[mine], np.inf if cap.units is None else cap.units)
    for position, name in enumerate(rule.without):
        with placed("without", position):
            check_party(name, network)
            units[named_in(name, network, flows, claimants)] = 0.0
    return share, units


def _inside(
    above: Sharing, network: Network, flows: np.ndarray, party: np.ndarray, queue: bool
) -> tuple[tuple[Sharing, ...], np.ndarray]:
    """The rules by which claimants share on, and over all flows which is whose; a site that claims for itself has its
    orders filled in proportion."""
    rule = above.rule
    named = rule.inside if isinstance(rule.inside, dict) else {}
    simple = Proportional(rule="proportional")
    usual = rule.inside if isinstance(rule.inside, Allocation) else simple
    for name in named:
        with placed("inside", name):
            check_party(name, network)
            if not (party[flows] == name).any():
                raise PlaceError((), "it does not claim as one here", name, "a party or pool that does")
    rules: list[Allocation] = []
    for one in (usual, *named.values(), simple):
        if one not in rules:
            rules.append(one)
    at = {name: rules.index(named.get(name, usual) if name else simple) for name in set(party.tolist())}
    which = np.array([at[name] for name in party.tolist()], dtype=np.int64)
    places = {rules.index(usual): ("inside",)} | {rules.index(one): ("inside", name) for name, one in named.items()}
    bound = []
    for number in np.unique(which[flows]).tolist():
        with placed(*places.get(number, ())):
            mine = flows[which[flows] == number]
            _check_inside(rules[number], network, mine, party[mine], queue)
            bound.append(bind(rules[number], network, mine, queue, above))
    return tuple(bound), np.searchsorted(np.unique(which[flows]), which)


def _check_inside(rule: Allocation, network: Network, flows: np.ndarray, party: np.ndarray, queue: bool) -> None:
    """Raise PlaceError for what a rule by which claimants (`party`, over flows) share on cannot say."""
    if {"at", "products", "from_"} & rule.model_fields_set:
        raise PlaceError((), "this rule shares what a claimant got", None, "no `at` and no `products`, nor `from`")
    if rule.needs_order_book and not queue:
        able = [word for word, kind in ALLOCATION.items() if not kind.needs_order_book]
        expected = "one of " + ", ".join(able)
        raise PlaceError((), "there is no queue of orders here for this rule", rule.rule, expected, able)
    if rule.keeps or rule.held_back(network, np.unique(network.flow_source[flows])).any():
        raise PlaceError((), "what a claimant got leaves at once, and nothing of it is kept", None, "no `critical`")
    if not isinstance(rule.between, str):
        with placed("between"):
            for name, by in dict.fromkeys(zip(who_claims(rule.between, network, flows)[flows], party, strict=True)):
                if name and name not in network.parties.owners(by):
                    raise PlaceError((), f"'{name}' is not in '{by}', which shares on", name, f"parties in '{by}'")
