"""What a replenishment policy may see: its cells as they are, their records of late, and what it remembers itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

Memory = Mapping[str, np.ndarray]
"""What a rule remembers: arrays by name, of shape (..., cells)."""


Figure = Literal["demand", "orders", "issues", "end_demand", "echelon"]
"""What a rule may look at beyond its own present stock."""


@dataclass(frozen=True)
class History:
    """Records of the last days, the latest last: as many days as the rule's window; NaN where there is no record, as of
    days before the first. Floats, shape (days, cells) or (days, flows), without rows where the rule does not look. To
    be read, and not to be kept beyond the review.

    `last` is the number of the latest day, for each cell.
    `demand` are units asked for: by patients, served on the day or not; by customers' orders; by what is made of it.
    `end_demand` is what patients asked for at the cell and at all that it usually supplies, through others too.
    `issued` are units that left: to patients, to customers, into what is made; `out` is 1 where stock ran out: patients
    went without, or in the evening nothing was on hand while orders were open, or of a material at its maker. Of the
    present day these two are not over.
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
    last: np.ndarray
    issued: np.ndarray
    out: np.ndarray
    end_demand: np.ndarray

    @classmethod
    def empty(cls, last: np.ndarray) -> History:
        """Without any records."""
        cells, flows, nobody = np.zeros((0, len(last))), np.zeros((0, 0)), np.zeros(0, dtype=np.int64)
        return cls(cells, nobody, nobody, flows, flows, flows, flows, last, cells, cells, cells)


class View(NamedTuple):
    """What a policy may see of its `cells` at a review: arrays over them, not to be written to.

    `position` (int64) = on hand + on order - backorders, without any ring-fenced reserve; `on_hand` (int64) is usable
    stock; `lead_time` are mean days. `history` is None for a rule without a window, `memory` for one without a memory.
    `echelon` is the position of a cell and all that it usually supplies together, None unless the rule looks at it.
    In a blackout all this is as last reported.
    """

    day: int
    cells: np.ndarray
    position: np.ndarray
    on_hand: np.ndarray
    lead_time: np.ndarray
    history: History | None = None
    memory: Memory | None = None
    echelon: np.ndarray | None = None
