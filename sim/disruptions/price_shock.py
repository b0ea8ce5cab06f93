"""Price shock: suppliers ask more (or less) for what they sell."""

from __future__ import annotations

from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, Number, Text


@DISRUPTIONS.register("price_shock")
class PriceShock(Disruption):
    """The purchase price is multiplied by `factor`; units are paid at the price of the day they leave the supplier.

    Prices change no order, but where buyers choose the cheapest source (`rule: cheapest` of `sourcing`), and no other
    cost: stock is valued at the price written under `products`.
    """

    at: SelectorField = "suppliers"
    """suppliers that ask the price"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    factor: Number = Field(ge=0)
    """price as a multiple of the usual one"""
    ramp: Days = 0.0
    """time to reach the full factor, in a straight line"""
    example = {"from": "2024-01-11", "for": "20d", "factor": 6}
    severity = {"factor": 1}
    bad_example = ({"at": "store", "from": "2024-01-11", "for": "20d", "factor": 6}, "no supplier among")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        if not (network.site_kind[network.select_sites(self.at)] == "supplier").any():
            raise PlaceError(("at",), "no supplier among these sites", self.at, "suppliers, or some of them")
        cells = cells[network.of_kind("supplier")[cells]]
        start, end = self.span(network)
        steps = ramp(start, self.ramp, 1.0, self.factor)
        return [Effect("cell.price_factor", cells, "multiply", steps, end, self.label)], []
