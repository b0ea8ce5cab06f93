"""All scores of a series: of the model and of the guesses without one, training and held-out points apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from sim.observations import Observation
from sim.observations.points import Points
from sim.study.score.base import BANDS, SCORES, Figure, Told, band
from sim.study.score.baselines import BASELINES, NAIVE, PERSISTENCE, naive, persistence
from sim.study.score.relative import RELATIVE, relative
from sim.study.score.turning import TURNS

MODEL = "model"
TRAINING, HELD_OUT, ALL = "training", "held out", "all"
"""Windows of a series: where points are held out the first two, else all of them; dates of turns are of all."""
COLUMNS = ["series", "part", "teller", "against", "score", "value", "low", "high", "n", "unit"]


@dataclass(frozen=True)
class Scored:
    """A series, its points, and what draws of the model say of them: `samples` of shape (draws, points).

    Draws without a figure at a point, such as an event that never came, are counted as that of the last day in events;
    elsewhere such points are not scored.
    """

    series: Observation
    points: Points = field(repr=False)
    samples: np.ndarray = field(repr=False)
    start: dt.date

    never: int = 0
    """draws in which an event does not come before the run ends"""

    def day(self, number: float) -> dt.date:
        """The date of a day since the start."""
        return self.start + dt.timedelta(days=round(number))

    def date(self, point: int, first: bool = False) -> dt.date:
        """The last date of a point, or its first."""
        return self.day(float((self.points.first if first else self.points.day)[point]))

    def turned(self, score: str) -> float:
        """The day on which the series turned in truth, by the score of that date; NaN where it did not."""
        told = self.tellers[MODEL]
        return float(TURNS[score](told, told.observed[None, :])[0])

    @cached_property
    def tellers(self) -> Mapping[str, Told]:
        """Who tells -> what, of all points; NaN where it says nothing."""
        draws = len(self.samples)
        guesses = {
            PERSISTENCE: persistence(self.series, self.points, draws),
            NAIVE: naive(self.series, self.points, self.start, draws),
        }
        return {
            name: Told(
                samples,
                self.points.value,
                self.points.day,
                self.series.limit,
                self.series.worst,
                self.series.is_ == "event",
            )
            for name, samples in {MODEL: self.samples, **guesses}.items()
        }

    @cached_property
    def windows(self) -> dict[str, np.ndarray]:
        """Window -> which points are in it."""
        held = self.points.held_out
        return {TRAINING: ~held, HELD_OUT: held} if held.any() else {ALL: ~held}

    @property
    def judged(self) -> str:
        """The window by which the model is judged: the points that no fit has seen, where there are some."""
        return HELD_OUT if HELD_OUT in self.windows else ALL

    def scored(self, teller: str) -> np.ndarray:
        """Points of which somebody tells something."""
        return ~np.isnan(self.tellers[teller].samples).any(axis=0)

    def figure(self, score: str, window: str, teller: str = MODEL) -> Figure:
        """A score of the points of a window."""
        told, one = self.tellers[teller], SCORES[score]
        mask = self.scored(teller) & (np.ones(len(self.points), dtype=bool) if window == ALL else self.windows[window])
        return one.figure(told.at(mask)) if mask.any() else Figure(np.nan)

    def relative(self, window: str, baseline: str) -> Figure:
        """Score of the model beside that of a guess, on the points of a window that all guesses have."""
        mask = self.windows[window] & self.scored(MODEL)
        for name in BASELINES:
            there = self.scored(name)
            if name == baseline or (mask & there).any():
                mask = mask & there
        if not mask.any():
            return Figure(np.nan)
        return relative(self.tellers[MODEL].at(mask), self.tellers[baseline].at(mask))

    @property
    def unit(self) -> str:
        """The unit of the series."""
        return self.series.counted_in

    def rows(self) -> Iterator[dict[str, object]]:
        """Every score, as in `COLUMNS`."""

        def row(window: str, teller: str, score: str, found: Figure, against: str = "") -> dict[str, object]:
            unit = "ratio" if score == RELATIVE else SCORES[score].unit or self.unit
            return dict(zip(COLUMNS, (
                self.series.name, window, teller, against, score, found.value, found.low, found.high, found.n, unit,
            ), strict=True))  # fmt: skip

        for window in self.windows:
            for teller in self.tellers:
                if not (self.windows[window] & self.scored(teller)).any():
                    continue
                for name, score in SCORES.items():
                    if score.each != "date":
                        yield row(window, teller, name, self.figure(name, window, teller))
            for name in BASELINES:
                if (self.windows[window] & self.scored(name)).any():
                    yield row(window, MODEL, RELATIVE, self.relative(window, name), name)
        for name, score in SCORES.items():
            if score.each == "date":
                found = self.figure(name, ALL)
                if not np.isnan(found.value):
                    yield row(ALL, MODEL, name, found)

    def table(self) -> pd.DataFrame:
        """One row per point: what was observed, and the bands of the model and of the guesses."""
        points = self.points
        found: dict[str, object] = {
            "series": self.series.name, "date": [pd.Timestamp(self.date(k)) for k in range(len(points))],
            "begins": [pd.Timestamp(self.date(k, first=True)) for k in range(len(points))],
            "observed": points.value, "asked": points.asked, "held_out": points.held_out,
        }  # fmt: skip
        for name, told in self.tellers.items():
            found[name] = told.quantiles([0.5])[:, 0]
            for share in BANDS:
                for end, values in zip(("low", "high"), band(told, share), strict=True):
                    found[f"{name}_{end}_{100 * share:.0f}"] = values
        return pd.DataFrame(found | {"source": points.source, "quality": points.quality, "unit": self.unit})
