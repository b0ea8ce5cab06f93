"""What the rows of the shipments' table carry, and where on their route they are."""

from __future__ import annotations

import numpy as np

from sim.engine.state.state import State
from sim.model.goods.shipments import Phase, Shipments
from sim.model.network import Network
from sim.model.part import Part


class Cargo(Part):
    """Figures of rows of the table, each of shape (n,); loads and sizes in handling units."""

    CHANGES = ("_bound",)

    def __init__(self, network: Network, state: State) -> None:
        self._network = network
        self.table: Shipments = state.shipments
        self._size = network.cell_size[network.flow_buyer]
        self._last_leg = network.routes.legs[network.flow_route] - 1
        self._bound: np.ndarray | None = None

    def size(self, rows: np.ndarray) -> np.ndarray:
        """Of one unit."""
        sizes: np.ndarray = self._size[self.table.columns["flow"][rows]]
        return sizes

    def load(self, rows: np.ndarray) -> np.ndarray:
        """Of all units."""
        loads: np.ndarray = self.table.columns["units"][rows] * self._size[self.table.columns["flow"][rows]]
        return loads

    def lane(self, rows: np.ndarray) -> np.ndarray:
        """The lane of the present leg."""
        lanes: np.ndarray = self._network.flow_lanes[self.table.columns["flow"][rows], self.table.columns["leg"][rows]]
        return lanes

    def gate(self, rows: np.ndarray) -> np.ndarray:
        """The port gate at the end of the present leg, -1 where there is none."""
        gates: np.ndarray = self._network.flow_gates[self.table.columns["flow"][rows], self.table.columns["leg"][rows]]
        return gates

    def stop(self, rows: np.ndarray) -> np.ndarray:
        """The stop at the end of the present leg."""
        legs = self._network.routes.lane.shape[1]
        return np.asarray(self.table.columns["flow"][rows] * legs + self.table.columns["leg"][rows])

    def at_last_leg(self, rows: np.ndarray) -> np.ndarray:
        """Whether the end of the present leg is the buyer."""
        last: np.ndarray = self._last_leg[self.table.columns["flow"][rows]] == self.table.columns["leg"][rows]
        return last

    def due(self, limit: float) -> np.ndarray:
        """Rows whose time has come by `limit`, ascending; only those looked at, see `look_at_ports`."""
        if self._bound is None:
            return self.table.due(limit)
        return np.asarray(self._bound[self.table.columns["time"][self._bound] <= limit])

    def in_phase(self, phase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows in a phase at a port, and their gates."""
        table = self.table
        rows = table.where(phase) if self._bound is None else self._bound[table.columns["phase"][self._bound] == phase]
        if not rows.size:
            return rows, rows
        gate = self.gate(rows)
        return rows[gate >= 0], gate[gate >= 0]

    def look_at_ports(self) -> None:
        """From now on look only at what is bound through ports, and at what waits for a licence to set out."""
        table = self.table
        bound = (self._last_leg > 0)[table["flow"]] | (table["leg"] < 0)
        self._bound = ((table["phase"] != Phase.DONE) & bound).nonzero()[0]

    def look_at_all(self) -> None:
        """From now on look at everything again."""
        self._bound = None

    def next_after(self, now: float) -> float:
        """The first time after `now` at which a row looked at gets somewhere by itself."""
        phase, time = self.table["phase"], self.table["time"]
        if self._bound is not None:
            phase, time = phase[self._bound], time[self._bound]
        return float(time[(phase != Phase.HELD) & (time > now)].min(initial=np.inf))

    def part(self, rows: np.ndarray, passing: np.ndarray) -> np.ndarray:
        """Rows that pass; a shipment of which only some units are `passing` is split."""
        table = self.table
        before, units = table.count, table.columns["units"][rows]
        passed, partly = rows[passing == units], (passing > 0) & (passing < units)
        if np.count_nonzero(partly):
            passed = np.concatenate([passed, table.split(rows[partly], passing[partly])])
            self.know_parts(before)
        return passed

    def know_parts(self, before: int) -> None:
        """Look also at what was split off since the table had `before` rows: it is bound where the rest is."""
        if self._bound is not None:
            self._bound = np.concatenate([self._bound, np.arange(before, self.table.count)])
