"""How large a reserve is, who holds it, and what pooling saves: by hand and by Eppen's law. Days count from 0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from tests.textbook.test_by_hand import at, day

NEVER = "release: {when: {trigger: chosen}}"


def held(reserve: str, days: int = 2, stock: str = "", demand: str = "4") -> str:
    """Two countries with a store and a clinic that needs four a day in each; the stores buy of an importer."""
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
warehouses: {{importer: {{country: ZA}}, north: {{country: KE}}, south: {{country: UG}}}}
facilities: {{a: {{country: KE}}, b: {{country: UG}}}}
parties: {{kenya: {{kind: country, sites: KE}}, uganda: {{kind: country, sites: UG}}}}
lanes:
  - {{from: maker, to: importer, time: 1d}}
  - {{from: importer, to: [north, south], time: 1d}}
  - {{from: north, to: a, time: 1d}}
  - {{from: south, to: b, time: 1d}}
demand: [{{at: facilities, product: kit, per_day: {demand}, distribution: deterministic, shortage: backorder}}]
stock: [{stock or "{at: [warehouses, facilities], on_hand: 40, on_the_way: none}"}]
replenishment: [{{at: [warehouses, facilities], policy: base_stock, level: 40}}]
reserves: {{law: {{members: facilities, {reserve}}}}}
"""


@pytest.mark.parametrize(("months", "units"), [(10, 1200), (6, 720), (3, 360)])
def test_an_obligation_is_so_many_months_of_the_sites_own_sales(months: int, units: int, simulate: Any) -> None:
    """Finland's 10, 6 and 3 months: a clinic that uses 4 a day uses 120 in a month of 30 days, its store sells as much,
    and the importer 240."""
    obligations = f"{{at: [a, north], keeps: {months}mo}}, {{at: importer, keeps: {months / 2:g}mo}}"
    run = simulate(held(f"obligations: [{obligations}], {NEVER}"))
    assert {site: at(run, site, "reserve")[0] for site in ("a", "north", "importer", "b")} == {
        "a": units, "north": units, "importer": units, "b": 0,
    }  # fmt: skip


def test_a_party_holds_its_part_in_its_own_stores_and_size_is_weighed_by_risk(simulate: Any) -> None:
    """Ten days of 4 x 1.5 and of 4 x 0.5 are 80: a quarter stands in kenya's store, the rest in uganda's."""
    weights = "weights: {kenya: 1.5, uganda: 0.5}"
    run = simulate(held(f"held_at: {{kenya: 25%, uganda: 75%}}, size: 10d, {weights}, {NEVER}"))
    assert [at(run, site, "reserve")[0] for site in ("north", "south")] == [20, 60]
    lighter = simulate(held(f"held_at: members, size: 10d, {weights}, {NEVER}"))
    assert [at(lighter, site, "reserve")[0] for site in ("a", "b")] == [60, 20]


def test_a_floor_stays_whatever_happens(simulate: Any) -> None:
    """Of 20 at the only store that supplies b, 30% are kept: 14 leave, though 36 are asked for on the first evening."""
    stock = "{at: [warehouses, facilities], on_hand: 0, on_the_way: none}"
    release = "release: {when: {trigger: declared, after: 0d}}"
    run = simulate(held(f"held_at: south, size: 20, floor: 30%, {release}, ".rstrip(", "), days=4, stock=stock))
    assert at(run, "south", "reserve") == [6, 6, 6, 6]


def test_a_size_that_rises_for_a_season_is_filled_up_to_and_what_is_too_much_afterwards_is_used(simulate: Any) -> None:
    """40 at south, 60 from day 1 (10% of 60 a day: 6), and 40 again from day 5, when the rest is its ordinary stock."""
    changes = f"changes: [{{from: {day(1)}, size: 150%}}, {{from: {day(5)}, size: 100%}}]"
    run = simulate(held(f"held_at: south, size: 40, {NEVER}, refill: {{at_most: 10%}}, {changes}", days=7))
    assert at(run, "south", "reserve") == [40, 46, 52, 58, 60, 40, 40]


@pytest.mark.parametrize("rotation", ["routine", "none"])
def test_a_vendor_turns_its_reserve_over_in_its_normal_sales_and_never_sells_it(rotation: str, simulate: Any) -> None:
    """A maker holds 60 with 10 days left beside ten days' stock of its own, and sells ten a day, which live 20 days and
    arrive the next day. The reserve's oldest leave first, within six days, and what stays is younger; else they expire
    in the evening of day 9."""
    run = simulate(f"""
end: {day(30)}
products: {{kit: {{unit: kit, shelf_life: 20d}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{finished_stock: 10d, capacity: 20}}}}}}}}
facilities: {{a: {{country: KE}}}}
lanes: [{{from: maker, to: a, time: 1d}}]
demand: [{{at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: a, policy: base_stock, level: 30}}]
reserves:
  vendor: {{held_at: maker, size: 60, life_left: 10d, rotation: {rotation}, members: a, {NEVER}}}
""")
    assert at(run, "maker", "reserve") == ([60] * 30 if rotation == "routine" else [60] * 9 + [0] * 21)
    assert sum(at(run, "maker", "expired")) == (0 if rotation == "routine" else 60)


def one_period(tmp_path: Path, demand: np.ndarray, size: int, more: str) -> sim.Run:
    """Each product is a period of its own, with demand (products, places) on one day; places draw on a reserve."""
    products, places = demand.shape
    names = [f"p{k:03d}" for k in range(products)]
    rows = [f"2001-01-01,f{j},{n},{demand[k, j]}" for k, n in enumerate(names) for j in range(places)]
    (tmp_path / "demand.csv").write_text("\n".join(["date,site,product,units", *rows]) + "\n")
    sites = ", ".join(f"f{j}: {{country: KE}}" for j in range(places))
    parties = ", ".join(f"n{j}: {{kind: country, sites: [f{j}]}}" for j in range(places))
    claims = ", ".join(f"n{j}: {100 / places:g}%" for j in range(places))
    wanted = "demand:" + "".join(
        f"\n  - {{at: facilities, product: {n}, series: {{file: demand.csv}}, shortage: backorder}}" for n in names
    )
    text = f"""
scenario: eppen
title: One period
start: 2001-01-01
end: 2001-01-02
products: {{{", ".join(f"{n}: {{unit: box}}" for n in names)}}}
suppliers: {{maker: {{makes: {{{", ".join(f"{n}: {{}}" for n in names)}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{{sites}}}
parties: {{{parties}}}
lanes: [{{from: maker, to: store, time: 9d}}, {{from: store, to: facilities, time: 1d}}]
{wanted}
stock: [{{at: [store, facilities], on_hand: 0, on_the_way: none}}]
replenishment: [{{at: [store, facilities], policy: base_stock, level: 0}}]
reserves:
  pool: {{held_at: store, size: {size}, members: facilities, release: {{when: {{trigger: declared, after: 0d}}}},
    claims: {{{claims}}} {more}}}
"""
    (tmp_path / "case.yaml").write_text(text)
    return sim.run(tmp_path / "case.yaml", twin=False, without_reserves=False, detail="none")


@pytest.mark.parametrize(
    ("pooled", "r", "law"), [(False, 0.0, 140.40), (True, 0.0, 70.20), (True, 0.5, 110.99)]
)  # fmt: skip
def test_pooling_saves_what_eppens_law_says(pooled: bool, r: float, law: float, tmp_path: Path) -> None:
    """Four places N(1000, 200), a unit held costs 1 and one lacking 9: n(h+p)s phi(z) alone, sqrt(n + n(n-1)r) in the
    place of n together (Eppen 1979); here ten times the law's figures for s = 20. A reserve with claims and without
    borrowing is each alone; with it all are one. Stock is n(mu + z s), or n mu + z s sqrt(n + n(n-1)r); z = 1.2816."""
    rng, periods = np.random.default_rng(1), 120
    common, own = rng.standard_normal((periods, 1)), rng.standard_normal((periods, 4))
    demand = np.rint(1000 + 200 * (np.sqrt(r) * common + np.sqrt(1 - r) * own)).astype(int)
    spread = np.sqrt(4 + 12 * r) if pooled else 4
    size = 4 * round(1000 + 1.2816 * 200 * spread / 4)
    run = one_period(tmp_path, demand, size, ", borrow: {up_to: 900%, pay_back: 90d}" if pooled else "")
    left = run.outcome.claims["pool"].claim[-1].reshape(periods, 5).sum(axis=1)
    cost = left + 9 * (demand.sum(axis=1) - (size - left))
    wanted, there = (demand.sum(axis=1, keepdims=True), size) if pooled else (demand, size // 4)
    assert (left == np.maximum(0, there - wanted).sum(axis=1)).all()
    assert cost.mean() == pytest.approx(10 * law, abs=3 * cost.std(ddof=1) / np.sqrt(periods))
