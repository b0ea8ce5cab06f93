"""What a run keeps in memory without journal and daily table: counted in bytes, which are the same on every machine."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from sim.engine import time_tape
from sim.engine.books import totals
from sim.engine.books.recorder import PORT_FIGURES
from sim.engine.books.totals import DailyTotals
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import simulate
from sim.engine.state.ledger import DAILY
from sim.model.goods.lots import LotBook
from sim.scenario.load import load

NETWORK = """
scenario: flat
title: every time drawn at random, goods with a shelf life
start: 2024-01-01
end: {end}
products: {{a: {{unit: box, shelf_life: 300d}}, b: {{unit: box, shelf_life: 400d}}}}
suppliers: {{maker: {{country: IN, makes: {{a: {{}}, b: {{}}}}}}}}
ports: {{harbour: {{country: KE, clearance: "uniform(2d, 6d)"}}}}
warehouses: {{central: {{country: KE}}}}
facilities: {{{facilities}}}
lanes:
  - {{from: maker, to: harbour, mode: sea, time: "lognormal(30d, 6d)"}}
  - {{from: harbour, to: central, time: "uniform(1d, 3d)"}}
  - {{from: central, to: facilities, time: "lognormal(3d, 1d)"}}
demand: [{{at: facilities, product: a, per_day: 6}}, {{at: facilities, product: b, per_day: 6}}]
replenishment:
  - {{at: facilities, policy: base_stock, level: 21d, review: 7d}}
  - {{at: central, policy: base_stock, level: 90d, review: 7d}}
reserves:
  national: {{held_at: central, size: 10d, members: facilities,
              release: {{when: {{trigger: days_of_cover, below: 2d}}}}}}
"""
FACILITIES = 40
BLOCK = 40
DAYS = 3 * BLOCK
"""More than the blocks of drawn times that are kept."""
PART = 400
"""Bytes that the objects around a packed array take (array, slice, tuple, numbers and their place in a list: 328)."""


def network(folder: Path, days: int) -> Plan:
    """Every facility in a region of its own, so that there are as many groups of cells as cells."""
    sites = (f"f{k:02d}: {{country: KE, region: r{k}}}" for k in range(FACILITIES))
    path = folder / f"flat{days}.yaml"
    (folder / ".tideover").touch()
    path.write_text(NETWORK.format(end=np.datetime64("2024-01-01") + days, facilities=", ".join(sites)))
    return compile_plan(load(path))


def on_the_last_day(plan: Plan, series: Collection[str]) -> tuple[int, DailyTotals]:
    """Bytes in use on the last day that were not before the run, and the daily totals."""
    found = 0

    def tick(day: int) -> None:
        nonlocal found
        if day == plan.network.calendar.days - 1:
            gc.collect()
            found = tracemalloc.get_traced_memory()[0]

    gc.collect()
    tracemalloc.start()
    try:
        outcome = simulate(plan, detail="none", table=False, series=series, progress=tick)
    finally:
        tracemalloc.stop()
    return found, outcome.record.totals


def always_kept(plan: Plan) -> int:
    """Bytes a day of what is kept whatever the series: figures of ports and of reserves, a lot of every maker, and how
    many are short, of each group and in all."""
    lots, short = len(plan.network.makers) * len(LotBook.COLUMNS), 4 * len(plan.network.groups) + 8
    return 8 * (len(plan.network.gates) * len(PORT_FIGURES) + 3 * len(plan.reserves) + lots) + short


def of_series(plan: Plan, kept: DailyTotals) -> int:
    """Bytes a day of daily totals: of each figure and kind of site, groups times the width of the largest total."""
    kinds, bytes_a_day = plan.network.groups["kind"].to_numpy(), 0
    for name in set(kept) - {"lost"}:  # nobody waits here: it is what is unmet, and is not kept twice
        for kind in np.unique(kinds):
            largest = int(kept[name][:, kinds == kind].max())
            width = next(width for width in (1, 2, 4, 8) if largest < 256**width) if largest else 0
            bytes_a_day += width * int((kinds == kind).sum())
    return bytes_a_day


@pytest.mark.parametrize(
    ("series", "buffer"),
    [((), 0), (("demand", "unmet"), 2**15), (DAILY, 2**18)],
    ids=["no series", "the daily totals of a study", "all series"],
)
def test_memory_grows_with_days_by_what_is_to_be_kept_and_no_more(
    series: tuple[str, ...], buffer: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N days against 4 N, with journeys drawn for every lane and day, lots, a port and a reserve.

    The bound is so near that eight bytes more a day for each lane, cell or group would break it. `buffer`: about a
    month of totals.
    """
    monkeypatch.setattr(totals, "BUFFER_BYTES", buffer)
    monkeypatch.setattr(time_tape, "BLOCK_DAYS", BLOCK)
    short, long = (network(tmp_path, days) for days in (DAYS, 4 * DAYS))
    simulate(short, detail="none", table=False, series=series)  # what is made once in a process
    assert len(long.network.undisturbed)  # and once for a network
    (before, _), (after, kept) = (on_the_last_day(plan, series) for plan in (short, long))
    bound = 3 * DAYS * (always_kept(long) + of_series(long, kept)) + PART * len(kept._packed)
    assert set(kept) == set(series)
    assert after - before < bound
    assert bound - (after - before) < 3 * DAYS * 8 * len(long.network.lanes)
    assert kept.nbytes <= 4 * DAYS * of_series(long, kept) + buffer
