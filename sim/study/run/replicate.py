"""Bringing cases to a number of replications: what is missing is cut into tasks, run, and kept as it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.study.design.case import Case
from sim.study.run.cutting import Queue
from sim.study.run.executors import Crew, Done, execute
from sim.study.run.store import Store
from sim.study.run.task import Batch, Task, run_task

Progress = Callable[[float], None]
Batches = tuple[Batch, ...]


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
    work: Callable[[Task], Batches] = run_task,
) -> list[Failure]:
    """See to it that replications 0 … `replications` - 1 of every case are in the store; returns those that failed.

    What is in the store already is not run again, and cases that ask the same (of equal `key`) are run once. Every
    batch is stored as it ends. `progress` is called with the share of the work that is done.
    """
    queue = Queue(cases, replications, store, crew)
    failures: list[Failure] = []
    total, finished = queue.runs, 0
    try:
        for done in execute(crew, work, queue.take):
            task = done.task
            queue.back(task)
            if done.result is not None:
                for case, batch in zip(task.cases, done.result, strict=True):
                    store.add(case, task.first, task.count, batch)
                queue.learn(task, done.result)
            elif task.runs > 1:
                queue.split(task)  # find the case and the replication that fail, and save the others
                continue
            else:
                failures += _failures(cases, done)
            for digest in queue.end(task):
                crew.free(digest)
            finished += task.runs
            if progress is not None:
                progress(finished / total)
    finally:
        for digest in queue.plans:
            crew.free(digest)
    return sorted(failures)


def _failures(cases: Iterable[Case], done: Done[Task, Batches]) -> Iterator[Failure]:
    for case in cases:
        if case.key == done.task.cases[0].key:
            yield Failure(*case.labels, done.task.first, done.failure or "")
