"""Curfew: on some lanes vehicles may set out at certain hours of the day only."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption, lanes_by_name_or_mode
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days, Text


@DISRUPTIONS.register("curfew")
class Curfew(Disruption):
    """Vehicles set out between two hours of the day only; what is ready earlier or later waits, what is out goes on.

    Under several curfews at once, the hours that all of them leave count. Hours that hold every day, disruptions or
    not, are `departs` of a lane; where there are both, the curfew's come after the lane's own.
    """

    lanes: list[Text] | None = None
    """lanes written 'from > to'; or give `mode`"""
    mode: Text | None = None
    """all lanes of this mode: road, sea, air, rail, river"""
    opens: Days = Field(ge=0, lt=1)
    """hours after midnight from which vehicles may set out"""
    closes: Days = Field(gt=0, le=1)
    """hours after midnight until which they may"""
    example = {"lanes": ["store > clinic-a"], "from": "2024-01-11", "for": "20d", "opens": "6h", "closes": "18h"}
    severity = {"opens": "0h", "closes": "24h"}
    bad_example = (
        {"lanes": ["store > clinic-a"], "from": "2024-01-11", "for": "20d", "opens": "18h", "closes": "6h"},
        "closes after opens",
    )

    def check(self) -> None:
        if (self.lanes is None) == (self.mode is None):
            raise ValueError("either lanes or mode")
        if self.closes <= self.opens:
            raise PlaceError(("closes",), "the curfew leaves no hours", None, "closes after opens, on the same day")

    def place(self) -> str:
        return self.mode or ", ".join(self.lanes or [])

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        rows = lanes_by_name_or_mode(network, self.lanes, self.mode)
        return [
            self.hold(network, "lane.opens", rows, "at_least", self.opens),
            self.hold(network, "lane.closes", rows, "at_most", self.closes if self.closes < 1 else np.inf),
        ], []
