"""Trust bound to the network: the parties, whose flows are between which two, and who is told of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a plan brings it with it
    from sim.policies.trust import Trust


@dataclass(frozen=True)
class BoundTrust:
    """The section `trust`.

    `parties` are those that own sites. A pair of parties (a, b) has the number a * len(parties) + b: a's trust in b.
    `first` is trust on the first day, over pairs; `owner` over cells is the position of the party, -1 where there is
    none; `pair` over flows is the buyer's trust in the seller, `back` the seller's in the buyer, -1 where they are not
    of two parties; `border` the buyer's in who can close the border of the seller's country: the party that is this
    country, else the seller. `told` are the pairs in which a is told of b by reports, a mask.
    """

    rule: Trust
    parties: tuple[str, ...]
    first: np.ndarray
    owner: np.ndarray
    pair: np.ndarray
    back: np.ndarray
    border: np.ndarray
    told: np.ndarray
