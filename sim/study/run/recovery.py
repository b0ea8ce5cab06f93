"""Where a run to recovery ends: later and later ends are tried until hardly a draw is still short on its last days.

All that is compared runs to the same end, the latest that any of it needs, so that it stays paired.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pandas as pd

from sim.engine.compile.plan import compile_plan
from sim.engine.run import draws_of, simulate
from sim.metrics.at_end import not_over_at_end, routine_unmet, still_short, unmet_at_end
from sim.metrics.base import View
from sim.scenario.drawing import Unknown, taken
from sim.scenario.horizon import later_rungs
from sim.scenario.load import Loaded, ended
from sim.study.design.case import case_of
from sim.study.design.fingerprint import program
from sim.study.design.measures import ENDING, series_of
from sim.study.infer.ending import recovered
from sim.study.run.task import Task, run_task

PILOT = 4
"""Draws on which an end is looked for first; it is tried on all others afterwards."""


def next_end(start: dt.date, until: dt.date) -> dt.date | None:
    """The end to try after one that came too early; None after the last."""
    return next((later for later in later_rungs(start) if later > until), None)


def to_recovery(loaded: Loaded, replication: int, unknowns: Unknown) -> Loaded:
    """A scenario as its single run ends with recovery, or at the last end that is tried.

    Raises ScenarioError as compiling does, SimulationError where a run breaks a law of conservation.
    """
    return _found(loaded, lambda tried: _run_recovers(tried, replication, unknowns))


def draws_to_recovery(loaded: Loaded) -> Loaded:
    """A scenario as several draws of it end with recovery, by the first of them. Raises as `to_recovery`."""
    return _found(loaded, _draws_recover)


def _found(loaded: Loaded, recovers: Callable[[Loaded], bool]) -> Loaded:
    until: dt.date | None = loaded.spec.until
    while until is not None:
        tried = ended(loaded, until)
        if recovers(tried):
            break
        until = next_end(loaded.spec.start, until)
    return tried


def _run_recovers(loaded: Loaded, replication: int, unknowns: Unknown) -> bool:
    plan = compile_plan(taken(loaded, replication, unknowns))
    once = partial(
        simulate, plan, replication=replication, detail="none", table=False, series=series_of(ENDING),
        demand=draws_of(plan, replication),
    )  # fmt: skip
    run, twin = View.of(once()), View.of(once(disruptions=False))
    return not not_over_at_end(run) and not still_short(unmet_at_end(run) or 0.0, routine_unmet(twin) or 0.0)


def _draws_recover(loaded: Loaded) -> bool:
    case = case_of(loaded, ENDING, ("", "", ""), plan=compile_plan(loaded))
    (batch,) = run_task(Task((case,), 0, PILOT, program()))
    rows: pd.DataFrame = batch.rows.to_pandas()
    return recovered(rows)
