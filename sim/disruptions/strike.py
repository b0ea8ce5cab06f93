"""Strike: a port, plant or warehouse does a share of its work, or none."""

from __future__ import annotations

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.disruptions.work import less_work
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Share, Text


@DISRUPTIONS.register("strike")
class Strike(Disruption):
    """Ports handle, plants make and ship, and warehouses ship only the share that is `staffed`.

    Goods under way go on and queue before a port on strike; orders wait at their source.
    """

    at: SelectorField
    """ports, plants or warehouses on strike"""
    products: list[Text] | None = None
    """products concerned at plants and warehouses; left out: all"""
    staffed: Share = 0.0
    """share of usual work that goes on"""
    example = {"at": ["store", "harbour"], "from": "2024-01-11", "for": "8d", "staffed": "30%"}
    severity = {"staffed": "100%"}
    bad_example = ({"at": "harbor", "from": "2024-01-11", "for": "8d"}, "did you mean 'harbour'")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        start, end = self.span(network)
        return less_work(self, network, self.at, self.products, ((start, self.staffed),), end), []
