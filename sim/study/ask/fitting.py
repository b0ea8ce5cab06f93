"""The best fit: the values of what is not known under which draws of all else tell best what was observed.

Tree-structured Parzen estimator of Optuna (Akiba et al. 2019), begun twice at different places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.errors import ScenarioError, needs
from sim.study.ask.budget import Budget
from sim.study.design.case import Case
from sim.study.design.observing import Watched
from sim.study.run.bench import Bench, Subject
from sim.study.score.base import Told
from sim.study.score.board import Scored
from sim.study.score.drawn import of_draws
from sim.study.score.wis import wis

DRAWS = 10
"""Draws of luck and of all that is not fitted, the same for every trial."""
TOGETHER = 4
"""Trials of a start that are proposed before any of them is known."""
MOST = 200
"""Trials of a start."""
STARTS = (0.25, 0.75)
"""Levels at which all figures are begun with."""
ENDS = (0.01, 0.99)
"""Levels between which is searched: at 0 and at 1 many a distribution has no value."""
AS_WRITTEN = "as written"


@dataclass(frozen=True)
class Trial:
    """Values that were tried: by path the `levels` (share of the range below) and `values` as written.

    `score` is the mean over series of the mean weighted interval score of their points, in the scale of the series;
    None where it could not be run.
    """

    start: str
    levels: Mapping[str, float]
    values: Mapping[str, Any]
    score: float | None


@dataclass(frozen=True)
class Fits:
    """Every trial; that of the values as they are written is by itself."""

    trials: tuple[Trial, ...] = field(repr=False)
    as_written: Trial | None = None

    @property
    def starts(self) -> tuple[Trial, ...]:
        """The best trial of each start; none where a start has none."""
        names = dict.fromkeys(trial.start for trial in self.trials)
        found = [self._best([trial for trial in self.trials if trial.start == name]) for name in names]
        return tuple(one for one in found if one is not None)

    @property
    def best(self) -> Trial | None:
        """The best of all."""
        return self._best(self.trials)

    @staticmethod
    def _best(trials: Sequence[Trial]) -> Trial | None:
        scored = [(trial.score, k) for k, trial in enumerate(trials) if trial.score is not None]
        return trials[min(scored)[1]] if scored else None


def trials_for(runs: int) -> int:
    """Trials of each start for so many runs of all."""
    return max(1, min(MOST, (runs - DRAWS) // (len(STARTS) * DRAWS)))


def runs_for(trials: int) -> int:
    """Runs that so many trials of each start take, those of the values as written among them."""
    return DRAWS * (len(STARTS) * trials + 1)


class Fitting:
    """Two searches over the ranges of some figures."""

    def __init__(
        self, subject: Subject, watched: tuple[Watched, ...], paths: Sequence[str], scales: np.ndarray, bench: Bench,
        budget: Budget,
    ) -> None:  # fmt: skip
        self._subject, self._watched, self._scales = subject, watched, scales
        self._bench, self._budget = bench, budget
        self._unknown = {path: subject.loaded.spec.uncertain[path] for path in paths}
        places = subject.loaded.document.uncertain
        self._now = {path: ".".join(map(str, places[path])) for path in paths}  # a strategy may have moved an entry

    def run(self, trials: int, written: Mapping[str, Any]) -> Fits:
        """So many trials of each start, after one of the values as they are written; fewer where time is up."""
        with needs("optuna", "the best fit"):
            import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        first = self._try([(AS_WRITTEN, {}, written)])
        if first is None:
            return Fits(())
        unit = optuna.distributions.FloatDistribution(*ENDS)
        places: dict[str, Any] = dict.fromkeys(self._unknown, unit)
        studies = {}
        for k, level in enumerate(STARTS):
            seed = (self._subject.plan.seed * len(STARTS) + k) % 2**32
            study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
            study.enqueue_trial(dict.fromkeys(places, level))
            studies[f"start {k + 1}"] = study
        found: list[Trial] = []
        for begin in range(0, trials, TOGETHER):
            count = min(TOGETHER, trials - begin)
            asked = [(name, study.ask(places)) for name, study in studies.items() for _ in range(count)]
            tried = self._try([(name, trial.params, self._at(trial.params)) for name, trial in asked])
            if tried is None:
                break
            for (name, trial), one in zip(asked, tried, strict=True):
                state = optuna.trial.TrialState.FAIL if one.score is None else None
                studies[name].tell(trial, one.score, state=state)
            found += tried
        return Fits(tuple(found), first[0])

    def _at(self, levels: Mapping[str, float]) -> dict[str, Any]:
        return {path: self._unknown[path].at(level) for path, level in levels.items()}

    def _try(self, points: Sequence[tuple[str, Mapping[str, float], Mapping[str, Any]]]) -> list[Trial] | None:
        """Each with its score; None where the time is up before all are run."""
        cases: list[Case | None] = []
        for *_, values in points:
            try:
                settings = {self._now[path]: value for path, value in values.items()}
                cases.append(replace(self._subject.changed(settings).case([]), observed=self._watched))
            except ScenarioError:  # values that together make no scenario
                cases.append(None)
        ready = [case for case in cases if case is not None]
        if self._budget.attempt(self._bench, ready, DRAWS, DRAWS * len(points)) is None:
            return None
        return [
            Trial(start, levels, values, None if case is None else self._score(case))
            for (start, levels, values), case in zip(points, cases, strict=True)
        ]

    def _score(self, case: Case) -> float | None:
        rows = self._bench.store.read(case, DRAWS).to_pandas()
        return misfit(of_draws(rows, self._watched, self._subject)[1], self._scales) if len(rows) else None


def misfit(scored: Sequence[Scored], scales: np.ndarray) -> float | None:
    """Mean over series of their mean weighted interval score in their scale; None where one has no figure."""
    found = []
    for one, scale in zip(scored, scales.tolist(), strict=True):
        if np.isnan(scale):
            continue
        there = ~np.isnan(one.samples).any(axis=0)
        if not there.any():
            return None
        told = Told(one.samples, one.points.value, one.points.day).at(there)
        found.append(float(wis(told).mean()) / scale)
    return float(np.mean(found))
