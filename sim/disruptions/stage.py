"""A later stage of a disruption, by date or by the time since it began."""

from __future__ import annotations

import datetime as dt

from sim.registry import Model
from sim.units import Date, Days


class Stage(Model):
    """A later stage of a disruption; its kind adds what changes then."""

    on: Date | None = None
    """first day of this stage; or give `after`"""
    after: Days | None = None
    """time since the disruption's beginning; or give `on`"""

    def model_post_init(self, context: object) -> None:
        if (self.on is None) == (self.after is None):
            raise ValueError("either on (a date) or after (a duration)")

    def offset(self, begin: dt.date) -> float:
        """Days from the disruption's beginning."""
        if self.on is not None:
            return float((self.on - begin).days)
        assert self.after is not None
        return self.after
