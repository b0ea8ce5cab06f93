"""Export ban: goods may not leave a country."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError, one_of_few, placed
from sim.model.countries import Country
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Number, Share, Text

AT_BORDER = {"wait": 0.0, "pass": 1.0, "return": 2.0, "destroy": 3.0}
"""Words for goods that have left the source but not the country; the numbers are the engine's codes."""


@DISRUPTIONS.register("export_ban")
class ExportBan(Disruption):
    """A country stops or limits exports of some products: orders wait at the source, goods abroad go on.

    Each day the `quota` of a flow's usual units may cross the border; what is not taken up may be within 30 days. What
    comes to the border beyond that waits there, first come, first served. A source sends no more than may still cross
    by the time it gets there, less what is there or on its way there. With `notice`, the ban is announced earlier and
    buyers may rush to order (`rush`).
    """

    country: Country
    """ISO 3166 code of the country that bans"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    quota: Share = 0.0
    """share of usual exports that may still cross the border; under several bans of a country the smallest counts"""
    exempt: list[Text] = []
    """countries or sites that are still served"""
    at_border: Literal["wait", "pass", "return", "destroy"] = "wait"
    """what becomes of goods that have left the source but not the country when the ban begins, and come to the border
    before the quota lets them cross"""
    rush: Number = Field(default=1.0, ge=1, le=1000)
    """order-up-to levels of the buyers concerned are multiplied by this from the notice until the ban begins"""
    example = {"country": "IN", "from": "2024-01-11", "for": "8d"}
    severity = None
    bad_example = ({"country": "XX", "from": "2024-01-11", "for": "8d"}, "unknown country")

    def place(self) -> str:
        return self.country

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        flows = self._flows(network)
        effects = [
            self.hold(network, "flow.exports", flows, "at_most", self.quota),
            self.hold(network, "flow.at_border", flows, "at_least", AT_BORDER[self.at_border]),
        ]
        start, end = self.span(network)
        if self.rush > 1 and self.notice > 0 and end > start:
            buyers = np.unique(network.flow_buyer[flows[flows < network.orders]])
            steps = ((start - self.notice, self.rush),)
            effects.append(Effect("cell.order_factor", buyers, "multiply", steps, start, self.label))
        return effects, []

    def _flows(self, network: Network) -> np.ndarray:
        if self.country not in network.countries:
            known = {code for code in network.countries if code}
            expected = one_of_few(known, "a country of some site")
            raise PlaceError(("country",), "unknown country", self.country, expected, known)
        banned = np.flatnonzero(network.crossing(self.country, "exports"))
        with placed("products"):
            products = network.product_positions(self.products)
        banned = banned[np.isin(network.cell_product[network.flow_source[banned]], products)]
        for position, word in enumerate(self.exempt):
            with placed("exempt", position):
                buyer = network.cell_site[network.flow_buyer[banned]]
                banned = banned[~np.isin(buyer, network.select_sites(word))]
        return banned
