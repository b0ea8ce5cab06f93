"""Freight: shipments that are paid whole, and what journeys emit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.distance import distance
from sim.model.network import NEVER, Network
from sim.model.part import Part

EMPTY = 0.311 / 0.448
"""What an empty articulated lorry burns of what a full one does (l/km; Defra's guidelines, Hansard 4 June 2007)."""
USUAL_FILL = 0.57
"""How full lorries are of which the factor of roads is the mean (Defra 2012, annex 7)."""

GRAMS = {"road": 124.0, "rail": 30.0, "air": 570.0, "sea": 16.0, "river": 30.0}
"""CO2 equivalents for a tonne over a km: road the mean of all lorries (Defra 2012, annex 7, direct); rail and air over
long distances from Defra's guidelines (Hansard 4 June 2007); sea as container ships (assumed: Defra has 15 above 3,000
TEU and 30 below); river as rail (assumed)."""
NAUTICAL = 1.852
"""km of a nautical mile."""


@dataclass(frozen=True)
class FreightRecord:
    """Shipments paid whole, and kg of CO2 equivalents emitted, on counted days; arrays over lanes."""

    loads: np.ndarray
    emitted: np.ndarray


def lengths(network: Network) -> np.ndarray:
    """Kilometres of each lane: as written, by sea, else in a straight line; NaN where a place is not known."""
    places = np.radians(network.sites[["lat", "lon"]].to_numpy(dtype=float))
    ends = np.array([(lane.origin, lane.destination) for lane in network.lanes], dtype=np.int64).reshape(-1, 2)
    written = [lane.km if lane.distance_nm is None else lane.distance_nm * NAUTICAL for lane in network.lanes]
    known = np.array([np.nan if km is None else km for km in written], dtype=float)
    return np.where(np.isnan(known), distance(places[ends[:, 0]], places[ends[:, 1]]), known)


class Freight(Part):
    """What sets out on each day.

    `_today` are handling units over groups of flows that go together on a lane (`_group`, over flows and legs),
    `_kg` the weight over lanes; `loads` and `emitted` as in `FreightRecord`.
    """

    CHANGES = ("_today", "_kg", "loads", "emitted")

    def __init__(self, network: Network) -> None:
        self._network, lanes = network, network.lanes
        self._paid = network.lane_table.paid
        self._carries = np.array([lane.load for lane in lanes], dtype=float)
        self._road = np.array([lane.mode == "road" for lane in lanes])
        grams = np.array([GRAMS[lane.mode] if lane.grams is None else lane.grams for lane in lanes], dtype=float)
        self._grams = np.nan_to_num(lengths(network)) * grams
        self._weight = np.nan_to_num(network.products["weight"].to_numpy(dtype=float))[network.cell_product]
        self._group, self._lane = self._groups()
        self._today = np.zeros(len(self._lane))
        self._kg, self.emitted = np.zeros((2, len(lanes)))
        self.loads = np.zeros(len(lanes), dtype=np.int64)

    @staticmethod
    def needed(network: Network) -> bool:
        """Whether anything is paid whole, or weighs something."""
        return bool(network.lane_table.paid.any()) or bool(network.products["weight"].notna().any())

    def _groups(self) -> tuple[np.ndarray, np.ndarray]:
        """(the group of each flow and leg, -1 where nothing is paid whole; the lane of each group)."""
        network = self._network
        of = np.array([lane.load_of for lane in network.lanes])
        flow, leg = np.nonzero((network.flow_lanes >= 0) & self._paid[network.flow_lanes])
        lane, buyer = network.flow_lanes[flow, leg], network.flow_buyer[flow]
        site, cells, sites = network.cell_site[buyer], len(network.cell_site), len(network.sites)
        names, owner = np.unique(network.sites["party"].to_numpy(dtype=str), return_inverse=True)
        owner = np.where(names[owner] == "", np.arange(sites), sites + owner)  # a site of nobody goes by itself
        whose = np.select([of[lane] == "order", of[lane] == "party"], [buyer, owner[site]], 0)
        keys, number = np.unique(lane * (cells + 2 * sites) + whose, return_inverse=True)
        group = np.full(network.flow_lanes.shape, -1)
        group[flow, leg] = number
        return group, keys // (cells + 2 * sites)

    def note(self, flow: np.ndarray, lane: np.ndarray, units: np.ndarray) -> None:
        """Units of flows set out on a lane each."""
        buyer = self._network.flow_buyer[flow]
        leg = (self._network.flow_lanes[flow] == lane[:, None]).argmax(axis=1)
        group, size = self._group[flow, leg], self._network.cell_size[buyer]
        mine = group >= 0
        np.add.at(self._today, group[mine], (units * size)[mine])
        np.add.at(self._kg, lane, units * self._weight[buyer])

    def close_day(self, day: int) -> None:
        """What set out today, and on lanes of the night before, is counted."""
        if day >= 0:
            most = self._carries[self._lane]
            full = np.ceil(self._today / most - 1e-9) if len(most) else np.zeros(0)
            loads = np.where(self._today > 0, np.maximum(1, full), 0).astype(np.int64)
            of_lane = np.bincount(self._lane, loads, len(self.loads)).astype(np.int64)
            self.loads += of_lane
            carried = np.bincount(self._lane, self._today, len(self.loads))
            self.emitted += self._kg * self._grams * self._by_fill(carried, of_lane) / 1e6  # kg x g/t = g/1000
        self._today.fill(0)
        self._kg.fill(0)

    def _by_fill(self, carried: np.ndarray, loads: np.ndarray) -> np.ndarray:
        """What a lane emits for each t km, times that of lorries of usual fill; 1 where nobody knows how full they are.

        A lorry that is full to a share f emits, on each km, EMPTY + (1 - EMPTY) f of what a full one does.
        """
        known = self._road & (self._carries < NEVER) & (loads > 0)
        fill = np.full(len(loads), USUAL_FILL)
        fill[known] = carried[known] / (loads[known] * self._carries[known])
        return (EMPTY / fill + 1 - EMPTY) / (EMPTY / USUAL_FILL + 1 - EMPTY)

    def record(self) -> FreightRecord:
        """All of it."""
        return FreightRecord(self.loads.copy(), self.emitted.copy())
