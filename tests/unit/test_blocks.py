"""Figures of many cells are worked out some cells at a time; how many makes no difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.cooperation import BY_FORECASTS, BY_LEVELS, SWITCHED_ON, TRANSFERS, TWO_CHANNELS, with_it
from benchmarks.measure import plan_of
from sim.engine.knowing import seen_book
from sim.engine.run import Outcome, simulate
from sim.engine.state.totals import Totals
from sim.policies.replenishment import learning

SWITCHED = {
    "together": SWITCHED_ON["information, forecasts and transfers"],
    "two channels, late and lost": (TWO_CHANNELS + TRANSFERS, BY_FORECASTS),
    "levels": (TWO_CHANNELS, BY_LEVELS),
}


def told(done: Outcome) -> dict[str, bytes]:
    """What was counted of reports and of forecasts, and what was served."""
    assert done.seen is not None
    figures: dict[str, Any] = {name: value for name, value in vars(done.seen).items() if isinstance(value, np.ndarray)}
    if done.forecast_errors is not None:
        figures |= done.forecast_errors._asdict()
    return {name: value.tobytes() for name, value in (figures | {"served": done.record.sums["served"]}).items()}


@pytest.mark.parametrize("how", SWITCHED)
def test_the_size_of_a_block_changes_nothing(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(with_it(tmp_path / "country", 60, *SWITCHED[how]))
    found = []
    for cells in (2**14, 500, 99):
        monkeypatch.setattr(seen_book, "BLOCK", cells)
        monkeypatch.setattr(learning, "BLOCK", cells)
        found.append(told(simulate(plan, detail="none", table=False)))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("block", [1, 3, 4, 5, 100])
def test_blocks_are_whole_runs_in_turn(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of one, four, two, one and three: none is cut, all are there, and no block could take the next as well."""
    monkeypatch.setattr(seen_book, "BLOCK", block)
    begins, number = np.array([0, 1, 5, 7, 8]), 11
    ends = [*begins[1:].tolist(), number]
    blocks = list(seen_book._together(begins, number))
    assert [k for runs in blocks for k in range(runs.start, runs.stop)] == list(range(5))
    for runs in blocks:
        length = ends[runs.stop - 1] - begins[runs.start]
        assert length <= block or runs.stop == runs.start + 1
        assert runs.stop == 5 or ends[runs.stop] - begins[runs.start] > block


def test_gifts_since_an_evening_are_told_by_flow() -> None:
    """Flows 0 and 1 are of orders. What leaves after the reports of an evening is not in them; what is turned back
    before the next counts as not sent."""
    totals = Totals(2, 6, 2)
    totals.evening = 3
    totals.send(np.array([1, 4, 5]), np.array([9, 10, 20]))
    totals.evening = 4
    totals.send(np.array([4]), np.array([5]))
    totals.turn_back(np.array([4, 4]), np.array([3, 7]))
    totals.evening = 5
    assert totals.sent.tolist() == [0, 9, 0, 0, 5, 20]
    since = [totals.given_since(np.array([5, 4, 3, 4]), np.full(4, day)).tolist() for day in (2, 3, 4, 5)]
    assert since == [[20, 5, 0, 5], [20, 5, 0, 5], [0, -5, 0, -5], [0, 0, 0, 0]]
