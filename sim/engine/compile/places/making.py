"""How long what is ordered of a maker takes until it can be sent.

A maker with a capacity, materials, a time of making, scrap or tests makes ahead: what is ordered one evening is begun
the next morning and leaves that evening at the earliest. Then comes what making and testing take, in whole days, and
stages of the same plant that keep no stock for the next. Finished stock takes off the days of usual demand it lasts.
Certain times are counted exactly, others over SAMPLE draws that are the same for every seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine.bound.in_force import ALWAYS, BoundRule
from sim.model.chance.distributions import Times
from sim.model.network import Network
from sim.rng import Streams

SAMPLE = 2048
NEARLY_ALL = 0.95
"""Share of batches that are ready within the time a buyer finds usual."""
Figure = Callable[[np.ndarray], float]


def ahead(network: Network, testing: dict[int, Times]) -> np.ndarray:
    """Cells of makers that make ahead; ascending."""
    makers = network.makers
    staged = [*network.bill.staged, *testing]
    return np.asarray(makers[np.isfinite(network.capacity[makers]) | np.isin(makers, staged)])


def making_wait(network: Network, testing: dict[int, Times], finished: np.ndarray) -> np.ndarray:
    """Mean days over cells from the evening of an order to that on which it can be sent; 0 for those not made ahead."""
    return _waits(network, testing, finished, lambda days: float(days.mean()))


def usual_wait(
    network: Network, testing: dict[int, Times], finished: np.ndarray, rules: tuple[BoundRule, ...]
) -> np.ndarray:
    """Whole days over cells within which an order is nearly always ready: slow batches, and orders that come together
    at a review and take a maker several days, are usual too. Policies with a date do not change what is usual."""
    wait = _waits(network, testing, finished, lambda days: float(np.quantile(days, NEARLY_ALL)))
    every = np.ones(len(wait))
    for rule in rules:
        if rule.since == ALWAYS:
            every[rule.cells] = rule.review
    usual, buyer = network.flow_usual, network.flow_buyer
    at_once = np.bincount(network.flow_source, usual * every[buyer], len(wait)) - finished
    cells = ahead(network, testing)
    cells = cells[at_once[cells] > 1e-9]
    alone = _waits(network, testing, np.zeros_like(finished), lambda days: float(np.quantile(days, NEARLY_ALL)))
    batch = np.ceil(at_once[cells] / network.capacity[cells] - 1e-9)
    wait[cells] = np.maximum(wait[cells], alone[cells] - 1 + np.maximum(1, batch))
    return np.ceil(wait - 1e-9).astype(np.int64)


def _waits(network: Network, testing: dict[int, Times], finished: np.ndarray, figure: Figure) -> np.ndarray:
    bill, mean = network.bill, network.cell_mean
    lasts = np.divide(finished, mean, out=np.zeros(len(mean)), where=mean > 0)
    time = np.zeros(len(mean))
    for times in (bill.takes, testing):
        for cell, of_cell in times.items():
            time[cell] += figure(_whole_days(of_cell))
    inside = np.isin(bill.material, bill.own)
    product, material = bill.product[inside], bill.material[inside]
    for stage in range(int(bill.stage.max(initial=0)), 0, -1):  # the earliest stage first
        here = bill.stage[material] == stage
        before = np.zeros(len(mean))
        np.maximum.at(before, product[here], np.maximum(0.0, time - lasts)[material[here]])
        time += before
    cells, wait = ahead(network, testing), np.zeros(len(mean))
    wait[cells] = np.maximum(0.0, 1 + time - lasts)[cells]
    return wait


def _whole_days(times: Times) -> np.ndarray:
    """What is begun in a morning is ready in one."""
    days = np.full(1, times.mean) if times.draw is None else times.draw(Streams(0).named("making"), SAMPLE)
    return np.asarray(np.ceil(days - 1e-9))
