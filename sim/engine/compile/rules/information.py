"""Information bound to the network: observers, and what each sees of which cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.engine.bound.in_force import ALWAYS
from sim.engine.bound.information import BoundView, Channel, InformationPlan
from sim.engine.compile.rules.pools import ALONE, group_of_owners
from sim.errors import PlaceError, one_of_few, placed
from sim.model.network import Network
from sim.model.selection import KINDS, Selector
from sim.policies.information import LEVELS, OWN, Information, Terms
from sim.scenario.load import Loaded, Problems

ALL_SEE_ALL = Information(who="all", of="all", sees="capacity")
"""What holds where nothing is written."""


def bind_information(loaded: Loaded, network: Network, problems: Problems) -> InformationPlan | None:
    """Who sees what; None without the section. Names that nothing has, and entries that disagree, are problems."""
    group = group_of_owners(loaded)
    entries = loaded.spec.information or ([ALL_SEE_ALL] if group else [])
    if not entries:
        return None
    owner = owners(network)
    bound: list[BoundView] = []
    for position, entry in enumerate(entries):
        with problems.at("information", position):
            view = _bound(entry, network, owner)
            _refuse_others(view, bound, owner, network)
            bound.append(view)
    if len(bound) < len(entries):
        return None  # told with what is wrong
    parties = len(network.parties.by_name)
    # sites without a party that the same entries are about see by one row
    seen_by = np.array([view.observers for view in bound], dtype=bool).reshape(len(bound), -1)[:, parties:]
    rows, row = np.unique(seen_by, axis=1, return_inverse=True)
    observer = np.concatenate([np.arange(parties), parties + row.reshape(-1)])
    views = [
        replace(view, observers=np.concatenate([view.observers[:parties], mine]))
        for view, mine in zip(bound, rows, strict=True)
    ]
    names = tuple(network.parties.by_name)
    groups = np.array([group.get(name, ALONE) for name in names], dtype=np.int64) if group else None
    return InformationPlan(tuple(views), owner[network.cell_site], observer, names, groups)


def decided_view(entry: Information, network: Network, information: InformationPlan | None) -> BoundView:
    """What others see of a party by a decision, from day 0 on; raises PlaceError for an unknown party, and where all
    see all."""
    if information is None:
        raise PlaceError(("sees",), "without `information` all see all", entry.sees, "a section `information`")
    names = list(network.parties.by_name)
    mine = np.isin(information.owner, [names.index(name) for name in network.parties.owners(str(entry.of))])
    observers = np.full(int(information.observer.max()) + 1, entry.who == "all")
    for position, name in enumerate(entry.who if isinstance(entry.who, list) else ()):
        if name not in names:
            expected = one_of_few(names, "the name of a party")
            raise PlaceError(("with", position), "unknown party", str(name), expected, names)
        observers[[names.index(one) for one in network.parties.owners(str(name))]] = True
    return BoundView(observers, mine, False, LEVELS.index(entry.sees), channel_of(entry), since=0)


def owners(network: Network) -> np.ndarray:
    """The owner of every site: the position of its party, or its own position after those of all parties."""
    found = len(network.parties.by_name) + np.arange(len(network.sites))
    for position, party in enumerate(network.parties.by_name.values()):
        found[party.sites] = position
    return found


def channel_of(terms: Terms) -> Channel:
    """How it is told what is seen on some terms."""
    return Channel(terms.lag, terms.every, terms.missing, terms.error)


def named_owners(who: Selector, network: Network, owner: np.ndarray) -> np.ndarray:
    """The owners that a selector names, as a mask over all that there may be; raises PlaceError for an unknown name."""
    found = np.zeros(len(network.parties.by_name) + len(network.sites), dtype=bool)
    names = list(network.parties.by_name)
    if who == "all":
        found[: len(names)] = found[owner] = True
        return found
    for position, entry in enumerate(who if isinstance(who, list) else [who]):
        with placed(*([position] if isinstance(who, list) else [])):
            if isinstance(entry, str) and entry in names:
                found[[names.index(name) for name in network.parties.owners(entry)]] = True
            else:
                found[owner[_sites(entry, network)]] = True
    return found


def named_sites(of: Selector, network: Network) -> np.ndarray:
    """The sites that a selector, or the name of a party, stands for, as a mask; raises PlaceError for an unknown
    name."""
    found = np.zeros(len(network.sites), dtype=bool)
    for position, entry in enumerate(of if isinstance(of, list) else [of]):
        with placed(*([position] if isinstance(of, list) else [])):
            party = network.parties.by_name.get(entry) if isinstance(entry, str) else None
            found[_sites(entry, network) if party is None else party.reach] = True
    return found


def _sites(entry: Selector, network: Network) -> np.ndarray:
    if isinstance(entry, str) and network.parties:
        try:
            return network.select_sites(entry)
        except PlaceError:
            names = [*network.parties.by_name, *network.sites["name"], *KINDS, "all"]
            expected = "a party, a site, a region, a country, or suppliers, warehouses, facilities"
            raise PlaceError((), "unknown party or site", entry, expected, names) from None
    return network.select_sites(entry)


def _bound(entry: Information, network: Network, owner: np.ndarray) -> BoundView:
    with placed("who"):
        who = named_owners(entry.who, network, owner)
    level = LEVELS.index(entry.sees)
    if entry.of == OWN:
        cells = np.ones(len(network.cell_site), dtype=bool)
        return BoundView(who, cells, True, level, channel_of(entry), ALWAYS)
    with placed("of"):
        sites = named_sites(entry.of, network)
        others = np.zeros(len(who), dtype=bool)
        others[owner[sites]] = True
        if not _some_pair(who, others):
            message = "nobody else sees these sites by it"
            raise PlaceError((), message, str(entry.of), "sites of others; what is one's own is `of: own`")
    return BoundView(who, sites[network.cell_site], False, level, channel_of(entry), ALWAYS)


def _some_pair(who: np.ndarray, others: np.ndarray) -> bool:
    """Whether some of these (a mask over owners) is another than some of those."""
    return bool(who.any() and others.any() and (who.sum() > 1 or others.sum() > 1 or (who != others).any()))


def _refuse_others(view: BoundView, before: Sequence[BoundView], owner: np.ndarray, network: Network) -> None:
    """Raise PlaceError where an earlier entry says something else of what one is about."""
    for position, other in enumerate(before):
        if view.own != other.own or (view.level, view.channel) == (other.level, other.channel):
            continue
        who, sites = view.observers & other.observers, np.unique(network.cell_site[view.cells & other.cells])
        others = np.zeros_like(who)
        others[owner[sites]] = True
        if (who & others).any() if view.own else _some_pair(who, others):
            what = "what these see of what is their own" if view.own else f"what these see of {_names(sites, network)}"
            message = f"entry {position + 1} says something else of {what}"
            raise PlaceError((), message, None, "one entry for each pair of who sees and who is seen")


def _names(sites: np.ndarray, network: Network) -> str:
    names = network.site_names(sites[:3])
    more = f" and {len(sites) - 3} more" if len(sites) > 3 else ""
    return ", ".join(f"'{name}'" for name in names) + more
