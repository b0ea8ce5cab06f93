"""A study by luck alone: everything that is uncertain as it is written, so that only chance differs between draws."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.engine.compile.plan import compile_plan
from sim.study.design.case import Case
from sim.study.design.design import Design
from sim.study.design.fingerprint import digest
from sim.study.design.measures import ALL, Measure
from sim.study.run.bench import Bench
from sim.study.run.sharing import Shared

COLUMNS = ["scenario", "strategy", "replication", "value"]


def luck_alone(design: Design, measure: Measure, bench: Bench) -> pd.DataFrame:
    """One row per scenario in which anything is uncertain, strategy and replication: the `value` of a measure in all.

    All strategies meet the same draws of chance, those of the study.
    """
    cases = [_as_written(design, case, measure) for case in design.cases if case.uncertain]
    if not cases:
        return pd.DataFrame(columns=COLUMNS)
    rows = bench.rows(cases)
    mine = rows[(rows["measure"] == measure.name) & (rows["breakdown"] == ALL)]
    return mine[COLUMNS].reset_index(drop=True)


def _as_written(design: Design, case: Case, measure: Measure) -> Case:
    plan = compile_plan(design.loaded[case.labels[:2]])
    return replace(case, plan=Shared(digest(plan), plan), measures=(measure,), twin=False, daily=False)
