"""What all parts of a brief are told with: names, letters, units, and the options and scenarios there is room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from sim.report.brief.parts import Cell
from sim.report.study.answer import leaders
from sim.report.study.comparison import Words, letters_of, records, words_of
from sim.report.words.phrases import listed, plural
from sim.report.words.rounding import bare, within
from sim.study.ask.joining import Joined
from sim.study.design.measures import ALL, Measure
from sim.study.infer.intervals import next_below
from sim.study.run.run import StudyResult

MOST_SCENARIOS, MOST_OPTIONS = 3, 7
"""That there is room for on two sheets of paper; the page of the study has all."""
MOST_NAMED = 3
"""Options that are named in a sentence; more go by their letters."""
NINE_OF_TEN = (0.05, 0.95)
ENOUGH = 19
"""Draws from which nine of ten can be told: the next one lies below the least of n in one case of n + 1."""


@dataclass(frozen=True)
class Context:
    """A finished study, and what was tried beside it: `tried` as of `robustness`, `luck` as of `luck_alone`,
    `joined` what joining the pool that it names is worth."""

    result: StudyResult = field(repr=False)
    tried: pd.DataFrame | None = field(default=None, repr=False)
    luck: pd.DataFrame | None = field(default=None, repr=False)
    joined: Joined | None = field(default=None, repr=False)

    @property
    def measure(self) -> Measure:
        """The measure in all that the brief is about."""
        return self.result.design.main

    @cached_property
    def words(self) -> Words:
        """Names and units."""
        return words_of(self.result.design)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Strategy -> the letter that stands for it."""
        return letters_of(self.result.design.strategies)

    @property
    def reference(self) -> str:
        """The baseline."""
        return self.result.design.spec.reference

    @property
    def unit(self) -> str:
        """In what the measure is counted."""
        return self.words.counted.unit(self.measure)

    @property
    def currency(self) -> str:
        """Of every sum."""
        return self.words.counted.currency

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Those there is room for."""
        return self.result.design.scenarios[:MOST_SCENARIOS]

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The strategies there is room for: all, or those that nothing is better than, the baseline, and the first."""
        every = self.result.design.strategies
        first = [name for scenario in self.scenarios for name in leaders(self.result, scenario)]
        chosen = list(dict.fromkeys([*first, self.reference, *every]))[:MOST_OPTIONS]
        return tuple(name for name in every if name in chosen)

    def left_out(self) -> str:
        """How many options and scenarios there is no room for, and where they are."""
        design = self.result.design
        more = [plural(n, what) for n, what in ((len(design.strategies) - len(self.options), "more option"),
                (len(design.scenarios) - len(self.scenarios), "more scenario")) if n]  # fmt: skip
        return f"There is no room for {' and '.join(more)}: see study.html." if more else ""

    def name(self, strategy: str) -> str:
        """The name to show of a strategy."""
        return self.words.names.strategy(strategy)

    def named(self, strategies: Sequence[str]) -> str:
        """Some strategies by name; many by their letters."""
        few = len(strategies) <= MOST_NAMED
        return listed([self.name(name) if few else self.letters[name] for name in strategies])

    def scenario(self, name: str) -> str:
        """The name to show of a scenario."""
        return self.words.names.scenario(name)

    def within(self, scenario: str) -> str:
        """ "In 'long ban', ", where there are several scenarios."""
        return f"In '{self.scenario(scenario)}', " if len(self.result.design.scenarios) > 1 else ""

    def recommended(self, scenario: str) -> str | None:
        """Of the strategies that nothing is told to be better than the one of which that is so in most scenarios, then
        the one with the smallest largest regret; None where nothing is settled."""
        first, regret = leaders(self.result, scenario), self.result.regret
        largest = {r["strategy"]: r["largest_regret"] for r in records(regret, measure=self.measure.name)}
        found = min(first, key=lambda name: (-self._leads[name], largest.get(name, 0.0)), default=None)
        return None if found is None or len(self.result.design.strategies) < 2 else found

    @cached_property
    def _leads(self) -> Counter[str]:
        """Strategy -> scenarios in which nothing is told to be better."""
        return Counter(name for scenario in self.result.design.scenarios for name in leaders(self.result, scenario))

    def row(self, scenario: str, strategy: str, measure: Measure | None = None) -> dict[str, Any]:
        """The row of the summary of a measure in all."""
        measure = measure or self.measure
        asked = {"scenario": scenario, "strategy": strategy, "measure": measure.name, "breakdown": ALL}
        return records(self.result.summary, **asked)[0]

    def mean(self, scenario: str, strategy: str) -> float:
        """The measure's mean."""
        return float(self.row(scenario, strategy)["mean"])

    def level(self, scenario: str, strategy: str, unit: bool = True) -> str:
        """The measure's mean, rounded as its spread lets one see."""
        row = self.row(scenario, strategy)
        text = within(row["mean"], row["low"], row["high"], self.unit)
        return text if unit else bare(text, self.unit)

    def draws(self, scenario: str) -> pd.DataFrame:
        """The measure of every draw, one column for each strategy."""
        rows, m = self.result.kept, self.measure
        mine = rows[(rows["scenario"] == scenario) & (rows["measure"] == m.name) & (rows["breakdown"] == ALL)]
        return mine.pivot(index="replication", columns="strategy", values="value")

    def option(self, strategy: str, what: bool = True) -> Cell:
        """An option with its title, and what it is."""
        return Cell(self.words.names.what(strategy) if what else "", strong=f"{self.name(strategy)}.")

    def letter(self, strategy: str) -> Cell:
        """An option's letter alone."""
        return Cell(letter=self.letters[strategy])


def middle(values: pd.Series) -> tuple[float, float]:
    """Between what nine of ten draws lie; of few draws, all of them."""
    known = values.dropna().to_numpy(dtype=float)
    if len(known) < ENOUGH:
        return float(known.min()), float(known.max())
    low, high = next_below(known, NINE_OF_TEN)
    return float(low), float(high)


def how_many(draws: int) -> str:
    """What `middle` spans: 9 of 10 draws, or all of few."""
    return "9 of 10 draws" if draws >= ENOUGH else f"all {plural(draws, 'draw')}"
