"""Consignments held back at ports after handling: documents, inspection, licences."""

from __future__ import annotations

import numpy as np

from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import UNIT
from sim.model.network import Hold, Network
from sim.model.part import Part
from sim.rng import Streams


class Holds(Part):
    """One draw for each hold, flow and day of sending says whether a consignment is held, another for how long."""

    def __init__(self, network: Network, streams: Streams) -> None:
        self._holds: list[_Drawn] = []
        for g, gate in enumerate(network.gates):
            passes = (network.routes.gate == g).any(axis=1)[network.flow_route] if gate.holds else None
            flows = passes.nonzero()[0] if passes is not None else np.zeros(0, dtype=np.int64)
            self._holds += [
                _Drawn(network, g, f"{gate.name}/{k}", hold, flows, streams) for k, hold in enumerate(gate.holds)
            ]
        self.any = bool(self._holds)

    def days(self, gate: np.ndarray, flow: np.ndarray, sent: np.ndarray) -> np.ndarray:
        """Days for which consignments are held; all of shape (n,)."""
        held = np.zeros(len(gate))
        for hold in self._holds:
            mine = (gate == hold.gate).nonzero()[0]
            if mine.size:
                held[mine] += hold.days(flow[mine], np.floor(sent[mine]))
        return held


class _Drawn(Part):
    def __init__(self, network: Network, gate: int, name: str, hold: Hold, flows: np.ndarray, streams: Streams) -> None:
        self.gate, self._share = gate, hold.share
        self._column = np.full(len(network.flow_buyer), -1)
        if hold.products is not None:
            flows = flows[np.isin(network.cell_product[network.flow_buyer[flows]], hold.products)]
        self._column[flows] = np.arange(len(flows))
        buyer, source = network.flow_buyer[flows], network.flow_source[flows]
        sites, goods = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
        whose = [
            f"{name}/{sites[s]} > {sites[b]}/{goods[p]}"
            for s, b, p in zip(
                network.cell_site[source], network.cell_site[buyer], network.cell_product[buyer], strict=True
            )
        ]
        self._chance = TimeTape([f"held/{w}" for w in whose], [UNIT] * len(whose), streams)
        self._length = TimeTape([f"hold/{w}" for w in whose], [hold.times] * len(whose), streams)

    def days(self, flow: np.ndarray, day: np.ndarray) -> np.ndarray:
        found = np.zeros(len(flow))
        mine = (self._column[flow] >= 0).nonzero()[0]  # the others' products are not concerned
        column, day = self._column[flow[mine]], day[mine]
        chosen = self._chance.at(column, day) < self._share
        found[mine] = np.where(chosen, self._length.at(column, day), 0.0)
        return found
