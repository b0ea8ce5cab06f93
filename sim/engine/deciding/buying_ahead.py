"""Buying ahead: who takes more than usual because trouble is announced or seen, and less later."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import Plan
from sim.model.part import Part

TINY = 1e-9


class BuyersAhead(Part):
    """Since when each rule goes on at each of its cells, and what families have got ahead and used up since.

    `factor`, over cells, is how many times its usual level each orders up to. Over demand cells: `_got` are units got
    ahead, of which `_owed` are to be asked for less from day `_over` on, `_paid` were by now.
    """

    CHANGES = ("factor", "_began", "_held", "_got", "_owed", "_paid", "_over", "_extra", "_carried")

    def __init__(self, plan: Plan, reports: Reports, journal: Journal) -> None:
        self._rules, self._journal = plan.behaviour.ahead, journal
        self._watches = [Watch(plan.network, rule.cells, rule.member, reports) for rule in self._rules]
        self._began = [np.full(len(rule.cells), -np.inf) for rule in self._rules]
        self._held = [np.zeros(len(rule.cells), dtype=bool) for rule in self._rules]
        self.factor = np.ones(len(plan.network.cell_site))
        cells = len(plan.demand.cell)
        self._got, self._carried = np.zeros((2, cells))
        self._owed, self._paid, self._extra = np.zeros((3, cells), dtype=np.int64)
        self._over = np.full(cells, np.inf)
        self._paid_back_in, self._kept = np.ones(cells), np.zeros(cells)
        for rule in self._rules:
            if rule.families is not None:
                self._paid_back_in[rule.row], self._kept[rule.row] = rule.families.paid_back_in, rule.families.kept

    def look(self, day: int) -> None:
        """In the morning: where is it over, and where does it begin?"""
        ends = self._over == day
        self._owed[ends] = np.floor(self._got * (1 - self._kept) + TINY)[ends]
        for rule, watch, began, held in zip(self._rules, self._watches, self._began, self._held, strict=True):
            met = watch.met(rule.when, float(day))
            begins = met & ~held & (day >= began + max(rule.days, rule.order_days))
            held[:], began[begins] = met, day
            self.factor[rule.cells] = np.where(day < began + rule.order_days, 1 + rule.order_gain, 1.0)
            cells = rule.cells[begins]
            self._journal.cells("buys_ahead", day, cells, np.zeros(len(cells), dtype=np.int64))
            mine = begins[rule.place]
            self._begin(rule.row[mine], day + rule.days)

    def _begin(self, row: np.ndarray, over: float) -> None:
        """Families begin; what they have not used up of an earlier time they will later."""
        self._got[row] = (self._owed - self._paid)[row] / np.maximum(1 - self._kept[row], TINY)
        self._owed[row] = self._paid[row] = 0
        self._over[row] = over

    def answer(self, demand: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """(units asked for ahead, units asked for less) today, over demand cells; `demand` is otherwise asked for."""
        due = self._carried.copy()
        for rule, began in zip(self._rules, self._began, strict=True):
            buys = day < began[rule.place] + rule.days
            due[rule.row] += np.where(buys, rule.gain * demand[rule.row], 0.0)
        self._extra = np.floor(due + TINY).astype(np.int64)
        self._carried = np.maximum(0.0, due - self._extra)
        after = np.where(day >= self._over, day - self._over + 1, 0.0)
        share = np.minimum(1.0, after / self._paid_back_in)
        should = np.floor(self._owed * share + TINY).astype(np.int64)
        less = np.minimum(np.maximum(0, should - self._paid), demand)
        self._paid += less
        return self._extra, less

    def served(self, asked: np.ndarray, missing: np.ndarray) -> np.ndarray:
        """Of what was asked for today, over demand cells, so much was withheld or will never be served: families lack
        of what they wanted ahead the same share as of all else. What waits counts as got, until it is given up. Returns
        the part of what was asked for that was asked for ahead."""
        share = np.divide(missing, asked, out=np.zeros(len(asked)), where=asked > 0)
        self._got += self._extra * (1 - share)
        return np.divide(self._extra, asked, out=np.zeros(len(asked)), where=asked > 0)

    def give_up(self, units: np.ndarray, day: int) -> None:
        """Of what families asked for ahead so much has waited in vain, over demand cells: they do not use it up."""
        self._got = np.maximum(0.0, self._got - units)
        owed = np.floor(self._got * (1 - self._kept) + TINY).astype(np.int64)
        self._owed = np.where((units > 0) & (day >= self._over), np.maximum(owed, self._paid), self._owed)
