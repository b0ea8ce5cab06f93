"""Labour absence: staff stay away in waves, as in an epidemic, and work is left undone."""

from __future__ import annotations

from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.disruptions.work import less_work
from sim.model.effects import Effect, Impulse, Steps, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, NonNegative, Share, Text, Whole


@DISRUPTIONS.register("labour_absence")
class LabourAbsence(Disruption):
    """A share of staff is away; ports handle, plants make and ship, and warehouses ship that much less.

    Each wave rises to the full share, stays, and falls to nothing at its end; several waves divide the span evenly.
    """

    at: SelectorField
    """ports, plants or warehouses concerned"""
    products: list[Text] | None = None
    """products concerned at plants and warehouses; left out: all"""
    away: Share
    """share of staff away at the height of a wave"""
    felt: NonNegative = 1.0
    """share of work lost for each share of staff away: below 1 where others stand in, above 1 where keepers of a key
    are missing"""
    waves: Whole = Field(default=1, ge=1, le=1000)
    """waves within the span"""
    ramp: Days = 0.0
    """time in which a wave rises, in a straight line"""
    ease: Days = 0.0
    """time in which it falls; a wave shorter than both is all rise and fall, in proportion"""
    told = False
    example = {"at": "store", "from": "2024-01-11", "for": "20d", "away": "60%", "ramp": "5d", "ease": "10d"}
    severity = {"away": "0%"}
    bad_example = ({"at": "store", "from": "2024-01-11", "for": "20d", "away": "60%", "waves": 0}, "at least 1")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        _, end = self.span(network)
        return less_work(self, network, self.at, self.products, self._steps(network), end), []

    def _steps(self, network: Network) -> Steps:
        start, end = self.span(network)
        length = (end - start) / self.waves
        shorter = min(1.0, length / (self.ramp + self.ease)) if self.ramp + self.ease else 1.0
        rise, fall = self.ramp * shorter, self.ease * shorter
        least = max(0.0, 1 - self.felt * self.away)
        steps: list[tuple[float, float]] = []
        for wave in range(self.waves):
            begin = start + wave * length
            if wave and begin >= network.calendar.days:
                break
            steps += ramp(begin, rise, 1.0, least)
            if fall:
                steps += ramp(begin + length - fall, fall, least, 1.0)
        return tuple(steps)
