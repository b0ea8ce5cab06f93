"""The end that is expected of a disruption, as it was thought at the time. The true one is not known before it is."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sim.disruptions.stage import Stage
from sim.errors import PlaceError
from sim.model.effects import Steps
from sim.registry import Model
from sim.units import DATE, Date, Days


class Revision(Stage):
    """From this stage on another end is expected."""

    until: Date | None = None
    """first day on which it is then expected to be over; or give `for`"""
    for_: Days | None = Field(default=None, alias="for")
    """how long it is then expected to last in all; or give `until`"""

    def model_post_init(self, context: object) -> None:
        super().model_post_init(context)
        _check_one(self)

    def end(self, begin: dt.date) -> float:
        """Days from the disruption's beginning to the end that is expected."""
        return _end(self, begin)


class Expected(Model):
    """The end that is expected when a disruption is announced, and what is expected later."""

    until: Date | None = None
    """first day on which it is expected to be over; or give `for`"""
    for_: Days | None = Field(default=None, alias="for")
    """how long it is expected to last; or give `until`"""
    revised: list[Revision] = []
    """other ends that are expected later, in order of time"""

    def model_post_init(self, context: object) -> None:
        _check_one(self)

    def steps(self, begin: dt.date, notice: float) -> Steps:
        """(day, end) pairs in days from the disruption's beginning: from each day on that end is expected.

        Raises PlaceError below `expected` for an end before the beginning, and for revisions that are not in order.
        """
        found = [(-notice, _end(self, begin))]
        for position, revision in enumerate(self.revised):
            day = revision.offset(begin)
            if day <= found[-1][0]:
                raise PlaceError(("expected", "revised", position), "revisions in order of time, after it is announced")
            found.append((day, revision.end(begin)))
        for position, (_, end) in enumerate(found):
            if end < 0:
                place = ("expected", "until") if not position else ("expected", "revised", position - 1, "until")
                raise PlaceError(place, "it is expected to end before it begins", None, f"a date from {begin} on")
        return tuple(found)


def _check_one(end: Revision | Expected) -> None:
    if (end.until is None) == (end.for_ is None):
        raise ValueError("either until (a date) or for (a duration)")


def _end(end: Revision | Expected, begin: dt.date) -> float:
    if end.until is not None:
        return float((end.until - begin).days)
    assert end.for_ is not None
    return end.for_


def _read(value: Any) -> Any:
    """A date or a duration alone is the end that is expected all along."""
    if isinstance(value, dict | Expected):
        return value
    return {"until" if isinstance(value, dt.date) or DATE.match(str(value)) else "for": value}


ExpectedField = Annotated[Expected, BeforeValidator(_read, json_schema_input_type=str | Expected)]
