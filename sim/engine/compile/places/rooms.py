"""Storage bound to the network: which cells share which room, and that cold goods travel cold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.bound.start import Start
from sim.engine.plan import ReservePlan, Rooms
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def compile_rooms(loaded: Loaded, network: Network, problems: Problems) -> Rooms:
    """Every room with a limit; two limits for one room, and cold goods on a lane that is not cold, are problems."""
    cold = (network.products["storage"] == "cold").to_numpy()[network.cell_product]
    _check_lanes(loaded, network, cold, problems)
    names: list[str] = []
    capacity: list[float] = []
    members: list[tuple[np.ndarray, np.ndarray]] = []
    taken: dict[tuple[int, str], int] = {}
    for position, entry in enumerate(loaded.spec.storage):
        with problems.at("storage", position):
            with placed("at"):
                sites = network.select_sites(entry.at)
            with placed("capacity"):
                limits = network.amounts(entry.capacity, sites)
            for site, limit in zip(sites.tolist(), limits.tolist(), strict=True):
                name = str(network.sites["name"].iat[site])
                if (site, entry.room) in taken:
                    first = taken[site, entry.room] + 1
                    raise PlaceError(("at",), f"storage entry {first} limits the {entry.room} room of '{name}' already")
                taken[site, entry.room] = position
                cells = np.flatnonzero((network.cell_site == site) & (cold | (entry.room == "all")))
                members.append((np.full(len(cells), len(names)), cells))
                names.append(f"{entry.room} room of '{name}'")
                capacity.append(limit)
    none = np.zeros(0, dtype=np.int64)
    room, cell = (
        (np.concatenate([none, *columns]) for columns in zip(*members, strict=True)) if members else (none, none)
    )
    size = network.products["size"].to_numpy(dtype=float)[network.cell_product]
    return Rooms(tuple(names), np.array(capacity), room, cell, size)


def fit_start(start: Start, reserves: tuple[ReservePlan, ...], rooms: Rooms, network: Network) -> Start:
    """Opening stock cut to what the rooms hold beside reserves and what is on order.

    Raises PlaceError where the reserves alone are too large for a room.
    """
    if not rooms.names:
        return start
    under_way = np.bincount(network.flow_buyer[start.flow], start.units, len(start.on_hand)).astype(np.int64)
    np.add.at(under_way, network.flow_buyer, start.unsent)
    reserved = np.zeros(len(start.on_hand), dtype=np.int64)
    for reserve in reserves:
        np.add.at(reserved, reserve.holder, reserve.size)
    full = np.flatnonzero(rooms.capacity < rooms.load(reserved))
    if full.size:
        what = f"the reserves do not fit into the {rooms.names[full[0]]}"
        raise PlaceError(
            ("storage",), what, f"{rooms.load(reserved)[full[0]]:g}", f"at most {rooms.capacity[full[0]]:g}"
        )
    return replace(start, on_hand=rooms.cut(start.on_hand, reserved + under_way))


def _check_lanes(loaded: Loaded, network: Network, cold: np.ndarray, problems: Problems) -> None:
    """One problem for each entry of lanes that carries cold goods without being cold."""
    routes = network.routes
    used = np.unique(routes.lane[network.flow_route[cold[network.flow_buyer]]])
    warm = {
        network.lanes[i].entry: network.lanes[i].name for i in used[used >= 0].tolist() if not network.lanes[i].cold
    }
    for entry, name in sorted(warm.items()):
        with problems.at("lanes", entry):
            raise PlaceError((), f"'{name}' carries goods that must stay cold", None, "cold: true on this lane")
