"""How replications that are missing are cut into tasks: how many at a time, and which cases together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.study.design.case import Case
from sim.study.design.fingerprint import program
from sim.study.run.executors import Crew
from sim.study.run.sharing import KEPT
from sim.study.run.store import Store
from sim.study.run.task import Batch, Task

TASK_SECONDS = 1.0
"""What a task should take: long beside the cost of handing it out, short beside what a lost one costs."""
TOGETHER = KEPT
"""Cases of a task at most: of more, a worker would have to read their plans anew in every replication."""


@dataclass
class _Span:
    """Replications first … first + count - 1, of cases that share their draws."""

    cases: tuple[Case, ...]
    first: int
    count: int


class Queue:
    """Hands out tasks: cases that share their draws together, as many replications as take about `TASK_SECONDS`.

    What is handed out once more comes first. Otherwise spans come one after another, so that only the plans of a few
    cases are in use at a time. `runs` are all that are missing: cases times replications.
    """

    def __init__(self, cases: Sequence[Case], replications: int, store: Store, crew: Crew) -> None:
        self._crew = crew
        self._seconds: dict[str, float] = {}
        self._usual: float | None = None
        self._first: deque[Task] = deque()
        groups: dict[tuple[str, tuple[tuple[int, int], ...]], list[Case]] = {}
        for case in {case.key: case for case in cases}.values():
            groups.setdefault((case.draws, _runs(replications, store.done(case))), []).append(case)
        self._spans = deque(
            _Span(tuple(group[begin : begin + TOGETHER]), first, count)
            for (_, runs), group in groups.items()
            for begin in range(0, len(group), TOGETHER)
            for first, count in runs
        )
        self._under_way = 0
        self._needed: Counter[str] = Counter()
        for span in self._spans:
            for case in span.cases:
                self._needed[case.digest] += span.count
        self.runs = self._needed.total()

    def take(self) -> Task | None:
        """The next task, or None where all are handed out."""
        if not self._first and self._spans:
            self._first.extend(self._cut())
        if not self._first:
            return None
        self._under_way += 1
        return self._first.popleft()

    def _cut(self) -> list[Task]:
        """The next replications, as one task, or as several where there are fewer of them than workers."""
        span, workers = self._spans[0], self._crew.size
        replications = sum(span.count for span in self._spans)
        count = self._count(span, replications, workers)
        task = Task(span.cases, span.first, count, program())
        span.first, span.count = span.first + count, span.count - count
        if not span.count:
            self._spans.popleft()
        # a whole replication for every worker is best, but the last ones may not be enough to go round
        if replications >= workers or (replications + self._under_way) % workers == 0:
            return [task]
        return _apart(task, -(-workers // replications))

    def _count(self, span: _Span, replications: int, workers: int) -> int:
        """How many replications of a span a task should have, where so many are left of all."""
        known = [self._seconds.get(case.key, self._usual) for case in span.cases]
        if None in known:
            return 1
        seconds = sum(s for s in known if s is not None)
        fair = -(-replications // (2 * workers))  # towards the end smaller, so that no worker waits for another
        return max(1, min(span.count, round(TASK_SECONDS / max(seconds, 1e-6)), span.count if workers == 1 else fair))

    def learn(self, task: Task, batches: Sequence[Batch]) -> None:
        """Take note of how long a task's replications took."""
        for case, batch in zip(task.cases, batches, strict=True):
            self._seconds[case.key] = each = batch.seconds / task.count
            self._usual = max(each, self._usual or 0.0)

    def back(self, task: Task) -> None:
        """A task is not under way any more, whatever came of it."""
        self._under_way -= 1

    def split(self, task: Task) -> None:
        """Hand a task that failed out again: its replications one by one, then its cases one by one."""
        if task.count > 1:
            self._first.extend(Task(task.cases, task.first + k, 1, task.program) for k in range(task.count))
        else:
            self._first.extend(_apart(task, len(task.cases)))

    def end(self, task: Task) -> list[str]:
        """A task is over for good; returns the digests of plans that none of those left needs."""
        for case in task.cases:
            self._needed[case.digest] -= task.count
        return [digest for digest in dict.fromkeys(case.digest for case in task.cases) if not self._needed[digest]]

    @property
    def plans(self) -> list[str]:
        """Digests of the plans that are still needed."""
        return [digest for digest, runs in self._needed.items() if runs]


def _apart(task: Task, parts: int) -> list[Task]:
    """The cases of a task over so many tasks, as evenly as they go."""
    cases, parts = task.cases, min(parts, len(task.cases))
    ends = [len(cases) * k // parts for k in range(parts + 1)]
    return [Task(cases[a:b], task.first, task.count, task.program) for a, b in pairwise(ends)]


def _runs(replications: int, done: set[int]) -> tuple[tuple[int, int], ...]:
    """(first, count) of each run of replications not done yet."""
    found: list[tuple[int, int]] = []
    for number in (n for n in range(replications) if n not in done):
        if found and sum(found[-1]) == number:
            found[-1] = found[-1][0], found[-1][1] + 1
        else:
            found.append((number, 1))
    return tuple(found)
