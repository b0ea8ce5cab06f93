"""Networks to measure on, written as the scenarios a user would write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from sim.scenario.national import National, write_national


def country(
    folder: Path,
    facilities: int = 10_000,
    products: int = 20,
    days: int = 365,
    regions: int = 50,
    shelf_life: str | None = None,
    random_times: bool = False,
) -> Path:
    """What `tideover new --country-like` writes: 2 suppliers abroad, 2 ports, a central store, one store a region,
    facilities of very unequal size; weekly reviews, proportional allocation, one export ban. With `random_times` every
    journey within the country takes a time drawn for each lane and day instead of one that is known."""
    (folder / ".tideover").touch()
    path = write_national(folder / "country.yaml", National(facilities, products, regions, days, 7, shelf_life))
    if random_times:
        text = path.read_text(encoding="utf-8").replace("days: column road_days", 'time: "lognormal(3d, 1d)"')
        path.write_text(re.sub(r"( +)table: .*", r"\g<0>\n\1ignore: [road_days]", text), encoding="utf-8")
    return path


def many_sources(folder: Path, sources: int, facilities: int = 500, products: int = 8, days: int = 365) -> Path:
    """1 supplier -> 16 stores -> facilities, each of which orders equal shares from some of the stores: the same
    demand over more and more lanes."""
    stores = [f"w{k:02d}" for k in range(16)]
    goods = [f"p{k}" for k in range(products)]
    (folder / ".tideover").touch()
    (folder / "facilities.csv").write_text("name\n" + "\n".join(f"f{k:05d}" for k in range(facilities)) + "\n")
    shares = ", ".join(f"{store}: {100 / sources:g}%" for store in stores[:sources])
    text = f"""
scenario: many-sources
title: facilities with several stores to order from
start: 2024-01-01
end: {np.datetime64("2024-01-01") + days}
products: {{{", ".join(f"{g}: {{unit: box, cost: 1}}" for g in goods)}}}
suppliers: {{maker: {{makes: {{{", ".join(f"{g}: {{}}" for g in goods)}}}}}}}
warehouses: {{{", ".join(f"{store}: {{}}" for store in stores)}}}
facilities: {{table: facilities.csv}}
lanes:
  - {{from: maker, to: [{", ".join(stores)}], time: 20d}}
{chr(10).join(f"  - {{from: {store}, to: facilities, time: 2d}}" for store in stores[:sources])}
sourcing: [{{at: facilities, from: {{{shares}}}}}]
demand:
{chr(10).join(f"  - {{at: facilities, product: {g}, per_day: 12}}" for g in goods)}
replenishment:
  - {{at: facilities, policy: base_stock, level: 21d, review: 7d}}
  - {{at: warehouses, policy: base_stock, level: 60d, review: 7d}}
"""
    path = folder / "many-sources.yaml"
    path.write_text(text)
    return path


LEVELS = {"facility": (35, 80), "facility_days": 3, "store": (8_000, 12_000), "store_days": 2}
"""(s, S) and lead time of the two tiers."""


def two_tier(folder: Path, facilities: int = 100, days: int = 365) -> Path:
    """1 supplier -> 1 warehouse -> facilities, (s, S) reviewed daily, deterministic lead times, patients who wait.

    Demand is recorded (Poisson of mean 10, at least 1, since a peer knows no day without), so that another simulator
    can be given the same numbers: they are in `demand.npy` (days, facilities), the levels in `levels.json`.
    """
    demand = np.maximum(1, np.random.default_rng(11).poisson(10, (days, facilities)))
    dates = np.datetime64("2024-01-01") + np.arange(days)
    rows = [f"{dates[d]},f{k:03d},p,{demand[d, k]}" for d in range(days) for k in range(facilities)]
    (folder / "demand.csv").write_text("date,site,product,units\n" + "\n".join(rows) + "\n")
    np.save(folder / "demand.npy", demand)
    (folder / "levels.json").write_text(json.dumps(LEVELS))
    (folder / ".tideover").touch()
    (s, S), (store_s, store_S) = LEVELS["facility"], LEVELS["store"]
    text = f"""
scenario: two-tier
title: one supplier, one warehouse, many facilities
start: 2024-01-01
end: {dates[-1] + 1}
products: {{p: {{unit: box}}}}
suppliers: {{s: {{makes: {{p: {{}}}}}}}}
warehouses: {{w: {{}}}}
facilities: {{{", ".join(f"f{k:03d}: {{}}" for k in range(facilities))}}}
lanes:
  - {{from: s, to: w, time: {LEVELS["store_days"]}d}}
  - {{from: w, to: facilities, time: {LEVELS["facility_days"]}d}}
demand: [{{at: facilities, product: p, series: {{file: demand.csv}}, shortage: backorder}}]
replenishment:
  - {{at: facilities, policy: s_S, s: {s}, S: {S}}}
  - {{at: w, policy: s_S, s: {store_s}, S: {store_S}}}
stock:
  - {{at: facilities, on_hand: {S}}}
  - {{at: w, on_hand: {store_S}}}
"""
    path = folder / "two-tier.yaml"
    path.write_text(text)
    return path


def tabletop(folder: Path, facilities: int = 92, products: int = 5, days: int = 180) -> Path:
    """A network of the size people play with: about 100 sites, 5 products, two ports' lanes, a reserve, a ban."""
    goods = [f"p{k}" for k in range(products)]
    stores = [f"w{k}" for k in range(4)]
    (folder / ".tideover").touch()
    sites = ", ".join(f"f{k:03d}: {{country: KE, region: r{k % 4}, priority: {1 + k % 2}}}" for k in range(facilities))
    served = [[f"f{k:03d}" for k in range(facilities) if k % 4 == w] for w in range(4)]
    text = f"""
scenario: tabletop
title: a tabletop network
start: 2024-01-01
end: {np.datetime64("2024-01-01") + days}
products: {{{", ".join(f"{g}: {{unit: box, cost: 1}}" for g in goods)}}}
suppliers:
  maker: {{country: IN, makes: {{{", ".join(f"{g}: {{}}" for g in goods)}}}}}
ports: {{harbour: {{country: KE, clearance: 5d, handling: 20000}}}}
warehouses: {{central: {{country: KE}}, {", ".join(f"{w}: {{country: KE, region: r{w[1]}}}" for w in stores)}}}
facilities: {{{sites}}}
lanes:
  - {{from: maker, to: harbour, mode: sea, time: 20d}}
  - {{from: harbour, to: central, time: 1d}}
  - {{from: central, to: [{", ".join(stores)}], time: 3d}}
{chr(10).join(f"  - {{from: {w}, to: [{', '.join(served[k])}], time: 2d}}" for k, w in enumerate(stores))}
demand:
{chr(10).join(f"  - {{at: facilities, product: {g}, per_day: 12}}" for g in goods)}
replenishment:
  - {{at: facilities, policy: base_stock, level: 21d, review: 7d}}
  - {{at: warehouses, policy: base_stock, level: 60d, review: 7d}}
reserves:
  national: {{held_at: central, size: 15d, members: facilities,
              release: {{when: {{trigger: days_of_cover, below: 7d}}, at_most: 20%}}}}
disruptions:
  - {{kind: export_ban, country: IN, from: 2024-02-15, for: 45d}}
"""
    path = folder / "tabletop.yaml"
    path.write_text(text)
    return path
