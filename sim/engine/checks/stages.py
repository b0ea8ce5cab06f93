"""Stages and ramps that are not over when all is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.disruptions import Disruption
from sim.disruptions.labour_absence import LabourAbsence
from sim.disruptions.stage import Stage
from sim.engine.checks.base import Compiled, Note, check
from sim.scenario.reading.document import Place

OUTAGE = {"kind": "site_outage", "at": "other-maker", "from": "2024-01-11"}
SURGE = {"kind": "demand_surge", "from": "2024-01-11", "for": "10d", "factor": 1.5}


@dataclass(frozen=True)
class _Timed:
    """A disruption of some length, in days; `left` are those from its beginning to the end of the scenario."""

    place: Place
    cause: str
    written: Disruption
    length: float
    left: float


def _timed(compiled: Compiled) -> Iterator[_Timed]:
    """Disruptions that begin within the scenario, and those of hazards, which may at any time, whose length is certain;
    what is drawn is left out."""
    calendar = compiled.plan.network.calendar
    for k, (impact, written) in enumerate(zip(compiled.impacts, compiled.loaded.spec.disruptions, strict=True)):
        length, left = impact.end - impact.start, calendar.days - impact.start
        if left > 0 and length > 0 and not compiled.is_drawn("disruptions", k):
            yield _Timed(("disruptions", k), impact.cause, written, length, left)
    for hazard in compiled.plan.hazards:
        several = isinstance(hazard.spec.disruption, list)
        bodies = list({id(entry.body): entry for entry in hazard.entries}.values())
        for entry in bodies:
            lasts = entry.body.lasts or hazard.spec.lasts
            if lasts is None or lasts.draw is not None or entry.body.drawn:
                continue
            written = entry.body.disruption(calendar.start, lasts.mean, None, {}, **entry.fields)
            position = hazard.spec.bodies().index(entry.body)
            inside = ("disruption", position) if several else ("disruption",)
            yield _Timed(("hazards", hazard.name, *inside), hazard.name, written, lasts.mean, float("inf"))


@check(
    "steps_after_the_end",
    remedy="Let the disruption last until its last step has begun, bring the step forward, or leave it out.",
    example={"disruptions": [OUTAGE | {"for": "20d", "steps": [{"after": "20d", "capacity": "50%"}]}]},
    quiet={"disruptions": [OUTAGE | {"for": "21d", "steps": [{"after": "20d", "capacity": "50%"}]}]},
)
def steps_after_the_end(compiled: Compiled) -> Iterator[Note]:
    """A step of a disruption, or a measure against an epidemic, that would begin once the disruption, or the scenario,
    is over."""
    last = compiled.plan.network.calendar.date(compiled.plan.network.calendar.days - 1)
    for one in _timed(compiled):
        for key, k, offset in _begins(one.written):
            what = f"this {'measure' if key == 'measures' else 'step'} would begin {offset:g} days after 'from'"
            if offset >= one.length:
                over = f"when '{one.cause}' is over ({one.length:g} days after it begins)"
                yield Note((*one.place, key, k), f"{what}, {over}")
            elif offset >= one.left:
                yield Note((*one.place, key, k), f"{what}, after the last day of the scenario ({last})")


def _begins(written: Disruption) -> Iterator[tuple[str, int, float]]:
    """Key and position of each later stage, and days from the beginning to it."""
    for k, step in enumerate(getattr(written, "steps", ())):
        if isinstance(step, Stage):
            yield "steps", k, step.offset(written.from_)
    for k, measure in enumerate(getattr(written, "measures", ())):
        yield "measures", k, measure.span(written.from_)[0]


@check(
    "ramps_longer_than_their_time",
    remedy="Shorten the ramp, or let it last longer, if the full is to be reached.",
    example={"disruptions": [SURGE | {"ramp": "15d"}]},
    quiet={"disruptions": [SURGE | {"ramp": "9d"}]},
)
def ramps_longer_than_their_time(compiled: Compiled) -> Iterator[Note]:
    """A ramp of a disruption, of a level of use or of added capacity that is longer than the disruption or the
    scenario, so that the full is never reached."""
    last = compiled.plan.network.calendar.date(compiled.plan.network.calendar.days - 1)
    for one in _timed(compiled):
        ramp, place = getattr(one.written, "ramp", 0.0), (*one.place, "ramp")
        what = f"'{one.cause}' takes {ramp:g} days to grow to the full"
        if not ramp:
            continue
        if isinstance(one.written, LabourAbsence):
            if ramp + one.written.ease > (wave := one.length / one.written.waves):
                whole = f"a wave of '{one.cause}' lasts {wave:g} days, its ramp and ease {ramp + one.written.ease:g}"
                yield Note(place, f"{whole}: they are cut short in proportion")
        elif ramp > one.length:
            yield Note(place, f"{what}, and is over after {one.length:g}")
        elif ramp > one.left:
            yield Note(place, f"{what}: after the last day of the scenario ({last})")
    yield from _of_policies(compiled)


def _of_policies(compiled: Compiled) -> Iterator[Note]:
    """Use levels and added capacity whose saving, or output, cannot grow to the full within the scenario."""
    spec, days = compiled.loaded.spec, compiled.plan.network.calendar.days
    found: list[tuple[tuple[str | int, ...], float]] = []
    for k, entry in enumerate(spec.use_levels):
        for key in ("contingency", "crisis"):
            level = getattr(entry, key)
            found += [] if level is None else [(("use_levels", k, key), level.after + level.ramp)]
    for name, supplier in spec.suppliers.items():
        for product, makes in supplier.makes.items():
            for k, more in enumerate(makes.more):
                found.append((("suppliers", name, "makes", product, "more", k), more.after + more.ramp))
    for place, length in found:
        if length > days and not compiled.is_drawn(*place):
            label = compiled.loaded.document.label(place)
            yield Note(place, f"'{label}' takes {length:g} days to come to the full, in a scenario of {days}")
