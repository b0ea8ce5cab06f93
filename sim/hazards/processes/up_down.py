"""Up and down: works for a random time, is down for a random time, works again."""

from __future__ import annotations

from typing import ClassVar

from sim.hazards.processes.base import PROCESSES, Circumstances, Draws, Process, Shock, refuse_endless
from sim.model.chance.distributions import TimesField


@PROCESSES.register("up_down")
class UpDown(Process):
    """An alternating renewal process: up for a time `up`, down for as long as the hazard `lasts`, and so on.

    The simulation begins in the up state. The long-run share of time down is mean down / (mean up + mean down).
    """

    needs_length: ClassVar[bool] = True

    up: TimesField
    """time from the end of one disruption to the beginning of the next"""
    example = {"up": "exponential(15d)"}
    bad_example = ({"up": "exponential(15)"}, "a duration such as 14d")

    def model_post_init(self, context: object) -> None:
        if self.up.mean <= 0:
            raise ValueError("up longer than no time")

    def shocks_a_day(self, length: float) -> float:
        return 1 / (self.up.mean + length)

    def shocks(self, draws: Draws, now: Circumstances) -> list[Shock]:
        found: list[Shock] = []
        time = now.first
        while (time := time + draws.wait("up", self.up, len(found), time)) < now.end:
            refuse_endless(found)
            length = now.length(draws.on(time), len(found))
            found.append(Shock(len(found), time, length))
            time += length
        return found
