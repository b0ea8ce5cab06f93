"""Rationing bound to the network: who deals out, to whom first."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.in_force import BoundRationing, in_turn
from sim.engine.compile.rules.policies import Owners, day_in_force
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.model.selection import Selector
from sim.policies.rationing import Rationing
from sim.scenario.load import Loaded, Problems


def bind_rationing(loaded: Loaded, network: Network, problems: Problems) -> tuple[BoundRationing, ...]:
    """The entries, in turn."""
    return in_turn(rationing_entries(loaded, network, problems).values())


def rationing_entries(loaded: Loaded, network: Network, problems: Problems) -> dict[int, BoundRationing]:
    """Every entry bound to its cells, by its position; one that supplies nobody, or two of one date for a product at a
    site, are a problem."""
    owners = Owners("rationing", network)
    bound = {}
    for position, entry in enumerate(loaded.spec.rationing):
        with problems.at("rationing", position):
            since = day_in_force(entry.from_, loaded, network, ("rationing", position))
            bound[position] = bound_rationing(entry, network, since)
            owners.take(bound[position].cells, since, position)
    return bound


def bound_rationing(entry: Rationing, network: Network, since: int) -> BoundRationing:
    """An entry of `rationing` bound to its cells, from a day on; raises PlaceError where they supply nobody."""
    cells = network.select_cells(entry.at, entry.products)
    cells = cells[np.isin(cells, network.sources[0])]
    if not cells.size:
        raise PlaceError(("at",), "none of these sites supplies any of these products to another")
    part = 0.0 if entry.contract is None and entry.contract_first is None else 1.0
    part = part if entry.contract is None else entry.contract
    with placed("contract_first"):
        contract = np.where(_customers(network, cells, entry.contract_first, True), part, 0.0)
    with placed("exempt"):
        exempt = _customers(network, cells, entry.exempt, False)
    return BoundRationing(cells, entry, contract, exempt, since)


def _customers(network: Network, cells: np.ndarray, who: Selector | None, otherwise: bool) -> np.ndarray:
    """Which flows go from these cells to the sites that a selector names, all or none without one; a mask.

    Raises PlaceError where it names none of their customers.
    """
    flows = np.isin(network.flow_source, cells)
    if who is None:
        return flows & otherwise
    named = flows & np.isin(network.cell_site[network.flow_buyer], network.select_sites(who))
    if not named.any():
        customers = network.site_names(np.unique(network.cell_site[network.flow_buyer[flows]]))
        raise PlaceError((), "none of these sites is a customer", str(who), "sites that buy there", customers)
    return np.asarray(named)
