"""Transfers bound to the network: who may give to whom, what a giver keeps, and when somebody lacks something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a plan brings those it has with it
    from sim.policies.allocation.sharing import Sharing
    from sim.policies.transfers.base import Transfer


@dataclass(frozen=True)
class Partners:
    """Who may give to whom under an entry of `transfers`.

    Over its ways, in order of taker and then of time and giver: `flow` on which goods travel, positions of `giver` and
    `taker` among `givers` and `takers` (cells, in order of site), mean `days` there, `cost` a unit and `km` (NaN: not
    known). `keep` is in units over givers, `below` and `up_to` over takers. By `sharing` a giver shares among those who
    ask it for more than it can spare.
    """

    rule: Transfer
    sharing: Sharing
    flow: np.ndarray
    giver: np.ndarray
    taker: np.ndarray
    days: np.ndarray
    cost: np.ndarray
    km: np.ndarray
    givers: np.ndarray
    takers: np.ndarray
    keep: np.ndarray
    below: np.ndarray
    up_to: np.ndarray

    def only(self, ways: np.ndarray) -> Partners:
        """The same with none but some ways, in their order, and those who give and take on them."""
        givers, giver = np.unique(self.giver[ways], return_inverse=True)
        takers, taker = np.unique(self.taker[ways], return_inverse=True)
        return Partners(
            self.rule, self.sharing, self.flow[ways], giver, taker, self.days[ways], self.cost[ways], self.km[ways],
            self.givers[givers], self.takers[takers], self.keep[givers], self.below[takers], self.up_to[takers],
        )  # fmt: skip


@dataclass(frozen=True)
class BoundTransfers(Partners):
    """An entry of `transfers`, and where its ways are found.

    `back` is over ways the flow on which goods are paid back (-1: none), `keep_back` what takers who pay back keep.
    `first` is where each taker's ways begin, and where the last one's end; `by_giver` are the ways in order of giver,
    `first_of_giver` where each one's begin. `low` is `below` over all cells, least of all numbers where nobody is given
    anything, `high` is `keep`, greatest of all where nobody gives.
    """

    back: np.ndarray
    keep_back: np.ndarray
    first: np.ndarray
    by_giver: np.ndarray
    first_of_giver: np.ndarray
    low: np.ndarray
    high: np.ndarray
