"""What may be spent on a question: so many runs, and so much time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sim.study.design.case import Case
from sim.study.run.bench import Bench
from sim.study.run.replicate import Failure, Progress


class _TimeIsUp(Exception):
    """Raised where runs are counted, so that no further one is handed out."""


@dataclass
class Budget:
    """`runs` and `seconds` (None: as long as it takes); what is run is counted, and told as progress."""

    runs: int
    seconds: float | None = None
    progress: Progress | None = None
    made: int = 0
    """runs made, or found in the folder"""
    _began: float = field(default_factory=time.monotonic, repr=False)

    def attempt(
        self, bench: Bench, cases: Sequence[Case], replications: int, more: int, part: float = 1.0
    ) -> list[Failure] | None:
        """Run every case as often as said, which makes so many runs `more`; returns those that failed.

        None where a part of the time is over before all are run: those that are finished are kept.
        """

        def tick(share: float) -> None:
            if self.progress is not None:
                self.progress(min(1.0, (self.made + share * more) / self.runs))
            if share < 1 and self._over(part):
                raise _TimeIsUp

        if self._over(part):
            return None
        try:
            failures = replace(bench, replications=replications, progress=tick).attempt(cases)
        except _TimeIsUp:
            return None
        self.made += more
        return failures

    def _over(self, part: float) -> bool:
        return self.seconds is not None and time.monotonic() - self._began > part * self.seconds
