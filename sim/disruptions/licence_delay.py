"""Licence delay: exports or imports need a licence, and it takes time."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, one_site
from sim.errors import PlaceError, placed
from sim.model.chance.distributions import TimesField
from sim.model.countries import Country
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Text


@DISRUPTIONS.register("licence_delay")
class LicenceDelay(Disruption):
    """What is sent across the border of a country, or through a port, meanwhile waits until the licence is there.

    It waits at its source, or where it comes to the border: imports at the first port in the country, or before the
    door of a buyer that is reached without one; exports at the last port. The time is drawn for each day on which goods
    come to where they wait, and is on top of clearance. Goods that wait at their source have left its stock and are on
    their way for everyone's books; a licence once asked for takes its time even if the rule ends. Where two licences
    are needed at one place, the later one counts.
    """

    country: Country | None = None
    """ISO 3166 code of the country that asks for licences; may be left out where there is a `port`"""
    trade: Literal["exports", "imports"] = "exports"
    """what needs a licence"""
    port: Text | None = None
    """only goods that pass this port in that direction, and with `wait_at: border` the place where they wait"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    wait: TimesField
    """time until a licence is given, a duration or a distribution"""
    wait_at: Literal["source", "border"] = "source"
    """where goods wait: nothing is sent before the licence is there, or it is asked for at the border"""
    example = {"country": "IN", "from": "2024-01-11", "for": "20d", "wait": "gamma(6d, 3d)"}
    severity = {"wait": "0d"}
    bad_example = ({"country": "XX", "from": "2024-01-11", "for": "20d", "wait": "6d"}, "unknown country")

    def check(self) -> None:
        if self.country is None and self.port is None:
            raise ValueError("a country, a port, or both")

    def place(self) -> str:
        return " ".join(word for word in (self.country, self.port, self.trade) if word)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        with placed("products"):
            products = network.product_positions(self.products)
        flows = np.flatnonzero(self._crossing(network) & np.isin(network.cell_product[network.flow_source], products))
        leg = np.full(len(flows), -1) if self.wait_at == "source" else self._leg(network)[network.flow_route[flows]]
        at_source, later = flows[leg < 0], leg >= 0
        stops = flows[later] * network.routes.lane.shape[1] + leg[later]
        start, end = self.span(network)
        mean = ((start, self.wait.mean),)
        return [
            Effect("flow.licence", at_source, "at_least", mean, end, self.label, self.wait),
            Effect("stop.licence", stops, "at_least", mean, end, self.label, self.wait),
        ], []

    def _crossing(self, network: Network) -> np.ndarray:
        """Flows over the country's border, and through the port; a mask."""
        concerned = np.ones(len(network.flow_buyer), dtype=bool)
        if self.country is not None:
            known = network.countries
            if self.country not in known:
                raise PlaceError(("country",), "unknown country", self.country, "a country of some site", known)
            concerned &= network.crossing(self.country, self.trade)
        if self.port is not None:
            concerned &= (self._through(network) >= 0)[network.flow_route]
        return concerned

    def _leg(self, network: Network) -> np.ndarray:
        """The leg of each route at whose end goods come to where they wait; -1 where that is their source."""
        routes = network.routes
        if self.port is not None:
            return self._through(network)
        if self.trade == "exports":
            return np.maximum(routes.border, 0) - 1
        country = network.sites["country"].to_numpy()
        ends = np.array([country[lane.destination] for lane in network.lanes], dtype=object)
        inside = (routes.lane >= 0) & (ends[routes.lane] == self.country)
        return np.where(inside.any(axis=1), inside.argmax(axis=1), -1)

    def _through(self, network: Network) -> np.ndarray:
        """The leg of each route that ends in the port; -1 where none does, or the goods pass it the other way."""
        site = one_site(network, self.port or "", "port", ("port",))
        gates = [i for i, gate in enumerate(network.gates) if gate.site == site and gate.side == self.trade]
        passes = np.isin(network.routes.gate, gates)
        return np.where(passes.any(axis=1), passes.argmax(axis=1), -1)
