"""The exercises of cooperation: the same stock under every strategy, and each way of sharing changes who goes short."""

from __future__ import annotations

import datetime as dt
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.reading.document import plain
from sim.scenario.reading.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
CITIES = ROOT / "exercises" / "six-cities.yaml"
WORLD = ROOT / "exercises" / "global-reserve.yaml"
Groups = dict[str, tuple[float, float]]
"""Units short and asked for, by group."""
OVER = "2026-09-01"
"""Until when shortages are looked at in the cities: the fever is gone by then, and the plant back in most draws."""
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


def _drawn(path: Path, strategy: str, draw: int, end: str, **settings: object) -> sim.Run:
    settings["end"] = end
    return sim.run(path, strategy, overrides=settings, twin=False, detail="none", replication=draw, unknowns="drawn")


def _short(run: sim.Run, column: str) -> Groups:
    """Of parties, or of groups of income; pools left out."""
    pools = [name for name, party in run.loaded.spec.parties.items() if party.kind == "pool"]
    return {
        group: (found["units_unmet"].value or 0.0, found["units_demanded"].value or 0.0)
        for group, found in run.metrics.by[column].items()
        if group not in pools
    }


def _differ(one: Groups, other: Groups) -> bool:
    """Whether what some group lacks differs by more than three standard errors of what it asks for.

    Of D units, each day's Poisson, that is the root of D. Both are of the same draw: patients are the same.
    """
    assert {group: asked for group, (_, asked) in one.items()} == {group: asked for group, (_, asked) in other.items()}
    return any(abs(one[group][0] - other[group][0]) > 3 * sqrt(one[group][1]) for group in one)


@cache
def _option(name: str, draw: int) -> Groups:
    option = _study("which-sharing")[name]
    return _short(_drawn(CITIES, option["use"], draw, OVER, **option.get("set", {})), "party")


def test_the_study_of_ways_of_sharing_has_no_other_options() -> None:
    assert set(_study("which-sharing")) == {"told", *OPTIONS}


@pytest.mark.parametrize("name", OPTIONS)
def test_each_way_of_sharing_by_itself_changes_who_goes_short(name: str) -> None:
    assert _differ(_option("told", OPTIONS[name]), _option(name, OPTIONS[name]))


def _first_morning(path: Path, strategy: str) -> int:
    """Units that are anywhere on the first evening, reserves and goods under way included."""
    loaded = sim.validate(path, strategy)
    end = (loaded.spec.start + dt.timedelta(days=1)).isoformat()
    brief = {"end": end, "warm_up": "0d"}
    table = sim.run(path, strategy, overrides=brief, twin=False, detail="none", daily=True).daily
    stock = table[table["kind"] != "supplier"]
    return int(stock[["on_hand", "reserve", "in_transit"]].to_numpy().sum())


@pytest.mark.parametrize("path", [CITIES, WORLD], ids=lambda path: path.stem)
def test_all_strategies_begin_with_the_same_stock(path: Path) -> None:
    units = {name: _first_morning(path, name) for name in sim.validate(path).document.strategies}
    assert len(units) >= 4 and len(set(units.values())) == 1, units


def test_a_port_that_breaks_its_word_spares_itself_and_costs_the_others() -> None:
    """The common reserve lies at the port: while it is kept there nobody else draws on it, and the port may."""
    kept, broken = (_drawn(CITIES, name, 0, OVER) for name in ("pooled", "pooled-and-a-defector"))
    (since,) = (one.since for one in broken.outcome.decisions if one.name == "the port keeps its goods")
    drawn = broken.claims[broken.claims["day"].between(since, since + 89) & (broken.claims["party"] != "arden")]
    assert len(drawn) and not drawn[["drawn", "borrowed"]].to_numpy().any()
    before, after = _short(kept, "party"), _short(broken, "party")
    assert after["arden"][0] <= before["arden"][0]
    assert all(after[city][0] >= before[city][0] for city in after if city != "arden")
    assert _differ(before, after)


@cache
def _world(strategy: str) -> Groups:
    return _short(_drawn(WORLD, strategy, 1, "2026-11-01"), "setting")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("none", "national"),
        ("national", "regional"),
        ("regional", "global"),
        ("global", "global-with-a-floor"),
        ("global-with-a-floor", "global-and-a-defector"),
    ],
)
def test_where_a_reserve_lies_a_floor_and_a_broken_word_change_who_goes_short(one: str, other: str) -> None:
    assert _differ(_world(one), _world(other))


def test_a_reserve_for_all_spares_the_poorest_and_a_host_that_keeps_it_undoes_that() -> None:
    """Countries of low income kept the least for themselves."""
    national, shared, kept = (
        _world(name)["low income"][0] for name in ("national", "global-with-a-floor", "global-and-a-defector")
    )
    assert shared < national / 2 and kept > shared
