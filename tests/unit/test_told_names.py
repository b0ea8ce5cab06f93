"""Reports have the figures that somebody goes by, and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.cooperation import BY_LEVELS, INFORMATION, TRANSFERS, with_it
from benchmarks.measure import plan_of
from sim.engine.run import Running, simulate

NOBODYS = INFORMATION.replace("  clinics: {kind: agency, sites: facilities}\n", "")
"""Clinics of no party are owners of their own."""
LATE = INFORMATION.replace("{of: own, sees: capacity}", "{of: own, sees: capacity, lag: 1d}")
BY_COVER = "allocation:\n  - {rule: equal_days_of_cover, at: warehouses}\n"
BY_ECHELON = BY_LEVELS.replace(
    "{at: warehouses, policy: base_stock, level: 60d,", "{at: warehouses, policy: echelon_base_stock, level: 60d,"
)
COMING, OWED = "in_transit", "owed_out"


def running(folder: Path, sections: str, orders: str = BY_LEVELS, **how: bool) -> Running:
    return Running(plan_of(with_it(folder / "country", 60, sections, orders)), open_to_change=False, **how)


@pytest.mark.parametrize(
    ("sections", "orders", "has"),
    [
        (INFORMATION, BY_LEVELS, set()),
        (INFORMATION + TRANSFERS, BY_LEVELS, set()),  # among sites of one owner, which it sees as they are
        (INFORMATION + BY_COVER, BY_LEVELS, {COMING}),
        (NOBODYS + TRANSFERS, BY_LEVELS, {COMING, OWED}),
        (LATE + TRANSFERS, BY_LEVELS, {COMING, OWED}),
        (INFORMATION, BY_ECHELON, {COMING, OWED, "position"}),
    ],
)
def test_what_nobody_goes_by_is_not_told(sections: str, orders: str, has: set[str], tmp_path: Path) -> None:
    run = running(tmp_path, sections, orders)
    run.go_on(20)
    told = run.world.reports.reported
    assert told is not None and has == set(told.figures) & {COMING, OWED, "position"}


def test_where_sharings_are_taken_down_all_is_told_that_they_tell(tmp_path: Path) -> None:
    run = running(tmp_path, INFORMATION, sharings=True)
    told = run.world.reports.reported
    assert told is not None and COMING in told.names
    assert run.resume().sharings


@pytest.mark.parametrize("sections", [INFORMATION + TRANSFERS, NOBODYS + TRANSFERS, LATE + TRANSFERS])
def test_telling_more_changes_nothing(sections: str, tmp_path: Path) -> None:
    """Where sharings are taken down more is told; nobody is served otherwise."""
    plan = plan_of(with_it(tmp_path / "country", 60, sections, BY_LEVELS))
    one, other = (simulate(plan, detail="none", table=False, sharings=kept) for kept in (False, True))
    assert all(np.array_equal(one.record.sums[name], other.record.sums[name]) for name in one.record.sums)
