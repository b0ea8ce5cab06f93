"""What a calibration found, as tables: bands of what was not known, the best fit, and what the data could not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from sim.model.chance.unknown import Choice, Unknown
from sim.study.ask.fitting import Fits
from sim.study.ask.nearest import Nearest
from sim.study.design.observing import Watched
from sim.study.design.parameter import rounded
from sim.study.infer import posterior

BAND = ("median", "low_80", "high_80")


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibrated:
    """What the points before those that are held out say of figures that are not known.

    Attributes
    ----------
    fitted
        Path of each figure that was fitted, and what is declared of it.
    written
        Path of each, and the value in the scenario.
    watched
        Every series with the points that were looked at.
    near
        Draws of the ranges, and which of them came nearest.
    fits
        Every trial of the search for the best fit.
    """

    fitted: Mapping[str, Unknown] = field(repr=False)
    written: Mapping[str, Any]
    watched: tuple[Watched, ...] = field(repr=False)
    near: Nearest = field(repr=False)
    fits: Fits = field(repr=False)

    @property
    def effective(self) -> int:
        """Effective sample size; under 50 there is no band."""
        return self.near.effective

    @property
    def banded(self) -> bool:
        """Whether there are draws enough for bands."""
        return self.effective >= posterior.FEWEST

    @cached_property
    def calibrated(self) -> pd.DataFrame:
        """One row per figure: what is declared and written, the best fit, where both starts ended, and its band."""
        return pd.DataFrame([self._row(path, unknown) for path, unknown in self.fitted.items()])

    def _row(self, path: str, unknown: Unknown) -> dict[str, object]:
        levels, best, starts = self.near.near[path].to_numpy(), self.fits.best, self.fits.starts
        band = dict.fromkeys(BAND, "")
        if self.banded:
            band = {name: _text(unknown.at(at)) for name, at in zip(BAND, posterior.ends(levels), strict=True)}
        both = len(starts) > 1
        return {
            "unknown": path, "declared": str(unknown), "written": _text(self.written[path]),
            "best": "" if best is None else _text(best.values[path]),
            "start_1": _text(starts[0].values[path]) if both else "",
            "start_2": _text(starts[1].values[path]) if both else "",
            "apart": _apart(unknown, starts[0].levels[path], starts[1].levels[path]) if both else float("nan"),
            **band, "width": posterior.width(unknown, levels) if self.banded else float("nan"),
        }  # fmt: skip

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per two figures: the rank correlation of their values in the accepted draws; none without a band."""
        found = list(posterior.pairs(self.near.near)) if self.banded else []
        return pd.DataFrame(found, columns=["one", "other", "correlation"])

    @cached_property
    def trials(self) -> pd.DataFrame:
        """One row per trial and figure, that of the values as they are written first."""
        tried = [*([self.fits.as_written] if self.fits.as_written else []), *self.fits.trials]
        rows = [
            {"start": trial.start, "trial": number, "score": trial.score, "unknown": path,
             "value": _text(trial.values[path]), "level": trial.levels.get(path)}
            for number, trial in enumerate(tried) for path in self.fitted
        ]  # fmt: skip
        columns = ["start", "trial", "score", "unknown", "value", "level"]
        return pd.DataFrame(rows, columns=columns).astype({"score": float, "level": float})

    @cached_property
    def draws(self) -> pd.DataFrame:
        """One row per draw and figure: its value, how far the draw is from what was observed, if it was accepted."""
        near = self.near
        return pd.concat([
            pd.DataFrame({
                "draw": near.levels.index, "distance": near.distance, "accepted": near.accepted, "unknown": path,
                "value": [_text(unknown.at(level)) for level in near.levels[path]],
                "level": near.levels[path].to_numpy(),
            })
            for path, unknown in self.fitted.items()
        ], ignore_index=True)  # fmt: skip

    @property
    def told(self) -> list[str]:
        """Paths of the figures of which the data tell something: by themselves, or together with another; without a
        band nobody knows, and it is all of them."""
        if not self.banded:
            return list(self.fitted)
        narrow = set(self.calibrated.loc[self.calibrated["width"] <= posterior.WIDE, "unknown"])
        close = self.pairs[self.pairs["correlation"].abs() > posterior.TOGETHER]
        return [path for path in self.fitted if path in narrow | set(close["one"]) | set(close["other"])]

    @property
    def best(self) -> dict[str, Any]:
        """Path -> value of the best fit, of figures that are told of; empty where there was no time for one."""
        best = self.fits.best
        return {} if best is None else {path: rounded(best.values[path]) for path in self.told}

    @property
    def ranges(self) -> dict[str, Any]:
        """Path -> what is left of its range, as it is written under `uncertain`; empty without a band."""
        found: dict[str, Any] = {}
        for path in self.told if self.banded else ():
            levels, unknown = self.near.near[path].to_numpy(), self.fitted[path]
            if isinstance(unknown, Choice):
                shares = [round(share, 4) for share in posterior.weights(unknown, levels).tolist()]
                found[path] = {"values": list(unknown.values), "weights": shares}
            else:
                found[path] = [rounded(unknown.at(level)) for level in posterior.pieces(levels).tolist()]
        return found

    @property
    def together(self) -> list[tuple[str, str, float]]:
        """Figures with ranges that are to be drawn together, and the correlation of their normal scores: those that go
        together most, each once."""
        found: list[tuple[str, str, float]] = []
        taken: set[str] = set()
        order = self.pairs["correlation"].abs().sort_values(ascending=False, kind="stable").index
        for one, other, rank in self.pairs.loc[order].itertuples(index=False):
            if abs(rank) > posterior.WITH and {one, other} <= set(self.ranges) - taken:
                taken |= {one, other}
                found.append((one, other, posterior.normal(rank)))
        return found


def _apart(unknown: Unknown, one: float, two: float) -> float:
    """The share of the declared range between two levels; values of a list are the same, or not."""
    if isinstance(unknown, Choice):
        return float(unknown.at(one) != unknown.at(two))
    return abs(one - two)


def _text(value: Any) -> str:
    return str(rounded(value))
