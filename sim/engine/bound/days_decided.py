"""On which days a decision may be in force, as far as its dates and its delay tell before the run."""

from __future__ import annotations

from math import ceil, inf

import numpy as np

from sim.engine.bound.decisions import BoundDecision
from sim.model.chance.distributions import Times
from sim.model.network import Network
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.chosen import Chosen
from sim.policies.triggers.combined import AllOf, AnyOf
from sim.policies.triggers.declared import Declared
from sim.policies.triggers.on import On


def days_in_force(when: Trigger, bound: BoundDecision, network: Network) -> tuple[float, float]:
    """(first day on which it may be in force, first day on which it cannot be any more)."""
    first, last = midnights(when, network)
    if isinstance(when, On) and bound.at_most == 1:
        last = first  # it is met at once
    if bound.chosen_on:
        first, last = min(first, bound.chosen_on[0]), max(last, bound.chosen_on[-1])
    least, most = delays(bound.after)
    return first + least, min(bound.over, last + most + bound.lasts)


def midnights(when: Trigger, network: Network) -> tuple[float, float]:
    """(first, last) midnight at which a decision without a delay may come into force on a condition."""
    begins = -float(network.calendar.warm_up)
    if isinstance(when, On):
        return max(begins, float(network.calendar.day(when.date))), inf
    if isinstance(when, Declared):
        return max(begins, ceil(when.after)) + 1.0, inf if when.until is None else float(ceil(when.until))
    if isinstance(when, AllOf | AnyOf):
        together = isinstance(when, AllOf)
        first, last = (np.max, np.min) if together else (np.min, np.max)
        spans = np.array([midnights(part, network) for part in when.parts])
        return float(first(spans[:, 0])), float(last(spans[:, 1]))
    return begins + (not isinstance(when, Chosen)), inf


def delays(after: Times) -> tuple[float, float]:
    """The least and the most whole days that authorisation may take."""
    least, most = (max(0.0, after.quantile(share)) for share in (0.0, 1.0))
    return float(ceil(least - 1e-9)), float(ceil(most - 1e-9)) if most < inf else inf
