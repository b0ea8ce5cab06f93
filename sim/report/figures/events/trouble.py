"""Which sites and lanes the disruptions touched at any time, read from their effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.effects import Effect
from sim.report.run.facts import Facts


@dataclass(frozen=True)
class Trouble:
    """Flags over sites (`sites`) and over lanes: `blocked` for a time (or let through less), `diverted`."""

    sites: np.ndarray
    blocked: np.ndarray
    diverted: np.ndarray


ORDERED = ("flow.extra_orders", "flow.order_share", "flow.urgent_share")
"""Quantities that say what is ordered, and stop nothing."""


def trouble(facts: Facts) -> Trouble:
    """What the disruptions of the counted days touched, and what a party's decision keeps from leaving."""
    network = facts.network
    sites = np.zeros(len(network.sites), dtype=bool)
    blocked, diverted = np.zeros(len(network.lanes), dtype=bool), np.zeros(len(network.lanes), dtype=bool)
    for impact in facts.happened:
        for arrivals in impact.arrivals:
            sites[network.cell_site[arrivals.cells]] = True
        for impulse in impact.impulses:
            if impulse.action.startswith("destroy"):
                sites[network.cell_site[impulse.rows]] = True
            elif impulse.action.endswith(("under_way", "in_port")):
                flow, leg = impulse.rows.T
                blocked[network.routes.lane[network.flow_route[flow], leg]] = True
        for effect in impact.effects:
            place, _, quantity = effect.quantity.partition(".")
            if impact.decided and place not in ("flow", "lane"):
                continue
            if place == "cell" and quantity not in ("order_factor", "price_factor"):
                sites[network.cell_site[effect.rows]] = True
            elif place == "gate":
                sites[[network.gates[row].site for row in effect.rows]] = True
            elif place == "lane":
                blocked[effect.rows] = True
            elif place == "flow" and _stops(effect):
                blocked[_lanes_of(facts, effect)] = True
            elif place == "stop":
                flow, leg = np.divmod(effect.rows, network.routes.lane.shape[1])
                blocked[network.routes.lane[network.flow_route[flow], leg]] = True
            elif place == "passage":
                named = {network.passages[row] for row in effect.rows}
                using = [any(p.name in named for p in lane.passages) for lane in network.lanes]
                (diverted if quantity == "diverted" else blocked)[np.array(using)] = True
    return Trouble(sites, blocked & ~diverted, diverted)


def _stops(effect: Effect) -> bool:
    """Whether less than usual may leave: not where more is ordered, or all of the usual units may still go."""
    enough = effect.quantity in ("flow.allowance", "flow.exports") and min(value for _, value in effect.steps) >= 1
    return effect.quantity not in ORDERED and not enough


def _lanes_of(facts: Facts, effect: Effect) -> np.ndarray:
    """Lanes on which the goods of the flows touched cross the border, or leave their source."""
    network = facts.network
    routes = network.routes
    route = np.unique(network.flow_route[effect.rows])
    leg = routes.border[route] if effect.quantity == "flow.exports" else np.zeros(len(route), dtype=np.int64)
    return np.unique(routes.lane[route, np.maximum(leg, 0)])
