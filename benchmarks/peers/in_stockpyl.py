"""The two-tier network in stockpyl, whose simulation steps through periods node by node.

Runs in an environment of its own: `python in_stockpyl.py FOLDER` prints JSON: processor seconds of the run, units
demanded, and the fill rate of each facility.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from stockpyl.demand_source import DemandSource
from stockpyl.policy import Policy
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import network_from_edges


def main(folder: Path) -> None:
    """Read `demand.npy` (days, facilities) and `levels.json`, run, print."""
    demand = np.load(folder / "demand.npy")
    levels = json.loads((folder / "levels.json").read_text())
    days, facilities = demand.shape
    nodes = range(1, facilities + 1)
    network = network_from_edges(edges=[(0, node) for node in nodes], node_order_in_lists=list(range(facilities + 1)))
    for node in network.nodes:
        place = "facility" if node.index else "store"
        s, S = levels[place]
        node.inventory_policy = Policy(type="sS", reorder_point=s, order_up_to_level=S, node=node)
        node.initial_inventory_level = S
        node.shipment_lead_time = levels[f"{place}_days"]
        if node.index:
            node.demand_source = DemandSource(type="D", demand_list=demand[:, node.index - 1].tolist())
        else:
            node.supply_type = "U"
    began = time.process_time()
    simulation(network=network, num_periods=days, rand_seed=1, progress_bar=False, consistency_checks="N")
    seconds = time.process_time() - began
    asked, fill = 0.0, []
    for node in network.nodes:
        if node.index:
            last = node.state_vars[days - 1]
            product = next(iter(last.fill_rate))
            asked += float(last.demand_cumul[product])
            fill.append(float(last.fill_rate[product]))
    print(json.dumps({"seconds": seconds, "demand": asked, "fill": fill}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
