"""The policy brief of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.ask.answer import Means, Progress
from sim.ask.pooling import Joining, joining_files, keep, ready_ways
from sim.report.brief.brief_files import write_brief
from sim.study.ask.joining import Joined, joined
from sim.study.ask.luck import luck_alone
from sim.study.ask.robustness import robustness, subject_of, uncertain_of
from sim.study.design.pooled import asked_pool
from sim.study.run.run import StudyResult, run_study
from sim.study.run.store import table_files

MOST_REPLICATIONS = 20
"""Replications at each bound of an uncertain value, and by luck alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Brief:
    """A policy brief that was written.

    Attributes
    ----------
    html, document
        Its files: to be read and printed, and to be edited (.docx).
    study
        The study that it tells of.
    robustness
        Which strategy is best with the study's uncertain values at their bounds: one row per point and strategy with
        `scenario`, `parameter` and `value` (the point), `strategy`, `mean` of the main measure and `best`; None where
        the study names no uncertain value.
    joined
        What joining the pool that the study names is worth to each member; None where it names none.
    """

    html: Path
    document: Path
    study: StudyResult = field(repr=False)
    robustness: pd.DataFrame | None = field(repr=False)
    joined: Joined | None = field(default=None, repr=False)


def brief(
    path: str | Path,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Brief:
    """Write a study's policy brief (HTML and .docx); replications that are not finished yet are run first.

    Parameters
    ----------
    path
        Study file.
    out
        Folder of the study; left out: reports/STUDY.
    workers, scheduler, progress, replace
        As for `causes`.

    Returns
    -------
    Brief
        The files, the study's result and its robustness.

    Raises
    ------
    ScenarioError
        With every fault of the study or of its scenarios.
    """
    study = run_study(path, out, workers=workers, scheduler=scheduler, progress=progress, replace=replace)
    tried = luck = None
    design, measure = study.design, study.design.main
    if not study.unsettled and any(map(design.varies, design.scenarios)):  # else there is no answer that might change
        count = min(study.number, MOST_REPLICATIONS)
        means = Means(count, workers, scheduler, None, progress, replace=True)  # the study's folder is this study's
        asked, folder = {"file": str(path), "replications": count}, study.folder / "robustness"
        with means.bench("robustness", folder, asked, table_files("robustness", "luck")) as bench:
            luck = luck_alone(design, measure, bench)
            bench.store.answer("luck", luck)
            if uncertain_of(design):
                tried = robustness(design, measure, bench)
                bench.store.answer("robustness", tried)
    found = None
    if design.spec.joining is not None and not study.unsettled:
        found = _joining(study, path, workers, scheduler, progress)
    html, document = write_brief(study, study.folder, tried, luck, found)
    return Brief(html=html, document=document, study=study, robustness=tried, joined=found)


def _joining(
    study: StudyResult, path: str | Path, workers: int | None, scheduler: str | None, progress: Progress | None
) -> Joined:
    """What joining the pool that the study names is worth, with its page beside the brief."""
    design, asked = study.design, study.design.spec.joining
    assert asked is not None
    strategy, pool = asked_pool(design.spec, design.loaded, design.scenarios[0])
    subject = subject_of(design, design.scenarios[0], strategy)
    alone = None if asked.alone is None else subject_of(design, design.scenarios[0], asked.alone)
    ready, without = ready_ways(subject, pool, asked.defector, asked.pairs, strict=False, alone=alone)
    count = min(study.number, MOST_REPLICATIONS)
    means = Means(count, workers, scheduler, None, progress, replace=True)  # the study's folder is this study's
    manifest = {"file": str(path), "replications": count, "pool": pool.name}
    with means.bench("joining", study.folder / "joining", manifest, joining_files()) as bench:
        found = joined(subject, pool, ready, without, bench)
        answer = Joining(**vars(found), subject=subject, replications=count, folder=bench.store.folder)
        keep(answer, bench)
    return found
