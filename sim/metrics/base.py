"""What every metric is: a pure function of a finished run, or of the part of it that concerns some sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.run import Outcome
from sim.registry import Family


@dataclass(frozen=True)
class View:
    """A run as seen by a metric: its facility cells, or those of some groups (a region, a product, ...).

    `groups` are positions in the network's table of groups, `everywhere` with those of warehouses and suppliers that
    meet the same conditions (None: no others). `alarm` names the one that is looked at, None: all.
    """

    outcome: Outcome
    groups: np.ndarray
    alarm: str | None = None
    everywhere: np.ndarray | None = None

    @classmethod
    def of(cls, outcome: Outcome, **conditions: object) -> View:
        """The facilities that meet all conditions on the columns of the network's table of groups.

        A party that is a pool stands for all who are in it.
        """
        table = outcome.plan.network.groups
        chosen = np.ones(len(table), dtype=bool)
        for column, value in conditions.items():
            values = outcome.plan.network.parties.owners(str(value)) if column == "party" else {value}
            chosen = chosen & table[column].isin(values).to_numpy()
        facilities = (table["kind"] == "facility").to_numpy()
        return cls(outcome, np.flatnonzero(chosen & facilities), everywhere=np.flatnonzero(chosen))

    @cached_property
    def cells(self) -> np.ndarray:
        """Positions of the cells seen."""
        return np.flatnonzero(np.isin(self.outcome.plan.network.cell_group, self.groups))

    def cell_sum(self, name: str) -> np.ndarray:
        """A daily quantity summed over the counted days, over the cells seen."""
        return self.outcome.record.sums[name][self.cells]

    def cell_count(self, name: str) -> np.ndarray:
        """Days of a kind (see `Record`), over the cells seen."""
        return self.outcome.record.counts[name][self.cells]

    def total(self, name: str) -> int:
        """A daily quantity summed over days and cells."""
        return int(self.cell_sum(name).sum())

    def daily(self, name: str) -> np.ndarray:
        """A quantity summed over the cells seen, for each counted day; shape (days,). Raises NotKept (see `metric`)."""
        if name not in self._read:
            self._read[name] = self.outcome.record.totals.over(name, self.groups)
        return self._read[name]

    @cached_property
    def _read(self) -> dict[str, np.ndarray]:
        """Daily figures read so far: several metrics read the same."""
        return {}

    @cached_property
    def site_days(self) -> int:
        """Counted days of all cells seen, those left out on which their site is closed by its date."""
        network = self.outcome.plan.network
        if network.spans is None:
            return len(self.cells) * self.days
        return int(network.spans.days(self.days)[network.cell_site[self.cells]].sum())

    @cached_property
    def open_pairs(self) -> np.ndarray:
        """Cells seen whose site is open, on each counted day; shape (days,)."""
        network = self.outcome.plan.network
        if network.spans is None:
            return np.full(self.days, len(self.cells))
        sites = network.cell_site[self.cells]
        return np.array([int(np.count_nonzero(network.spans.open(day)[sites])) for day in range(self.days)])

    @property
    def short(self) -> np.ndarray:
        """Cells seen with unmet demand, on each counted day; shape (days,)."""
        found: np.ndarray = self.outcome.record.short[:, self.groups].sum(axis=1)
        return found

    @property
    def days(self) -> int:
        """Counted days."""
        return self.outcome.plan.network.calendar.days


@dataclass(frozen=True)
class Metric:
    """A registered metric: its name in results, how a person reads it, its unit, definition and source.

    `by_alarm` tells whether it can be told for each alarm (`View.alarm`). `daily` names the figures whose daily totals
    it reads, so that a run need not keep any others for it.
    """

    name: str
    label: str
    unit: str
    definition: str
    better: str
    function: Callable[[View], float | None]
    daily: tuple[str, ...] = ()
    by_alarm: bool = False


METRICS: Family[Metric] = Family("metric")


def metric(
    name: str, label: str, unit: str, better: str = "", daily: tuple[str, ...] = (), by_alarm: bool = False
) -> Callable[[Callable[[View], float | None]], Callable[[View], float | None]]:
    """Decorator that files a metric; its docstring's first paragraph is the definition shown to readers.

    `better` is "higher", "lower" or "" where neither is; `daily` are the figures that it reads by day (`View.daily`);
    `by_alarm` is whether it can be told for each alarm.
    Raises ValueError if another metric has the name.
    """

    def file(function: Callable[[View], float | None]) -> Callable[[View], float | None]:
        definition = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        METRICS.file(name, Metric(name, label, unit, definition, better, function, daily, by_alarm))
        return function

    return file


def ratio(part: float, whole: float) -> float | None:
    """part / whole, or None where there is no whole."""
    return float(part) / float(whole) if whole else None
