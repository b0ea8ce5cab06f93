"""Defection: a party breaks its word and keeps its goods for itself."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError, one_of_few, placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.parties import Party
from sim.units import Number, Share, Text

Kept = Literal["exports", "transfers", "reserves"]
EVERYTHING: list[Kept] = ["exports", "transfers", "reserves"]


@DISRUPTIONS.register("defection")
class Defection(Disruption):
    """A party keeps its goods: its sites send others nothing that these ordered, give and lend them nothing, and
    reserves at its sites release them nothing.

    What is on its way arrives, and what its sites owe they pay back. Others are all who are not its own, or its
    members' where it is a pool. Where it is a country, nothing leaves its borders either, whoever sends it; what waits
    for that waits as under an `export_ban`. What others hold of a reserve with claims stays with them: there it draws
    on its own claim at its own sites alone, borrows nothing, and lends nobody of it.
    """

    party: Text
    """who breaks its word"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    keeps: list[Kept] = Field(default=EVERYTHING, min_length=1, json_schema_extra={"uniqueItems": True})
    """what it keeps: exports (what others ordered of its sites), transfers, reserves (those at its sites, and its claim
    on those that others hold); left out: all three. Orders that it does not fill no reserve of its own fills either"""
    quota: Share = 0.0
    """share of usual exports that others still get"""
    exempt: list[Text] = []
    """parties, countries or sites that it keeps its word to"""
    orders: Number = Field(default=1.0, ge=1, le=1000)
    """times the levels that its own sites order up to: above 1 it asks for more than was agreed"""
    example = {"party": "kenya", "from": "2024-01-11", "for": "20d", "keeps": ["exports", "reserves"]}
    severity = None
    bad_example = ({"party": "keny", "from": "2024-01-11", "for": "20d"}, "did you mean 'kenya'")

    def check(self) -> None:
        twice = [word for k, word in enumerate(self.keeps) if word in self.keeps[:k]]
        if twice:
            raise PlaceError(("keeps",), "this stands here twice", twice[0], "each once")
        if self.quota and "exports" not in self.keeps:
            raise PlaceError(("quota",), "a share of exports, which it does not keep", self.quota, "exports in keeps")

    def place(self) -> str:
        return self.party

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        party = self._party(network)
        with placed("products"):
            products = network.product_positions(self.products)
        own, cell = np.isin(network.cell_site, party.reach), np.arange(len(network.cell_site))
        right = np.isin(network.cell_product, products)
        source, buyer = network.flow_source, network.flow_buyer
        struck = right[source] & ~np.isin(network.cell_site[buyer], self._friends(network, party))
        ordered = np.arange(len(source)) < network.orders
        leaves, sends = struck & self._abroad(network, party), struck & own[source]
        effects = []
        if "exports" in self.keeps:
            effects = [
                self.hold(network, "flow.exports", np.flatnonzero(leaves & ordered), "at_most", self.quota),
                self.hold(network, "flow.allowance", np.flatnonzero(sends & ordered & ~leaves), "at_most", self.quota),
            ]
        if "transfers" in self.keeps:
            effects.append(self.hold(network, "flow.gives", np.flatnonzero(sends & ~ordered), "at_most", 0.0))
        if "reserves" in self.keeps:
            effects.append(self.hold(network, "flow.releases", np.flatnonzero(sends & ordered), "at_most", 0.0))
        effects = [effect for effect in effects if len(effect.rows)]
        buys = np.isin(cell, buyer[: network.orders]) & own & right
        if self.orders > 1 and buys.any():
            effects.append(self.hold(network, "cell.order_factor", cell[buys], "multiply", self.orders))
        if "reserves" in self.keeps and (effects or "keeps" in self.model_fields_set):
            effects.append(self.hold(network, "cell.keeps_claim", cell[own & right], "at_least", 1.0))
        if not effects:
            expected = (
                "a party whose sites supply others, give to them, or hold a reserve for them; or `keeps: [reserves]`, "
                "where all that it could keep is its claim on a reserve"
            )
            raise PlaceError(("party",), "there is nothing that it could keep from others", self.party, expected)
        return effects, []

    def _party(self, network: Network) -> Party:
        party = network.parties.by_name.get(self.party)
        if party is None:
            known = list(network.parties.by_name)
            expected = one_of_few(known, "the name of a party") if known else "a party: the scenario has none"
            raise PlaceError(("party",), "unknown party", self.party, expected, known)
        return party

    def _friends(self, network: Network, party: Party) -> np.ndarray:
        """Positions of the sites that get what they always got: its own, and of those that are exempt."""
        friends = [party.reach]
        for position, word in enumerate(self.exempt):
            other = network.parties.by_name.get(word)
            if other is not None:
                friends.append(other.reach)
                continue
            try:
                friends.append(network.select_sites(word))
            except PlaceError:
                known = [*network.parties.by_name, *filter(None, network.countries), *network.site_of]
                expected = "a party, a country or a site"
                raise PlaceError(("exempt", position), "unknown party or site", word, expected, known) from None
        return np.unique(np.concatenate(friends))

    @staticmethod
    def _abroad(network: Network, party: Party) -> np.ndarray:
        """Whether each flow crosses the border of a party that is a country; a mask."""
        countries = set(network.sites["country"].to_numpy()[party.sites]) - {""} if party.kind == "country" else set()
        crossing = [network.crossing(country, "exports") for country in sorted(countries)]
        return np.logical_or.reduce([np.zeros(len(network.flow_source), dtype=bool), *crossing])
