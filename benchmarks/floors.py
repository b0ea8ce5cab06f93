"""What the same days cost with next to nothing around them: the floors that Tideover is measured against."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy


def draw(means: np.ndarray, days: int) -> int:
    """Draw each day's Poisson demand, all sites and products at once; returns the units drawn."""
    generator = np.random.default_rng(1)
    return sum(int(generator.poisson(means).sum()) for _ in range(days))


def bare_loop(means: np.ndarray, store: np.ndarray, days: int) -> float:
    """A bare numpy loop over three tiers: demand, weekly reviews, proportional allocation, daily totals; no
    disruptions, no reserve, no ports, no identity of shipments, no journal, no conservation check.

    `means` are facilities' units a day, `store` the position of each cell's warehouse cell. Returns the fill rate.
    """
    generator = np.random.default_rng(1)
    cells, stores = len(means), int(store.max()) + 1
    demand = generator.poisson(means, (days, cells))
    level, lead = np.round(21 * means).astype(np.int64), 2
    usual = np.bincount(store, means, stores)
    store_level, store_lead = np.round(60 * usual).astype(np.int64), 29
    stock, under_way = level.copy(), np.zeros((days + 40, cells), dtype=np.int64)
    held, inbound = store_level.copy(), np.zeros((days + 40, stores), dtype=np.int64)
    on_order, store_order = np.zeros(cells, dtype=np.int64), np.zeros(stores, dtype=np.int64)
    owed = np.zeros(cells, dtype=np.int64)
    totals = np.zeros((days, 3), dtype=np.int64)
    for day in range(days):
        stock += under_way[day]
        on_order -= under_way[day]
        held += inbound[day]
        store_order -= inbound[day]
        served = np.minimum(stock, demand[day])
        stock -= served
        if day % 7 == 0:
            order = np.maximum(0, level - stock - on_order)
            on_order += order
            owed += order
            waiting = np.bincount(store, owed, stores).astype(np.int64)
            order = np.maximum(0, store_level - held - store_order + waiting)
            store_order += order
            inbound[day + store_lead] += order
        asked = np.bincount(store, owed, stores)
        share = np.minimum(1.0, held / np.maximum(asked, 1))[store]
        sent = np.floor(owed * share).astype(np.int64)
        owed -= sent
        held -= np.bincount(store, sent, stores).astype(np.int64)
        under_way[day + lead] += sent
        totals[day] = served.sum(), demand[day].sum(), stock.sum()
    return float(totals[:, 0].sum() / totals[:, 1].sum())


def bare_simpy(demand: np.ndarray, levels: dict[str, Any]) -> float:
    """A bare SimPy model of `networks.two_tier`: one process a site and one a delivery, plain integers, no record.

    `demand` (days, facilities) are recorded units, `levels` as in `networks.LEVELS`. Returns the fill rate.
    """
    days, facilities = demand.shape
    environment = simpy.Environment()
    (s, S), (store_s, store_S) = levels["facility"], levels["store"]
    stock, position, owed = [S] * facilities, [S] * facilities, [0] * facilities
    store = {"stock": store_S, "position": store_S}
    waiting: deque[list[int]] = deque()
    unmet = 0

    def deliver(facility: int, units: int) -> Generator[simpy.Event, None, None]:
        yield environment.timeout(levels["facility_days"])
        served = min(owed[facility], units)
        owed[facility] -= served
        stock[facility] += units - served

    def replenish(units: int) -> Generator[simpy.Event, None, None]:
        yield environment.timeout(levels["store_days"])
        store["stock"] += units
        send()

    def send() -> None:
        while waiting and store["stock"]:
            facility, units = waiting[0]
            given = min(units, store["stock"])
            store["stock"] -= given
            environment.process(deliver(facility, given))
            if given < units:
                waiting[0][1] -= given
            else:
                waiting.popleft()

    def order(facility: int, units: int) -> None:
        waiting.append([facility, units])
        store["position"] -= units
        send()
        if store["position"] <= store_s:
            environment.process(replenish(store_S - store["position"]))
            store["position"] = store_S

    def live(facility: int, units: list[int]) -> Generator[simpy.Event, None, None]:
        nonlocal unmet
        for asked in units:
            served = min(stock[facility], asked)
            stock[facility] -= served
            owed[facility] += asked - served
            unmet += asked - served
            position[facility] -= asked
            if position[facility] <= s:
                order(facility, S - position[facility])
                position[facility] = S
            yield environment.timeout(1)

    for k in range(facilities):
        environment.process(live(k, demand[:, k].tolist()))
    environment.run(until=days)
    return 1 - unmet / float(demand.sum())
