"""What a replenishment policy may see: its cells as they are, their records of late, and what it remembers itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

Memory = Mapping[str, np.ndarray]
"""What a rule remembers: arrays by name, of shape (..., cells)."""


@dataclass(frozen=True)
class History:
    """Records of the last days, the latest last: as many days as the rule's window; NaN where there is no record, as of
    days before the first. Floats, shape (days, cells) or (days, flows).

    `demand` are units asked for: by patients, served on the day or not; by customers' orders; by what is made of it.
    A flow is one cell buying from one source: `buyer` is its position among the cells, `flow` that in the network.
    `ordered`, `sent` and `arrived` are its units that day, `days_on_the_way` how long those that arrived had travelled,
    in the mean (NaN where none did). The latest day is the present one as far as it is over at the review.
    """

    demand: np.ndarray
    buyer: np.ndarray
    flow: np.ndarray
    ordered: np.ndarray
    sent: np.ndarray
    arrived: np.ndarray
    days_on_the_way: np.ndarray


class View(NamedTuple):
    """What a policy may see of its `cells` at a review: arrays over them, not to be written to.

    `position` (int64) = on hand + on order - backorders, without any ring-fenced reserve; `on_hand` (int64) is usable
    stock; `lead_time` are mean days. `history` is None for a rule without a window, `memory` for one without a memory.
    In a blackout all this is as last reported.
    """

    day: int
    cells: np.ndarray
    position: np.ndarray
    on_hand: np.ndarray
    lead_time: np.ndarray
    history: History | None = None
    memory: Memory | None = None
