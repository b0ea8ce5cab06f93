"""The days that a site looks back on: the last so many until the latest that it knows of."""

import numpy as np
import pytest

from sim.engine.knowing.present_use import PresentUse
from sim.engine.state.records import in_windows
from tests.contract.network import STANDARD
from tests.property.running import plan_of

NAN = float("nan")
TABLE = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
"""Three days (rows) of two cells."""


@pytest.mark.parametrize(
    ("last", "window", "expected"),
    [
        ([2, 2], 3, [[1, 10], [2, 20], [3, 30]]),
        ([2, 2], 2, [[2, 20], [3, 30]]),
        ([1, 1], 2, [[1, 10], [2, 20]]),
        ([0, 0], 3, [[NAN, NAN], [NAN, NAN], [1, 10]]),  # two of the three days were before the first
        ([-1, -1], 2, [[NAN, NAN], [NAN, NAN]]),  # nothing is known yet
        ([2, 0], 2, [[2, NAN], [3, 10]]),  # the first cell knows of all three days, the other of the first alone
    ],
    ids=["all", "the latest", "a day late", "before the first day", "nothing", "each its own"],
)
def test_each_cell_sees_the_days_until_the_last_it_knows_of(last, window, expected):
    np.testing.assert_array_equal(in_windows(TABLE, np.array(last), window), np.array(expected, dtype=float))


def test_nobody_sees_no_days():
    assert in_windows(TABLE[:, :0], np.zeros(0, dtype=np.int64), 2).shape == (2, 0)


def test_end_demand_of_nobody_is_a_table_without_columns() -> None:
    """A material that no patient's good is made of for now: days stand there, and nobody who asked."""
    use = PresentUse(plan_of(STANDARD), 7)
    assert use.by_day(range(-1, 0), np.zeros(0, dtype=np.int64)).shape[1] == 0
    assert use.by_day(range(-1, 0), np.zeros(1, dtype=np.int64)).shape[1] == 1
