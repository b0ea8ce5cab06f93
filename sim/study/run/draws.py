"""Many draws of one scenario: of what is not known about it, each by two draws of luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd
import pyarrow as pa

from sim.errors import SimulationError
from sim.scenario.drawing import levels_of
from sim.scenario.load import Loaded
from sim.study.design.case import by_other_luck
from sim.study.design.measures import ALL, ENDING, Measure
from sim.study.infer import compare, spread
from sim.study.run.bench import Bench, Subject
from sim.study.run.replicate import Failure


def levels(loaded: Loaded, number: int) -> pd.DataFrame:
    """One row per draw, one column per unknown: how high it was, between 0 and 1."""
    return pd.DataFrame([levels_of(loaded, k) for k in range(number)], index=range(number))


@dataclass(frozen=True)
class Draws:
    """What the draws gave: `rows` and `again` as in `ROWS`, `daily` as in `DAYS`, `levels` as above.

    `again` is empty where nothing is uncertain. `failures` are draws that could not be run.
    """

    number: int
    measures: tuple[Measure, ...]
    rows: pd.DataFrame = field(repr=False)
    again: pd.DataFrame = field(repr=False)
    daily: pd.DataFrame = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    failures: tuple[Failure, ...] = ()
    ending: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    """as `sim.study.infer.ending.endings`"""
    by_group: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    """`rows`, and those of groups where groups were asked for"""

    @cached_property
    def bands(self) -> pd.DataFrame:
        """As `sim.study.infer.spread.bands`."""
        return spread.bands(self.rows)

    @cached_property
    def fan(self) -> pd.DataFrame:
        """As `sim.study.infer.compare.fan`."""
        return compare.fan(self.daily)

    @cached_property
    def variance(self) -> pd.DataFrame:
        """As `sim.study.infer.spread.variance`."""
        return spread.variance(self.rows, self.again)

    @cached_property
    def unknowns(self) -> pd.DataFrame:
        """As `sim.study.infer.spread.unknowns`, of the first measure."""
        names = [self.measures[0].name]
        levels = dict.fromkeys(self.rows["scenario"].unique(), self.levels)
        return spread.unknowns(self.rows, self.again, levels, names)


def draw(subject: Subject, measures: Sequence[Measure], bench: Bench) -> Draws:
    """Run a subject as often as the bench says, each draw of the unknowns by a second luck where there are any.

    Raises SimulationError where none of them can be run.
    """
    case = replace(subject.case(list(dict.fromkeys([*measures, *ENDING]))), daily=True)
    cases = [case, by_other_luck(case)] if case.uncertain else [case]
    failures = bench.attempt(cases)
    read = bench.store.read
    rows, again = (
        pa.concat_tables(read(c, bench.replications) for c in some).to_pandas() if some else pd.DataFrame()
        for some in (cases[:1], cases[1:])
    )
    if failures and rows.empty:
        raise SimulationError(f"no draw could be run; the first: {failures[0]}")
    by_group, again = (_of(table, measures) for table in (rows, again))
    rows, again = (
        table if table.empty else table[table["breakdown"] == ALL].reset_index(drop=True) for table in (by_group, again)
    )
    daily = read(case, bench.replications, "daily").to_pandas()
    known = levels(subject.loaded, bench.replications)
    ending = bench.endings([case])
    return Draws(bench.replications, tuple(measures), rows, again, daily, known, tuple(failures), ending, by_group)


def _of(rows: pd.DataFrame, measures: Sequence[Measure]) -> pd.DataFrame:
    """The rows of some measures, in all and by group."""
    return rows if rows.empty else rows[rows["measure"].isin([m.name for m in measures])].reset_index(drop=True)
