"""The best split of a budget over reserves, sites and products: a seeded search on common random numbers.

Splits are points of a simplex. Optuna's tree-structured Parzen estimator (Bergstra et al. 2011) proposes them, always
the same number at a time, so that what it proposes depends on the seed and on what was found, and not on who ran it.
Every split is tried on the same draws; what the best is worth is then told on draws that had no part in choosing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import ScenarioError, needs
from sim.metrics.cost import first_fill
from sim.study.design.measures import COST, ENDING, Measure
from sim.study.design.parts import ReservePart, funded, sizes
from sim.study.infer.ending import ALLOWED
from sim.study.infer.intervals import interval
from sim.study.infer.threshold import Target
from sim.study.run.bench import Bench, Subject

TOGETHER = 4
"""Splits that are proposed at a time."""
AT_RANDOM = 6
"""Splits drawn at random before the estimator proposes any."""
EVEN, SAME_DAYS, SEARCHED = "the same money for each", "the same days for each", "searched"


@dataclass(frozen=True)
class Splits:
    """What was tried. `tried` has one row per budget and split, in the order tried:

    budget, start (how the split came about), `money NAME` and `days NAME` for each part; `first_cost`: what setting it
    up costs; the mean of the measure, of cost, `share` of replications that meet the target (NaN without one); `best`
    within its budget, and `behind`: how much worse than the best in the mean, with its interval on the same draws.
    `fresh` has one row per budget: the best split on as many draws that were not used to choose it: the measure's mean
    with `low` and `high`, and `share`; `short` of all its `draws` are still short at the end. `refused`
    are splits that did not fit into their storage.
    """

    parts: tuple[ReservePart, ...]
    measure: Measure
    target: Target | None
    tried: pd.DataFrame = field(repr=False)
    fresh: pd.DataFrame = field(repr=False)
    refused: int

    @property
    def unsettled(self) -> bool:
        """Whether the best split of a budget has too many draws that are still short at the end."""
        return bool((self.fresh["short"] > ALLOWED * self.fresh["draws"]).any())


def best_splits(
    subject: Subject, parts: Sequence[ReservePart], budgets: Sequence[float], measure: Measure, bench: Bench,
    trials: int = 40, target: Target | None = None,
) -> Splits:  # fmt: skip
    """The best split of each budget: of the best mean, or, with a target, that meets it in most replications.

    Raises ValueError where a measure has no better side, ScenarioError where no split fits into its storage.
    """
    if not measure.better:
        raise ValueError(f"a measure of which more or less is better, which '{measure.name}' is not")
    bench = bench.stages(len(budgets) * (-(-trials // TOGETHER) + 2))
    rows: list[dict[str, object]] = []
    fresh: list[dict[str, float]] = []
    refused = 0
    start: list[tuple[str, np.ndarray]] = []
    for number, budget in enumerate(sorted(budgets)):
        search = _Search(subject, tuple(parts), budget, measure, target, bench)
        search.run(trials, [*_starts(parts), *start])
        best = search.best()
        start = [(f"as for {sorted(budgets)[number]:,.0f}", best.shares)]
        rows += list(search.rows(best))
        fresh.append({"budget": budget} | search.confirm(best))
        refused += search.refused
    return Splits(tuple(parts), measure, target, pd.DataFrame(rows), pd.DataFrame(fresh), refused)


def _starts(parts: Sequence[ReservePart]) -> Iterator[tuple[str, np.ndarray]]:
    """Splits that anybody would think of: even, equal cover everywhere, and all for one."""
    cost = np.array([part.per_day for part in parts])
    yield EVEN, np.full(len(parts), 1 / len(parts))
    yield SAME_DAYS, cost / cost.sum()
    if len(parts) > 1:
        yield from ((f"all for {part.name}", row) for part, row in zip(parts, np.eye(len(parts)), strict=True))


@dataclass(frozen=True)
class _Trial:
    """A split that was run: shares of the budget, sizes in days, and values over replications."""

    start: str
    shares: np.ndarray
    days: tuple[float, ...]
    subject: Subject
    values: np.ndarray
    met: np.ndarray
    cost: float


class _Search:
    """The search for one budget."""

    def __init__(
        self, subject: Subject, parts: tuple[ReservePart, ...], budget: float, measure: Measure, target: Target | None,
        bench: Bench,
    ) -> None:  # fmt: skip
        self._subject, self._parts, self._budget, self._bench = subject, parts, budget, bench
        self._measure, self._target = measure, target
        self._sign = 1.0 if measure.better == "lower" else -1.0
        self._measures = list(dict.fromkeys([measure, Measure(COST), *([target.measure] if target else []), *ENDING]))
        self.trials: list[_Trial] = []
        self.refused = 0

    def run(self, trials: int, starts: Sequence[tuple[str, np.ndarray]]) -> None:
        """Try the starts, then what the estimator proposes, `trials` in all."""
        with needs("optuna", "the search for the best split"):
            import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=self._subject.plan.seed % 2**32, n_startup_trials=0)
        study = optuna.create_study(sampler=sampler)
        unit = optuna.distributions.FloatDistribution(0.0, 1.0)
        places: dict[str, Any] = {f"x{k}": unit for k in range(len(self._parts) - 1)}
        generator = np.random.default_rng([self._subject.plan.seed, len(self._parts)])
        drawn = [("drawn", generator.dirichlet(np.ones(len(self._parts)))) for _ in range(AT_RANDOM)]
        given = [*starts, *drawn][: trials if places else 1]
        for begin in range(0, len(given), TOGETHER):
            some = given[begin : begin + TOGETHER]
            for (_, shares), worth in zip(some, self._try(some), strict=True):
                params = {f"x{k}": float(x) for k, x in enumerate(coordinates(shares))}
                state = optuna.trial.TrialState.FAIL if worth is None else optuna.trial.TrialState.COMPLETE
                known = optuna.trial.create_trial(state=state, value=worth, params=params, distributions=places)
                study.add_trial(known)
        for begin in range(len(given), trials if places else 0, TOGETHER):
            asked = [study.ask(places) for _ in range(min(TOGETHER, trials - begin))]
            points = [shares_at(np.array([trial.params[name] for name in places])) for trial in asked]
            for trial, worth in zip(asked, self._try([(SEARCHED, p) for p in points]), strict=True):
                study.tell(trial, worth, state=optuna.trial.TrialState.FAIL if worth is None else None)

    def _try(self, splits: Sequence[tuple[str, np.ndarray]]) -> list[float | None]:
        """The loss of each split, None where it does not fit into its storage."""
        ready: list[tuple[int, str, np.ndarray, tuple[float, ...], Subject]] = []
        for position, (start, shares) in enumerate(splits):
            days = sizes(self._parts, shares.tolist(), self._budget)
            try:
                ready.append((position, start, shares, days, funded(self._subject, self._parts, days)))
            except ScenarioError as error:
                self.refused += 1
                problem = error
        if len(self.trials) + len(ready) == 0:
            raise problem
        losses: list[float | None] = [None] * len(splits)
        found = self._values([subject for *_, subject in ready], self._bench.replications) if ready else []
        for (position, start, shares, days, subject), (values, met, cost) in zip(ready, found, strict=True):
            trial = _Trial(start, shares, days, subject, values, met, cost)
            self.trials.append(trial)
            losses[position] = self._loss(trial)
        return losses

    def _values(self, subjects: Sequence[Subject], number: int) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
        """Of each: the measure over replications, whether the target is met in them, the mean cost."""
        cases = [subject.case(self._measures) for subject in subjects]
        tables = replace(self._bench, replications=number).all_values(cases, self._measures)
        for k in range(len(subjects)):
            values = tables[self._measure][k]
            met = self._target.met(tables[self._target.measure][k]) if self._target else np.full(number, np.nan)
            yield values, np.asarray(met, dtype=float), float(tables[Measure(COST)][k].mean())

    def _loss(self, trial: _Trial) -> float:
        """What the estimator makes small: the mean, or first the share that miss the target and then the mean."""
        mean = self._sign * float(np.nanmean(trial.values))
        if self._target is None:
            return mean
        return float(1 - trial.met.mean()) + mean / (1 + abs(mean)) / (2 * len(trial.met) + 1)

    def best(self) -> _Trial:
        """The split of the smallest loss; of equals the one tried first."""
        return min(self.trials, key=self._loss)

    def rows(self, best: _Trial) -> Iterator[dict[str, object]]:
        """Rows of `Splits.tried`; a split that came up twice has one."""
        seen: set[tuple[float, ...]] = set()
        for trial in self.trials:
            if trial.days in seen:
                continue
            seen.add(trial.days)
            behind = interval(self._sign * (trial.values - best.values), bca=False)
            sized = zip(self._parts, trial.days, strict=True)
            yield (
                {"budget": self._budget, "start": trial.start}
                | {f"{what} {p.name}": d * rate for p, d in sized for what, rate in (("money", p.per_day), ("days", 1))}
                | {"first_cost": first_fill(trial.subject.plan), self._measure.name: float(np.nanmean(trial.values))}
                | {"share": float(trial.met.mean()), COST: trial.cost, "best": trial is best}
                | {"behind": behind.mean, "behind_low": behind.low, "behind_high": behind.high}
            )

    def confirm(self, best: _Trial) -> dict[str, float]:
        """The best split on as many further draws."""
        count = self._bench.replications
        values, met, cost = next(self._values([best.subject], 2 * count))
        found = interval(values[count:], bca=False)
        end = replace(self._bench, replications=2 * count).endings([best.subject.case(self._measures)]).iloc[0]
        return {
            "first_cost": first_fill(best.subject.plan), self._measure.name: found.mean, "low": found.low,
            "high": found.high, "share": float(met[count:].mean()), COST: cost, "n": found.n,
            "short": int(end["short"]), "draws": int(end["draws"]),
        }  # fmt: skip


def shares_at(point: np.ndarray) -> np.ndarray:
    """Shares that add up to 1 from k - 1 numbers in [0, 1]; uniform over the simplex for uniform numbers.

    One share after another is broken off what is left: the j-th with a Beta(1, k - j) distribution.
    """
    k, left, shares = len(point) + 1, 1.0, []
    for j, x in enumerate(point.tolist(), start=1):
        shares.append(left * (1 - (1 - x) ** (1 / (k - j))))
        left -= shares[-1]
    return np.array([*shares, max(0.0, left)])


def coordinates(shares: np.ndarray) -> np.ndarray:
    """The numbers that `shares_at` turns into these shares."""
    k, left, point = len(shares), 1.0, []
    for j, share in enumerate(shares[:-1].tolist(), start=1):
        part = min(1.0, share / left) if left > 1e-12 else 0.0
        point.append(1 - (1 - part) ** (k - j))
        left -= share
    return np.array(point)
