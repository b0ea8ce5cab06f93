"""The ways that goods come by, as everybody has been told: places, links between them, what is closed or slower.

What the wall shows is seen by all. So there are no goods under way in it, nothing that was not announced, and nothing
that a party has decided; of places that use goods it says how much was not there, which the room sees anyway.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.begun import Begun
from sim.model.effects import Effect
from sim.model.network import Network

CLOSED, SLOWER, OPEN = range(3)
STATES = ("closed", "slower", "open")
"""Of a place or a link, the worse first; slower is anything between."""
MOST = 8
"""Places of a kind that stand by themselves; more are put together by their region, or country."""
MOST_LAYERS = 8
LIMITS_FLOWS = ("flow.exports", "flow.sends", "flow.allowance")
SLOWS_LANES = ("lane.factor", "lane.extra", "lane.opens", "lane.closes")
SLOWS_PASSAGES = ("passage.diverted", "passage.open", "passage.capacity")
Row = dict[str, Any]


class Place(NamedTuple):
    """A site, or some that are shown as one."""

    kind: str
    name: str


def ways(begun: Begun, since: int) -> dict[str, list[Row]]:
    """Places in layers from makers (0) to who uses goods, and links between them, by positions of the places.

    `short` is how much of a hundred that were asked for was not there, since a day, of the product that was scarcest;
    None before that day, and where nothing is used.
    """
    network = begun.running.plan.network
    of = places_of(network)
    places = list(dict.fromkeys(of))
    at = {place: k for k, place in enumerate(places)}
    lanes, sites = _states(network, _told(begun), begun.day)
    used = np.zeros(len(network.lanes), dtype=bool)
    on = network.flow_lanes[: network.orders][network.flow_usual[: network.orders] > 0]
    used[on[on >= 0]] = True
    ends: dict[tuple[int, int], list[int]] = {}
    for number, lane in enumerate(network.lanes):
        pair = at[of[lane.origin]], at[of[lane.destination]]
        if pair[0] != pair[1]:
            ends.setdefault(pair, []).append(number)
    layers = _layers(places, list(ends))
    short = _short(begun, since)
    members = [[k for k, one in enumerate(of) if one == place] for place in places]
    return {
        "places": [
            {
                "name": place.name, "kind": place.kind, "layer": layers[k], "short": short.get(place),
                "state": STATES[_together(sites[members[k]])],
            }
            for k, place in enumerate(places)
        ],
        "links": [
            {
                "from": pair[0], "to": pair[1], "mode": " or ".join(sorted({network.lanes[k].mode for k in numbers})),
                "state": STATES[_together(lanes[numbers])], "used": bool(used[numbers].any()),
            }
            for pair, numbers in ends.items()
        ],
    }  # fmt: skip


def _told(begun: Begun) -> list[Effect]:
    """What makes things worse now, and was announced."""
    return [
        effect
        for impact in begun.running.impacts
        if impact.told and not impact.decided and impact.known(begun.day)
        for effect in impact.effects
        if effect.changes and not effect.helps and effect.start <= begun.day < effect.end
    ]


def _states(network: Network, told: list[Effect], day: float) -> tuple[np.ndarray, np.ndarray]:
    """States of all lanes, and of all sites."""
    lanes, sites = np.full(len(network.lanes), OPEN), np.full(len(network.sites), OPEN)
    flows, cells = np.ones(len(network.flow_buyer)), np.ones(len(network.cell_site))
    gates = np.array([gate.site for gate in network.gates], dtype=np.int64)
    for effect in told:
        value = effect.value(day)
        limits = effect.operation in ("at_most", "multiply")
        state = CLOSED if limits and value <= 0 else SLOWER
        if effect.quantity == "lane.open":
            lanes[effect.rows] = np.minimum(lanes[effect.rows], state)
        elif effect.quantity in SLOWS_LANES:
            lanes[effect.rows] = np.minimum(lanes[effect.rows], SLOWER)
        elif effect.quantity in ("gate.handling", "gate.clearance"):
            struck = gates[effect.rows]
            sites[struck] = np.minimum(sites[struck], state)
        elif effect.quantity in LIMITS_FLOWS and limits:
            flows[effect.rows] = np.minimum(flows[effect.rows], value)
        elif effect.quantity == "cell.capacity_factor" and limits:
            cells[effect.rows] = np.minimum(cells[effect.rows], value)
        elif effect.quantity in SLOWS_PASSAGES:
            names = {network.passages[row] for row in effect.rows.tolist()}
            through = [any(passage.name in names for passage in lane.passages) for lane in network.lanes]
            lanes[through] = np.minimum(lanes[through], SLOWER)
    first, ordered = network.flow_first_lane[: network.orders], flows[: network.orders]
    lanes = np.minimum(lanes, _by_factor(first[first >= 0], ordered[first >= 0], len(lanes)))
    makes = network.of_kind("supplier")
    return lanes, np.minimum(sites, _by_factor(network.cell_site[makes], cells[makes], len(sites)))


def _by_factor(of: np.ndarray, factor: np.ndarray, count: int) -> np.ndarray:
    """States of so many, by the factors (1: as usual) of what each of them has: closed where nothing is left of any."""
    most, least = np.zeros(count), np.ones(count)
    np.maximum.at(most, of, factor)
    np.minimum.at(least, of, factor)
    has = np.bincount(of, minlength=count) > 0
    return np.where(has & (most <= 0), CLOSED, np.where(has & (least < 1), SLOWER, OPEN))


def _together(states: np.ndarray) -> int:
    """The state of several as one: closed, or open, only where all are."""
    least, most = int(states.min()), int(states.max())
    return least if least == most else SLOWER


def places_of(network: Network) -> list[Place]:
    """The place of each site."""
    columns = [network.sites[name].tolist() for name in ("name", "kind", "region", "country")]
    count = network.sites["kind"].value_counts().to_dict()
    found = []
    for name, kind, region, country in zip(*columns, strict=True):
        if kind == "facility":
            found.append(_of_facilities(region, country))
        elif count[kind] <= MOST:
            found.append(Place(kind, str(name)))
        else:
            found.append(Place(kind, f"{_word(region) or _word(country) or 'all'} ({kind}s)"))
    return found


def _of_facilities(region: object, country: object) -> Place:
    return Place("facility", _word(region) or _word(country) or "facilities")


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _layers(places: list[Place], links: list[tuple[int, int]]) -> list[int]:
    """How many steps from a maker each place is, at the most; those that use goods stand in the last layer."""
    layer = [0] * len(places)
    for _ in range(MOST_LAYERS):
        before = layer[:]
        for origin, destination in links:
            if places[destination].kind != "supplier":
                layer[destination] = min(max(layer[destination], layer[origin] + 1), MOST_LAYERS)
        if layer == before:
            break
    last = max(layer)
    return [last if place.kind == "facility" else steps for place, steps in zip(places, layer, strict=True)]


def _short(begun: Begun, since: int) -> dict[Place, int]:
    """How much of a hundred was not there since a day, of the scarcest product, where goods are used."""
    groups, daily = begun.running.plan.network.groups, begun.running.world.recorder.so_far
    days = slice(max(0, since), max(0, begun.day))
    asked, missing = (daily[name][days].sum(axis=0) for name in ("demand", "unmet"))
    columns = [groups[name].tolist() for name in ("kind", "region", "country", "product")]
    totals: dict[tuple[Place, str], list[int]] = {}
    for k, (kind, region, country, product) in enumerate(zip(*columns, strict=True)):
        if kind == "facility":
            total = totals.setdefault((_of_facilities(region, country), product), [0, 0])
            total[0], total[1] = total[0] + int(missing[k]), total[1] + int(asked[k])
    found: dict[Place, int] = {}
    for (place, _), (units, of) in totals.items():
        if of:
            share = 0 if not units else max(1, round(100 * units / of))
            found[place] = max(found.get(place, 0), share)
    return found
