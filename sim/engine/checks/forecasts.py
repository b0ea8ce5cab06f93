"""Forecasts that a run is too short to learn."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check
from sim.policies.replenishment.learning import Learning

YEARLY = {"method": "holt_winters", "season": "365d"}


@check(
    "forecasts_never_learned",
    remedy="Lengthen `warm_up`, or forecast from fewer days (`over`, `season`).",
    example={"replenishment.0": {"policy": "forecast", "at": "facilities", "forecast": YEARLY}},
    quiet={"replenishment.0": {"policy": "forecast", "at": "facilities", "forecast": YEARLY | {"season": "30d"}}},
)
def forecasts_never_learned(compiled: Compiled) -> Iterator[Note]:
    """A forecast from more days (of a season, or of a mean) than the run has, its warm-up included: what was written as
    usual demand counts in it to the end."""
    calendar = compiled.plan.network.calendar
    days = calendar.days + calendar.warm_up
    for bound in compiled.plan.replenishment:
        place = ("replenishment", bound.entry)
        if isinstance(bound.rule, Learning) and bound.rule.method.settles >= days and not compiled.is_drawn(*place):
            method = bound.rule.method
            yield Note(
                place,
                f"a forecast by '{method.name_in_yaml}' from {method.settles} days has no history of that length in a "
                f"run of {days} days, the warm-up included: usual demand counts in it to the end",
            )
