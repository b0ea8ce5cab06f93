"""Demand surge: more (or less) is needed than usual."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.model.effects import Effect, Impulse, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, NonNegative, Number, Text


@DISRUPTIONS.register("demand_surge")
class DemandSurge(Disruption):
    """Mean demand is multiplied by `factor`, or grows by `extra` units a day shared by usual demand.

    The usual patients still come on the same days; a surge adds patients of its own, a factor below 1 takes some away.
    """

    at: SelectorField = "facilities"
    """facilities, regions or countries concerned"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    factor: Number = Field(default=1.0, ge=0)
    extra: NonNegative = 0.0
    """units a day in all, of each product"""
    ramp: Days = 0.0
    """time to reach the full factor, in a straight line"""
    example = {"at": "facilities", "from": "2024-01-11", "for": "8d", "factor": 1.5}
    severity = {"factor": 1, "extra": 0}
    bad_example = ({"at": "facilities", "from": "2024-01-11", "for": "8d"}, "a factor other than 1, or extra")

    def check(self) -> None:
        if not {"factor", "extra"} & self.model_fields_set:
            raise ValueError("a factor other than 1, or extra units a day")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        cells = cells[network.of_kind("facility")[cells]]
        start, end = self.span(network)
        steps = ramp(start, self.ramp, 1.0, self.factor)
        effects = [Effect("cell.demand_factor", cells, "multiply", steps, end, self.label)]
        if self.extra:
            for product in np.unique(network.cell_product[cells]):
                mine = cells[network.cell_product[cells] == product]
                usual = float(network.cell_mean[mine].sum())
                steps = ramp(start, self.ramp, 1.0, 1.0 + self.extra / usual) if usual else ((start, 1.0),)
                effects.append(Effect("cell.demand_factor", mine, "multiply", steps, end, self.label))
        return effects, []
