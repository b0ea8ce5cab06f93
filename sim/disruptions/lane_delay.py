"""Lane delay: journeys take longer."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption, lane_rows
from sim.errors import PlaceError, one_of_few
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
    example = {"lanes": ["maker > store"], "from": "2024-01-11", "for": "8d", "extra": "3d"}
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
        rows = self._rows(network)
        return [
            self.hold(network, "lane.factor", rows, "multiply", self.factor),
            self.hold(network, "lane.extra", rows, "add", self.extra),
        ], []

    def _rows(self, network: Network) -> np.ndarray:
        if self.lanes is None:
            rows = [i for i, lane in enumerate(network.lanes) if lane.mode == self.mode]
            if not rows:
                modes = {lane.mode for lane in network.lanes}
                raise PlaceError(("mode",), "no lane of this mode", self.mode, one_of_few(modes, "a mode"), modes)
            return np.array(rows)
        return lane_rows(network, self.lanes)
