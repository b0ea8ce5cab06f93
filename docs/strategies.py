"""What came out of a scenario under each of its strategies, product by product.

`python docs/strategies.py SCENARIO [NAME=VALUE ...]`; settings hold under every strategy.
Every strategy meets the same patients and the same journeys, so the rows can be compared one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import sim

COLUMNS = {
    "fill_rate": ("fill rate", 11, ".2%"),
    "units_unmet": ("units short", 13, ",.0f"),
    "stockout_days": ("stockout days", 15, ",.0f"),
    "worst_week_unmet": ("worst week", 12, ".1%"),
    "facility_stockout_rate": ("sites short", 13, ".0%"),
}
"""Metric -> heading, width and format."""


def row(label: str, metrics: Mapping[str, Any], twin: bool = False) -> str:
    """One line: a strategy's figures for one product, or those of its twin, in which nothing happens."""
    figures = [getattr(metrics[name], "twin" if twin else "value") or 0.0 for name in COLUMNS]
    layouts = [f">{width}{form}" for _, width, form in COLUMNS.values()]
    return f"{label:<26}" + "".join(format(float(v), layout) for v, layout in zip(figures, layouts, strict=True))


def main(path: str, *settings: str) -> None:
    """Run every strategy once and print a table for each product."""
    overrides = {name: yaml.safe_load(value) for name, value in (setting.split("=", 1) for setting in settings)}
    names = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["strategies"]
    found = {}
    for name in names:
        first = not found  # its twin tells what every strategy would have come to had nothing happened
        run = sim.run(
            path, name, overrides=overrides, twin=first, without_reserves=False, without_decisions=False, detail="none"
        )
        found[name] = run.metrics.by["product"]
    for product in next(iter(found.values())):
        print(f"{product:<26}" + "".join(f"{heading:>{width}}" for heading, width, _ in COLUMNS.values()))
        print(row("(nothing happens)", next(iter(found.values()))[product], twin=True))
        for name, by_product in found.items():
            print(row(name, by_product[product]))
        print()


if __name__ == "__main__":
    main(*sys.argv[1:])
