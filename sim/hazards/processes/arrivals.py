"""Arrivals: shocks that come again and again, whatever became of those before."""

from __future__ import annotations

from sim.hazards.processes.base import PROCESSES, Circumstances, Draws, Process, Shock, refuse_endless
from sim.model.chance.distributions import Times, TimesField
from sim.units import DAYS_PER, Positive


@PROCESSES.register("arrivals")
class Arrivals(Process):
    """Shocks at random times; they may overlap. `a_year` makes them a Poisson process with that rate."""

    a_year: Positive | None = None
    """mean number of shocks in a year of 365 days, at times independent of one another; or give `every`"""
    every: TimesField | None = None
    """time from the beginning of one shock to that of the next; or give `a_year`"""
    example = {"a_year": 20}
    bad_example = ({"a_year": 20, "every": "30d"}, "either a_year or every")

    def model_post_init(self, context: object) -> None:
        if (self.a_year is None) == (self.every is None):
            raise ValueError("either a_year or every")
        if self.every is not None and self.every.mean <= 0:
            raise ValueError("every longer than no time")

    def shocks_a_day(self, length: float) -> float:
        return 1 / self._gap().mean

    def shocks(self, draws: Draws, now: Circumstances) -> list[Shock]:
        found: list[Shock] = []
        time = now.first
        while (time := time + draws.wait("every", self._gap(), len(found), time)) < now.end:
            refuse_endless(found)
            found.append(Shock(len(found), time, now.length(draws.on(time), len(found))))
        return found

    def _gap(self) -> Times:
        if self.every is not None:
            return self.every
        assert self.a_year is not None
        return _exponential(DAYS_PER["y"] / self.a_year)


def _exponential(mean: float) -> Times:
    return Times("", mean, lambda generator, n: generator.exponential(mean, n))
