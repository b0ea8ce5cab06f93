"""The two-tier network in SupplyNetPy, a process-per-order simulator built on SimPy too."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np


def supplynetpy(folder: Path) -> tuple[float, float, float]:
    """(processor seconds, units demanded, fill rate) of the network of `networks.two_tier`, with the same demand."""
    import SupplyNetPy.Components as scm

    demand = np.load(folder / "demand.npy")
    days, facilities = demand.shape

    def stocked(name: str, kind: str, s: int, S: int) -> dict[str, Any]:
        return {
            "ID": name, "name": name, "node_type": kind, "capacity": 10 * S, "initial_level": S,
            "inventory_holding_cost": 0.1, "replenishment_policy": scm.SSReplenishment,
            "policy_param": {"s": s, "S": S}, "product_buy_price": 1, "product_sell_price": 1,
        }  # fmt: skip

    def link(name: str, source: str, sink: str, days: int) -> dict[str, Any]:
        return {"ID": name, "source": source, "sink": sink, "cost": 1, "lead_time": lambda: days}

    nodes = [{"ID": "s", "name": "s", "node_type": "infinite_supplier"}, stocked("w", "warehouse", 8000, 12000)]
    links, demands = [link("lw", "s", "w", 2)], []
    for k in range(facilities):
        nodes.append(stocked(f"f{k}", "retailer", 35, 80))
        links.append(link(f"l{k}", "w", f"f{k}", 1))
        units = iter([*demand[:, k].tolist(), 1])
        arrival = {"order_arrival_model": lambda: 1, "order_quantity_model": lambda units=units: next(units, 1)}
        demands.append({"ID": f"d{k}", "name": f"d{k}", "demand_node": f"f{k}", "consume_available": True} | arrival)
    began = time.process_time()
    network = scm.create_sc_net(nodes=nodes, links=links, demands=demands)
    network = scm.simulate_sc_net(network, sim_time=days, logging=False)
    seconds = time.process_time() - began
    shortage = sum(network["nodes"][f"f{k}"].stats.orders_shortage[1] for k in range(facilities))
    asked = sum(d.stats.demand_placed[1] for d in network["demands"].values())
    return seconds, float(asked), 1 - shortage / asked
