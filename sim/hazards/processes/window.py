"""Window: happens once between two dates, or not at all; several may go together."""

from __future__ import annotations

import math
from statistics import NormalDist

from pydantic import Field

from sim.hazards.processes.base import PROCESSES, Circumstances, Draws, Process, Shock
from sim.units import Date, Share, Text


@PROCESSES.register("window")
class Window(Process):
    """One shock at most, with a probability, at a time drawn evenly between two dates.

    Hazards that name the same `factor` tend to happen in the same runs (a one-factor Gaussian copula): each has the
    score sqrt(c) F + sqrt(1 - c) E with its `correlation` c, a standard normal F that is common to the factor and an
    E of its own, and happens where the normal distribution function of its score is below its probability. Two
    hazards' scores have the correlation sqrt(c1 c2); the times within the window are independent.
    """

    probability: Share
    """of happening at all"""
    from_: Date | None = Field(default=None, alias="from")
    """first day on which it may begin; left out: the first simulated day"""
    until: Date | None = None
    """first day on which it may not begin any more; left out: the end"""
    factor: Text | None = None
    """name of the common cause that this hazard shares with others"""
    correlation: Share = 0.0
    """how strongly the common cause decides; 100%: hazards of equal probability happen together or not at all"""
    example = {"probability": "100%", "from": "2024-01-06", "until": "2024-01-20"}
    bad_example = ({"probability": "50%", "correlation": "80%"}, "a factor with correlation")

    def model_post_init(self, context: object) -> None:
        if (self.factor is None) != (self.correlation == 0):
            raise ValueError("a factor with correlation above 0%, or neither")
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            raise ValueError(f"until after from ({self.from_})")

    def shocks(self, draws: Draws, now: Circumstances) -> list[Shock]:
        first = now.first if self.from_ is None else now.calendar.day(self.from_)
        until = now.end if self.until is None else now.calendar.day(self.until)

        def draw(numbers: Draws, once: int) -> float:
            return first + (until - first) * numbers.share("when", once) if self._happens(numbers, once) else math.inf

        start = draws.told(draw, lambda day: day)
        if not now.first <= start < now.end:  # it does not happen, or the window reaches beyond the run
            return []
        return [Shock(0, start, now.length(draws.on(start), 0))]

    def _happens(self, draws: Draws, once: int) -> bool:
        if self.factor is None or self.probability in (0.0, 1.0):
            return draws.share("occurs", once) < self.probability
        own = draws.streams.named(f"{draws.prefix}/score", once).standard_normal()
        common = draws.streams.named(f"hazard-factor/{self.factor}", once).standard_normal()
        score = math.sqrt(self.correlation) * common + math.sqrt(1 - self.correlation) * own
        return bool(score < NormalDist().inv_cdf(self.probability))
