"""Entries of `transfers` bound to the ways that were found for them."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.transfers import BoundTransfers
from sim.engine.compile.rules.pools import ALONE, group_of_owners, strangers
from sim.errors import PlaceError, placed
from sim.model.distance import distance
from sim.model.network import Network
from sim.policies.allocation.sharing import bind
from sim.policies.transfers.base import Transfer
from sim.scenario.load import Loaded, Problems


def bind_transfers(loaded: Loaded, network: Network, problems: Problems) -> tuple[BoundTransfers, ...]:
    """All entries, in the order in which they stand; between members of a pool that is taken apart nothing is given."""
    bound, group = [], group_of_owners(loaded)
    of_site = np.array([group.get(str(owner), ALONE) for owner in network.sites["party"]]) if group else None
    for position, entry in enumerate(loaded.spec.transfers):
        with problems.at("transfers", position):
            bound.append(_bound(entry, position, network, of_site))
    return tuple(bound)


def _bound(entry: Transfer, position: int, network: Network, group: np.ndarray | None) -> BoundTransfers:
    """`group` is with whom each site stays, over sites, where a pool is taken apart."""
    every = flow = network.orders + np.flatnonzero(network.sideways == position)
    if group is not None:
        ends = (group[network.cell_site[cells[flow]]] for cells in (network.flow_source, network.flow_buyer))
        flow = flow[~strangers(*ends)]
    giver, taker = network.flow_source[flow], network.flow_buyer[flow]
    days = network.routes.under_way[network.flow_route[flow]]
    site = network.cell_site
    order = np.lexsort((site[giver], days, network.cell_product[taker], site[taker]))
    flow, giver, taker, days = flow[order], giver[order], taker[order], days[order]
    lanes = network.flow_lanes[flow]
    of_lane = np.array([lane.cost for lane in network.lanes])
    places = np.radians(network.sites[["lat", "lon"]].to_numpy(dtype=float))
    (givers, of_giver), (takers, of_taker) = (_by_site(network, cells) for cells in (giver, taker))
    with placed("keep"):
        keep, keep_back = network.units(entry.keep, givers), network.units(entry.keep, takers)
    with placed("below"):
        below = network.units(entry.below, takers)
    with placed("up_to"):
        up_to = below if entry.up_to is None else network.units(entry.up_to, takers)
    if (wrong := np.flatnonzero(up_to < below)).size:
        name = network.site_names(site[takers[wrong[:1]]])[0]
        message = f"goods would be given to '{name}' only to lack still ({up_to[wrong[0]]:,} units)"
        raise PlaceError(("up_to",), message, None, f"at least what `below` is ({below[wrong[0]]:,} units)")
    low, high = np.full(len(site), np.iinfo(np.int64).min), np.full(len(site), np.iinfo(np.int64).max)
    low[takers], high[givers] = below, keep
    by_giver = np.argsort(of_giver, kind="stable")
    back = _back(network, flow) if entry.loan is not None else np.full(len(flow), -1)
    with placed("share"):
        sharing = bind(entry.share, network, every, queue=False)
    return BoundTransfers(
        entry, sharing, flow, of_giver, of_taker, days,
        np.where(lanes >= 0, of_lane[lanes], 0.0).sum(axis=1),
        distance(places[site[giver]], places[site[taker]]),
        givers, takers, keep, below, up_to, back, keep_back, np.searchsorted(of_taker, np.arange(len(takers) + 1)),
        by_giver, np.searchsorted(of_giver[by_giver], np.arange(len(givers) + 1)), low, high,
    )  # fmt: skip


def _by_site(network: Network, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(these cells, each once, in order of site and product; the position of each among them)."""
    found = np.unique(cells)
    found = found[np.lexsort((network.cell_product[found], network.cell_site[found]))]
    place = np.full(len(network.cell_site), -1)
    place[found] = np.arange(len(found))
    return found, place[cells]


def _back(network: Network, flow: np.ndarray) -> np.ndarray:
    """For each of these flows the one for transfers that leads back."""
    cells, first = len(network.cell_site), network.orders
    key = network.flow_source[first:] * cells + network.flow_buyer[first:]
    order = np.argsort(key)
    wanted = network.flow_buyer[flow] * cells + network.flow_source[flow]
    return first + np.asarray(order[np.searchsorted(key[order], wanted)])
