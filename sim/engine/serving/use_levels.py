"""Conservation of use: facilities that run low use less, and some of that demand comes back later."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.knowing.looks import Looks, looks_of
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import BoundUseLevels, Plan
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.policies.triggers.over import Watched
from sim.policies.use_levels import LEVELS

USE: Mapping[str, Event] = {
    "conventional": "use_conventional",
    "contingency": "use_contingency",
    "crisis": "use_crisis",
}
"""What the journal calls the beginning of each level of use."""


class Conservers(Part):
    """The use level of every demand cell under a rule, and what it withheld that is to come back.

    Each level of a rule is called for from the day `_since` (level, cells) on, NaN: it is not; it holds when that was
    long enough ago. `_began` is the day on which the level that holds began, `_before` the share saved until then.
    """

    CHANGES = ("_level", "_since", "_began", "_before", "_saved", "_withheld", "_returning", "_put_off", "_daily")

    def __init__(self, plan: Plan, state: State, journal: Journal, reports: Reports, quantities: Quantities) -> None:
        self._asked = quantities if quantities.touched("cell.asked_level") else None
        self._product = plan.network.cell_product
        self._state, self._journal, self._rules, self._reports = state, journal, plan.behaviour.use, reports
        self._watches = {
            f"{number}.{level}": Watch(plan.network, rule.cells, rule.member, reports)
            for number, rule in enumerate(self._rules)
            for level, when in enumerate(rule.when)
            if when is not None
        }
        self._looks = [looks_of(reports, rule.cells, None, None) for rule in self._rules]
        cells = len(plan.demand.cell)
        self._level = np.zeros(cells, dtype=np.int64)
        self._since = [np.full(rule.saves.shape, np.nan) for rule in self._rules]
        self._began, self._before, self._saved = np.zeros((3, cells))
        self._withheld, self._returning = np.zeros((2, cells))  # fractions of a unit, carried
        self._put_off, self._daily = np.zeros((2, cells), dtype=np.int64)

    def answer(self, demand: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """(units withheld, units that come back) today, over demand cells, by this morning's days of cover."""
        conserved, recovered = np.zeros((2, len(demand)), dtype=np.int64)
        for position, rule in enumerate(self._rules):
            mine = rule.row
            self._set_level(position, rule, day)
            level = self._level[mine]
            # shares of the level that holds; none in conventional use
            column = np.arange(len(mine))
            saves, returns = (np.vstack((np.zeros(len(mine)), s))[level, column] for s in (rule.saves, rule.returns))
            saves = self._in_time(rule, saves, day)
            units, self._withheld[mine] = _whole(demand[mine] * saves, self._withheld[mine])
            back, self._returning[mine] = _whole(units * returns, self._returning[mine])
            given = np.where(level == 0, np.minimum(self._put_off[mine], self._daily[mine]), 0)
            self._put_off[mine] += back - given
            conserved[mine], recovered[mine] = units, given
        return conserved, recovered

    def _in_time(self, rule: BoundUseLevels, full: np.ndarray, day: int) -> np.ndarray:
        """The share saved today of what the level saves at its full: it grows at first, and wears off."""
        mine = rule.row
        level, age = self._level[mine], day - self._began[mine]
        saved = full
        if rule.ramp.any():
            ramp = np.concatenate(([0.0], rule.ramp[:, 0]))[level]
            grown = np.minimum(1.0, (age + 1) / np.maximum(ramp, 1.0))
            before = np.minimum(self._before[mine], full)
            saved = np.where(grown < 1, before + (full - before) * grown, full)
        for number, wears_off in enumerate(rule.wears_off, 1):
            if wears_off is not None:
                saved = np.where(level == number, saved * wears_off.left(age), saved)
        self._saved[mine] = saved
        return saved

    def _set_level(self, position: int, rule: BoundUseLevels, day: int) -> None:
        """Move to a stricter level once it was called for long enough, to a milder one when cover has reached the
        present one's end."""
        before, since = self._level[rule.row], self._since[position]
        called, number = ~np.isnan(since), np.arange(1, len(rule.below) + 1)[:, None]
        cover = self._cover(position, rule)
        begins = cover < rule.below
        if self._watches:
            for level, when in enumerate(rule.when):
                if when is not None:
                    begins[level] = self._watches[f"{position}.{level}"].met(when, day)
        if self._asked is not None:
            asked = self._asked["cell.asked_level"][rule.cells]
            for level, name in enumerate(rule.names):
                begins[level] |= asked >= LEVELS.index(name) + 1
        strictest = (called * number).max(axis=0)
        calls = begins | ((strictest >= number) & (cover < rule.until))
        since[calls & ~called], since[~calls] = day, np.nan
        now = ((day - since >= rule.after) * number).max(axis=0)
        changed = (now != before).nonzero()[0]
        if not changed.size:
            return
        self._level[rule.row] = now
        self._began[rule.row[changed]] = day
        self._before[rule.row[changed]] = self._saved[rule.row[changed]]
        ordinary = rule.row[changed[now[changed] == 0]]
        self._daily[ordinary] = -(-self._put_off[ordinary] // rule.within)
        for level in np.unique(now[changed]).tolist():
            cells = rule.cells[changed[now[changed] == level]]
            name = rule.names[level - 1] if level else "conventional"
            self._journal.cells(USE[name], day, cells, np.zeros(len(cells), dtype=np.int64))

    def _cover(self, position: int, rule: BoundUseLevels) -> np.ndarray:
        """Days of cover over a rule's cells, infinite without use."""
        looks, usual = self._looks[position], rule.usual
        if looks is not None:
            return self._cover_seen(rule, looks)
        if rule.present_over is not None:
            usual = np.bincount(rule.group, self._reports.use(rule.present_over)[rule.cells], len(usual))
        elif (openings := self._reports.openings) is not None:  # nobody is missed where nobody comes
            usual = np.bincount(rule.group, rule.mean * openings.open[rule.cells], len(usual))
        stock = np.bincount(rule.group, self._state.on_hand[rule.cells], len(usual))
        cover = np.full(len(usual), np.inf)
        np.divide(stock, usual, out=cover, where=usual > 0)
        return cover[rule.group]

    def _cover_seen(self, rule: BoundUseLevels, looks: Looks) -> np.ndarray:
        """The same as the owner of each cell sees it: of those whose cover is taken together, what it is told."""
        reports, cells, cover = self._reports, rule.cells, np.full(len(rule.cells), np.inf)
        product = self._product[cells]
        for look in looks.at(("stock",), Watched(rule.member, product, rule.mean)):
            watched, mine = look.watched, look.mine
            group = rule.group
            if watched.product is not product:  # some are looked at apart from all others
                group = np.unique(np.column_stack([group, watched.product]), axis=0, return_inverse=True)[1].reshape(-1)
            usual, seen = rule.mean, np.ones(len(cells)) if watched.seen is None else watched.seen
            if rule.present_over is not None:
                usual = reports.use(rule.present_over, look.all_eyes)[cells]
            elif reports.openings is not None:
                usual = usual * reports.openings.open[cells]
            stock, use = (np.bincount(group, x * seen) for x in (reports.shelf(cells, look.eyes), usual))
            days = np.divide(stock, use, out=np.full(len(use), np.inf), where=use > 0)
            cover[mine] = days[group][mine]
        return cover


def _whole(due: np.ndarray, carried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole units due, and the fraction to carry on."""
    exact = due + carried
    units = np.floor(exact + 1e-9)
    return units.astype(np.int64), np.maximum(0.0, exact - units)
