"""Which alarms had risen before somebody ran short."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.run import Outcome


def risen_before(outcome: Outcome, cell: int, begin: int) -> Iterator[tuple[str, int | None]]:
    """(alarm, evening on which it rose first) of each that is to warn the patients of a cell: of a shortage that began
    on a day, at most so long before it as the alarm says; None where it did not rise in that time."""
    for log in outcome.alarms:
        units = log.bound.their_unit[log.bound.patients == cell]
        if units.size:
            rose = log.raised.first[np.isin(log.raised.unit, units)]
            rose = rose[(rose < begin) & (rose >= begin - log.bound.alarm.ahead)]
            yield log.bound.name, int(rose.min()) if rose.size else None
