"""What changes while a run goes on: stock, orders, backlog, goods under way."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.engine.plan import Plan
from sim.model.shipments import Shipments


@dataclass
class Day:
    """What happened in one day, over cells (int64); cleared every evening."""

    demand: np.ndarray
    served: np.ndarray
    served_late: np.ndarray
    unmet: np.ndarray
    lost: np.ndarray
    received: np.ndarray
    ordered: np.ndarray
    dispatched: np.ndarray
    produced: np.ndarray
    destroyed: np.ndarray

    @classmethod
    def empty(cls, cells: int) -> Day:
        """A day in which nothing has happened yet."""
        return cls(*(np.zeros(cells, dtype=np.int64) for _ in fields(cls)))

    def clear(self) -> None:
        """Make ready for the next day."""
        for array in vars(self).values():
            array.fill(0)


@dataclass
class State:
    """Arrays of int64 over cells unless said otherwise.

    `on_order` is what a cell has ordered and not received, `owed_out` what its customers have ordered and it has not
    sent, `in_transit` what was sent to it and is not there; `owed` is over flows. `quota` (float, over flows) is
    what may still be sent under an allowance. `reserve` has one array over holder cells for each reserve; `lane_units`
    counts what has set out on each lane.
    """

    plan: Plan
    on_hand: np.ndarray
    backlog: np.ndarray
    in_transit: np.ndarray
    on_order: np.ndarray
    owed_out: np.ndarray
    owed: np.ndarray
    quota: np.ndarray
    reserve: list[np.ndarray]
    lane_units: np.ndarray
    today: Day
    shipments: Shipments

    @classmethod
    def at_start(cls, plan: Plan) -> State:
        """The state on the first morning, before anything is under way."""
        cells, flows = len(plan.network.cell_site), len(plan.network.flow_buyer)
        return cls(
            plan,
            on_hand=plan.start.on_hand.copy(),
            backlog=np.zeros(cells, dtype=np.int64),
            in_transit=np.zeros(cells, dtype=np.int64),
            on_order=np.zeros(cells, dtype=np.int64),
            owed_out=np.zeros(cells, dtype=np.int64),
            owed=np.zeros(flows, dtype=np.int64),
            quota=np.zeros(flows),
            reserve=[reserve.size.copy() for reserve in plan.reserves],
            lane_units=np.zeros(len(plan.network.lanes), dtype=np.int64),
            today=Day.empty(cells),
            shipments=Shipments(),
        )

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
