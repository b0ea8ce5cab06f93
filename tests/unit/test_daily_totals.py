"""Daily totals kept small are the totals that were added."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from sim.engine.books import totals
from sim.engine.books.totals import DailyTotals, NotKept
from sim.engine.state.ledger import DAILY

DAYS, GROUPS = 50, 12
STARTS = np.array([0, 5, 9])
ROWS = {"on_hand": 0, "demand": 1, "unmet": 2, "lost": 2, "ordered": 3}
LARGEST = {"on_hand": 2**40, "demand": 255, "unmet": 0, "ordered": 2**20}


def added(kept: Collection[str], sizes: list[int]) -> tuple[DailyTotals, np.ndarray]:
    """Totals of some figures, and all that was added, (days, rows, groups): blocks of days of these sizes in turn."""
    generator = np.random.default_rng(5)
    drawn = generator.integers(0, [[n + 1] for n in LARGEST.values()], (DAYS, len(LARGEST), GROUPS))
    drawn[:, :, 5:9] = 0  # none at sites of this kind
    found, first = DailyTotals(DAYS, GROUPS, STARTS, ROWS, kept), 0
    while first < DAYS:
        for size in sizes:
            found.add(drawn[first : first + size])
            first = min(DAYS, first + size)
    return found, drawn


@pytest.mark.parametrize("room", [1, 7, 16, 1_000])
@pytest.mark.parametrize("kept", [DAILY, ("demand",), ("on_hand", "lost"), ("backlog",)])
def test_what_was_added_comes_back(room: int, kept: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """`room`: days that go into the buffer; days come one at a time, or some together."""
    rows = len({ROWS[name] for name in kept if name in ROWS})
    monkeypatch.setattr(totals, "BUFFER_BYTES", room * rows * GROUPS * 8)
    found, drawn = added(kept, [1] if room == 1 else [1, 5, 7])
    assert list(found) == [name for name in DAILY if name in kept]
    some = np.array([11, 2, 6, 3])
    for name in kept:
        expected = drawn[:, ROWS[name]] if name in ROWS else np.zeros((DAYS, GROUPS), dtype=np.int64)
        np.testing.assert_array_equal(found[name], expected)
        np.testing.assert_array_equal(found.over(name, some), expected[:, some].sum(axis=1))
        assert found[name].dtype == found.over(name, some).dtype == np.int64


def test_each_figure_takes_the_narrowest_type_that_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight groups of twelve have anything: 8 bytes for stock on hand, 1 for demand, none for unmet, 4 for orders."""
    monkeypatch.setattr(totals, "BUFFER_BYTES", 10 * 4 * GROUPS * 8)
    found, drawn = added(DAILY, [10])
    assert (drawn[:, 3].reshape(-1, 10, GROUPS)[:, :, [0, 11]].max(axis=1) > 2**16 - 1).all()
    packed = DAYS - 10  # the last ten days are in the buffer
    assert found.nbytes == packed * 8 * (8 + 1 + 0 + 4) + 10 * 4 * GROUPS * 8


def test_what_is_negative_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "BUFFER_BYTES", 0)
    found = DailyTotals(2, 2, np.array([0]), {"demand": 0}, ["demand"])
    for day in ([[-1, 3]], [[5, 2**33]]):
        found.add(np.array([day]))
    assert found["demand"].tolist() == [[-1, 3], [5, 2**33]]


def test_days_not_added_are_zero() -> None:
    found = DailyTotals(3, 2, np.array([0]), {"demand": 0}, ["demand"])
    found.add(np.array([[[4, 5]]]))
    assert found["demand"].tolist() == [[4, 5], [0, 0], [0, 0]]
    assert found.over("demand", np.array([0, 1])).tolist() == [9, 0, 0]


def test_what_was_not_kept_is_an_error_that_says_so() -> None:
    found, _ = added(["demand", "unmet"], [1])
    for read in (lambda: found["served"], lambda: found.over("served", np.array([0]))):
        with pytest.raises(
            NotKept, match=r"^the run kept no daily totals of 'served' \(kept: demand, unmet\); name it"
        ):
            read()
    assert "demand" in found and "served" not in found


def test_a_figure_that_there_is_not_cannot_be_kept() -> None:
    with pytest.raises(ValueError, match=r"^no such daily figure: unmeet; there are on_hand, "):
        DailyTotals(1, 1, np.array([0]), ROWS, ["demand", "unmeet"])
