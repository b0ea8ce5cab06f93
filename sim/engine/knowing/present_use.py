"""Present use: what was asked for of late, for whoever counts days of cover in it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state.ledger import Ledger
from sim.model.need.usual import Upwards
from sim.model.part import Part

NEVER = -(2**31)
"""As the last day that is known of: none is."""
WEEK = 7


class PresentUse(Part):
    """Mean units a day over cells that patients asked for in the last days, withheld or not, added up to the sources.

    `_asked` has for every evening, from that before the first day on, all that was asked for until then, over demand
    cells; evenings more than `window` days ago are forgotten, with None they are kept. Days before the first had the
    usual demand.
    """

    GROWS = ("_asked",)
    CHANGES = ("last",)
    SCRATCH = ("_found", "_table", "_upwards")

    def __init__(self, plan: Plan, window: int | None) -> None:
        self._network, self._cell, self._window = plan.network, plan.demand.cell, window
        self._at = in_place(self._cell)
        self.before = self.last = -plan.network.calendar.warm_up - 1
        """the day before the first"""
        self._asked: list[np.ndarray] = [np.zeros(len(self._cell), dtype=np.int64)]
        self._found: dict[tuple[int, object], np.ndarray] = {}
        self._table = np.empty((0, 0))

    def close_day(self, today: Ledger) -> None:
        """The day's demand is known."""
        self._asked.append(self._asked[-1] + today.demand[self._at])
        self.last += 1
        if self._window is not None and len(self._asked) > self._window + 1:
            del self._asked[0]
        self._found = {}

    def mean(self, over: int, reported: np.ndarray | None = None, who: object = None) -> np.ndarray:
        """Units a day over cells in the last `over` days; `reported` is each cell's last day that `who` knows of,
        `NEVER` where it knows of none, None: all know of all days. Not to be written to."""
        if (over, who) not in self._found:
            self._found[over, who] = self._mean(over, reported)
        return self._found[over, who]

    def on(self, days: np.ndarray) -> np.ndarray:
        """Units asked for over cells, of each demand cell on a day of its own (of `days` over cells); as usual on
        `NEVER`."""
        return self._mean(1, days)

    def _mean(self, over: int, reported: np.ndarray | None) -> np.ndarray:
        cell, usual = self._cell, self._usual
        last = self.last if reported is None else np.minimum(reported[cell], self.last)
        if reported is not None:  # of whom no day is known counts as usual, whatever day is looked at
            never = reported[cell] == NEVER
            last = np.where(never, self.last, last)
        since = np.maximum(last - over, self.before)
        asked = (self._until(last) - self._until(since) + (over - (last - since)) * usual) / over
        if reported is not None:
            asked[never] = usual[never]
        return self._added_up(asked)

    def by_day(self, days: range, at: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        """Units asked for on each of some days, the first that is kept at the earliest, at demand cells (their
        positions, of which one may be named again); shape (days, positions).

        A day later than the last that is `known` of a cell counts as the same day of the week on which it last was: as
        usual where that is before the first day. The table is valid until the next look.
        """
        lived = range(max(days.start, self.last - len(self._asked) + 2), days.stop)
        if self._table.shape != (len(lived), len(at)):
            self._table = np.empty((len(lived), len(at)))
        if not len(at):
            return self._table
        latest, table, asked = days.stop - 1, self._table, dict[int, np.ndarray]()
        known = np.full(len(at), latest) if known is None else np.clip(known, self.before, latest)
        count = np.bincount(known - self.before)
        mostly = int(count.argmax()) + self.before
        for last in [mostly, *(k for k in (count.nonzero()[0] + self.before).tolist() if k != mostly)]:
            some = slice(None) if last == mostly else (known == last).nonzero()[0]  # the others take their own later
            cells = in_place(at[some])
            for row, day in enumerate(lived):
                then = max(self.before, day + WEEK * (min(last - day, 0) // WEEK))
                if then not in asked:
                    asked[then] = self._on(then)
                table[row, some] = asked[then][cells]
        return table

    def sums_by_day(
        self, days: range, at: np.ndarray | slice, starts: np.ndarray, known: int
    ) -> dict[int, np.ndarray] | None:
        """What `by_day` finds where one day is the last that is `known` of all cells, added up over runs of positions
        that begin at `starts`: by day, whole units and hence exact. None where some day counts as usual."""
        lived = range(max(days.start, self.last - len(self._asked) + 2), days.stop)
        then = {day: day + WEEK * (min(known - day, 0) // WEEK) for day in lived}
        if min(then.values(), default=self.before) <= self.before:
            return None
        until = {
            day: np.add.reduceat(self._until(day)[at], starts)
            for day in sorted({one - back for one in then.values() for back in (0, 1)})
        }
        return {day: until[one] - until[one - 1] for day, one in then.items()}

    def _on(self, day: int) -> np.ndarray:
        """Units asked for on a day at demand cells, as usual before the first."""
        return self._usual if day <= self.before else self._until(day) - self._until(day - 1)

    def _added_up(self, asked: np.ndarray) -> np.ndarray:
        """Units at demand cells, added up over cells to the sources."""
        at = np.zeros(len(self._network.cell_site))
        at[self._at] = asked
        return self._upwards.cells(at)

    @cached_property
    def _upwards(self) -> Upwards:
        network = self._network
        orders = slice(network.orders)  # gifts pass no need on
        flows = network.flow_buyer[orders], network.flow_source[orders], network.flow_share[orders]
        return Upwards(network.cell_level, *flows, network.bill)

    @property
    def _usual(self) -> np.ndarray:
        return self._network.cell_mean[self._cell]

    def rejoin(self) -> None:
        self._found, self._table = {}, np.empty((0, 0))

    def _until(self, day: np.ndarray | int) -> np.ndarray:
        """Units asked for until the evening of a day, or of a day for each demand cell."""
        row = np.asarray(day - self.last - 1 + len(self._asked))
        if not row.ndim:
            return self._asked[int(row)]
        first = int(row.min(initial=0))
        table = np.stack(self._asked[first : int(row.max(initial=0)) + 1])
        return np.asarray(table[row - first, np.arange(len(row))])
