"""What claimants may have at most, and groups of them get at least, whatever the rule by which they share."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.model.selection import Selector, SelectorField
from sim.policies.allocation.claimants import Claimants
from sim.registry import Model
from sim.units import NonNegative, Share


class Cap(Model):
    """What each of some claimants may have at most of a day's sharing, even if there is enough for all."""

    for_: SelectorField = Field(default="all", alias="for")
    """parties, or sites as elsewhere (regions, {income: high}); left out: each claimant"""
    share: Share | None = None
    """part of what there is to share that day"""
    units: NonNegative | None = None
    """units a day"""

    def model_post_init(self, context: object) -> None:
        if (self.share is None) == (self.units is None):
            raise ValueError("either a share or units")


class Floor(Model):
    """What a group of claimants gets at least of what is shared in a day, as far as it asks for it."""

    for_: SelectorField = Field(alias="for")
    """parties, or sites as elsewhere (regions, {income: low}), that are a group"""
    share: Share
    """part of what is shared that day"""


def sites_of(who: Selector, network: Network) -> np.ndarray:
    """Positions of the sites of parties, or that other words name; a word that is a party's name means the party."""
    words = who if isinstance(who, list) else [who]
    found = []
    for position, word in enumerate(words):
        with placed(*([position] if isinstance(who, list) else [])):
            party = network.parties.by_name.get(word) if isinstance(word, str) else None
            found.append(network.select_sites(word) if party is None else party.reach)
    return np.unique(np.concatenate(found))


def named_in(who: Selector, network: Network, flows: np.ndarray, claimants: Claimants) -> np.ndarray:
    """Which of some flows are those of claimants that are named.

    Raises PlaceError where none is, or a claimant is named in part.
    """
    sites = network.cell_site[network.flow_buyer[flows]]
    mine = np.isin(sites, sites_of(who, network))
    if not mine.any():
        raise PlaceError((), "none of these orders at these sources", who if isinstance(who, str) else None)
    place = claimants.place
    number = int(place.max(initial=-1)) + 1
    some, every = np.bincount(place[mine], minlength=number), np.bincount(place, minlength=number)
    if (partly := (some > 0) & (some < every)).any():
        left_out = ((place == partly.argmax()) & ~mine).argmax()
        party, name = claimants.party[left_out], network.sites["name"].iat[sites[left_out]]
        raise PlaceError((), f"'{party}' claims as one, and its '{name}' is left out", None, "whole parties")
    return mine


def grouped(floors: list[Floor], network: Network, flows: np.ndarray, claimants: Claimants) -> np.ndarray:
    """The floor's position for each of some flows, -1 where none is its claimant's.

    Raises PlaceError where a claimant has two, or they come to more than there is.
    """
    group = np.full(len(flows), -1, dtype=np.int64)
    for position, floor in enumerate(floors):
        with placed("floors", position, "for"):
            mine = named_in(floor.for_, network, flows, claimants)
            if (twice := mine & (group >= 0)).any():
                site = network.site_names(network.cell_site[network.flow_buyer[flows[twice][:1]]])[0]
                raise PlaceError((), f"'{site}' has an earlier floor already", None, "groups without a common member")
            group[mine] = position
    if (total := sum(floor.share for floor in floors)) > 1 + 1e-9:
        raise PlaceError(("floors",), f"the floors come to {total:.4g} of what there is", None, "100% at most")
    return group
