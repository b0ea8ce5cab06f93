"""Substitution: what lacks of one product is served with another, after that one's own patients."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.serving.staying import Staying
from sim.model.effects import Quantities
from sim.model.part import Part

TINY = 1e-9


class Substitution(Part):
    """Serves unmet demand with acceptable substitutes at the same site on the same day.

    `flows` (days, 2, rows) are units of demand met with another product and units of that product, over the plan's
    `substitute_rows`; days before 0 are not counted.
    """

    CHANGES = ("_accepted", "_opened", "flows")

    def __init__(self, plan: Plan, quantities: Quantities) -> None:
        behaviour = plan.behaviour
        self._cells, self._quantities = plan.demand.cell, quantities
        self._steps = behaviour.substitutes
        # the share of patients who accept, and the unit opened but not used up, are carried to the next day
        self._accepted = [np.zeros(len(step.wanted)) for step in self._steps]
        self._opened = [np.zeros(len(step.wanted)) for step in self._steps]
        self.staying = Staying(plan) if behaviour.any_stay else None
        self.flows = np.zeros((plan.network.calendar.days, 2, len(behaviour.substitute_rows)), dtype=np.int64)

    def serve(
        self, left: np.ndarray, unmet: np.ndarray, day: int, each: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(units of demand met with another product, units used for another's) over demand cells.

        `left` is the stock that the cells' own patients left, `unmet` what they still lack; neither is changed. `each`
        tells how many doses each unmet unit is for, where units have several.
        """
        left, lacking = left.copy(), unmet.copy()
        used = np.zeros_like(left)
        for k, (step, accepted, opened) in enumerate(zip(self._steps, self._accepted, self._opened, strict=True)):
            if not np.count_nonzero(lacking[step.wanted]):
                continue
            share = step.share
            if step.needs_leave is not None:
                leave = self._quantities["cell.leave"][self._cells[step.wanted]] > 0
                share = np.where(step.needs_leave & ~leave, 0.0, share)
            due = unmet[step.wanted] * share + accepted
            willing = np.minimum(np.floor(due + TINY), lacking[step.wanted])
            accepted[:] = np.minimum(np.maximum(due - willing, 0), 1 - TINY)
            met = np.minimum(willing, np.floor((left[step.other] + opened) / step.ratio + TINY))
            exact = met * step.ratio - opened
            taken = np.minimum(np.maximum(0, np.ceil(exact - TINY)), left[step.other])
            opened[:] = np.maximum(0, taken - exact)
            units, others = met.astype(np.int64), taken.astype(np.int64)
            lacking[step.wanted] -= units
            left[step.other] -= others
            used[step.other] += others
            if self.staying is not None:
                self.staying.note(k, units if each is None else units * each[step.wanted], day)
            if day >= 0:
                np.add.at(self.flows[day, 0], step.row, units)
                np.add.at(self.flows[day, 1], step.row, others)
        return unmet - lacking, used
