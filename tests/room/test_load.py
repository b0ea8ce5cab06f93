"""The room under load, small: five devices, thirty turns; `make room-load` has thirty and five hundred."""

from __future__ import annotations

import sys

import pytest

from benchmarks.room_load import load

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read as Linux tells it")


def test_five_devices_see_thirty_turns_and_neither_memory_nor_work_grows() -> None:
    """Every device was shown every turn, or it would have waited in vain. Of the first ten turns everything is made for
    the first time; then a tenth more memory would be 0.5 % a turn, ten times what 500 flat turns may have."""
    found = load(5, 30)
    assert len(found.delays) == len(found.memory) == 30 and found.returned == 1
    assert found.memory[-1] < 1.1 * found.memory[9]
    assert sum(found.work[-10:]) < 2 * sum(found.work[:10])  # processor time, whatever else the machine does
