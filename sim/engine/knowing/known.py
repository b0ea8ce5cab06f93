"""What is known of sources and makers: today, and of the days to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Known:
    """What sources are known to send of their usual units, and to get to their buyers; shares from 0 to 1 over flows.

    `sends` is what all limits leave but a maker's capacity, and `makes` what that leaves; `takes` is how far a source
    is open for more than its share: not at all where it sends less than `OPEN` of it, or deals out what is usual. Who
    does that may let buyers have so much `above` it. `works` is what share it sends of whatever is asked of it, where
    only a part of its people are at work: of more it sends more. `passes` is `sends` but for what is `dealt` out:
    shares of usual units, whatever is asked, infinite where nothing is.
    """

    sends: np.ndarray
    makes: np.ndarray
    takes: np.ndarray
    above: np.ndarray
    works: np.ndarray
    passes: np.ndarray
    dealt: np.ndarray

    @property
    def deals(self) -> np.ndarray:
        """Whether it deals out shares of what is usual, be they all or more than all: what is cancelled beyond these is
        no surprise."""
        return np.isfinite(self.dealt)


class Foresight(NamedTuple):
    """What is known of the days to come, as ends are expected: each span holds from its beginning to the next one's,
    the last for good. `makes` is over (spans, cells), above 1 where there is room for more; the others are as in
    `Known`, over (spans, flows)."""

    begins: np.ndarray
    sends: np.ndarray
    makes: np.ndarray
    takes: np.ndarray
    above: np.ndarray
    works: np.ndarray


class CapacityAhead(NamedTuple):
    """Units a day that makers will be able to make, before outages, in spans as of `Foresight`; over (spans, cells)."""

    begins: np.ndarray
    units: np.ndarray
