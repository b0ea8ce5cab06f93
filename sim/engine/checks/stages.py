"""Stages and ramps that are not over when all is over."""

from __future__ import annotations

from collections.abc import Iterator

from sim.disruptions import Disruption
from sim.disruptions.labour_absence import LabourAbsence
from sim.disruptions.stage import Stage
from sim.engine.checks.base import Compiled, Note, check

OUTAGE = {"kind": "site_outage", "at": "other-maker", "from": "2024-01-11"}
SURGE = {"kind": "demand_surge", "from": "2024-01-11", "for": "10d", "factor": 1.5}


@check(
    "steps_after_the_end",
    remedy="Let the disruption last until its last step has begun, bring the step forward, or leave it out.",
    example={"disruptions": [OUTAGE | {"for": "20d", "steps": [{"after": "20d", "capacity": "50%"}]}]},
    quiet={"disruptions": [OUTAGE | {"for": "21d", "steps": [{"after": "20d", "capacity": "50%"}]}]},
)
def steps_after_the_end(compiled: Compiled) -> Iterator[Note]:
    """A step of a disruption, or a measure against an epidemic, that would begin once the disruption, or the scenario,
    is over."""
    calendar = compiled.plan.network.calendar
    for position, (impact, written) in enumerate(zip(compiled.impacts, compiled.loaded.spec.disruptions, strict=True)):
        if impact.start >= calendar.days or compiled.is_drawn("disruptions", position):
            continue
        for key, k, offset in _begins(written):
            if impact.start + offset >= impact.end:
                why = f"when '{impact.cause}' is over ({impact.end - impact.start:g} days after it begins)"
            elif impact.start + offset >= calendar.days:
                why = f"after the last day of the scenario ({calendar.date(calendar.days - 1)})"
            else:
                continue
            what = "measure" if key == "measures" else "step"
            yield Note(
                ("disruptions", position, key, k), f"this {what} would begin {offset:g} days after 'from', {why}"
            )


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
    calendar = compiled.plan.network.calendar
    for position, (impact, written) in enumerate(zip(compiled.impacts, compiled.loaded.spec.disruptions, strict=True)):
        ramp, length = getattr(written, "ramp", 0.0), impact.end - impact.start
        if not ramp or not 0 < length < float("inf") or compiled.is_drawn("disruptions", position):
            continue
        place, what = ("disruptions", position, "ramp"), f"'{impact.cause}' takes {ramp:g} days to grow to the full"
        if isinstance(written, LabourAbsence):
            if ramp + written.ease > (wave := length / written.waves):
                whole = f"a wave of '{impact.cause}' lasts {wave:g} days, its ramp and ease {ramp + written.ease:g}"
                yield Note(place, f"{whole}: they are cut short in proportion")
        elif ramp > length:
            yield Note(place, f"{what}, and is over after {length:g}")
        elif 0 <= calendar.days - impact.start < ramp:
            yield Note(place, f"{what}: after the last day of the scenario ({calendar.date(calendar.days - 1)})")
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
