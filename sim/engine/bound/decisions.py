"""Decisions bound to a network: what the engine is told of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.bound.in_force import Policy
from sim.model.chance.distributions import Times
from sim.model.charges import FREE, Charges
from sim.model.effects import Impact
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.over import Watched


@dataclass(frozen=True)
class BoundActs:
    """What is done when a decision comes into force, with days counted from then; `ends` names what is over then."""

    impacts: tuple[Impact, ...]
    policies: tuple[Policy, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True)
class BoundDecision:
    """What a party does during a run.

    `cells` are looked at by `when`; `unit` says for which of the decision's units: it is taken for each by itself, for
    each product or for all at once. `watched` is what the condition is told of them. `product` names each unit's, empty
    where it is all. It is in force `after` the condition, for `lasts` days (infinite: for good; 0: it is done once) or
    until day `over`, at most so many times. `acts` are what is done for each unit.
    `chosen_on` are days at whose midnight it is chosen, ascending.
    `against_others` is whether it holds goods back from others rather than being an answer to a shortage.
    """

    name: str
    kind: str
    party: str
    when: Trigger
    cells: np.ndarray
    unit: np.ndarray
    watched: Watched
    product: tuple[str, ...]
    after: Times
    lasts: float
    over: float
    at_most: int
    while_needed: bool
    acts: tuple[BoundActs, ...]
    rivals: tuple[str, ...] = ()
    charges: Charges = FREE
    against_others: bool = False
    chosen_on: tuple[int, ...] = ()
