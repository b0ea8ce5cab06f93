"""Hazards with their names resolved, and the draw that turns them into disruptions of one replication."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import PlaceError, placed
from sim.hazards.body import Body
from sim.hazards.hazard import Hazard
from sim.hazards.processes.base import MOST_SHOCKS, Circumstances, Draws, Shock, Turn, refuse_endless
from sim.model.chance.distributions import Times
from sim.model.chance.drawn import Path
from sim.model.effects import Impact
from sim.model.network import Network
from sim.model.selection import Where
from sim.rng import Streams

AT_ONCE = Times("0d", 0.0)


@dataclass(frozen=True)
class HazardEntry:
    """What a shock hits or spares as a whole: one disruption, with its own value of the field that differs.

    `key` names its random numbers; `label` tells it apart from the hazard's other entries.
    """

    key: str
    label: str
    body: Body
    fields: dict[str, Any]


@dataclass(frozen=True)
class BoundHazard:
    """A hazard whose names are resolved."""

    name: str
    spec: Hazard
    entries: tuple[HazardEntry, ...]

    def draw(
        self, network: Network, streams: Streams, happened: dict[str, Sequence[Shock]], turns: tuple[Turn, ...] = ()
    ) -> list[Impact]:
        """What it does in one replication; notes in `happened` the shocks that hit something."""
        draws = Draws(streams, f"hazard/{self.name}", turns)
        lasts = AT_ONCE if self.spec.lasts is None else self.spec.lasts
        now = Circumstances(network.calendar, lasts, happened, self.spec.severity)
        common = None if self.spec.apart else self.spec.happens.shocks(draws, now)
        impacts: list[Impact] = []
        struck: dict[tuple[float, str, int], float] = {}
        for entry in self.entries:
            numbers = draws.of(entry.key)
            for shock in self.spec.happens.shocks(numbers, now) if common is None else common:
                mine = numbers.on(shock.start)
                if mine.share("hit", shock.number) < self.spec.hits:
                    length = self._length(entry, mine, shock)
                    refuse_endless(impacts, 2 * MOST_SHOCKS)
                    impacts.append(self._impact(network, entry, mine, shock, length))
                    key = shock.start, entry.key if self.spec.apart else "", shock.number
                    struck[key] = max(struck.get(key, 0.0), length)
        happened[self.name] = [Shock(number, start, length) for (start, _, number), length in sorted(struck.items())]
        return impacts

    def _severity(self, entry: HazardEntry, draws: Draws) -> Draws:
        """Whose numbers tell how bad a shock is: the hazard's, or the entry's where its shocks are its own."""
        return draws if self.spec.apart else replace(draws, prefix=f"hazard/{self.name}")

    def _length(self, entry: HazardEntry, draws: Draws, shock: Shock) -> float:
        """How long the entry is hit: as long as the shock, unless its disruption has a length of its own."""
        own = entry.body.lasts
        if own is None:
            return shock.length
        if self.spec.severity is None:
            return draws.time("lasts", own, shock.number)
        share = self.spec.severity.share(self._severity(entry, draws), draws, "lasts", shock.number)
        return own.quantile(share)

    def _impact(self, network: Network, entry: HazardEntry, draws: Draws, shock: Shock, length: float) -> Impact:
        """The disruption is made for the day on which the shock begins, then moved to its time."""
        label = f"{self.name} {entry.label}".strip() + f" #{shock.number + 1}"
        amounts: dict[Path, Any] = {}
        for path, drawn in entry.body.drawn.items():
            purpose = "/".join(map(str, path))
            if self.spec.severity is None:
                amounts[path] = drawn.at(draws.streams.named(f"{draws.prefix}/{purpose}", shock.number))
            else:
                share = self.spec.severity.share(self._severity(entry, draws), draws, purpose, shock.number)
                amounts[path] = drawn.quantile(share)
        day = math.floor(shock.start)
        begin = network.calendar.date(day)
        disruption = entry.body.disruption(begin, length, label, amounts, **entry.fields)
        return disruption.impact(network).moved(shock.start - day, self.name)


def bind(name: str, hazard: Hazard, network: Network) -> BoundHazard:
    """Resolve every name of a hazard; raises PlaceError with the place below it."""
    entries: list[HazardEntry] = []
    bodies = hazard.bodies()
    for position, body in enumerate(bodies):
        place: tuple[str | int, ...] = (
            ("disruption", position) if isinstance(hazard.disruption, list) else ("disruption",)
        )
        for fields, where in _variants(hazard, network):
            disruption = body.tried(**fields)
            try:
                disruption.impact(network)
            except PlaceError as error:
                inside = error.path[:1] == (hazard.each_field,)
                error.path = (*where, *error.path[1:]) if inside else (*place, *error.path)
                raise
            key = disruption.label
            if any(entry.key == key for entry in entries):
                raise PlaceError(where if where else place, f"'{key}' is an entry of this hazard already")
            entries.append(HazardEntry(key, "", body, fields))
    _refuse_too_many(hazard, len(entries), network)
    if len(entries) == 1:
        return BoundHazard(name, hazard, tuple(entries))
    entries.sort(key=lambda entry: entry.key)
    labels = _labels(entries, len(bodies) > 1)
    named = [HazardEntry(e.key, label, e.body, e.fields) for e, label in zip(entries, labels, strict=True)]
    return BoundHazard(name, hazard, tuple(named))


def _refuse_too_many(hazard: Hazard, entries: int, network: Network) -> None:
    days = network.calendar.days + network.calendar.warm_up
    length = 0.0 if hazard.lasts is None else hazard.lasts.mean
    number = days * hazard.happens.shocks_a_day(length) * entries * hazard.hits
    if number > MOST_SHOCKS:
        message = f"this hazard would strike about {number:,.0f} times in {days:,} days"
        raise PlaceError(("happens",), message, None, f"at most {MOST_SHOCKS:,} in a run, every entry counted")


def _labels(entries: list[HazardEntry], kinds_differ: bool) -> Iterable[str]:
    for entry in entries:
        value = ", ".join(map(_text, entry.fields.values()))
        yield entry.key if kinds_differ or not value else value


def _text(value: Any) -> str:
    return (
        " ".join(map(_text, value.values() if isinstance(value, dict) else value))
        if isinstance(value, dict | list)
        else str(value)
    )


def _variants(hazard: Hazard, network: Network) -> list[tuple[dict[str, Any], tuple[str | int, ...]]]:
    """The values of the field that differs, each with its place."""
    field = hazard.each_field
    if field is None:
        return [({}, ())]
    written = hazard.each[field]
    if isinstance(written, list):
        return [({field: value}, ("each", field, k)) for k, value in enumerate(written)]
    with placed("each", field):
        selector = Where.model_validate(written) if isinstance(written, dict) else str(written)
        sites = network.select_sites(selector)
    return [({field: name}, ("each", field)) for name in network.site_names(sites)]


def in_order(hazards: Sequence[BoundHazard]) -> tuple[BoundHazard, ...]:
    """By name, but what follows another after it; raises PlaceError for a circle."""
    waiting = sorted(hazards, key=lambda h: h.name)
    done: list[BoundHazard] = []
    while waiting:
        open_ = {h.name for h in waiting}
        ready = [h for h in waiting if h.spec.happens.follows() not in open_]
        if not ready:
            ring = ", ".join(f"'{h.name}'" for h in waiting)
            raise PlaceError((waiting[0].name, "happens"), f"hazards wait for one another in a circle: {ring}")
        done += ready
        waiting = [h for h in waiting if h not in ready]
    return tuple(done)


def draw(
    hazards: Sequence[BoundHazard],
    timed: Sequence[Impact],
    network: Network,
    streams: Streams,
    turns: tuple[Turn, ...] = (),
    lifts: Sequence[tuple[str, float]] = (),
) -> list[Impact]:
    """The disruptions of one replication, those with dates and those drawn; `turns` are where luck was drawn anew.

    `lifts` are names, of disruptions or of hazards, and the midnights from which on what goes on there by then is over:
    of hazards all that is known by then, while what strikes later does so as drawn.
    """
    happened: dict[str, Sequence[Shock]] = {}
    found: list[Impact] = []
    for impact in timed:
        left, shocks = _lifted(
            [impact], [Shock(0, impact.start, impact.end - impact.start)], _days(impact.cause, lifts)
        )
        happened[impact.cause] = shocks
        found += left
    for hazard in hazards:
        drawn = hazard.draw(network, streams, happened, turns)
        left, happened[hazard.name] = _lifted(drawn, happened[hazard.name], _days(hazard.name, lifts), later=True)
        found += left
    return found


def _days(name: str, lifts: Sequence[tuple[str, float]]) -> list[float]:
    return [day for lift, day in lifts if lift == name]


def _lifted(
    impacts: list[Impact], shocks: Sequence[Shock], days: Sequence[float], later: bool = False
) -> tuple[list[Impact], Sequence[Shock]]:
    """What is left of disruptions and of their shocks that are ended on some days; with `later` what nobody knows of
    by then comes all the same. A shock that does not come keeps its number, and never begins."""
    for day in days:
        ends = {impact.start for impact in impacts if not later or impact.known(day)}
        left = (impact.lifted(day) if impact.start in ends else impact for impact in impacts)
        impacts = [impact for impact in left if impact is not None]
        shocks = [_cut(shock, day) if shock.start in ends else shock for shock in shocks]
    return impacts, shocks


def _cut(shock: Shock, day: float) -> Shock:
    if shock.start >= day:
        return replace(shock, start=math.inf)
    return replace(shock, length=min(shock.length, day - shock.start))
