"""After: one thing leads to another."""

from __future__ import annotations

import math
from typing import Literal

from sim.hazards.processes.base import PROCESSES, Circumstances, Draws, Process, Shock
from sim.model.chance.distributions import Times, TimesField
from sim.units import Share, Text


@PROCESSES.register("after")
class After(Process):
    """Each time another hazard or disruption strikes, this one follows with a probability, after a delay.

    A shock of a hazard that hits none of its entries leads to nothing; nor does a hazard that is not active.
    """

    of: Text
    """name of the hazard or disruption that leads to this one"""
    probability: Share = 1.0
    """of following, each time"""
    delay: TimesField = Times("0d", 0.0)
    """time from the other's beginning (or end) to this one's beginning"""
    counted_from: Literal["beginning", "end"] = "beginning"
    """from where in the other's span the delay runs"""
    example = {"of": "export_ban IN", "delay": "3d"}
    bad_example = ({"of": "export_ban XX"}, "did you mean 'export_ban IN'")

    def follows(self) -> str | None:
        return self.of

    def shocks(self, draws: Draws, now: Circumstances) -> list[Shock]:
        found = []
        for number, cause in enumerate(now.happened.get(self.of, ())):
            start = self._start(draws, number, cause)
            if now.first <= start < now.end:
                found.append(Shock(number, start, now.length(draws.on(start), number)))
        return sorted(found, key=lambda shock: (shock.start, shock.number))

    def _start(self, draws: Draws, number: int, cause: Shock) -> float:
        """When shock `number` of the cause leads to this; infinite where it does not."""
        begin = cause.start + (cause.length if self.counted_from == "end" else 0.0)

        def draw(numbers: Draws, once: int) -> float:
            again = f"/{number}/again" if once else ""
            if numbers.share(f"follows{again}", once or number) >= self.probability:
                return math.inf
            return begin + numbers.time(f"delay{again}", self.delay, once or number)

        return draws.told(draw, lambda day: day, cause.start)
