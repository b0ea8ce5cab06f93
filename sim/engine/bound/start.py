"""What there is when a run begins: stock, goods and orders under way, work in process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Aged:
    """Opening stock that was not made on the first day, and work in process; int64 columns of one length.

    `units` at `cell`, made or begun by `maker` (a supplier's cell) `age` days before the first day; ready `until` days
    after it (0: on the first morning), 0 for stock. `scrap` are units that will not be good.
    """

    cell: np.ndarray
    maker: np.ndarray
    age: np.ndarray
    units: np.ndarray
    until: np.ndarray
    scrap: np.ndarray


@dataclass(frozen=True)
class Opening:
    """What is known of goods at the start beyond their units: of stock on hand by lot, in process and under test."""

    stock: Aged
    in_process: Aged
    under_test: Aged


@dataclass(frozen=True)
class Start:
    """Stock at the first simulated day: on hand over cells, and shipments under way as (flow, units, days ago).

    `unsent` over flows are orders that wait for the next round of their lane, or are being made. `given` marks the
    cells whose stock the scenario gives, `steady` the flows on which goods and orders are those of a steady flow.
    """

    on_hand: np.ndarray
    flow: np.ndarray
    units: np.ndarray
    days_ago: np.ndarray
    unsent: np.ndarray
    given: np.ndarray
    steady: np.ndarray
