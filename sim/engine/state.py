"""What changes while a run goes on: stock, orders, backlog, goods under way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.ledger import Ledger
from sim.engine.plan import Plan
from sim.model.shipments import Shipments


@dataclass
class State:
    """Arrays of int64 over cells unless said otherwise.

    `today` holds stocks and the day's flows; `on_order` is what a cell has ordered and not received; `owed` is over
    flows. `quota` (float, over flows) is what may still be sent under an allowance. `reserve` has one array
    over holder cells for each reserve; `lane_units` counts what has set out on each lane.
    """

    plan: Plan
    today: Ledger
    on_order: np.ndarray
    owed: np.ndarray
    quota: np.ndarray
    reserve: list[np.ndarray]
    lane_units: np.ndarray
    shipments: Shipments

    @classmethod
    def at_start(cls, plan: Plan) -> State:
        """The state on the first morning, before anything is under way."""
        cells, flows = len(plan.network.cell_site), len(plan.network.flow_buyer)
        waits = bool(plan.demand.backorder.any())
        idle = {"backlog": not waits, "served_late": not waits, "reserve": not plan.reserves}
        ledger = Ledger(cells, {name for name, never in idle.items() if never})
        ledger.on_hand[:] = plan.start.on_hand
        return cls(
            plan,
            today=ledger,
            on_order=np.zeros(cells, dtype=np.int64),
            owed=np.zeros(flows, dtype=np.int64),
            quota=np.zeros(flows),
            reserve=[reserve.size.copy() for reserve in plan.reserves],
            lane_units=np.zeros(len(plan.network.lanes), dtype=np.int64),
            shipments=Shipments(),
        )

    @property
    def on_hand(self) -> np.ndarray:
        """Usable stock."""
        return self.today.on_hand

    @property
    def backlog(self) -> np.ndarray:
        """Demand that waits at facilities."""
        return self.today.backlog

    @property
    def owed_out(self) -> np.ndarray:
        """What a cell's customers have ordered and it has not sent."""
        return self.today.owed

    @property
    def in_transit(self) -> np.ndarray:
        """What was sent to a cell and is not there."""
        return self.today.in_transit

    def deliver(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods arrive at their buyer and become stock."""
        cell = self.plan.network.flow_buyer[flow]
        for array in (self.on_hand, self.today.received):
            np.add.at(array, cell, units)
        for array in (self.in_transit, self.on_order):
            np.subtract.at(array, cell, units)

    def send(self, flow: np.ndarray, units: np.ndarray, now: float) -> np.ndarray:
        """Goods leave their source's stock against open orders; returns the shipments' rows."""
        network = self.plan.network
        source, buyer = network.flow_source[flow], network.flow_buyer[flow]
        self.owed[flow] -= units
        np.subtract.at(self.owed_out, source, units)
        np.add.at(self.in_transit, buyer, units)
        np.add.at(self.today.dispatched, source, units)
        return self.shipments.add(flow, units, now)

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Orders reach their source at once."""
        network = self.plan.network
        self.owed[flow] += units
        np.add.at(self.owed_out, network.flow_source[flow], units)
        np.add.at(self.on_order, network.flow_buyer[flow], units)
        np.add.at(self.today.ordered, network.flow_buyer[flow], units)

    def cancel(self, flow: np.ndarray) -> None:
        """What is still owed on these flows is no longer on order."""
        network = self.plan.network
        np.subtract.at(self.owed_out, network.flow_source[flow], self.owed[flow])
        np.subtract.at(self.on_order, network.flow_buyer[flow], self.owed[flow])
        self.owed[flow] = 0

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Inventory position: on hand + on order - backorders of customers and patients."""
        return self.on_hand[cells] + self.on_order[cells] - self.owed_out[cells] - self.backlog[cells]
