"""What the documents of a review are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from sim.report.hindsight.frozen import Frozen
from sim.report.hindsight.timeline import Row
from sim.report.run.facts import Facts
from sim.report.words.units import Counted
from sim.scenario.load import Loaded
from sim.study.infer.beside import Asked
from sim.study.score.board import Scored


@dataclass(frozen=True)
class Hindsight:
    """Counterfactuals beside what was done: what was asked, the differences, what stays as it was; and the answer in
    words."""

    asked: Sequence[Asked]
    differences: pd.DataFrame = field(repr=False)
    frozen: Mapping[str, Frozen] = field(repr=False)
    counted: Counted
    lines: Sequence[str]


@dataclass(frozen=True)
class Material:
    """The scenario, its replay (series and the answer in words, from so many draws), the timeline of the run as it is
    written, and counterfactuals; None where the scenario asks none."""

    loaded: Loaded
    series: Sequence[Scored]
    lines: Sequence[str]
    draws: int
    facts: Facts
    rows: Sequence[Row]
    hindsight: Hindsight | None = None
