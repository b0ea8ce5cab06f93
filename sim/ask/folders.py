"""Run folders as options of a comparison, and what of them can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Problem, ScenarioError
from sim.metrics.base import METRICS
from sim.metrics.summary import BREAKDOWNS
from sim.output.folder import MANIFEST, contents_of, holds
from sim.study.design.measures import ALL, COST, LINE, MONEY, Measure

RUN, DRAWN = "run", "replications"
"""Kinds of folders that can be set side by side."""
BY_GROUP = ("units_unmet", "fill_rate")
"""Measures that are told by groups, too."""
OF_COSTS = "cost"
"""Breakdown under which the table of metrics has the lines of the costs."""


def side_by_side_measures() -> tuple[Measure, ...]:
    """What is looked at where options are set side by side; metrics of other packages, too."""
    grouped = (Measure(name, by) for name in BY_GROUP for by in BREAKDOWNS)
    return (*(Measure(name) for name in (*METRICS, *MONEY)), Measure(COST, LINE), *grouped)


@dataclass(frozen=True)
class Kept:
    """A run, or many draws of one, as its folder has it: `rows` as those of a study, `days` empty where no daily table
    was kept."""

    place: Path
    manifest: Mapping[str, Any]
    data: Mapping[str, Any] | None
    rows: pd.DataFrame
    days: pd.DataFrame
    draws: int = 1

    @property
    def name(self) -> str:
        """What was run, in words."""
        return holds(self.manifest).removesuffix(f", question: {DRAWN}")


def read_run(place: Path, letter: str) -> Kept:
    """A folder of a run, or of many draws of one, its rows under a letter in the place of a strategy.

    Raises ScenarioError where it is none.
    """
    found = contents_of(place) if place.is_dir() else None
    if found is None or found[0] not in (RUN, DRAWN):
        what = "there is no such folder" if not place.exists() else "this is not the folder of a run"
        if found is not None:
            what = f"this is the folder of a {found[0]}, not of a run"
        expected = "folders that 'tideover run' named at its end, or one scenario file with --strategies"
        raise ScenarioError([Problem(str(place), 0, what, None, expected)])
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        data = _data(place / "scenario.json")
        if found[0] == DRAWN:
            return _drawn(place, letter, manifest, data)
        metrics = pd.read_csv(place / "metrics.csv", keep_default_na=False, na_values={"value": [""], "twin": [""]})
        days = _days(place / "daily.parquet", letter)
    except (OSError, ValueError, KeyError) as error:
        message = f"this run folder cannot be read: {error}"
        raise ScenarioError([Problem(str(place), 0, message, None, "the run made once more")]) from None
    return Kept(place, manifest, data, rows_of(metrics, letter), days)


def _drawn(place: Path, letter: str, manifest: Mapping[str, Any], data: Mapping[str, Any] | None) -> Kept:
    """Many draws of a run, as `tideover run --replications` keeps them."""
    rows, days = (pd.read_parquet(place / f"{name}.parquet") for name in ("replications", "daily"))
    rows, days = (table.assign(strategy=letter) for table in (rows.assign(scenario=""), days))
    texts = {name: rows[name].astype(str) for name in ("measure", "breakdown", "group")}
    return Kept(place, manifest, data, rows.assign(**texts), days.astype({"product": str}), manifest["replications"])


def _data(path: Path) -> Mapping[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _days(path: Path, letter: str) -> pd.DataFrame:
    """Unmet demand of each day and product, over all facilities."""
    if not path.is_file():
        return pd.DataFrame(columns=["strategy", "replication", "day", "product", "unmet"])
    return days_of(pd.read_parquet(path, columns=["day", "product", "kind", "unmet"]), letter)


def days_of(daily: pd.DataFrame, letter: str) -> pd.DataFrame:
    """The same of a run's daily table."""
    facilities = daily[daily["kind"] == "facility"]
    summed = facilities.groupby(["day", "product"], observed=True)["unmet"].sum().reset_index()
    return summed.assign(product=summed["product"].astype(str), strategy=letter, replication=0)


def rows_of(metrics: pd.DataFrame, letter: str) -> pd.DataFrame:
    """The table of metrics of a run as rows of a study of one draw; metrics that are not known here are left out."""
    of_costs = metrics["breakdown"] == OF_COSTS
    known = metrics[metrics["metric"].isin(list(METRICS)) & ~of_costs]
    rows = [known.rename(columns={"metric": "measure"})[["measure", "breakdown", "group", "value", "twin"]]]
    lines = metrics[of_costs].set_index("metric")["value"]
    for name, (_, line) in MONEY.items():
        rows.append(pd.DataFrame({"measure": [name], "breakdown": ALL, "group": "", "value": [lines.get(line)]}))
    rest = lines.drop([line for _, line in MONEY.values()], errors="ignore")
    rows.append(pd.DataFrame({"measure": COST, "breakdown": LINE, "group": rest.index, "value": rest.to_numpy()}))
    table = pd.concat(rows, ignore_index=True).astype({"value": float, "twin": float, "group": str})
    return table.assign(scenario="", strategy=letter, variant="", replication=0)


def comparable(kept: Sequence[Kept]) -> tuple[pd.DataFrame, dict[str, str], list[str], list[str]]:
    """Rows that may be compared, the products in common with their units, what cannot be compared, and notes.

    Raises ScenarioError where nothing can be: other spans of time, or no product in common.
    """
    first, *others = kept
    found, notes = [], []
    apart: list[str] = []
    draws = min(one.draws for one in kept)
    for other in others:
        found += _hopeless(first, other)
    if found:
        raise ScenarioError(found)
    products = [one.manifest.get("products") or _named(one.rows) for one in kept]
    shared = {name: unit for name, unit in products[0].items() if all(p.get(name) == unit for p in products[1:])}
    every = set().union(*products)
    rows = pd.concat([one.rows for one in kept], ignore_index=True)
    rows = rows[rows["replication"] < draws]
    if draws < max(one.draws for one in kept):
        notes.append(f"Not all have as many draws: the first {draws} of each are compared.")
    if set(shared) != every:
        rest = ", ".join(sorted(every - set(shared)))
        apart.append(
            f"{rest}: not in all of them, or counted in other units. So only products in common are set side by side, "
            "each by itself, and no totals, groups or costs."
        )
        rows = rows[(rows["breakdown"] == "product") & rows["group"].isin(list(shared))]
    currencies = {str(one.manifest.get("currency")) for one in kept}
    if len(currencies) > 1:
        apart.append(f"costs: they are in {' and '.join(sorted(currencies))}.")
        rows = rows[~rows["measure"].isin(list(MONEY))]
    for key, what in (("seed", "seeds, so that luck differs too"), ("tideover", "versions of Tideover")):
        if len({one.manifest.get(key) for one in kept}) > 1:
            notes.append(f"These are runs of different {what}.")
    if len({one.manifest.get("scenario") for one in kept}) > 1:
        notes.append("These are different scenarios: a difference comes from everything in which they differ together.")
    return rows, shared, apart, notes


def _named(rows: pd.DataFrame) -> dict[str, str]:
    """The products that the metrics of an earlier version's run name, in units."""
    return dict.fromkeys(rows[rows["breakdown"] == "product"]["group"].unique(), "unit")


def _hopeless(one: Kept, other: Kept) -> list[Problem]:
    """Why nothing of two runs can be set side by side."""
    spans = [tuple(run.manifest.get(key) for key in ("start", "end")) for run in (one, other)]
    if spans[0] != spans[1] and None not in (*spans[0], *spans[1]):
        told = " and ".join(f"{first} to {last}" for first, last in spans)
        message = f"the runs are of different spans of time ({told}), so their totals cannot be compared"
        expected = "runs with the same start and end: --set start=…, --set end=…"
        return [Problem(str(other.place), 0, message, None, expected)]
    if (one.draws == 1) != (other.draws == 1):
        many = other if one.draws == 1 else one
        message = f"one is a single run, the other {many.draws} draws ({many.place})"
        return [Problem(str(other.place), 0, message, None, "both made with --replications, or both without")]
    if one.draws > 1 and one.manifest.get("seed") != other.manifest.get("seed"):
        message = "their draws are of different seeds, so they are not the same draws"
        return [Problem(str(other.place), 0, message, str(other.manifest.get("seed")), str(one.manifest.get("seed")))]
    products = [run.manifest.get("products") or _named(run.rows) for run in (one, other)]
    if not any(products[1].get(name) == unit for name, unit in products[0].items()):
        told = " and ".join(", ".join(f"{n} ({u})" for n, u in list(known.items())[:6]) for known in products)
        message = f"they have no product in common that is counted in the same unit: {told}"
        return [Problem(str(other.place), 0, message, None, f"a run with the products of {holds(one.manifest)}")]
    return []
