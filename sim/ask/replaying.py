"""A crisis replayed: many draws of it held against what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_other
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.errors import SimulationError
from sim.report.replay.page import replay_page
from sim.report.replay.words import replay_words
from sim.study.run.replicate import Failure
from sim.study.score.board import COLUMNS, Scored
from sim.study.score.drawn import of_draws, watched_in

KIND = "replay"
TABLES = ("scores", "points")
DRAWN = "drawn"
"""The draws themselves: one row per series, point and draw."""
PAGE = "replay.html"
DOCUMENTS = ("review.html", "review.docx")
"""What may be made of it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Replay(Answer):
    """How well draws of a scenario tell what was observed.

    Attributes
    ----------
    series
        Every series with its points, the draws' figures at these, and what guesses without a model say.
    drawn
        One row per series, point and draw: `figure` as the run had it, `seen` as a survey of so many would have it.
    failures
        Draws that could not be run.
    """

    series: tuple[Scored, ...] = field(repr=False)
    drawn: pd.DataFrame = field(repr=False)
    failures: tuple[Failure, ...] = ()

    @property
    def draws(self) -> int:
        """Draws that could be run."""
        return int(self.drawn["draw"].nunique())

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per series, part, teller and score; `sim.study.score` says what each is."""
        return pd.DataFrame([row for one in self.series for row in one.rows()], columns=COLUMNS)

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per point: what was observed, and the bands of the model and of the guesses."""
        return pd.concat([one.table() for one in self.series], ignore_index=True)

    def score(self, series: str, score: str, part: str | None = None, against: str = "") -> float:
        """A score of the model, by default of the points by which it is judged: those held out, where there are some.

        Raises KeyError where there is no such score.
        """
        mine = {one.series.name: one for one in self.series}[series]
        table = self.scores
        found = table[
            (table["series"] == series) & (table["score"] == score) & (table["against"] == against)
            & (table["teller"] == "model") & (table["part"] == (part or mine.judged))
        ]  # fmt: skip
        if found.empty:
            raise KeyError(f"{series} has no {score} in {part or mine.judged}")
        return float(found["value"].iloc[0])

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        return [*replay_words(self.series, self.draws), *self.how_sure()]

    def page(self) -> str:
        """Fans over points, tables of scores and what may be concluded, as HTML."""
        return replay_page(self.series, self.lines(), self.title, self.subject.labels[0], self.draws)


def replay(
    path: str | Path,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    draws: int = 40,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Replay:
    """Draw a scenario many times, by luck and by all that is uncertain, and hold it against its `observed` series.

    Parameters
    ----------
    path
        Scenario file with `observed`.
    strategy, overrides
        As for `sim.run`. A value that is set here is not drawn.
    draws
        Draws; bands of 50, 80 and 95 % need 3, 9 and 39, all intervals of the score 99.
    workers, scheduler, out, progress, replace
        As for `sim.ask.causes`; draws that are in the folder `out` already are not made again.

    Returns
    -------
    Replay
        Scores, points, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments; also where nothing is observed.
    """
    means, arguments = Means(draws, workers, scheduler, out, progress, replace), Arguments()
    subject = arguments.subject(path, strategy, overrides, draws, "draws")
    watched = () if subject is None else watched_in(subject)
    if subject is not None and not watched:
        what = "no point lies in the days that are run" if subject.loaded.spec.observed else "it has no 'observed'"
        arguments.refuse("path", f"nothing to hold this scenario against: {what}", path, "series under 'observed'")
    arguments.check()
    assert subject is not None
    asked = {"observed": [{"name": one.series.name, "points": len(one.points)} for one in watched]}
    with means.asking(subject, KIND, asked, (*TABLES, DRAWN), PAGE, *DOCUMENTS) as bench:
        case = with_other(subject.case([]), observed=watched)
        failures = bench.attempt([case])
        rows = bench.store.read(case, draws).to_pandas()
        if rows.empty:
            raise SimulationError(f"no draw could be run; the first: {failures[0]}")
        drawn, scored = of_draws(rows, watched, subject)
        found = Replay(
            subject=subject, replications=draws, folder=means.kept(bench), failures=tuple(failures), drawn=drawn,
            series=scored,
        )  # fmt: skip
        for name in TABLES:
            bench.store.answer(name, getattr(found, name))
        bench.store.keep(DRAWN, drawn)
        bench.store.page(PAGE, found.page())
    return found
