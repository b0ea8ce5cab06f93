"""What it costs that parties see late, forecast, give each other goods and watch: a country with and without."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks import networks
from benchmarks.measure import paired, plan_of, run, verdict

BY_LEVELS = """\
  - {at: facilities, policy: base_stock, level: 21d, review: 7d}
  - {at: warehouses, policy: base_stock, level: 60d, review: 7d}
"""
BY_FORECASTS = """\
  - {at: facilities, policy: forecast, forecast: {method: moving_average}, service: 95%, safety: 5d, review: 7d}
  - {at: warehouses, policy: forecast, forecast: {method: moving_average}, of: end, safety: 30d, review: 7d}
"""
INFORMATION = """\
parties:
  stores: {kind: agency, sites: warehouses}
  clinics: {kind: agency, sites: facilities}
information:
  - {of: own, sees: capacity}
  - {of: all, sees: capacity, lag: 1d}
"""
TWO_CHANNELS = """\
parties:
  stores: {kind: agency, sites: warehouses}
  clinics: {kind: agency, sites: facilities}
information:
  - {of: own, sees: stock_and_demand, lag: 1d}
  - {of: all, sees: capacity, lag: 3d, missing: 5%, error: 2%}
"""
TRANSFERS = """\
transfers:
  - {rule: nearest, from: facilities, within: region, partners: 3, time: 1d, keep: 14d, below: 3d, up_to: 7d}
"""
ALARMS = """\
alarms:
  - {alarm: falling_cover, at: facilities, of: each, below: 7d}
  - {alarm: supplier_fill, at: facilities, of: each, below: 80%}
  - {alarm: demand_above_forecast, at: facilities, of: each, days: 14d}
"""
SWITCHED_ON: dict[str, tuple[str, str]] = {
    "information, forecasts and transfers": (INFORMATION + TRANSFERS, BY_FORECASTS),
    "information every day": (INFORMATION, BY_LEVELS),
    "information over two channels, late, lost and miscounted": (TWO_CHANNELS, BY_LEVELS),
    "forecasts of own and of end demand": ("", BY_FORECASTS),
    "transfers": (TRANSFERS, BY_LEVELS),
    "three alarms at every facility": (ALARMS, BY_LEVELS),
}
"""What is added to the country, and how its sites order; the first has a budget."""
BUDGET = 1.5


def with_it(folder: Path, facilities: int, sections: str, orders: str) -> Path:
    """The country with some sections more, whose sites order in another way."""
    folder.mkdir()
    path = networks.country(folder, facilities)
    text = path.read_text(encoding="utf-8")
    assert BY_LEVELS in text, "the country orders otherwise than it did"
    text = text.replace(BY_LEVELS, orders).replace("replenishment:", sections + "replenishment:", 1)
    path.write_text(text, encoding="utf-8")
    return path


def cooperation(folder: Path, facilities: int, repeats: int) -> None:
    """Each beside the same country without it, in turn."""
    plain = plan_of(with_it(folder / "plain", facilities, "", BY_LEVELS))
    print(f"country, {facilities:,} facilities x 20 products x 365 days, with what parties share, against without")
    for number, (name, (sections, orders)) in enumerate(SWITCHED_ON.items()):
        plan = plan_of(with_it(folder / str(number), facilities, sections, orders))
        found = paired(partial(run, plan), partial(run, plain), repeats)
        held = f"  (budget {BUDGET} x: {verdict(found.ratio, BUDGET)})" if not number else ""
        print(f"  {name}: {found.ours:.2f} s against {found.other:.2f} s: {found.ratio:.2f} x{held}", flush=True)
