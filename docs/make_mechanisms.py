"""What people do in a shortage, over the shipped crises, one mechanism at a time: `python -m docs.make_mechanisms`.

Writes the tables of docs/crises/mechanisms.md and their figures into two files beside it; a few minutes on one
processor. Observed values are read for comparing only: no scenario knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sim
from sim.observations.points import Points
from sim.scenario.drawing import drawn
from sim.scenario.load import Loaded, load
from sim.study.design.observing import seen_of
from sim.study.infer.intervals import next_below, share_interval
from sim.study.score.wis import interval_parts

PAGE = Path("docs/crises/mechanisms.md")
TABLE, BANDS = PAGE.with_suffix(".csv"), PAGE.with_name("mechanisms-bands.csv")
FOLDER = Path("scenarios/crises/mechanisms")
COLUMNS = {
    "as-shipped": "as shipped", "market": "shares drawn", "keep-shares": "shares kept", "rationing": "rationing",
    "more": "makers make more", "saving": "carers save", "buying-ahead": "buying ahead", "all": "all together",
}  # fmt: skip
"""Strategy -> heading."""
DRAWS = 40
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Ends of the bands of 80 and 50 %, and the median."""
SERVICE = {"fill_rate": "served on the day", "saved_share": "saved", "short_share": "never served"}
"""Metric -> what it is called here; in percent of what is needed."""


@dataclass(frozen=True)
class Crisis:
    """Which of the scenario's observed series are looked at, and how their points are called here.

    The first `before` points of all are only what a guess may know.
    """

    series: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    before: int = 0

    def points(self, loaded: Loaded) -> list[tuple[Any, Points]]:
        """The series with their points."""
        found = {one.name: (one, loaded.observed[k]) for k, one in enumerate(loaded.spec.observed)}
        return [found[name] for name in self.series]

    def observed(self, loaded: Loaded) -> np.ndarray:
        """What was observed, in percent."""
        return np.concatenate([points.value for _, points in self.points(loaded)])[self.before :]

    def read(self, run: sim.Run) -> list[float]:
        """The same of a run."""
        seen = seen_of(run.outcome)
        return [value for one, points in self.points(run.loaded)
                for value in one.figures(seen, points).tolist()][self.before :]  # fmt: skip

    def guesses(self, loaded: Loaded) -> list[tuple[float | None, float | None]]:
        """As it was at the point before, or on an untroubled day; and as `1 - share x cut` has it, None without it."""
        found: list[tuple[float | None, float | None]] = []
        for one, points in self.points(loaded):
            last = [0.0, *points.value.tolist()]
            naive = one.guess(points, loaded.spec.start).tolist() if one.naive else [None] * len(points)
            found += zip(last, naive, strict=False)
        return found[self.before :]


def _as_observed(name: str) -> Loaded:
    return load(FOLDER.parent / f"{name}.yaml")


def _weeks(name: str, series: str, before: int) -> Crisis:
    """A series of weeks, told by their last days."""
    loaded = _as_observed(name)
    ((_, points),) = Crisis((series,)).points(loaded)
    dates = pd.Timestamp(loaded.spec.start) + pd.to_timedelta(points.day[before:], unit="D")
    return Crisis((series,), tuple(f"out of stock, week to {day:%d %B}" for day in dates), before)


CRISES = {
    "helene-2024": Crisis(
        ("low-stock", "half-filled", "use"),
        ("hospitals with at most 10 days of stock, 8 October", "hospitals that got less than half, 8 October",
         "use against usual, to 18 November"),
    ),
    "formula-2022": _weeks("formula-2022", "shelves", 1),
    "ppe-2020": Crisis(
        ("week-below", "below-late", "n95-late"),
        ("homes with a week below one week's supply, 21 June to 19 July", "homes short in late August",
         "homes short of N95 in late August"),
    ),
    "india-api-2020": Crisis(),
    "red-sea-2024": Crisis(),
}  # fmt: skip
"""Crises in which any of it can act. Before Suez in 2021 ships queued: nobody is told, and no goods were cut."""


def _service(run: sim.Run) -> list[float]:
    return [100 * float(run.metrics[name].value or 0.0) for name in SERVICE]


def rows(name: str, columns: Iterable[str] = COLUMNS) -> pd.DataFrame:
    """One row per figure of a crisis: what was observed, both guesses, and each column's run, in percent."""
    crisis = CRISES[name]
    file = FOLDER / f"{name}.yaml"
    there = sim.validate(file, "as-shipped").document.strategies
    figures = [*crisis.figures, *SERVICE.values()]
    bare, loaded = len(SERVICE), _as_observed(name)
    observed = [*crisis.observed(loaded), *[np.nan] * bare] if crisis.series else [np.nan] * bare
    table = pd.DataFrame({"crisis": name, "figure": figures, "observed": observed})
    for column in columns:
        if column not in there:
            table[column] = np.nan
            continue
        run = sim.run(file, strategy=column, twin=False, detail="none")
        if column == "as-shipped":
            guesses = [*crisis.guesses(loaded), *[(None, None)] * bare]
            table["last"], table["naive"] = (pd.Series([g[k] for g in guesses], dtype=float) for k in (0, 1))
        table[column] = [*crisis.read(run), *_service(run)]
    return table


def draws(name: str, column: str, number: int = DRAWS) -> np.ndarray:
    """What is observed of a crisis, in every draw of what is not known and of luck; shape (figures, draws)."""
    loaded = load(FOLDER / f"{name}.yaml", column)
    found = []
    for k in range(number):
        run = sim.run(drawn(loaded, k), replication=k, twin=False, detail="none")
        found.append(CRISES[name].read(run))
    return np.array(found).T


def score(ends: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Weighted interval score of bands of 50 and 80 % and the median (Bracher et al. 2021); `ends` as in `LEVELS`."""
    parts = interval_parts(ends[:, 2], (0.5, 0.2), ends[:, [1, 0]].T, ends[:, [3, 4]].T, observed)
    return np.asarray(parts.sum(axis=0))


def persistence(series: np.ndarray, number: int = DRAWS) -> np.ndarray:
    """The ends of its bands from the third value on: the last one, with as many draws of the differences seen by then,
    up or down."""
    generator = np.random.default_rng(0)
    found = []
    for k in range(2, len(series)):
        steps = np.diff(series[:k])
        found.append(series[k - 1] + generator.choice([*steps, *-steps], number))
    return next_below(np.array(found), LEVELS)


def _series(name: str) -> np.ndarray:
    """Every point, those that only a guess may know among them."""
    ((_, points),) = CRISES[name].points(_as_observed(name))
    return points.value


def bands(name: str, column: str, number: int = DRAWS) -> dict[str, float | str]:
    """How many observed figures lie in the bands; and for the series the score against persistence."""
    observed = CRISES[name].observed(_as_observed(name))
    ends = next_below(draws(name, column, number), LEVELS)
    inside = {width: int(((ends[:, a] <= observed) & (observed <= ends[:, b])).sum()) for width, a, b in
              ((50, 1, 3), (80, 0, 4))}  # fmt: skip
    ratio = np.nan
    if name == "formula-2022":
        ours = score(ends[1:], observed[1:]).mean()
        ratio = float(ours / score(persistence(_series(name), number), observed[1:]).mean())
    return {"crisis": name, "column": column, "n": len(observed), "in_50": inside[50], "in_80": inside[80],
            "wis": float(score(ends, observed).mean()), "against_persistence": ratio}  # fmt: skip


def distances(table: pd.DataFrame) -> pd.DataFrame:
    """Mean distance from what was observed, in percentage points: a row per crisis, a column per run and guess."""
    seen = table[table["observed"].notna()]
    names = ["last", "naive", *COLUMNS]
    return seen[names].sub(seen["observed"], axis=0).abs().groupby(seen["crisis"], sort=False).mean()


def _cell(value: float, form: str = ".1f") -> str:
    return "–" if np.isnan(value) else format(value + 0.0, form)


def written(table: pd.DataFrame) -> str:
    """The table of all crises and mechanisms."""
    names = ["observed", "last", "naive", *COLUMNS]
    heads = ["crisis", "in percent", "observed", "as before", "1 − share × cut", *COLUMNS.values()]
    lines = ["| " + " | ".join(heads) + " |", "|---|---|" + "--:|" * len(names)]
    far = distances(table).T.to_dict()
    for crisis, group in table.groupby("crisis", sort=False):
        for row in group.to_dict("records"):
            lines.append(f"| {crisis} | {row['figure']} | " + " | ".join(_cell(row[n]) for n in names) + " |")
        if crisis in far:
            cells = ["", *(f"**{_cell(far[crisis][n])}**" for n in names[1:])]
            lines.append(f"| {crisis!s} | **mean distance from the observed, in points** | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def written_bands(table: pd.DataFrame) -> str:
    """The table of bands."""
    lines = ["| crisis | run | figures | in the 50 % band | in the 80 % band | score | against persistence |",
             "|---|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for row in table.to_dict("records"):
        cells = []
        for width in (50, 80):
            low, high = share_interval(row[f"in_{width}"], row["n"])
            cells.append(f"{row[f'in_{width}'] / row['n']:.0%} ({low:.0%} to {high:.0%})")
        told = [row["crisis"], COLUMNS[row["column"]], str(row["n"]), *cells, _cell(row["wis"])]
        lines.append("| " + " | ".join([*told, _cell(row["against_persistence"], ".2f")]) + " |")
    return "\n".join(lines)


def page(text: str, table: pd.DataFrame, within: pd.DataFrame) -> str:
    """The page with both tables in their places."""
    for name, part in (("mechanisms", written(table)), ("bands", written_bands(within))):
        place = re.compile(rf"(<!-- {name}: [^>]* -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        found = place.search(text)
        assert found is not None, f"{PAGE} has no place for {name}"
        text = f"{text[: found.start()]}{found[1]}\n{part}\n\n{found[2]}{text[found.end() :]}"
    return text


def main() -> None:
    """Run it all, keep the figures and write the page."""
    table = pd.concat([rows(name) for name in CRISES], ignore_index=True)
    table.round(4).to_csv(TABLE, index=False)
    seen = [name for name, crisis in CRISES.items() if crisis.series]
    within = pd.DataFrame([bands(name, column) for name in seen for column in ("as-shipped", "all")])
    within.round(4).to_csv(BANDS, index=False)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), *map(pd.read_csv, (TABLE, BANDS))), encoding="utf-8")


if __name__ == "__main__":
    main()
