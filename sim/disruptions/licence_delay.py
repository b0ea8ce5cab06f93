"""Licence delay: exports or imports need a licence, and it takes time."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError, placed
from sim.model.distributions import TimesField
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Text


@DISRUPTIONS.register("licence_delay")
class LicenceDelay(Disruption):
    """What is sent across the border of a country meanwhile waits at its source until the licence is there.

    The time is drawn for each day of sending. Goods that wait have left the source's stock and are on their way for
    everyone's books; a licence once asked for takes its time even if the rule ends. Where two licences are needed,
    the later one counts.
    """

    country: Text
    """two-letter code of the country that asks for licences"""
    trade: Literal["exports", "imports"] = "exports"
    """what needs a licence"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    wait: TimesField
    """time until a licence is given, a duration or a distribution"""
    example = {"country": "IN", "from": "2024-01-11", "for": "20d", "wait": "gamma(6d, 3d)"}
    bad_example = ({"country": "XX", "from": "2024-01-11", "for": "20d", "wait": "6d"}, "unknown country")

    def place(self) -> str:
        return f"{self.country} {self.trade}"

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        country = network.sites["country"].to_numpy()
        if self.country not in country:
            raise PlaceError(("country",), "unknown country", self.country, "a country of some site", set(country))
        with placed("products"):
            products = network.product_positions(self.products)
        source, buyer = country[network.cell_site[network.flow_source]], country[network.cell_site[network.flow_buyer]]
        inside, outside = (source, buyer) if self.trade == "exports" else (buyer, source)
        crossing = (inside == self.country) & (outside != self.country)
        flows = np.flatnonzero(crossing & np.isin(network.cell_product[network.flow_source], products))
        start, end = self.span(network)
        mean = ((start, self.wait.mean),)
        return [Effect("flow.licence", flows, "at_least", mean, end, self.label, self.wait)], []
