"""What people do in a shortage, over the shipped crises, one mechanism at a time: `python -m docs.make_mechanisms`.

Writes the tables of docs/crises/mechanisms.md and their figures into two files beside it; a few minutes on one
processor. Observed values are read for comparing only: no scenario knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from docs import helene_fit, ppe_fit
from sim.scenario.drawing import drawn
from sim.scenario.load import load
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
    """What was observed of a crisis, and how a run is read for it.

    `figures` are names in the order of what `read` gives and of `observed`. `guesses` gives the same figures as they
    were before, and as `1 - share x cut` has them, from a run of the crisis as shipped; None where there is no guess.
    """

    observed: tuple[float, ...] = ()
    figures: tuple[str, ...] = ()
    read: Callable[[sim.Run], list[float]] = lambda run: []
    guesses: Callable[[sim.Run], list[tuple[float | None, float | None]]] = lambda run: []


def _series() -> pd.Series:
    """Share of products out of stock in shops, by the last day of the week."""
    loaded = load(FOLDER.parent / "formula-2022.yaml")
    points = loaded.observed[0]
    dates = pd.Timestamp(loaded.spec.start) + pd.to_timedelta(points.day, unit="D")
    return pd.Series(points.value, index=dates)


def _formula(run: sim.Run) -> list[float]:
    """Weeks from mid-May on, in percent; the usual share, which the model does not have, is added."""
    series, points = run.loaded.spec.observed[0], run.loaded.observed[0]
    return series.figures(seen_of(run.outcome), points).tolist()[1:]


def _formula_guesses(run: sim.Run) -> list[tuple[float | None, float | None]]:
    series, points = run.loaded.spec.observed[0], run.loaded.observed[0]
    naive = series.guess(points, run.loaded.spec.start)
    return [(float(last), float(guess)) for last, guess in zip(points.value[:-1], naive[1:], strict=True)]


def _helene_guesses(run: sim.Run) -> list[tuple[float | None, float | None]]:
    """Before there was an untroubled day. With 60 % of goods cut to 40 % each hospital gets 64 % of what it uses."""
    got, day = 1 - 0.6 * 0.6, pd.Timestamp("2024-09-27")
    before = helene_fit.by_hospital(run, "on_hand").loc["2024-09-26"] / helene_fit.usual()
    left = before - (1 - got) * (pd.Timestamp("2024-10-08") - day).days
    span = pd.date_range("2024-10-01", "2024-11-18")
    days = np.array([(date - day).days for date in span])[:, None]
    used = np.where(before.to_numpy() > (1 - got) * days, 1.0, got).mean()
    few = float(np.mean(left.to_numpy() <= 10))
    return [(0.0, 100 * few), (0.0, 0.0), (0.0, 100 * (float(used) - 1))]


CRISES = {
    "helene-2024": Crisis(
        (54, 88, -12.5),
        ("hospitals with at most 10 days of stock, 8 October", "hospitals that got less than half, 8 October",
         "use against need, to 18 November"),
        helene_fit.shares, _helene_guesses,
    ),
    "formula-2022": Crisis(
        tuple(_series().iloc[1:]),
        tuple(f"out of stock, week to {day:%d %B}" for day in _series().index[1:]), _formula, _formula_guesses,
    ),
    "ppe-2020": Crisis(
        (27.6, 20, 17),
        ("homes with a week below one week's supply, 21 June to 19 July", "homes short in late August",
         "homes short of N95 in late August"),
        ppe_fit.figures, lambda run: [(0.0, None)] * 3,
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
    bare = len(SERVICE)
    table = pd.DataFrame({"crisis": name, "figure": figures, "observed": [*crisis.observed, *[np.nan] * bare]})
    for column in columns:
        if column not in there:
            table[column] = np.nan
            continue
        run = sim.run(file, strategy=column, twin=False, detail="none")
        if column == "as-shipped":
            guesses = [*crisis.guesses(run), *[(None, None)] * bare]
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


def bands(name: str, column: str, number: int = DRAWS) -> dict[str, float | str]:
    """How many observed figures lie in the bands; and for the series the score against persistence."""
    observed = np.array(CRISES[name].observed)
    ends = next_below(draws(name, column, number), LEVELS)
    inside = {width: int(((ends[:, a] <= observed) & (observed <= ends[:, b])).sum()) for width, a, b in
              ((50, 1, 3), (80, 0, 4))}  # fmt: skip
    ratio = np.nan
    if name == "formula-2022":
        ours = score(ends[1:], observed[1:]).mean()
        ratio = float(ours / score(persistence(_series().to_numpy(), number), observed[1:]).mean())
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
    seen = [name for name, crisis in CRISES.items() if crisis.observed]
    within = pd.DataFrame([bands(name, column) for name in seen for column in ("as-shipped", "all")])
    within.round(4).to_csv(BANDS, index=False)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), *map(pd.read_csv, (TABLE, BANDS))), encoding="utf-8")


if __name__ == "__main__":
    main()
