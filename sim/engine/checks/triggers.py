"""Conditions that are never met, and reserves that give nothing when they are."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check
from sim.engine.checks.dates import conditions
from sim.policies.reserves.reserve import Release
from sim.policies.triggers.days_of_cover import DaysOfCover
from sim.policies.triggers.supplier_fill import SupplierFill
from sim.policies.use_levels import UseLevel

COVER = {"trigger": "days_of_cover"}


@check(
    "conditions_never_met",
    remedy="Write the days of cover, or the share filled, under which it is to hold: above 0.",
    example={"reserves.national.release": {"when": COVER | {"below": "0d"}}},
    quiet={"reserves.national.release": {"when": COVER | {"below": "0.1d"}}},
)
def conditions_never_met(compiled: Compiled) -> Iterator[Note]:
    """A condition on days of cover, or a share filled, below nothing."""
    for place, found in conditions(compiled):
        if not isinstance(found, DaysOfCover | SupplierFill | UseLevel) or found.below is None or found.below > 0:
            continue
        if not compiled.is_drawn(*place, "below"):
            label, what = (
                compiled.loaded.document.label(place),
                "share filled" if isinstance(found, SupplierFill) else "cover",
            )
            yield Note((*place, "below"), f"'{label}' is never met: no {what} is below nothing")


@check(
    "reserves_that_give_nothing",
    remedy="Give `at_most` the share of the reserve that may leave a day, or leave it out for no limit.",
    example={"reserves.national.release.at_most": "0%"},
    quiet={"reserves.national.release.at_most": "1%"},
)
def reserves_that_give_nothing(compiled: Compiled) -> Iterator[Note]:
    """A reserve of which 0% may leave a day (`at_most: 0%`)."""
    for place, found in conditions(compiled):
        if isinstance(found, Release) and found.at_most == 0 and not compiled.is_drawn(*place, "at_most"):
            yield Note((*place, "at_most"), f"'{place[1]}' gives nothing: 0% of its size may leave a day")
