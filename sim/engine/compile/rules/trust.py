"""The section `trust` bound to the parties that there are."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.information import EXACT, InformationPlan
from sim.engine.bound.trust import BoundTrust
from sim.errors import PlaceError, one_of_few
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def bind_trust(
    loaded: Loaded, network: Network, information: InformationPlan | None, problems: Problems
) -> BoundTrust | None:
    """Trust between the parties that own sites; None where the scenario has no such section."""
    rule = loaded.spec.trust
    if rule is None:
        return None
    names = tuple(name for name, party in network.parties.by_name.items() if len(party.sites))
    count = len(names)
    first = np.full((count, count), rule.start)
    np.fill_diagonal(first, 1.0)
    with problems.at("trust"):
        if count < 2:
            raise PlaceError((), "nobody has anybody to trust", None, "two parties with sites of their own, at least")
    for position, pair in enumerate(rule.pairs):
        for key, name in (("of", pair.of), ("in", pair.in_)):
            with problems.at("trust", "pairs", position):
                if name not in names:
                    expected = one_of_few(names, "the name of a party with sites")
                    known = name in network.parties.by_name
                    message = "this party owns no sites, so that nobody trusts it" if known else "unknown party"
                    raise PlaceError((key,), message, name, expected, list(names))
        if pair.of in names and pair.in_ in names:
            first[names.index(pair.of), names.index(pair.in_)] = pair.start
    site = np.full(len(network.sites), -1)
    for number, name in enumerate(names):
        site[network.parties[name].sites] = number
    owner = site[network.cell_site]
    buyer, source = owner[network.flow_buyer], owner[network.flow_source]
    country = _countries(names, network)[network.cell_site[network.flow_source]]
    closes = np.where(country >= 0, country, source)
    pair_of, back, border = (
        np.where((one >= 0) & (other >= 0) & (one != other), one * count + other, -1)
        for one, other in ((buyer, source), (source, buyer), (buyer, closes))
    )
    return BoundTrust(rule, names, first.reshape(-1), owner, pair_of, back, border, _told(names, owner, information))


def _countries(names: tuple[str, ...], network: Network) -> np.ndarray:
    """The position of the party that is the country of each site, -1 where none is; over sites."""
    country = network.sites["country"].to_numpy()
    found = np.full(len(country), -1)
    for number, name in reversed(list(enumerate(names))):
        party = network.parties[name]
        if party.kind == "country":
            found[np.isin(country, list(set(country[party.sites]) - {""}))] = number
    return found


def _told(names: tuple[str, ...], owner: np.ndarray, information: InformationPlan | None) -> np.ndarray:
    """The pairs of parties in which the first is told of some site of the second by reports; a mask."""
    told = np.zeros((len(names), len(names)), dtype=bool)
    if information is None:
        return told.reshape(-1)
    for view in information.views:
        if view.own or view.channel == EXACT or not view.level:
            continue
        of = np.unique(owner[view.cells & (owner >= 0)])
        for number, name in enumerate(names):
            if view.observers[information.observer[information.party(name)]].any():
                told[number, of] = True
    np.fill_diagonal(told, False)
    return told.reshape(-1)
