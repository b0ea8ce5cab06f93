"""Figures that are told along with reports: of the rows that a report tells of, and of no others."""

from types import SimpleNamespace

import numpy as np

from sim.engine.knowing.told import NOT_TOLD, Along


def test_a_row_between_those_that_are_told_is_seen_as_it_is():
    """Rows 0 to 4 and 6 to 9 are told with pairs 0 to 8 of one channel; row 5 is not told. That of pair 0 is lost."""
    at = np.array([0, 1, 2, 3, 4, NOT_TOLD, 5, 6, 7, 8])
    told = SimpleNamespace(channel=np.ones(9, dtype=np.int64), place_in_channel=lambda pairs: pairs)
    first, later, now = np.arange(10), np.arange(10) + 100, np.arange(10) + 200
    along = Along(np.arange(10), ("sent",))
    along.expect(at, {"sent": first}, told)
    of_evening = along.of(lambda: {"sent": later}, 1)
    later += 50  # goes on after the report was made
    along.come(1, of_evening, np.array([0]))
    assert along.seen("sent", now).tolist() == [0, 101, 102, 103, 104, 205, 106, 107, 108, 109]
