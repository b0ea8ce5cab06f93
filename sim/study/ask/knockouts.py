"""What can be knocked out of a network, how, and what hangs on it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.disruptions.base import Disruption
from sim.disruptions.export_ban import ExportBan
from sim.disruptions.port_closure import PortClosure
from sim.disruptions.route_closure import RouteClosure
from sim.disruptions.site_outage import SiteOutage
from sim.model.effects import Impact
from sim.model.network import Lane, Network

KINDS = ("supplier", "port", "warehouse", "lane", "country", "passage")


@dataclass(frozen=True, order=True)
class StressedNode:
    """A supplier, port, warehouse, lane, passage, or all exports of a country."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def nodes_of(network: Network, last_mile: bool = False) -> list[StressedNode]:
    """Every node that some goods usually pass; lanes that end at a facility only with `last_mile`."""
    used = Use(network)
    sources = np.unique(network.cell_site[network.flow_source[used.flows]])
    found = [StressedNode(str(network.site_kind[s]), network.site_names(np.array([s]))[0]) for s in sources]
    found = [node for node in found if node.kind in ("supplier", "warehouse")]
    ports = {gate.site for gate in network.gates}
    found += [StressedNode("port", name) for name in network.site_names(np.array(sorted(ports), dtype=np.int64))]
    for lane in network.lanes:
        if last_mile or network.site_kind[lane.destination] != "facility":
            found.append(StressedNode("lane", lane.name))
    found += [StressedNode("country", str(code)) for code in sorted(set(network.sites["country"]) - {""})]
    found += [
        StressedNode("passage", name) for name in sorted({p.canal for lane in network.lanes for p in lane.passages})
    ]
    kept = [node for node in found if used.through(node).any()]
    return sorted(kept, key=lambda node: (KINDS.index(node.kind), node.name))


def knock_out(node: StressedNode, network: Network, first: int, days: int) -> Impact:
    """The node out of work on `days` days from day `first`: sites make and send nothing, ports handle nothing, lanes
    take no departures, a country lets no exports out, ships avoid a passage."""
    when = {"from": network.calendar.date(first), "for": f"{days}d", "name": f"{node} out"}
    kinds: dict[str, tuple[type[Disruption], dict[str, str]]] = {
        "supplier": (SiteOutage, {"kind": "site_outage", "at": node.name}),
        "warehouse": (SiteOutage, {"kind": "site_outage", "at": node.name}),
        "port": (PortClosure, {"kind": "port_closure", "port": node.name}),
        "lane": (RouteClosure, {"kind": "route_closure", "lane": node.name}),
        "country": (ExportBan, {"kind": "export_ban", "country": node.name}),
        "passage": (RouteClosure, {"kind": "route_closure", "passage": node.name}),
    }
    disruption, fields = kinds[node.kind]
    return disruption.model_validate(fields | when).impact(network)


class Use:
    """Which flows usually carry goods, and which of them pass a node."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.flows = np.flatnonzero(network.flow_share > 0)

    def through(self, node: StressedNode) -> np.ndarray:
        """Whether each of `flows` passes the node, as a mask over them."""
        network, flows = self._network, self.flows
        source, buyer = (network.cell_site[cells[flows]] for cells in (network.flow_source, network.flow_buyer))
        if node.kind in ("supplier", "warehouse"):
            return np.asarray((network.sites["name"].to_numpy() == node.name)[source])
        if node.kind == "country":
            mine = network.sites["country"].to_numpy() == node.name
            return np.asarray(mine[source] & ~mine[buyer])
        routes, route = network.routes, network.flow_route[flows]
        if node.kind == "port":
            at = [k for k, gate in enumerate(network.gates) if network.sites["name"].iloc[gate.site] == node.name]
            return np.asarray(np.isin(routes.gate[route], at).any(axis=1))
        on = [k for k, lane in enumerate(network.lanes) if node.name in _names(node.kind, lane)]
        return np.asarray(np.isin(routes.lane[route], on).any(axis=1))

    def supplied(self, blocked: np.ndarray) -> np.ndarray:
        """Cells that goods of some supplier can reach over the flows that are not blocked (a mask over `flows`)."""
        network, flows = self._network, self.flows[~blocked]
        reached = network.cell_kind == "supplier"
        while True:
            before = int(reached.sum())
            reached[network.flow_buyer[flows[reached[network.flow_source[flows]]]]] = True
            if int(reached.sum()) == before:
                return np.asarray(reached)

    def cut_off(self, node: StressedNode) -> np.ndarray:
        """Facility cells that only goods through this node reach: for them it is a single point of failure.

        A passage cuts off only whom no ship reaches on a way round it.
        """
        nothing = np.zeros(len(self.flows), dtype=bool)
        blocked = self._without_detour(node) if node.kind == "passage" else self.through(node)
        lost = self.supplied(nothing) & ~self.supplied(blocked)
        return np.flatnonzero(lost & (self._network.cell_kind == "facility"))

    def _without_detour(self, passage: StressedNode) -> np.ndarray:
        """Whether each of `flows` uses a lane on which there is no way round a passage, as a mask over them."""
        closed = frozenset({passage.name})
        barred = [
            k
            for k, lane in enumerate(self._network.lanes)
            if passage.name in _names("passage", lane) and lane.way is not None and lane.way.turn(0.0, closed) is None
        ]
        route = self._network.flow_route[self.flows]
        return np.asarray(np.isin(self._network.routes.lane[route], barred).any(axis=1))


def _names(kind: str, lane: Lane) -> list[str]:
    return [lane.name] if kind == "lane" else [passage.canal for passage in lane.passages]
