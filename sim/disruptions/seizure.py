"""Seizure: an authority, pirates or thieves take goods on their way."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, AtOnce, lane_rows, one_site
from sim.errors import placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.vocabulary import Action
from sim.units import Days, Share, Text

IN_PORT: tuple[Action, Action] = ("seize_in_port", "detain_in_port")
UNDER_WAY: tuple[Action, Action] = ("seize_under_way", "detain_under_way")


@DISRUPTIONS.register("seizure")
class Seizure(AtOnce):
    """A share of what is under way on lanes, or lies in a port, is taken once, at `from`.

    What is destroyed is no longer on order: the buyer orders again at its next review. What is held comes on later.
    """

    lanes: list[Text] | None = None
    """lanes written 'from > to'; or give `port`"""
    port: Text | None = None
    """port in which goods are seized, those that wait and those being cleared; or give `lanes`"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    share: Share = 1.0
    """share of the units that is taken"""
    held: Days | None = None
    """time for which the goods are held before they go on; left out: they are destroyed"""
    told = False
    example = {"lanes": ["maker > store"], "from": "2024-01-11", "share": "80%"}
    severity = {"share": "0%"}
    bad_example = ({"lanes": ["maker > stor"], "from": "2024-01-11"}, "did you mean 'maker > store'")

    def check(self) -> None:
        if (self.lanes is None) == (self.port is None):
            raise ValueError("either lanes or port")

    def place(self) -> str:
        return self.port or ", ".join(self.lanes or [])

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        routes = network.routes
        if self.port is not None:
            site = one_site(network, self.port, "port", ("port",))
            gates = [i for i, gate in enumerate(network.gates) if gate.site == site]
            places, (seize, detain) = np.isin(routes.gate, gates), IN_PORT
        else:
            places, (seize, detain) = np.isin(routes.lane, lane_rows(network, self.lanes or [])), UNDER_WAY
        with placed("products"):
            products = network.product_positions(self.products)
        concerned = np.isin(network.cell_product[network.flow_buyer], products)
        stretches = np.argwhere(places[network.flow_route] & concerned[:, None])
        start, _ = self.span(network)
        action, days = (seize, 0.0) if self.held is None else (detain, self.held)
        if self.share == 0 or self.held == 0:
            return [], []
        return [], [Impulse(action, stretches, self.share, start, self.label, days=days)]
