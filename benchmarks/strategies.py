"""One replication of a country under three strategies, with their twins: on one demand tape, and on one each."""

from __future__ import annotations

from pathlib import Path

from benchmarks import networks
from benchmarks.measure import Pair, paired
from sim.engine.run import simulate
from sim.study.design.case import Case
from sim.study.design.design import read_study
from sim.study.design.fingerprint import program
from sim.study.design.measures import series_of
from sim.study.run.task import Task, run_task

STUDY = """
study: strategies
title: three sizes of a reserve
scenarios: [country.yaml]
strategies:
  - {name: as-is}
  - reserve-30d
  - {name: reserve-10d, use: reserve-30d, set: {reserves.national.size: 10d}}
measures: [units_unmet, fill_rate]
replications: 2
"""


def cases_in(folder: Path, facilities: int, days: int) -> tuple[Case, ...]:
    """The cases of a country of 20 products under three strategies."""
    networks.country(folder, facilities, days=days)
    (folder / "strategies.yaml").write_text(STUDY)
    return read_study(folder / "strategies.yaml").cases


def together(cases: tuple[Case, ...]) -> None:
    """All runs of replication 0, as a worker does them."""
    run_task(Task(cases, 0, 1, program()))


def apart(cases: tuple[Case, ...]) -> None:
    """The same runs, each of which draws its demand itself."""
    for case in cases:
        series = series_of(case.measures)
        for disruptions in (True, False):
            simulate(case.plan.content, detail="none", table=False, series=series, disruptions=disruptions)


def shared(folder: Path, facilities: int, repeats: int) -> Pair:
    """Seconds of both in turn."""
    cases = cases_in(folder, facilities, 365)
    return paired(lambda: together(cases), lambda: apart(cases), repeats)
