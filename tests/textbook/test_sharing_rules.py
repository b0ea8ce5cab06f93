"""Sharing rules against worked numbers, and against exact fractions that read only the table of sharings."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from sim.policies import ALLOCATION
from sim.policies.allocation.base import Claims
from sim.report.run.reasons.why_share import why_share

HANDED = Path(__file__).parents[1] / "data" / "found" / "sharing-rules.csv"
CASES = list(csv.DictReader(HANDED.read_text(encoding="utf-8").splitlines()))


def numbers(text: str) -> np.ndarray | None:
    return np.array(text.split(), dtype=np.int64) if text else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}-{case['case']}-{case['available']}")
def test_a_rule_gives_what_was_worked_out_by_hand(case: dict[str, str]) -> None:
    """Cachon and Lariviere 1999; Aumann and Maschler 1985; WHO 2020; quotas of which one is not paid.

    By hand: talmud 550 of 600: 50 are lacking, 16 2/3 each: 83 1/3, 183 1/3, 283 1/3, the unit left over to the first.
    Keeps its place: the first two have their 20% (2 of 10, 6 of 30), the third 10%: all 6 are its. By vulnerability 50,
    30, 60 of 140: 35.71, 21.43, 42.86. Asks less: 92 left in 5 : 3 are 57.5 and 34.5, the half to the first.
    """
    asked = numbers(case["asked"])
    assert asked is not None
    zeros = np.zeros(len(asked), dtype=np.int64)
    more = {name: numbers(case[name]) for name in ("need", "weight", "had", "most")}
    claims = Claims(
        np.array([int(case["available"])]), zeros, asked, np.arange(len(asked)), zeros, zeros + 1.0, zeros + 1, **more
    )
    network: Any = None  # no rule here looks at it
    given = ALLOCATION[case["rule"]].model_validate({"rule": case["rule"]}).share(claims, network)
    assert given.tolist() == list(map(int, case["given"].split()))


def rising(
    rows: list[dict[str, Any]], available: int, reach: Callable[[dict[str, Any], Fraction], Fraction]
) -> list[Fraction]:
    """Shares at the level at which they come to what there is, by halving; each what `reach` says, from 0 to most."""

    def at(level: Fraction) -> list[Fraction]:
        return [min(max(reach(row, level), Fraction(0)), row["upper"]) for row in rows]

    low, high = Fraction(-(10**7)), Fraction(10**7)
    if sum(row["upper"] for row in rows) <= available:
        return [row["upper"] for row in rows]
    for _ in range(90):
        level = (low + high) / 2
        low, high = (level, high) if sum(at(level)) <= available else (low, level)
    return at(low)


def talmud(row: dict[str, Any], level: Fraction, highest: Fraction) -> Fraction:
    half = row["asked"] / 2
    return min(level, half) + min(max(level - (2 * highest - half), Fraction(0)), half)


def two_phase(row: dict[str, Any], level: Fraction) -> Fraction:
    """Up to the first coverage a level is a coverage; beyond it lifts each by its weight, all from where they are."""
    units, first = row["need"] * row["per_head"], row["first"]
    to_first = min(max((min(level, first) * units - row["had"]), Fraction(0)), row["upper"])
    return to_first + max(level - first, Fraction(0)) * units * row["weight"]


def shares_of(rows: list[dict[str, Any]], available: int) -> list[Fraction]:
    """Shares before rounding, once more, from the rows of one sharing-out (of one pool of it)."""
    rule = rows[0]["rule"]
    if rule in ("priority_tiers",):
        found: dict[int, Fraction] = {}
        for tier in sorted({row["priority"] for row in rows}):
            mine = [row for row in rows if row["priority"] == tier]
            left = available - sum(row["given"] for row in rows if row["priority"] < tier)
            usable = left if tier <= 1 else max(0, left - rows[0]["kept_back"])
            found |= {
                row["rank"]: s for row, s in zip(mine, rising(mine, usable, lambda r, x: x * r["asked"]), strict=True)
            }
        return [found[row["rank"]] for row in rows]
    if rule == "first_come":
        orders = sorted(
            (*map(int, order.split(":")), k) for k, row in enumerate(rows) for order in row["queue"].split()
        )
        shares = [Fraction(0)] * len(rows)
        for _, units, k in orders:
            got = min(units, available - sum(shares), rows[k]["upper"] - shares[k])
            shares[k] += got
        return shares
    if rule == "equal_days_of_cover":
        units = [0] * len(rows)
        while sum(units) < available and any(u < r["upper"] for u, r in zip(units, rows, strict=True)):
            cover = [
                (r["cover_stock"] + u) / r["use"] if u < r["upper"] else math.inf
                for u, r in zip(units, rows, strict=True)
            ]
            units[cover.index(min(cover))] += 1
        return [Fraction(u) for u in units]
    if rule == "by_claim":
        own = [min(row.get("need", Fraction(0)), row["upper"]) for row in rows]
        shares, claimed = (
            rising([{"upper": u} for u in own], available, lambda _, x: x),
            [r["weight"] > 0 for r in rows],
        )
        for those, reached in ((True, lambda row, x: x * row["weight"]), (False, lambda _, x: x)):
            mine = [k for k, one in enumerate(claimed) if one == those]
            left = [rows[k] | {"upper": rows[k]["upper"] - shares[k]} for k in mine]
            for k, more in zip(mine, rising(left, available - sum(shares), reached), strict=True):
                shares[k] += more
        return shares
    highest = max(row["asked"] for row in rows) / 2
    reach: dict[str, Callable[[dict[str, Any], Fraction], Fraction]] = {
        "proportional": lambda row, level: level * row["asked"],
        "need_weighted": lambda row, level: level * row["need"] * row["weight"],
        "uniform": lambda row, level: level,
        "linear": lambda row, level: row["asked"] + level,
        "talmud": lambda row, level: talmud(row, level, highest),
        "two_phase": two_phase,
    }
    return rising(rows, available, reach[rule])


def rounded(shares: list[Fraction], available: int) -> list[int]:
    """Largest remainder, ties (to a millionth) to the one named first."""
    given = [math.floor(share + Fraction(1, 2 * 10**6)) for share in shares]
    rest = [round((share - units) * 10**6) for share, units in zip(shares, given, strict=True)]
    left = min(available, round(sum(shares))) - sum(given)
    for k in sorted(range(len(given)), key=lambda k: -rest[k])[:left]:
        given[k] += 1
    return given


def shared(rows: list[dict[str, Any]]) -> tuple[list[Fraction], list[int]]:
    """(shares before rounding, units), with floors: a group that would get too little gets its floor, and so on."""
    to_give = min(rows[0]["to_give"], int(sum(row["upper"] for row in rows)))
    least: dict[int, int] = {}
    left = to_give
    for group in sorted({row["floor"] for row in rows} - {-1}):
        mine = [row for row in rows if row["floor"] == group]
        least[group] = min(math.ceil(mine[0]["floor_share"] * to_give), int(sum(row["upper"] for row in mine)), left)
        left -= least[group]
    apart: list[int] = []
    while True:
        units, shares = [0] * len(rows), [Fraction(0)] * len(rows)
        for pool in [-1, *apart]:
            mine = [k for k, row in enumerate(rows) if (row["floor"] if row["floor"] in apart else -1) == pool]
            there = rows[0]["to_give"] - sum(least[g] for g in apart) if pool == -1 else least[pool]
            if mine:
                exact = shares_of([rows[k] for k in mine], there)
                for k, share, whole in zip(mine, exact, rounded(exact, there), strict=True):
                    shares[k], units[k] = share, whole
        short = [
            g
            for g in least
            if g not in apart and sum(u for u, r in zip(units, rows, strict=True) if r["floor"] == g) < least[g]
        ]
        if not short:
            return shares, units
        apart += short


def exactly(row: Any) -> dict[str, Any]:
    """A row with its figures as fractions; what is missing stays away."""
    words = ("rule", "queue", "claimant", "shared_by")
    found = {name: row[name] for name in (*words, "share")}
    found |= {name: int(row[name]) for name in ("rank", "given", "floor", "to_give", "priority", "kept_back")}
    for name in ("asked", "most", "need", "weight", "had", "cover_stock", "use"):
        if not pd.isna(row[name]):
            found[name] = Fraction(row[name])
    for name in ("floor_share", "first", "per_head"):  # written in whole hundredths
        if not pd.isna(row[name]):
            found[name] = Fraction(round(row[name] * 100), 100)
    found["upper"] = min(found["asked"], found.get("most", found["asked"]))
    return found


PARTIES = {
    "alba": {"kind": "country", "sites": ["a1", "a2"], "income": "high", "population": 9000},
    "bora": {"kind": "country", "sites": ["b1", "b2"], "income": "low", "weight": 2},
    "cora": {"kind": "country", "sites": ["c1"], "income": "low"},
    "north": {"kind": "pool", "members": ["alba", "bora"]},
}
SITES = {
    "a1": {"population": 5000, "priority": 1}, "a2": {"population": 700, "priority": 2},
    "b1": {"population": 2500, "priority": 2}, "b2": {"population": 1700, "priority": 1},
    "c1": {"population": 900, "priority": 3}, "d1": {"population": 1100, "priority": 3},
}  # fmt: skip
NETWORK: dict[str, Any] = {
    "scenario": "sharing", "title": "Six clinics of one store", "start": "2024-01-01", "end": "2024-01-13", "seed": 3,
    "products": {"mask": {"unit": "box"}},
    "suppliers": {"maker": {"country": "DE", "makes": {"mask": {"capacity": 90}}}},
    "warehouses": {"store": {"country": "DE"}},
    "facilities": {name: {"country": "DE"} | site for name, site in SITES.items()}, "parties": PARTIES,
    "lanes": [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "facilities", "time": "1d"}],
    "demand": [
        {"at": name, "product": "mask", "per_day": 4 + 11 * k, "distribution": "poisson", "shortage": "backorder"}
        for k, name in enumerate(SITES)
    ],
    "replenishment": [
        {"policy": "base_stock", "at": "facilities", "level": "4d"},
        {"policy": "base_stock", "at": "store", "level": "2d"},
    ],
}  # fmt: skip
FLOORS = [{"for": {"income": "low"}, "share": "60%"}]
CAPS = [{"share": "35%"}, {"for": "alba", "units": 20}]
VOICE = {"proposals": {"alba": {"alba": 3, "bora": 1, "cora": 1}, "bora": {"alba": 1, "bora": 4, "cora": 1},
                       "cora": {"alba": 1, "bora": 1, "cora": 2}}}  # fmt: skip
NESTED = {
    "rule": "need_weighted", "between": "parties", "weights": {"bora": 2},
    "inside": {"bora": {"rule": "linear", "caps": [{"for": "b1", "units": 9}]}},
}  # fmt: skip
RULES: list[dict[str, Any]] = [
    {"rule": "proportional"},
    {"rule": "proportional", "floors": FLOORS, "caps": CAPS},
    {"rule": "first_come", "caps": [{"units": 21}]},
    {"rule": "equal_days_of_cover", "floors": FLOORS},
    {"rule": "priority_tiers", "critical": 15},
    {
        "rule": "need_weighted",
        "between": "parties",
        "without": ["cora"],
        "inside": {"alba": "uniform", "bora": "linear"},
    },
    {"rule": "need_weighted", "voice": VOICE, "caps": [{"share": "35%"}]},
    {"rule": "two_phase", "first": "2%", "per_head": 2, "weights": {"bora": 3}},
    {"rule": "two_phase", "first": "1%", "between": "parties", "inside": "talmud", "floors": FLOORS},
    {"rule": "uniform", "between": ["north"], "caps": [{"for": "north", "share": "80%"}], "inside": {"north": NESTED}},
    {"rule": "uniform", "floors": [{"for": "alba", "share": "25%"}, {"for": ["c1", "d1"], "share": "40%"}]},
    {"rule": "linear", "caps": CAPS},
    {"rule": "talmud", "floors": FLOORS},
    {"rule": "by_claim", "claims": {"alba": "50%", "cora": "10%"}, "kept": "2d", "inside": {"alba": "uniform"}},
]


def run_of(tmp_path: Path, rule: dict[str, Any]) -> sim.Run:
    path = tmp_path / "sharing.yaml"
    path.write_text(yaml.safe_dump(NETWORK | {"allocation": [rule | {"at": "store"}]}, sort_keys=False))
    return sim.run(path, twin=False, detail="full", sharings=True)


def groups(table: pd.DataFrame) -> list[list[dict[str, Any]]]:
    keys = ["day", "source", "product", "reserve", "step", "shared_by"]
    return [[exactly(row) for row in rows.to_dict("records")] for _, rows in table.groupby(keys, sort=False)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(map(str, rule)) + "-" + rule["rule"])
def test_every_share_is_worked_out_once_more_from_the_table_alone(rule: dict[str, Any], tmp_path: Path) -> None:
    done = run_of(tmp_path, rule)
    found = groups(done.sharings[done.sharings["source"] == "store"])
    assert sum(len(rows) > 1 and rows[0]["to_give"] > 0 for rows in found) >= 5
    for rows in found:
        shares, units = shared(rows)
        assert [row["given"] for row in rows] == units
        np.testing.assert_allclose([row["share"] for row in rows], [float(share) for share in shares], atol=1e-6)
    departed = done.events[(done.events["event"] == "departure") & (done.events["other"] == "store")]
    sent = departed.groupby(["day", "site"])["units"].sum()
    table = done.sharings[done.sharings["source"] == "store"]
    for row in table[table["step"] == table["step"].max()].to_dict("records"):  # no lane here is ever full
        assert row["given"] == sent.get((row["day"], row["claimant"]), 0)
        if rule["rule"] == "two_phase" and row["step"] == 1:
            before = sent[sent.index.get_level_values("day").isin(range(row["day"]))]
            assert row["had"] == before[before.index.get_level_values("site") == row["claimant"]].sum()


def test_who_may_have_no_more_gets_no_more_where_there_is_enough(tmp_path: Path) -> None:
    """A store with all that its clinics ask for: those without a cap are served in full, cora has nothing."""
    spec = NETWORK | {"stock": [{"at": "store", "on_hand": 10_000}]}
    rule = {"rule": "uniform", "between": "parties", "caps": [{"for": "alba", "units": 7}], "without": ["cora"]}
    path = tmp_path / "enough.yaml"
    path.write_text(yaml.safe_dump(spec | {"end": "2024-01-04", "allocation": [rule | {"at": "store"}]}))
    daily = sim.run(path, twin=False).daily
    by_site = (
        daily[daily["kind"] == "facility"].groupby(["day", "site"], observed=True)[["ordered", "in_transit"]].sum()
    )
    sent = by_site["in_transit"].unstack()
    assert sent.loc[1, ["a1", "a2"]].sum() == 7 and (sent["c1"] == 0).all()
    assert by_site.loc[(1, "d1"), "ordered"] == sent.loc[1, "d1"] > 0


def test_what_is_kept_of_sharings_changes_nothing_and_comes_out_the_same(tmp_path: Path) -> None:
    kept = [run_of(tmp_path, RULES[8]) for _ in range(2)]
    bare = sim.run(tmp_path / "sharing.yaml", twin=False)
    pd.testing.assert_frame_equal(kept[0].daily, bare.daily)
    pd.testing.assert_frame_equal(kept[0].sharings, kept[1].sharings)
    with pytest.raises(ValueError, match="--sharings"):
        _ = bare.sharings


def test_why_share_says_what_may_be_said_of_capped_and_uncapped(tmp_path: Path) -> None:
    """Of 120 a may have 50 of its 100; of the other 70 b and c, who ask for 60 and 20, go without 5 each. Under uniform
    a gets 50 by its cap and c its 20, so that b gets the 50 that are left."""
    names = {"a": 100, "b": 60, "c": 20}
    spec = NETWORK | {"facilities": {name: {"country": "DE"} for name in names}, "end": "2024-01-02", "parties": {}}
    spec |= {
        "demand": [{"at": "facilities", "product": "mask", "per_day": 1, "distribution": "deterministic"}],
        "stock": [{"at": "store", "on_hand": 120}, {"at": "facilities", "on_hand": 0, "on_the_way": "none"}],
        "replenishment": [{"policy": "base_stock", "at": name, "level": level} for name, level in names.items()],
    }
    spec["replenishment"] += [{"policy": "base_stock", "at": "store", "level": 0}]
    told = {}
    for rule in ("linear", "uniform"):
        share = {"at": "store", "rule": rule, "caps": [{"for": "a", "units": 50}]}
        path = tmp_path / f"{rule}.yaml"
        path.write_text(yaml.safe_dump(spec | {"allocation": [share]}), encoding="utf-8")
        told[rule] = why_share(sim.run(path, twin=False, sharings=True).sharings, 0, "store").text().splitlines()[1:]
    assert told["linear"] == [
        "  a got 50 of 100: it might have 50 at most.",
        "  b got 55 of 60: it goes without 5.00, as each does who gets anything, but for those with a cap.",
        "  c got 15 of 20: it goes without 5.00, as each does who gets anything, but for those with a cap.",
    ]
    assert told["uniform"][:2] == [
        "  a got 50 of 100: it might have 50 at most.",
        "  b got 50 of 60: all who asked for more than there was for each get the same, but for those with a cap.",
    ]
