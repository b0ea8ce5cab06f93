"""Patients who moved to another product in a shortage, and stay with it when theirs is there again."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.model.part import Part

TINY = 1e-9


class Staying(Part):
    """How many patients of each pair of products have gone over for good, or for a time.

    Patients come every so many days; those who come on one day are a group, (groups, pairs). When some of a group are
    served with the other product, the share that stays of all who then use it has gone over: what they ask for is
    demand of the other product from their next day on, until the day `_until`.
    """

    CHANGES = ("_stay", "_until", "_carried", "_opened")

    def __init__(self, plan: Plan) -> None:
        self._steps = plan.behaviour.substitutes
        self._first = -plan.network.calendar.warm_up
        shapes = [(int(step.every.max(initial=1)), len(step.wanted)) for step in self._steps]
        self._stay = [np.zeros(shape) for shape in shapes]
        self._until = [np.full(shape, -np.inf) for shape in shapes]
        self._carried, self._opened = ([np.zeros(pairs) for _, pairs in shapes] for _ in range(2))

    def move(self, demand: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """(demand that went over to another product, what they ask for there) today, over demand cells; `demand` is
        what would be asked for of each product otherwise. All in doses where a unit has several, else in units."""
        left, gone, come = demand.copy(), np.zeros_like(demand), np.zeros_like(demand)
        for k, step in enumerate(self._steps):
            group = (day - self._first) % step.every, np.arange(len(step.wanted))
            units, rest = _whole(self._staying(k, group, day) + self._carried[k])
            self._carried[k][:] = rest
            units = np.minimum(units, left[step.wanted])
            left[step.wanted] -= units
            gone[step.wanted] += units
            others, rest = _whole(units * step.asked + self._opened[k])
            self._opened[k][:] = rest
            come[step.other] += others
        return gone, come

    def note(self, k: int, moved: np.ndarray, day: int) -> None:
        """Demand, counted as in `move`, that a step of substitution served with the other product today."""
        step = self._steps[k]
        group = (day - self._first) % step.every, np.arange(len(step.wanted))
        before = self._staying(k, group, day)
        now = step.stays * (before + moved)
        more = now > before + TINY
        self._stay[k][group] = np.where(more, now, before)
        self._until[k][group] = np.where(more, day + step.stays_for, self._until[k][group])

    def _staying(self, k: int, group: tuple[np.ndarray, np.ndarray], day: int) -> np.ndarray:
        return np.where(self._until[k][group] > day, self._stay[k][group], 0.0)


def _whole(due: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole units of what is due, and what is left of it."""
    units = np.floor(due + TINY)
    return units.astype(np.int64), np.maximum(0.0, due - units)
