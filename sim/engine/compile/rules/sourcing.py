"""How buyers with several sources choose among them, bound to cells."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.sourcing import BoundSourcing, BoundUrgent, Sourcing
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.sourcing.base import Offers, SourcingRule
from sim.scenario.load import Loaded, Problems


def bind_sourcing(loaded: Loaded, network: Network, problems: Problems) -> Sourcing:
    """What the entries of `sourcing` say beside shares, over cells."""
    cells = len(network.cell_site)
    several = np.bincount(network.flow_buyer[: network.orders], minlength=cells) > 1
    moves, notices, rebooks = several.copy(), np.ones(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    urgent: list[BoundUrgent] = []
    rules: list[BoundSourcing] = []
    for position, entry in enumerate(loaded.spec.sourcing):
        with problems.at("sourcing", position):
            mine = network.select_cells(entry.at, entry.products)
            moves[mine] &= not entry.keep_shares
            notices[mine] = int(entry.notices_after)
            rebooks[mine] = int(entry.rebook_after or 0)
            if entry.urgent is not None:
                urgent.append(BoundUrgent(np.sort(mine), entry.urgent.when, entry.urgent.share))
            if entry.rule is not None and entry.rule.varies:
                rules.append(_bound(entry.rule, network, mine))
    return Sourcing(moves, notices, rebooks, tuple(urgent), tuple(rules))


def _bound(rule: SourcingRule, network: Network, cells: np.ndarray) -> BoundSourcing:
    """A rule for the cells of an entry that have several sources; raises PlaceError where none has."""
    flows = np.flatnonzero(np.isin(network.flow_buyer, cells) & network.on_usual_way)
    several = np.bincount(network.flow_buyer[flows], minlength=len(network.cell_site)) > 1
    flows = flows[several[network.flow_buyer[flows]]]
    with placed("rule"):
        if not flows.size:
            raise PlaceError((), "a rule chooses among sources", rule.rule, "two sources at least under `from`")
        offers = _offers(network, flows[np.argsort(network.flow_buyer[flows], kind="stable")])
        rule.check_offers(offers)
    return BoundSourcing(rule, offers)


def _offers(network: Network, flow: np.ndarray) -> Offers:
    """What the sources on some flows, in order of their buyers, offer."""
    source, route = network.flow_source[flow], network.flow_route[flow]
    _, begin, number = np.unique(network.flow_buyer[flow], return_index=True, return_inverse=True)
    lane = network.routes.lane[route]
    cost = np.array([lane.cost for lane in network.lanes])
    return Offers(
        flow, number, begin,
        network.sites["name"].to_numpy()[network.cell_site[source]],
        network.flow_share[flow],
        network.products["cost"].to_numpy(dtype=float)[network.cell_product[source]],
        np.where(lane >= 0, cost[lane], 0.0).sum(axis=1),
        network.flow_lead_time[flow],
        network.routes.under_way[route],
    )  # fmt: skip
