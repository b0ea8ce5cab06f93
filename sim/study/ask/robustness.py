"""Does the answer of a study hold when its uncertain values are at their bounds: which strategy is best then?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.engine.compile.plan import compile_plan
from sim.model.chance.unknown import Unknown
from sim.study.design.design import Design, for_all
from sim.study.design.measures import Measure
from sim.study.infer.standing import nearest_to_best
from sim.study.run.bench import Bench, Subject

AS_DRAWN = "as drawn"


def uncertain_of(design: Design) -> dict[str, Unknown]:
    """Path of every value that is uncertain in the study's first scenario -> what is known of it."""
    loaded = design.loaded[design.scenarios[0], design.spec.reference]
    return {path: loaded.spec.uncertain[path] for path in loaded.document.uncertain}


def subject_of(design: Design, scenario: str, strategy: str) -> Subject:
    """A scenario of a study under one of its strategies, to be tried in variations."""
    entry = design.spec.scenarios[design.scenarios.index(scenario)]
    chosen = next(s for s in design.spec.strategies if s.name == strategy)
    loaded = design.loaded[scenario, strategy]
    return Subject(loaded.path, chosen.use, for_all(design.spec) | entry.set | chosen.set, loaded, compile_plan(loaded))


def bounds_of(design: Design) -> list[tuple[str, Any]]:
    """(path, value) of every uncertain value at each of its bounds; of a list, at each of its values."""
    return [(path, value) for path, unknown in uncertain_of(design).items() for value in unknown.bounds]


def robustness(design: Design, standing: pd.DataFrame, measure: Measure, bench: Bench) -> pd.DataFrame:
    """One row per point and strategy, of the study's first scenario.

    Points: all that is uncertain as it is drawn, as the study has run it (`standing`, of its result), then one value
    after another at each of its bounds, the others still drawn.
    parameter and value name the point; mean is the measure's over so many `draws`, at all bounds the bench's, the same
    ones; `best` marks the strategies that nothing is told to be better than at the point.
    Raises ScenarioError where a bound does not make a scenario.
    """
    scenario, points = design.scenarios[0], bounds_of(design)
    subjects = {name: subject_of(design, scenario, name) for name in design.strategies}
    keys, cases = [], []
    for path, value in points:
        for name, subject in subjects.items():
            keys.append({"scenario": scenario, "parameter": path, "value": str(value), "strategy": name})
            cases.append(subject.changed({path: value}).case([measure]))
    values = bench.values(cases, measure).reshape(len(points), len(subjects), -1)
    means = np.nanmean(values, axis=2)
    sign, spec = 1.0 if measure.better == "lower" else -1.0, design.spec
    room = 0.0 if spec.best is None else spec.best.indifference
    best = np.array([nearest_to_best(sign * at, room, spec.confidence) for at in values])
    columns = zip(keys, means.ravel().tolist(), best.ravel().tolist(), strict=True)
    tried = [key | {"draws": values.shape[2], "mean": mean, "best": is_best} for key, mean, is_best in columns]
    own = standing[standing["scenario"] == scenario].rename(columns={"n": "draws", "together": "best"})
    drawn = own.assign(parameter=AS_DRAWN, value="")[[*keys[0], "draws", "mean", "best"]]
    return pd.concat([drawn, pd.DataFrame(tried)], ignore_index=True)
