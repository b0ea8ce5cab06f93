"""Synthetic crises: a maker who sends nothing for some days, twelve clinics, and two things that nobody knows.

The truth of each is a draw of the same scenario by a seed of its own, read from its daily table; what is held against
it are draws by another seed. What a larger stock would have spared is known by arithmetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.stats import binom, poisson

import sim

START = dt.date(2024, 3, 1)
CLINICS, LEVEL, MORE, LEAD = 12, 800, 400, 4
LOW, HIGH = 80, 120
"""Least and most units a day that a clinic may need in the mean."""
LENGTHS = range(3, 8)
"""Days that the stop may last. A few units more would spare all of them or none, and no interval is quite right of what
is nearly two figures alone; of `MORE` any part may be needed."""
ASKED = 30
SPAN = 7
TRUTHS = 1_000_000
"""Added to a seed: that of the truth."""

CRISIS: dict[str, Any] = {
    "scenario": "synthetic", "title": "A stop that nobody knows the length of", "start": START, "end": "2024-03-31",
    "warm_up": "0d",
    "products": {"saline": {"unit": "bag"}}, "suppliers": {"maker": {"makes": {"saline": {}}}},
    "facilities": {f"clinic-{k}": {} for k in range(1, CLINICS + 1)},
    "lanes": [{"from": "maker", "to": "facilities", "time": f"{LEAD}d"}],
    "demand": [{"at": "facilities", "product": "saline", "per_day": 100, "distribution": "poisson"}],
    "replenishment": [{"at": "facilities", "policy": "base_stock", "level": LEVEL}],
    "disruptions": [{"kind": "site_outage", "name": "stop", "at": "maker", "from": "2024-03-09", "for": "5d"}],
    "uncertain": {"demand.0.per_day": f"uniform({LOW}, {HIGH})", "disruptions.stop.for": [f"{k}d" for k in LENGTHS]},
    "counterfactuals": {"more": {"changes": {"replenishment.0.level": LEVEL + MORE}}},
    "sources": {"nobody": {"title": "Made up"}},
}  # fmt: skip
SERIES: dict[str, dict[str, Any]] = {
    "use": {"is": "flow", "model": "use", "over": f"{SPAN}d"},
    "stock": {"is": "level", "model": "stock"},
    "empty": {"is": "share", "model": "share_out", "of": ASKED, "over": f"{SPAN}d"},
    "low": {"is": "event", "model": "event_date", "figure": "on_hand", "below": 3000},
}
"""One of each sort: units given over a week, units in stock, shelves empty over a week by so many asked, and the first
day on which all clinics together have fewer than 3,000 units."""
POINTS = {"use": (18,), "stock": (12,), "empty": (18,)}
"""Days of the points, from the first on."""


@dataclass(frozen=True)
class Crisis:
    """A scenario in a file with what was seen of a truth, and the seed of the draws that are held against it."""

    path: Path
    seed: int

    def replay(self, draws: int, **changed: Any) -> sim.ask.Replay:
        """Draws held against what was seen, of a scenario with other values."""
        settings = {"seed": self.seed} | changed
        return sim.replay(self.path, overrides=settings, draws=draws, workers=1)

    def what_if(self, draws: int) -> Mapping[str, Any]:
        """What a larger stock would have spared, in the mean of draws."""
        found = sim.ask.what_if(self.path, ["more"], {"seed": self.seed}, replications=draws, workers=1)
        return found.difference("more")


def seen(daily: pd.DataFrame, series: str, day: int, generator: np.random.Generator) -> float:
    """What is seen of a run on a day, from its daily table: none of the observation models is asked."""
    mine = daily[daily["kind"] == "facility"]
    week = mine[mine["day"].between(day - SPAN + 1, day)]
    if series == "use":
        return float(week["served"].sum())
    if series == "stock":
        return float(mine.loc[mine["day"] == day, "on_hand"].sum())
    return float(100 * generator.binomial(ASKED, (week["on_hand"] == 0).mean()) / ASKED)


def first_low(daily: pd.DataFrame) -> int:
    """The first day with fewer than 3,000 units in all clinics."""
    stock = daily[daily["kind"] == "facility"].groupby("day")["on_hand"].sum()
    return int(stock.index[stock < 3000][0])


def crises(
    folder: Path, number: int, first: int = 1, points: Mapping[str, tuple[int, ...]] | None = None
) -> Iterator[Crisis]:
    """Crises by seeds from `first` on, each with a truth of its own, seen at some points; none: `POINTS`, and the date
    of `low`."""
    days = POINTS if points is None else points
    kept = [*days, *(["low"] if points is None else [])]
    (folder / "truth.yaml").write_text(yaml.safe_dump(CRISIS, sort_keys=False))
    common = {"file": "seen.csv", "source": "nobody", "quality": "other"}
    observed = [{"name": name, **SERIES[name], "where": {"series": name}, **common} for name in kept]
    path = folder / "crisis.yaml"
    path.write_text(yaml.safe_dump({"extends": "truth.yaml", "observed": observed}, sort_keys=False))
    for seed in range(first, first + number):
        daily = sim.run(
            folder / "truth.yaml", overrides={"seed": seed + TRUTHS}, twin=False, unknowns="drawn"
        ).daily  # fmt: skip
        generator = np.random.default_rng(seed)
        rows = [(name, day, seen(daily, name, day, generator)) for name in days for day in days[name]]
        rows += [("low", first_low(daily), 0.0)] if "low" in kept else []
        lines = [f"{name},{START + dt.timedelta(days=day)},{value:.10g}" for name, day, value in rows]
        (folder / "seen.csv").write_text("\n".join(["series,date,value", *lines]) + "\n")
        yield Crisis(path, seed)


def spared() -> float:
    """The mean of what a larger stock spares (below 0), by arithmetic.

    A clinic has ordered up to its level when the stop begins; the first goods sent after it can be used `LEAD` days
    after its end. What it is asked in between is Poisson, and what is beyond its level goes unmet: E[(N - level)+].
    Over all lengths of the stop, and over the mean of demand by the midpoint rule.
    """
    rates = LOW + (HIGH - LOW) * (np.arange(200) + 0.5) / 200
    asked = (rates[:, None] * (np.array(LENGTHS) + LEAD)).ravel()
    units = np.arange(3000)
    chance = poisson.pmf(units, asked[:, None])
    unmet = [(np.maximum(units - level, 0) * chance).sum(axis=1).mean() for level in (LEVEL + MORE, LEVEL)]
    return float(CLINICS * (unmet[0] - unmet[1]))


def expected(number: int, rate: float) -> tuple[int, int]:
    """Least and most of so many that hold, where each does with this probability: outside of it in 27 of 10,000 cases,
    as of three standard deviations."""
    low, high = binom.interval(0.9973, number, rate)
    return int(low), int(high)
