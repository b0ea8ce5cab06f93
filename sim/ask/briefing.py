"""The policy brief of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_other
from pathlib import Path

import pandas as pd

from sim.ask.answer import Means, Progress
from sim.ask.pooling import WRITTEN, Joining, joining_files, keep, ready_ways
from sim.engine.compile.rules.pools import Pool
from sim.errors import Problem
from sim.report.brief.brief_files import write_brief
from sim.report.brief.joining import breach_in
from sim.report.words.names import names_in
from sim.report.words.phrases import listed
from sim.study.ask.joining import Joined, Kind, Way, joined
from sim.study.ask.luck import luck_alone
from sim.study.ask.robustness import bounds_of, robustness, subject_of
from sim.study.design.design import Design, read_study
from sim.study.design.pooled import asked_pool
from sim.study.run.bench import Stages, Subject
from sim.study.run.run import StudyResult, run_study
from sim.study.run.store import table_files

MOST_REPLICATIONS, FEWEST_AT_BOUNDS = 20, 8
"""Replications by luck alone, on joining, and at each bound of an uncertain value; there as many as make no more runs
than the study has, but not fewer than these."""


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
    announce: Callable[[str], None] | None = None,
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
    announce
        Is told in words what will be run, before it is.

    Returns
    -------
    Brief
        The files, the study's result and its robustness.

    Raises
    ------
    ScenarioError
        With every fault of the study or of its scenarios.
    """
    design = read_study(path)
    joining = _ways(design)
    parts = _parts(design, design.spec.replications.at_least, joining)
    if announce is not None:
        announce(_announced(parts, design))
    stages = None if progress is None else Stages(progress, list(parts.values()))
    study = run_study(design, out, workers=workers, scheduler=scheduler, progress=stages, replace=replace)
    if stages is not None:
        stages.end()
    means = Means(min(study.number, MOST_REPLICATIONS), workers, scheduler, None, stages, replace=True)
    tried = luck = found = None
    if not study.unsettled:  # else there is no answer that might change
        luck, tried = _uncertain(study, str(path), means)
        if design.spec.joining is not None:
            found = _joining(study, joining if study.design is design else _ways(study.design), str(path), means)
    html, document = write_brief(study, study.folder, tried, luck, found)
    return Brief(html=html, document=document, study=study, robustness=tried, joined=found)


def _parts(design: Design, number: int, joining: _Ways | None) -> dict[str, int]:
    """What is run, in words -> runs, at least."""
    cases = [(case, 1 + case.twin) for case in (*design.cases, *design.again)]
    parts = {"for the study": number * sum(runs for _, runs in cases)}
    count = min(number, MOST_REPLICATIONS)
    if uncertain := sum(case.uncertain for case in design.cases):
        parts["by luck alone"] = count * uncertain
    if each := len(bounds_of(design)) * len(design.strategies):
        parts["at bounds of what is not known"] = each * _at_bounds(count, each, parts["for the study"])
    if joining is not None:
        parts["on joining"] = count * len(joining.ready)
    return parts


def _at_bounds(count: int, each: int, runs: int) -> int:
    """Replications at each bound, where one of all is so many runs (`each`), and the study is `runs`."""
    return min(count, max(FEWEST_AT_BOUNDS, runs // each))


def _announced(parts: Mapping[str, int], design: Design) -> str:
    least = "At least " if design.spec.replications.until else ""
    told = listed([f"{runs:,} {what}" for what, runs in parts.items()])
    return f"{least}{sum(parts.values()):,} runs: {told}. What is kept of an earlier time is not run again."


def _uncertain(study: StudyResult, file: str, means: Means) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """The study by luck alone, and with uncertain values at their bounds, as far as anything is uncertain."""
    design, measure, tried = study.design, study.design.main, None
    if not any(map(design.varies, design.scenarios)):
        return None, None
    parts = _parts(design, study.number, None)
    each = len(bounds_of(design)) * len(design.strategies)
    asked, folder = {"file": file, "replications": means.replications}, study.folder / "robustness"
    with means.bench("robustness", folder, asked, table_files("robustness", "luck")) as bench:
        luck = luck_alone(design, measure, bench)
        bench.store.answer("luck", luck)
        if each:
            count = _at_bounds(means.replications, each, parts["for the study"])
            tried = robustness(design, study.standing, measure, with_other(bench, replications=count))
            bench.store.answer("robustness", tried)
    return luck, tried


@dataclass(frozen=True)
class _Ways:
    """What is compared on joining: as of `sim.ask.pooling.ready_ways`."""

    pool: Pool
    subject: Subject
    ready: list[tuple[Way, Subject]]
    without: list[Problem]
    written: dict[Kind, Subject]


def _ways(design: Design) -> _Ways | None:
    """What a study compares on joining; None where it asks for no pool."""
    asked, scenario = design.spec.joining, design.scenarios[0]
    if asked is None:
        return None
    strategy, pool = asked_pool(design.spec, design.loaded, scenario)
    subject = subject_of(design, scenario, strategy)
    names = {"alone": asked.alone, "broken": asked.broken}
    written = {WRITTEN[field]: subject_of(design, scenario, name) for field, name in names.items() if name is not None}
    ready, without = ready_ways(subject, pool, asked.defector, asked.pairs, strict=False, written=written)
    return _Ways(pool, subject, ready, without, written)


def _joining(study: StudyResult, ways: _Ways | None, file: str, means: Means) -> Joined:
    """What joining the pool that the study names is worth, with its page beside the brief."""
    assert ways is not None
    asked = {"file": file, "replications": means.replications, "pool": ways.pool.name}
    with means.bench("joining", study.folder / "joining", asked, joining_files()) as bench:
        found = joined(ways.subject, ways.pool, ways.ready, ways.without, bench, ways.written)
        breach = breach_in(found, study.design.spec, names_in(study.design))
        answer = Joining(**vars(found), breach=breach, subject=ways.subject, replications=means.replications,
                         folder=bench.store.folder)  # fmt: skip
        keep(answer, bench)
    return found
