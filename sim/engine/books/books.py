"""The evening's bookkeeping: days are put side by side, then added up and checked together."""

from __future__ import annotations

import numpy as np

from sim.engine.books.conservation import Conservation
from sim.engine.books.recorder import Recorder
from sim.engine.state.ledger import Ledger
from sim.model.part import Part

BLOCK_BYTES = 2**21
"""What fits into a processor's caches."""
FEWEST = 8
"""Days below which a block is not worth putting them side by side."""
LONGEST = 64
"""Days in a block at most: where something is wrong, no more than these are simulated in vain."""


class Books(Part):
    """Keeps the ledgers of several days until they are recorded and checked at once, in order of day.

    On a small network a day's figures are too few to be worth a dozen array operations; on a large one a block is one
    day, read where it stands. Blocks also end with the warm-up, which is checked but not recorded.
    """

    CHANGES = ("_block", "_first", "_count")

    def __init__(self, ledger: Ledger, recorder: Recorder, conservation: Conservation) -> None:
        self._ledger, self._recorder, self._conservation = ledger, recorder, conservation
        days = min(LONGEST, BLOCK_BYTES // max(1, ledger.rows.nbytes))
        self._days = days if days >= FEWEST else 1
        self._block = np.zeros((self._days, *ledger.rows.shape), dtype=np.int64) if self._days > 1 else ledger.rows[:0]
        self.rejoin()
        self._first = self._count = 0

    def rejoin(self) -> None:
        if self._days == 1:
            self._block = self._ledger.rows[None]

    def write(self, day: int) -> None:
        """The evening of a day; the next day's ledger is clear afterwards."""
        if not self._count:
            self._first = day
        if self._days > 1:
            self._block[self._count] = self._ledger.rows
        self._count += 1
        self._conservation.look(day)
        if self._count == self._days or day == -1:
            self.close()
        self._ledger.clear(self._recorder.busy if self._days == 1 else None)

    def close(self) -> None:
        """Add up and check what was written and has not been yet."""
        if self._count:
            block = self._block[: self._count]
            self._count = 0
            totals = self._recorder.record(self._first, block, in_place=self._days == 1)
            self._conservation.check(self._first, block, totals)
