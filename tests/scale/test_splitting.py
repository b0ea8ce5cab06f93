"""Orders split over many sources: rounding handed out at once is rounding handed out unit by unit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.deciding.ordering import Sources


def unit_by_unit(part: list[int], due: list[float], left: int) -> list[int]:
    """One order's rounding as it is defined: each unit missing goes where the carried share is furthest off, the source
    named first among equals; each unit too many comes from where it is furthest over."""
    part = list(part)
    while left:
        gaps = [d - p for d, p in zip(due, part, strict=True)]
        if left > 0:
            best = max(range(len(part)), key=lambda k: (gaps[k], -k))
        else:
            best = max((k for k in range(len(part)) if part[k]), key=lambda k: (-gaps[k], -k))
        part[best] += 1 if left > 0 else -1
        left -= 1 if left > 0 else -1
    return part


@given(st.lists(st.lists(st.floats(-2, 40), min_size=1, max_size=9), min_size=1, max_size=5), st.data())
def test_rounding_at_once_is_rounding_unit_by_unit(orders: list[list[float]], data: st.DataObject) -> None:
    due = np.concatenate([np.array(order) for order in orders])
    count = np.array([len(order) for order in orders])
    begin = np.cumsum(count) - count
    part = np.maximum(0, np.floor(due + 1e-9)).astype(np.int64)
    left = np.array([data.draw(st.integers(-int(p.sum()), 2 * len(p)))
                     for p in np.split(part, begin[1:])])  # fmt: skip
    expected = [
        unit_by_unit(p.tolist(), d.tolist(), int(n))
        for p, d, n in zip(np.split(part, begin[1:]), np.split(due, begin[1:]), left, strict=True)
    ]
    found = Sources._round(part.copy(), due, left, np.repeat(np.arange(len(orders)), count), begin)
    # the engine takes as many rounds as there are sources; what is left after them is not its business here
    rounds = len(due)
    fits = np.abs(left) <= rounds
    for mine, theirs, fit in zip(np.split(found, begin[1:]), expected, fits, strict=True):
        if fit:
            assert mine.tolist() == theirs
