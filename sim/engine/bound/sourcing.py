"""How buyers choose among their sources, as a plan has it: urgent ways, rules, and who turns to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a plan brings those it has with it
    from sim.policies.sourcing.base import Offers, SourcingRule
    from sim.policies.triggers.base import Trigger


@dataclass(frozen=True)
class BoundUrgent:
    """When orders of some buyers' cells (ascending) go the urgent way, and which share of them."""

    cells: np.ndarray
    when: Trigger
    share: float


@dataclass(frozen=True)
class BoundSourcing:
    """A rule by which some buyers share out their orders over their `offers`."""

    rule: SourcingRule
    offers: Offers


@dataclass(frozen=True)
class Sourcing:
    """How buyers' cells choose among their sources; arrays over cells.

    `moves` tells who has several and turns to others where one sends less, `notices` after how many days of that
    without a word, and `rebooks` after how many what waits there is cancelled, 0: never. `urgent` are those who may
    have their orders come another way; `rules` may set other shares than those written.
    """

    moves: np.ndarray
    notices: np.ndarray
    rebooks: np.ndarray
    urgent: tuple[BoundUrgent, ...] = ()
    rules: tuple[BoundSourcing, ...] = ()

    @property
    def window(self) -> int:
        """Days of records that rules look at; 0: none does."""
        return max((bound.rule.window(bound.offers) for bound in self.rules), default=0)
