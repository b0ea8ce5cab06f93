"""How much a run demands in all, before it begins: more than is counted exactly is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.engine.plan import DemandPlan
from sim.model.effects import Effect, Impact, Quantities
from sim.model.network import Network
from sim.model.vocabulary import QuantityName
from sim.units import EXACT

FACTOR: QuantityName = "cell.demand_factor"


def too_much(plan: DemandPlan, network: Network, impacts: Sequence[Impact]) -> str | None:
    """In words, what is demanded over all days, warm-up included, where that is above `EXACT`; in the mean."""
    calendar = network.calendar
    usual = float((plan.mean * _season(plan)).sum()) * (calendar.days + calendar.warm_up)
    effects = [effect for impact in impacts for effect in impact.effects if effect.quantity == FACTOR]
    total = usual * math.prod(max(1.0, *(value for _, value in effect.steps)) for effect in effects)
    if effects and not total <= EXACT:  # they may not overlap, or not meet the same sites
        total = _under(effects, plan, network)
    total += sum(float(a.weight.sum()) * float(a.cases.sum()) for impact in impacts for a in impact.arrivals)
    total = max(total, float(network.cell_mean.max(initial=0)) * (calendar.days + calendar.warm_up))  # materials too
    return None if total <= EXACT else f"{total:.3g} units"


def _season(plan: DemandPlan) -> np.ndarray:
    """Over demand cells: the height of the season's wave and of the week, as a multiple of the mean."""
    heights = [(1.0 + entry.amplitude) * max(entry.rhythm, default=1.0) for entry in plan.entries]
    return np.array(heights)[plan.entry]


def _under(effects: list[Effect], plan: DemandPlan, network: Network) -> float:
    """Units demanded at the height of the season, under the factors of each time."""
    calendar = network.calendar
    factors = Quantities({FACTOR: np.ones(len(network.cell_site))}, effects)
    mean = plan.mean * _season(plan)
    first, over = float(-calendar.warm_up), float(calendar.days)
    times = [first, *(time for time in factors.boundaries() if first < time < over), over]
    total = 0.0
    for begin, end in pairwise(times):
        factors.update(begin)
        total += float((mean * factors[FACTOR][plan.cell]).sum()) * (end - begin)
    return total
