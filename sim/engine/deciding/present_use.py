"""Present use: what was asked for of late, for whoever counts days of cover in it."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.state.ledger import Ledger
from sim.model.need.usual import add_up
from sim.model.part import Part


class PresentUse(Part):
    """Mean units a day over cells that patients asked for in the last days, withheld or not, added up to the sources.

    `_asked` has for every evening, from that before the first day on, all that was asked for until then, over demand
    cells; evenings more than `window` days ago are forgotten, with None they are kept. Days before the first had the
    usual demand.
    """

    GROWS = ("_asked",)
    CHANGES = ("_last",)
    SCRATCH = ("_found", "_days")

    def __init__(self, plan: Plan, window: int | None) -> None:
        self._network, self._cell, self._window = plan.network, plan.demand.cell, window
        self._before = self._last = -plan.network.calendar.warm_up - 1
        self._asked: list[np.ndarray] = [np.zeros(len(self._cell), dtype=np.int64)]
        self._found: dict[int, np.ndarray] = {}
        """by the days of the mean"""
        self._days: dict[int, np.ndarray] = {}
        """by the day"""

    def close_day(self, today: Ledger) -> None:
        """The day's demand is known."""
        self._asked.append(self._asked[-1] + today.demand[self._cell])
        self._last += 1
        if self._window is not None and len(self._asked) > self._window + 1:
            del self._asked[0]
        self._found, self._days = {}, {}

    def mean(self, over: int, reported: np.ndarray | None = None) -> np.ndarray:
        """Units a day over cells in the last `over` days; `reported` is each cell's last day that is known of, None:
        all know of all days. Not to be written to."""
        if over not in self._found:
            last = self._last if reported is None else np.minimum(reported[self._cell], self._last)
            since = np.maximum(last - over, self._before)
            asked = (self._until(last) - self._until(since) + (over - (last - since)) * self._usual) / over
            self._found[over] = self._added_up(asked)
        return self._found[over]

    def by_day(self, days: range, reported: np.ndarray | None = None) -> np.ndarray:
        """Units over cells on each of some days, shape (days, cells); NaN before the first. A day that a cell has not
        `reported` is as the last that it has, as usual where there is none."""
        return np.stack([self._on(day, reported) for day in days])

    def _on(self, day: int, reported: np.ndarray | None) -> np.ndarray:
        """Units over cells on a day."""
        if day <= self._before:
            return np.full(len(self._network.cell_site), np.nan)
        if day not in self._days:
            if reported is None:
                at = self._until(day) - self._until(day - 1)
            else:
                known = np.minimum(reported[self._cell], day)
                last = np.maximum(known, self._before + 1)
                at = np.where(known < last, self._usual, self._until(last) - self._until(last - 1))
            self._days[day] = self._added_up(at)
        return self._days[day]

    def _added_up(self, asked: np.ndarray) -> np.ndarray:
        """Units at demand cells, added up over cells to the sources."""
        network = self._network
        at = np.zeros(len(network.cell_site))
        at[self._cell] = asked
        flows = network.flow_buyer, network.flow_source, network.flow_share
        return add_up(at, network.cell_level, *flows, network.bill)[1]

    @property
    def _usual(self) -> np.ndarray:
        return self._network.cell_mean[self._cell]

    def rejoin(self) -> None:
        self._found, self._days = {}, {}

    def _until(self, day: np.ndarray | int) -> np.ndarray:
        """Units asked for until the evening of a day, or of a day for each demand cell."""
        row = np.asarray(day - self._last - 1 + len(self._asked))
        if not row.ndim:
            return self._asked[int(row)]
        first = int(row.min(initial=0))
        table = np.stack(self._asked[first : int(row.max(initial=0)) + 1])
        return np.asarray(table[row - first, np.arange(len(row))])
