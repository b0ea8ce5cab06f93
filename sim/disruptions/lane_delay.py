"""Lane delay: journeys take longer."""

from __future__ import annotations

from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption, lanes_by_name_or_mode
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days, Number, Text


@DISRUPTIONS.register("lane_delay")
class LaneDelay(Disruption):
    """Shipments that leave on the lanes meanwhile take longer: journey time x `factor` + `extra`."""

    lanes: list[Text] | None = None
    """lanes written 'from > to'; or give `mode`"""
    mode: Text | None = None
    """all lanes of this mode: road, sea, air, rail, river"""
    extra: Days = 0.0
    factor: Number = Field(default=1.0, ge=0)
    told = False
    example = {"lanes": ["maker > store"], "from": "2024-01-11", "for": "8d", "extra": "3d"}
    severity = {"extra": "0d", "factor": 1}
    bad_example = (
        {"lanes": ["maker > stor"], "from": "2024-01-11", "for": "8d", "extra": "3d"},
        "did you mean 'maker > store'",
    )

    def check(self) -> None:
        if (self.lanes is None) == (self.mode is None):
            raise ValueError("either lanes or mode")

    def place(self) -> str:
        return self.mode or ", ".join(self.lanes or [])

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        rows = lanes_by_name_or_mode(network, self.lanes, self.mode)
        return [
            self.hold(network, "lane.factor", rows, "multiply", self.factor),
            self.hold(network, "lane.extra", rows, "add", self.extra),
        ], []
