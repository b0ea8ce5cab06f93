"""Bringing cases to a number of replications: what is missing is cut into tasks, run, and kept as it comes back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sim.study.executors import Crew, Done, execute
from sim.study.fingerprint import program
from sim.study.store import Store
from sim.study.task import Batch, Case, Task, run_task

TASK_SECONDS = 1.0
"""What a task should take: long beside the cost of handing it out, short beside what a lost one costs."""

Progress = Callable[[float], None]


@dataclass(frozen=True, order=True)
class Failure:
    """A replication that could not be run, and why."""

    scenario: str
    strategy: str
    variant: str
    replication: int
    reason: str

    def __str__(self) -> str:
        words = [self.scenario, self.strategy, *([self.variant] if self.variant else [])]
        return f"{' / '.join(words)}, replication {self.replication}: {self.reason}"


def replicate(
    cases: Sequence[Case],
    replications: int,
    store: Store,
    crew: Crew,
    progress: Progress | None = None,
    work: Callable[[Task], Batch] = run_task,
) -> list[Failure]:
    """See to it that replications 0 … `replications` - 1 of every case are in the store; returns those that failed.

    What is in the store already is not run again, and cases that ask the same (of equal `key`) are run once. Every
    batch is stored as it ends. `progress` is called with the share of the work that is done.
    """
    queue = _Queue(cases, replications, store, crew)
    failures: list[Failure] = []
    total, finished = queue.left, 0
    for done in execute(crew, work, queue.take):
        task = done.task
        if done.result is not None:
            store.add(task.case, task.first, task.count, done.result)
            queue.learn(task, done.result)
        elif task.count > 1:
            queue.split(task)  # find the replication that fails, and save the others
            continue
        else:
            failures += _failures(cases, done)
        finished += task.count
        if progress is not None:
            progress(finished / total)
    return sorted(failures)


def _failures(cases: Iterable[Case], done: Done[Task, Batch]) -> Iterator[Failure]:
    for case in cases:
        if case.key == done.task.case.key:
            yield Failure(*case.labels, done.task.first, done.failure or "")


class _Queue:
    """Hands out tasks, the cases in turn, of as many replications as take about `TASK_SECONDS`."""

    def __init__(self, cases: Sequence[Case], replications: int, store: Store, crew: Crew) -> None:
        self._crew = crew
        self._seconds: dict[str, float] = {}
        self._usual: float | None = None
        self._first: deque[Task] = deque()
        unique = {case.key: case for case in cases}
        missing = {key: _runs(replications, store.done(case)) for key, case in unique.items()}
        self.left = sum(count for runs in missing.values() for _, count in runs)
        turns = zip_longest(*([(unique[key], *run) for run in runs] for key, runs in missing.items()))
        self._runs: deque[tuple[Case, int, int]] = deque(run for turn in turns for run in turn if run is not None)

    def take(self) -> Task | None:
        """The next task, or None where all are handed out."""
        if self._first:
            return self._first.popleft()
        if not self._runs:
            return None
        case, first, count = self._runs.popleft()
        size = min(count, self._size(case))
        if size < count:
            self._runs.append((case, first + size, count - size))
        self.left -= size
        return Task(case, first, size, program())

    def learn(self, task: Task, batch: Batch) -> None:
        """Take note of how long a task's replications took."""
        each = batch.seconds / task.count
        self._seconds[task.case.key] = each
        self._usual = max(each, self._usual or 0.0)

    def split(self, task: Task) -> None:
        """Hand the replications of a task out again one by one."""
        self._first.extend(Task(task.case, task.first + k, 1, task.program) for k in range(task.count))

    def _size(self, case: Case) -> int:
        seconds = self._seconds.get(case.key, self._usual)
        if seconds is None:
            return 1
        fair = -(-self.left // (2 * self._crew.size))  # towards the end smaller, so that no worker waits for another
        return max(1, min(round(TASK_SECONDS / max(seconds, 1e-6)), fair))


def _runs(replications: int, done: set[int]) -> list[tuple[int, int]]:
    """(first, count) of each run of replications not done yet."""
    found: list[tuple[int, int]] = []
    for number in (n for n in range(replications) if n not in done):
        if found and sum(found[-1]) == number:
            found[-1] = found[-1][0], found[-1][1] + 1
        else:
            found.append((number, 1))
    return found
