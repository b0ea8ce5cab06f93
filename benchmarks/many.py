"""What twice of something costs that a scenario may have many of: disruptions at once, hits of hazards, sites whose
demand is worked out from issues, holders of a reserve that is rotated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import paired, plan_of, run, verdict
from sim.engine.bound.impacts import impacts_of
from sim.engine.plan import Plan
from sim.model.need.censored import completed
from sim.rng import Streams


def network(folder: Path, sites: int, more: str = "", shelf_life: str = "", products: int = 1) -> Plan:
    """1 supplier -> 1 warehouse -> sites, over a year."""
    folder.mkdir()
    (folder / "facilities.csv").write_text("name\n" + "\n".join(f"f{k:05d}" for k in range(sites)) + "\n")
    (folder / ".tideover").touch()
    goods = [f"p{k}" for k in range(products)]
    text = f"""
scenario: many
title: many of something
start: 2024-01-01
end: 2024-12-31
products: {{{", ".join(f"{g}: {{unit: box{shelf_life}}}" for g in goods)}}}
suppliers: {{maker: {{makes: {{{", ".join(f"{g}: {{}}" for g in goods)}}}}}}}
warehouses: {{w: {{}}}}
facilities: {{table: facilities.csv}}
lanes: [{{from: maker, to: w, time: 20d}}, {{from: w, to: facilities, time: 2d}}]
demand:
{chr(10).join(f"  - {{at: facilities, product: {g}, per_day: 12}}" for g in goods)}
replenishment:
  - {{at: facilities, policy: base_stock, level: 21d, review: 7d}}
  - {{at: w, policy: base_stock, level: 60d, review: 7d}}
{more}
"""
    path = folder / "many.yaml"
    path.write_text(text)
    return plan_of(path)


def at_once(folder: Path, count: int, apart: bool) -> Plan:
    """So many surges that begin in the first hundred days, end at times of their own and all hold in between: at a site
    each, or at a hundred sites together."""
    first = dt.date(2024, 1, 5)
    surges = [
        f"  - {{kind: demand_surge, at: {f'f{k:05d}' if apart else 'facilities'}, factor: {1 + (1 + k % 7) / 1000}, "
        f"from: {first + dt.timedelta(days=k % 100)}, for: {200 + 50 * k / count:.4f}d}}"
        for k in range(count)
    ]
    return network(folder, count if apart else 100, "disruptions:\n" + "\n".join(surges))


def hazard(folder: Path, sites: int, a_year: int) -> Plan:
    """A hazard that takes part of the capacity of the warehouse of so many sites so often."""
    return network(
        folder, sites,
        f"""hazards:
  h:
    disruption: {{kind: site_outage, at: w, capacity: "uniform(10%, 60%)"}}
    happens: {{process: arrivals, a_year: {a_year}}}
    lasts: lognormal(5d, 2d)""",
    )  # fmt: skip


def hits(plan: Plan) -> int:
    """Draws the hazards of one replication; how often they hit."""
    return len(impacts_of(plan, Streams(plan.seed, 0)))


def rotated(folder: Path, sites: int, how: str) -> Plan:
    """A reserve of four products that each site holds for itself."""
    reserve = f"""reserves:
  r: {{held_at: members, size: 15d, members: facilities, rotation: {how},
      release: {{when: {{trigger: days_of_cover, below: 7d}}, at_most: 20%}}}}"""
    return network(folder, sites, reserve, ", shelf_life: 300d", 4)


def issues(sites: int, days: int = 365) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Issues, marks of stockouts and sites: shelves of 50 are filled once a week, some 8 are asked for a day."""
    asked = np.random.default_rng(3).negative_binomial(8, 0.5, (days, sites))
    issued, left = np.zeros_like(asked), np.zeros(sites, dtype=np.int64)
    for day in range(days):
        left = np.full(sites, 50) if day % 7 == 0 else left
        issued[day] = np.minimum(left, asked[day])
        left = left - issued[day]
    return issued.T.ravel(), (issued < asked).T.ravel(), np.repeat(np.arange(sites), days)


def many(folder: Path, count: int, repeats: int) -> None:
    """Each of them once and twice, in turn."""

    def twice(name: str, what: str, once: Callable[[], object], double: Callable[[], object], number: int) -> None:
        found = paired(double, once, repeats)
        print(f"  {name}: {1000 * found.other:.0f} ms for {number:,} {what}", end=", ")
        print(f"twice as many {found.ratio:.2f} x  (budget 2.1 x: {verdict(found.ratio, 2.1)})")

    print("twice as many")
    for name, apart in (("on the same sites", False), ("each at a site of its own", True)):
        once, double = (at_once(folder / f"{name}{k}", k, apart) for k in (count, 2 * count))
        twice(f"disruptions at once {name}", "disruptions", partial(run, once), partial(run, double), count)
    plans = [hazard(folder / f"hits{k}", 10_000, k) for k in (count // 2, count)]
    twice("hits of a hazard, 10,000 sites", "hits", lambda: hits(plans[0]), lambda: hits(plans[1]), hits(plans[0]))
    records = [issues(k) for k in (count // 2, count)]
    twice("demand from issues", "sites", lambda: completed(*records[0]), lambda: completed(*records[1]), count // 2)
    plans = [rotated(folder / f"rotated{k}", k, "routine") for k in (count, 2 * count)]
    twice("a reserve that is rotated", "holders", lambda: run(plans[0]), lambda: run(plans[1]), count)
    plain = rotated(folder / "plain", count, "none")
    ratio = paired(lambda: run(plans[0]), lambda: run(plain), repeats).ratio
    print(f"  rotation costs {ratio:.2f} x a run without it")
