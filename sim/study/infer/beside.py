"""Counterfactuals beside what was done: paired differences, each against the run that differs by its decision alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.scenario.words.hindsight import AS_IT_WAS
from sim.study.infer.compare import compare


@dataclass(frozen=True)
class Asked:
    """A counterfactual: its name, its title, why it is asked, and what it is set `against`.

    That is what was done, or, where `rules` stand in the place of what was typed in by its date, the same with these
    rules, so that what the rules do is not taken for what the decision does. `cost` is what it would have cost on top
    of what a run counts, None where that is not known.
    """

    name: str
    title: str
    why: str = ""
    against: str = AS_IT_WAS
    rules: tuple[str, ...] = ()
    cost: float | None = None


def beside(rows: pd.DataFrame, asked: Sequence[Asked], confidence: float = 0.95) -> pd.DataFrame:
    """One row per measure, group and option: both means, the paired difference with its interval, and a verdict.

    `rows` are those of a study with options in the place of strategies. The rules by which counterfactuals go are
    options too, against what was done. Intervals and verdicts are those of `compare` (Holm over the options).
    """
    rules = list(dict.fromkeys(one.against for one in asked if one.against != AS_IT_WAS))
    pairs = [*((rule, AS_IT_WAS) for rule in rules), *((one.name, one.against) for one in asked)]
    table = compare(rows, [AS_IT_WAS, *rules, *(one.name for one in asked)], pairs, confidence)
    columns = ["measure", "breakdown", "group", "option", "against", "n", "against_mean", "mean", "difference", "low",
               "high", "verdict"]  # fmt: skip
    found: pd.DataFrame = table.rename(columns={"strategy": "option"})[columns]
    found.loc[found["n"] < 2, ["low", "high"]] = float("nan")
    return found
