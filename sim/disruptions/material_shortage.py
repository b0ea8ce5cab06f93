"""Material shortage: makers get less of what they make things from, or poorer quality of it."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError, placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Share, Text


@DISRUPTIONS.register("material_shortage")
class MaterialShortage(Disruption):
    """A material is short: makers get a share of their deliveries of it, and what they make of it yields less.

    What they have in store they may use up. Each day that share of what would be sent is sent, and no less than that
    share of a usual day; the rest of the orders waits.
    """

    material: Text
    """product that others are made from"""
    at: SelectorField = "suppliers"
    """makers that go short of it"""
    sources: SelectorField = "all"
    """sites whose deliveries of it fall"""
    supply: Share = 1.0
    """share of deliveries that goes on"""
    yield_: Share = Field(default=1.0, alias="yield")
    """times the usual yield of what is made of it meanwhile"""
    example = {"material": "salt", "from": "2024-01-11", "for": "20d", "supply": "20%"}
    severity = {"supply": "100%", "yield": "100%"}
    bad_example = ({"material": "salts", "from": "2024-01-11", "for": "20d", "supply": "20%"}, "did you mean 'salt'")

    def check(self) -> None:
        if not {"supply", "yield_"} & self.model_fields_set:
            raise ValueError("a supply or a yield below 100%")
        if self.yield_ == 0:
            raise ValueError("a yield above 0%; a site_outage stops all production")

    def place(self) -> str:
        return self.material

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self._material_cells(network)
        with placed("sources"):
            sources = network.select_sites(self.sources)
        sent = np.isin(network.cell_site[network.flow_source], sources)
        flows = np.flatnonzero(sent & np.isin(network.flow_buyer, cells))
        made = np.unique(network.bill.product[np.isin(network.bill.material, cells)])
        return [
            self.hold(network, "flow.sends", flows, "multiply", self.supply),
            self.hold(network, "cell.yield_factor", made, "multiply", self.yield_),
        ], []

    def _material_cells(self, network: Network) -> np.ndarray:
        """Where makers concerned keep the material."""
        names = network.products["name"].to_numpy()
        used = [str(name) for name in names[np.unique(network.cell_product[network.bill.materials])]]
        if self.material not in used:
            raise PlaceError(("material",), "no maker is supplied with this", self.material, "a material in use", used)
        cells = self.cells(network, self.at, [self.material])
        cells = cells[np.isin(cells, network.bill.materials)]
        if not len(cells):
            raise PlaceError(("at",), f"none of these sites makes anything from '{self.material}'", str(self.at))
        return cells
