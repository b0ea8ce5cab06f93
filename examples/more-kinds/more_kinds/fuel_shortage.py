"""Fuel shortage: lorries set out as ever, but are longer on the way."""

from __future__ import annotations

from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption, lanes_by_name_or_mode
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Number


@DISRUPTIONS.register("fuel_shortage")
class FuelShortage(Disruption):
    """Journeys by road take a multiple of their time."""

    slower: Number = Field(default=2.0, ge=1)
    """journey time, as a multiple of the usual one"""
    severity = {"slower": 1}
    example = {"from": "2024-01-11", "for": "20d", "slower": 3}
    bad_example = ({"from": "2024-01-11", "for": "20d", "slower": 0.5}, "at least 1")

    def place(self) -> str:
        return "roads"

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        roads = lanes_by_name_or_mode(network, None, "road")
        return [self.hold(network, "lane.factor", roads, "multiply", self.slower)], []
