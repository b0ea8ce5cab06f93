"""A rule that forecasts: it learns the days since its last look, and notes how far off it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.policies.forecasting.base import At, Forecasting
from sim.policies.replenishment.base import Rule
from sim.policies.replenishment.forecast_errors import first_errors, note_errors
from sim.policies.replenishment.seen import Figure, History, Memory, View

Of = Literal["own", "end"]
NEVER = -(2**31)
"""Before any day of a run."""
BLOCK = 2**14
"""Cells that learn together: what is known of so many stays in a processor's cache from one day to the next."""


@dataclass(frozen=True)
class Learning(Rule):
    """A rule that learns the days since its last look by a forecasting `method`, before it orders.

    `usual` are units a day, the demand that it begins with; it is reviewed every `review` days, first after `first`.
    `of` says whose demand it forecasts. Its memory is what the method knows, the day `learned` last, `errors` (see
    `forecast_errors`), and with `spread` the smoothed size of its one-day errors.
    """

    usual: np.ndarray
    method: Forecasting
    of: Of
    review: int
    first: int

    @property
    def window(self) -> int:
        return max(self.review, self.first + 1) + self._behind

    @property
    def looks_back(self) -> int:
        return max(self.window, self.method.looks_back + self._behind)

    @property
    def looks_at(self) -> frozenset[Figure]:
        figure: Figure = "end_demand" if self.of == "end" else self.method.goes_by
        return frozenset({figure})

    @property
    def _behind(self) -> int:
        """Days at the end of a history that are not over."""
        return 1 if self.method.goes_by == "issues" else 0

    def missed(self, memory: Memory, at: At, day: int) -> int:
        since = day - int(memory["learned"][at].min(initial=day)) + self._behind
        return max(self.window, min(self.looks_back, since))

    def first_memory(self) -> Memory:
        """New arrays every time, which `learns` changes in place."""
        learned, known = np.full(len(self.target), NEVER, dtype=np.int64), self.method.begin(self.usual)
        known = {name: np.array(x) if np.may_share_memory(x, self.usual) else x for name, x in known.items()}
        return first_errors(len(self.target)) | known | {"learned": learned}

    def learns(self, view: View, at: At) -> None:
        history, known = view.history, view.memory
        assert history is not None and isinstance(known, dict)
        units, out = self._figures(history)
        for mine in _blocks(at, len(known["learned"])):
            # of cells in a row the arrays themselves, which are changed in place
            part, some = (known, mine) if not isinstance(mine, slice) else (_part(known, mine), ALL)
            self._learns(part, some, units[:, mine], out[:, mine], history.last[mine] - self._behind)

    def _learns(
        self, known: dict[str, np.ndarray], at: At, units: np.ndarray, out: np.ndarray, last: np.ndarray
    ) -> None:
        """Some cells learn the days until the `last` that each knows."""
        before, asked = known["learned"][at].copy(), np.zeros(len(last))
        if (before == before[:1]).all() and (last == last[:1]).all():
            self._learn_together(known, at, range(int(before[0]) + 1, int(last[0]) + 1), units, out, asked)
        else:
            self._learn_apart(known, at, before, last, units, out, asked)
        known["learned"][at] = np.maximum(before, last)
        whole = (last - before == self.review) & (before >= -1)
        note_errors(known, at, whole, asked, self.method.ahead(known, float(self.review))[at])

    def _figures(self, history: History) -> tuple[np.ndarray, np.ndarray]:
        """Units of the days that are over, and whether stock ran out on them; no rows: not known."""
        if self.of == "end":
            return history.end_demand, history.out
        if self.method.goes_by == "issues":
            return history.issued[:-1], history.out[:-1]
        return history.demand, history.out

    def _learn_together(
        self,
        known: dict[str, np.ndarray],
        at: At,
        days: range,
        units: np.ndarray,
        out: np.ndarray,
        asked: np.ndarray,
    ) -> None:
        """All of these cells lack the same days."""
        for row in range(max(0, len(units) - len(days)), len(units)):
            if np.isnan(units[row, 0]):  # before the first day
                continue
            self._learn(known, at, days.stop - len(units) + row, units[row], out[row] if len(out) else None)
            asked += units[row]

    def _learn_apart(
        self,
        known: dict[str, np.ndarray],
        at: At,
        before: np.ndarray,
        last: np.ndarray,
        units: np.ndarray,
        out: np.ndarray,
        asked: np.ndarray,
    ) -> None:
        """Some know more than others, since their systems stood still."""
        place = np.arange(len(known["learned"]))[at]
        for row in range(len(units)):
            day = last - len(units) + 1 + row
            new = np.flatnonzero((day > before) & ~np.isnan(units[row]))
            if new.size:
                self._learn(known, place[new], day[new], units[row, new], out[row, new] if len(out) else None)
                asked[new] += units[row, new]

    def _learn(
        self, known: dict[str, np.ndarray], at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None
    ) -> None:
        """One day more."""
        self.method.learn(known, at, day, units, out)


ALL = slice(None)


def _blocks(at: At, cells: int) -> Iterator[At]:
    """These of so many cells, a block after another."""
    if not isinstance(at, slice):
        yield at
        return
    mine = range(cells)[at]
    for begin in range(0, len(mine), BLOCK):
        some = mine[begin : begin + BLOCK]
        yield slice(some.start, some.stop, some.step)


def _part(known: dict[str, np.ndarray], some: slice) -> dict[str, np.ndarray]:
    """What is known of some cells, not copied."""
    return {name: values[..., some] for name, values in known.items()}


def check_of(method: Forecasting, of: Of) -> None:
    """Raise ValueError where a method cannot forecast that demand."""
    if of == "end" and method.goes_by == "issues":
        raise ValueError(f"'of: own' for '{method.name_in_yaml}', which goes by what the site itself issued")
