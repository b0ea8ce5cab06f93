"""The two-tier network in SupplyNetPy, a process-per-order simulator built on SimPy too.

Runs in an environment of its own: `python in_supplynetpy.py FOLDER` prints JSON: processor seconds of the run, units
demanded, and the fill rate of each facility.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import SupplyNetPy.Components as scm


class Tape:
    """A facility's recorded demand, a day's units a call."""

    def __init__(self, units: list[int]) -> None:
        self._units, self._next = units, 0

    def __call__(self) -> int:
        self._next += 1
        return self._units[self._next - 1]

    def rewind(self) -> None:
        """Begin again: SupplyNetPy calls it a few times while it checks the network."""
        self._next = 0


def main(folder: Path) -> None:
    """Read `demand.npy` (days, facilities) and `levels.json`, run, print."""
    demand = np.load(folder / "demand.npy")
    levels = json.loads((folder / "levels.json").read_text())
    days, facilities = demand.shape

    def stocked(name: str, kind: str, s: int, S: int) -> dict[str, Any]:
        return {
            "ID": name, "name": name, "node_type": kind, "capacity": 10 * S, "initial_level": S,
            "inventory_holding_cost": 0.1, "replenishment_policy": scm.SSReplenishment,
            "policy_param": {"s": s, "S": S}, "product_buy_price": 1, "product_sell_price": 1,
        }  # fmt: skip

    def link(name: str, source: str, sink: str, days: int) -> dict[str, Any]:
        return {"ID": name, "source": source, "sink": sink, "cost": 1, "lead_time": lambda: days}

    nodes = [{"ID": "s", "name": "s", "node_type": "infinite_supplier"}, stocked("w", "warehouse", *levels["store"])]
    tapes = [Tape(demand[:, k].tolist()) for k in range(facilities)]
    links, demands = [link("lw", "s", "w", levels["store_days"])], []
    for k in range(facilities):
        nodes.append(stocked(f"f{k}", "retailer", *levels["facility"]))
        links.append(link(f"l{k}", "w", f"f{k}", levels["facility_days"]))
        arrival = {"order_arrival_model": lambda: 1, "order_quantity_model": tapes[k]}
        waits = {"tolerance": 10 * days, "order_min_split_ratio": 0.001}
        demands.append({"ID": f"d{k}", "name": f"d{k}", "demand_node": f"f{k}"} | arrival | waits)
    network = scm.create_sc_net(nodes=nodes, links=links, demands=demands)
    for tape in tapes:
        tape.rewind()
    began = time.process_time()
    network = scm.simulate_sc_net(network, sim_time=days - 0.5, logging=False)
    seconds = time.process_time() - began
    asked = [network["demands"][f"d{k}"].stats.demand_placed[1] for k in range(facilities)]
    short = [network["nodes"][f"f{k}"].stats.shortage[1] for k in range(facilities)]
    fill = [1 - missing / units for missing, units in zip(short, asked, strict=True)]
    print(json.dumps({"seconds": seconds, "demand": float(sum(asked)), "fill": fill}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
