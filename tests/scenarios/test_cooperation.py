"""The exercises of cooperation: the same stock under every strategy, and each way of sharing changes who goes short."""

from __future__ import annotations

import datetime as dt
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.document import plain
from sim.scenario.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
CITIES = ROOT / "exercises" / "six-cities.yaml"
RULES = ("need-weighted", "two-phase", "uniform", "linear", "talmud")
OPTIONS = dict.fromkeys(("not-told", "transfers", "claims", *RULES), 0) | {"warned": 2}
"""Options of the study of ways of sharing, and the draw in which each is looked at: in that of most the plant fails
before a warning is of use."""


@cache
def _study(name: str) -> dict[str, dict[str, Any]]:
    """The options of a study that say what they set."""
    top, problems = read_yaml(ROOT / "studies" / f"{name}.yaml")
    assert top is not None and not problems
    return {one["name"]: one for one in plain(top)["strategies"] if not isinstance(one, str)}


def _drawn(strategy: str, draw: int, **settings: object) -> sim.Run:
    """A run until shortages are over in this draw."""
    settings["end"] = "2026-10-01"
    return sim.run(CITIES, strategy, overrides=settings, twin=False, detail="none", replication=draw, unknowns="drawn")


@cache
def _option(name: str, draw: int) -> dict[str, tuple[float, float]]:
    """Units short and asked for, by city."""
    option = _study("which-sharing")[name]
    by = _drawn(option["use"], draw, **option.get("set", {})).metrics.by["party"]
    return {
        party: (found["units_unmet"].value or 0.0, found["units_demanded"].value or 0.0)
        for party, found in by.items()
        if party != "six-cities"
    }


def test_the_study_of_ways_of_sharing_has_no_other_options() -> None:
    assert set(_study("which-sharing")) == {"told", *OPTIONS}


@pytest.mark.parametrize("name", OPTIONS)
def test_each_way_of_sharing_by_itself_changes_who_goes_short(name: str) -> None:
    """All else is the same, patients too. What some city lacks changes by more than three standard errors of what it
    asks for: of D units, each day's Poisson, the root of D."""
    told, changed = _option("told", OPTIONS[name]), _option(name, OPTIONS[name])
    assert {city: asked for city, (_, asked) in told.items()} == {city: asked for city, (_, asked) in changed.items()}
    assert any(abs(changed[city][0] - told[city][0]) > 3 * sqrt(told[city][1]) for city in told)


def _first_morning(path: Path, strategy: str) -> int:
    """Units that are anywhere on the first evening, reserves and goods under way included."""
    loaded = sim.validate(path, strategy)
    end = (loaded.spec.start + dt.timedelta(days=1)).isoformat()
    table = sim.run(path, strategy, overrides={"end": end}, twin=False, detail="none", daily=True).daily
    stock = table[table["kind"] != "supplier"]
    return int(stock[["on_hand", "reserve", "in_transit"]].to_numpy().sum())


def test_all_strategies_of_the_cities_begin_with_the_same_stock() -> None:
    units = {name: _first_morning(CITIES, name) for name in sim.validate(CITIES).document.strategies}
    assert len(units) == 4 and len(set(units.values())) == 1, units


def test_a_port_that_breaks_its_word_spares_itself_and_costs_the_others() -> None:
    """The common reserve lies at the port: while it is kept there nobody else draws on it, and the port may."""
    kept, broken = _drawn("pooled", 0), _drawn("pooled-and-a-defector", 0)
    (since,) = (one.since for one in broken.outcome.decisions if one.name == "the port keeps its goods")
    drawn = broken.claims[broken.claims["day"].between(since, since + 89) & (broken.claims["party"] != "arden")]
    assert len(drawn) and not drawn[["drawn", "borrowed"]].to_numpy().any()
    short = [
        {city: found["units_unmet"].value or 0.0 for city, found in run.metrics.by["party"].items()}
        for run in (kept, broken)
    ]
    assert short[1]["arden"] <= short[0]["arden"]
    assert all(short[1][city] >= short[0][city] for city in ("belmar", "corva", "dunmore", "elwick", "fenton"))
    assert short[1]["six-cities"] > short[0]["six-cities"]
