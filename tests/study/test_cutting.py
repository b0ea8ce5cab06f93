"""How work is cut: few draws, no idle worker, few compiled networks in use at a time."""

from __future__ import annotations

import heapq
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from sim.study.design.case import Case
from sim.study.design.design import read_study
from sim.study.run.cutting import TOGETHER, Queue
from sim.study.run.store import Store
from sim.study.run.task import DAYS, ROWS, Batch, Task
from tests.study.conftest import runs_of, write_into

DRAW, RUN = 1.0, 2.5
"""Seconds that drawing a replication and a run with its twin take, about as in a country."""


def cases_of(case: Case, number: int, groups: int = 1) -> list[Case]:
    """Cases of plans of their own, in groups that share their draws."""
    plans = [replace(case.plan, digest=f"plan {k}") for k in range(number)]
    return [replace(case, plan=plan, draws=f"draws {k % groups}") for k, plan in enumerate(plans)]


def queue_of(cases: list[Case], replications: int, workers: int, folder: Path) -> Queue:
    crew: Any = SimpleNamespace(size=workers)
    return Queue(cases, replications, Store(folder), crew)


def seconds_of(task: Task, scale: float) -> float:
    return scale * task.count * (DRAW + RUN * len(task.cases))


def carried_out(queue: Queue, workers: int, scale: float) -> tuple[list[Task], list[float]]:
    """All tasks, and the time at which each worker ends; as in `execute`, twice as many are under way as workers."""
    tasks: list[Task] = []
    free = [0.0] * workers
    ends: list[tuple[float, int, Task]] = []
    while True:
        while len(ends) < (2 * workers if workers > 1 else 1) and (task := queue.take()) is not None:
            begin = heapq.heappop(free)
            heapq.heappush(free, begin + seconds_of(task, scale))
            heapq.heappush(ends, (begin + seconds_of(task, scale), len(tasks), task))
            tasks.append(task)
        if not ends:
            return tasks, sorted(free)
        _, _, task = heapq.heappop(ends)
        queue.back(task)
        each = scale * task.count * (DRAW / len(task.cases) + RUN)
        queue.learn(task, [Batch(ROWS.empty_table(), DAYS.empty_table(), each)] * len(task.cases))
        queue.end(task)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Some case."""
    return read_study(write_into(tmp_path_factory.mktemp("study"))).cases[0]


@pytest.mark.parametrize("scale", [10.0, 0.1, 0.003], ids=["country", "district", "tabletop"])
@pytest.mark.parametrize(
    ("number", "groups", "replications"), [(6, 1, 1), (6, 1, 2), (3, 1, 2), (6, 2, 5), (20, 1, 7), (4, 2, 60)]
)
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_all_is_run_once_and_no_worker_is_idle(
    workers: int, number: int, groups: int, replications: int, scale: float, case: Case, tmp_path: Path
) -> None:
    cases = cases_of(case, number, groups)
    tasks, ends = carried_out(queue_of(cases, replications, workers, tmp_path / "s"), workers, scale)
    ran = [run for task in tasks for run in runs_of(task)]
    assert len(ran) == len(set(ran)) == number * replications
    assert all(len({case.draws for case in task.cases}) == 1 for task in tasks)
    largest = max(seconds_of(task, scale) for task in tasks)
    assert ends[-1] - ends[0] <= largest, "the last to end has no more than one task more than the first"
    draws = sum(task.count for task in tasks)
    together = -(-number // groups // TOGETHER) * groups * replications
    # only the last replications, fewer than workers, are cut further: where k are left, so that all workers get a part
    cut = sum(min(number, TOGETHER, -(-workers // k)) - 1 for k in range(1, min(workers, together + 1)))
    assert together <= draws <= together + cut


def test_one_replication_of_six_strategies_keeps_two_workers_busy(case: Case, tmp_path: Path) -> None:
    tasks, ends = carried_out(queue_of(cases_of(case, 6), 1, 2, tmp_path / "s"), 2, 10)
    assert [len(task.cases) for task in tasks] == [3, 3]
    assert ends[0] == ends[1]


def test_two_replications_go_to_two_workers_whole(case: Case, tmp_path: Path) -> None:
    tasks, _ = carried_out(queue_of(cases_of(case, 3), 2, 2, tmp_path / "s"), 2, 10)
    assert [(len(task.cases), task.first) for task in tasks] == [(3, 0), (3, 1)]


def test_few_plans_are_in_use_at_a_time(case: Case, tmp_path: Path) -> None:
    """Hundreds of plans, as a search makes them: those of the tasks under way and of the one that is being cut."""
    queue = queue_of(cases_of(case, 200, groups=3), 4, 1, tmp_path / "s")
    used: set[str] = set()
    most = 0
    while task := queue.take():
        used |= {case.digest for case in task.cases}
        most = max(most, len(used))
        queue.back(task)
        used -= set(queue.end(task))
    assert not used and not queue.plans and most <= TOGETHER


def test_cases_that_miss_other_replications_go_apart(case: Case, tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    store.mark("{}")
    one, two, three = cases_of(case, 3)
    store.add(two, 0, 2, Batch(pa.table({n: [] for n in ROWS.names}, schema=ROWS), DAYS.empty_table(), 1.0))
    crew: Any = SimpleNamespace(size=1)
    tasks, _ = carried_out(Queue([one, two, three], 4, store, crew), 1, 10)
    found = {(tuple(case.digest for case in task.cases), task.first) for task in tasks}
    assert found == {(("plan 0", "plan 2"), r) for r in range(4)} | {(("plan 1",), r) for r in (2, 3)}


def test_a_task_that_fails_comes_back_by_replication_and_then_by_case(case: Case, tmp_path: Path) -> None:
    queue = queue_of(cases_of(case, 3), 2, 1, tmp_path / "s")
    cases = queue.take()
    assert cases is not None
    task = replace(cases, count=2)
    queue.split(task)
    first, second = queue.take(), queue.take()
    assert first is not None and second is not None
    assert [(len(t.cases), t.first, t.count) for t in (first, second)] == [(3, 0, 1), (3, 1, 1)]
    queue.split(second)
    ones = [queue.take() for _ in range(3)]
    assert [(len(t.cases), t.first, t.count) for t in ones if t is not None] == [(1, 1, 1)] * 3
