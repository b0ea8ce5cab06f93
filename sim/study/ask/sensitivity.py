"""How an answer depends on uncertain parameters: one at a time (tornado), Morris' screening, Sobol's indices.

The answer is the mean of a measure over the same draws at every point, so that what differs is the parameters' doing.
Morris (Technometrics 33, 1991) and Sobol (with Saltelli's sampling, 2010) are SALib's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import needs
from sim.study.design.measures import Measure
from sim.study.design.parameter import Parameter
from sim.study.run.bench import Bench, Subject


@dataclass(frozen=True)
class Question:
    """Which measure of which scenario, on which bench."""

    subject: Subject
    measure: Measure
    parameters: tuple[Parameter, ...]
    bench: Bench

    def answers(self, points: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Mean of the measure at each point (overrides); shape (points,)."""
        cases = [self.subject.changed(point).case([self.measure]) for point in points]
        means: np.ndarray = np.nanmean(self.bench.values(cases, self.measure), axis=1)
        return means

    def at(self, values: np.ndarray) -> np.ndarray:
        """Answers at rows of values, one column for each parameter."""
        return self.answers([
            {p.path: p.written(float(v)) for p, v in zip(self.parameters, row, strict=True)} for row in values
        ])  # fmt: skip


def tornado(question: Question) -> pd.DataFrame:
    """One row per parameter, the widest swing first: the measure at both bounds, all else as the scenario has it."""
    points: list[dict[str, Any]] = [{}]
    for p in question.parameters:
        points += [{p.path: p.written(p.low)}, {p.path: p.written(p.high)}]
    base, *rest = question.answers(points).tolist()
    rows = [
        {"parameter": p.path, "low": str(p.written(p.low)), "high": str(p.written(p.high)), "base": base,
         "at_low": rest[2 * k], "at_high": rest[2 * k + 1], "swing": abs(rest[2 * k + 1] - rest[2 * k])}
        for k, p in enumerate(question.parameters)
    ]  # fmt: skip
    return pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def morris(question: Question, trajectories: int) -> pd.DataFrame:
    """One row per parameter: mu_star (mean size of its elementary effects, with a 95 % half-width) and sigma (how much
    they differ: interaction or curvature), both in the measure's unit over the parameter's whole range."""
    with needs("SALib", "this method"):
        from SALib.analyze import morris as analyse
        from SALib.sample import morris as sample

    problem, seed = _problem(question), question.subject.loaded.spec.seed
    values = sample.sample(problem, trajectories, num_levels=4, seed=seed)
    found = analyse.analyze(problem, values, question.at(values), num_levels=4, seed=seed, scaled=False)
    table = pd.DataFrame({
        "parameter": found["names"], "mu_star": np.asarray(found["mu_star"], dtype=float),
        "mu_star_conf": np.asarray(found["mu_star_conf"], dtype=float), "mu": np.asarray(found["mu"], dtype=float),
        "sigma": np.asarray(found["sigma"], dtype=float),
    })  # fmt: skip
    return table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


def sobol(question: Question, samples: int) -> pd.DataFrame:
    """One row per parameter: the share of the measure's variance that it explains alone (S1) and with all interactions
    (ST), with 95 % half-widths; `samples` is a power of 2, and samples x (parameters + 2) points are run."""
    with needs("SALib", "this method"):
        from SALib.analyze import sobol as analyse
        from SALib.sample import sobol as sample

    problem, seed = _problem(question), question.subject.loaded.spec.seed
    values = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    answers = question.at(values)
    if np.ptp(answers) == 0:  # nothing to explain
        return pd.DataFrame({"parameter": problem["names"]} | dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), 0.0))
    found = analyse.analyze(problem, answers, calc_second_order=False, seed=seed)
    columns = {name: np.asarray(found[name], dtype=float) for name in ("S1", "S1_conf", "ST", "ST_conf")}
    table = pd.DataFrame({"parameter": problem["names"], **columns})
    return table.sort_values("ST", ascending=False, kind="stable", ignore_index=True)


def _problem(question: Question) -> dict[str, Any]:
    parameters = question.parameters
    return {"num_vars": len(parameters), "names": [p.path for p in parameters],
            "bounds": [[p.low, p.high] for p in parameters]}  # fmt: skip
