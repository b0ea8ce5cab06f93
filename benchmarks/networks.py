"""Networks to measure on, written as the scenarios a user would write."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def country(folder: Path, facilities: int = 10_000, products: int = 20, days: int = 365, warehouses: int = 50) -> Path:
    """A national system: 2 suppliers abroad, 2 ports, a central store, regional warehouses, facilities of very
    unequal size (lognormal, sd of the logarithm 1); weekly reviews, proportional allocation, one export ban."""
    rng = np.random.default_rng(7)
    size = rng.lognormal(0.0, 1.0, facilities)
    rows = ["name,country,region,priority,served_by,mean_daily"]
    for k in range(facilities):
        region = k % warehouses
        mean = max(0.2, 3 * size[k])
        rows.append(f"f{k:05d},KE,r{region:02d},{1 + k % 3},w{region:02d},{mean:.2f}")
    (folder / "facilities.csv").write_text("\n".join(rows) + "\n")
    goods = [f"p{k:02d}" for k in range(products)]
    makes = [f"{{{', '.join(f'{g}: {{}}' for g in half)}}}" for half in (goods[::2], goods[1::2])]
    (folder / ".tideover").touch()
    text = f"""
scenario: country
title: a country
start: 2024-01-01
end: {np.datetime64("2024-01-01") + days}
products: {{{", ".join(f"{g}: {{unit: box, cost: 1}}" for g in goods)}}}
suppliers:
  s1: {{country: IN, makes: {makes[0]}}}
  s2: {{country: CN, makes: {makes[1]}}}
ports:
  port1: {{country: KE, clearance: 5d}}
  port2: {{country: KE, clearance: 7d}}
warehouses:
  central: {{country: KE, region: centre}}
{chr(10).join(f"  w{k:02d}: {{country: KE, region: r{k:02d}}}" for k in range(warehouses))}
facilities: {{table: facilities.csv}}
lanes:
  - {{from: s1, to: port1, mode: sea, time: "lognormal(20d, 3d)"}}
  - {{from: s2, to: port2, mode: sea, time: "lognormal(25d, 3d)"}}
  - {{from: port1, to: central, time: 1d}}
  - {{from: port2, to: central, time: 2d}}
  - {{from: central, to: [{", ".join(f"w{k:02d}" for k in range(warehouses))}], time: 3d}}
  - {{from: column served_by, to: facilities, time: 2d}}
demand:
{chr(10).join(f"  - {{at: facilities, product: {g}, per_day: column mean_daily}}" for g in goods)}
replenishment:
  - {{at: facilities, policy: base_stock, level: 21d, review: 7d}}
  - {{at: warehouses, policy: base_stock, level: 60d, review: 7d}}
disruptions:
  - {{kind: export_ban, country: IN, from: 2024-04-01, for: 60d}}
"""
    path = folder / "country.yaml"
    path.write_text(text)
    return path
