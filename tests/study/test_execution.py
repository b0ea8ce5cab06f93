"""However a study is run, wherever, and however often it is interrupted, it leaves the same bytes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError, TideoverError
from sim.study.design.design import read_study
from sim.study.design.fingerprint import digest, program
from sim.study.run import cutting
from sim.study.run.executors import TRIES, Crew, Done, execute
from sim.study.run.replicate import replicate
from sim.study.run.store import Store
from sim.study.run.task import Task, run_task
from tests.study.conftest import WriteStudy, contents, runs_of, write_into
from tests.study.workers import die_on_seven, die_once, linger, square

CASES, REPLICATIONS = 4, 6


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study."""
    return write_into(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def serial(study: Path) -> dict[str, bytes]:
    """What the small study leaves when this process runs it alone, undisturbed."""
    result = sim.run_study(study, study.parent / "serial", workers=1)
    assert not result.failures and result.number == REPLICATIONS
    found = contents(study.parent / "serial")
    assert {"comparisons.csv", "fan.parquet", "manifest.json", "replications/longer/double.parquet"} <= set(found)
    assert not (study.parent / "serial" / "unfinished").exists()
    return found


@pytest.mark.slow
def test_two_processes_one_of_them_killed_leave_the_same_bytes(
    study: Path, serial: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "TASK_SECONDS", 0.05)
    killed: list[int] = []

    def kill_one(share: float) -> None:
        if not killed and share < 0.5:
            killed.append(multiprocessing.active_children()[0].pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    result = sim.run_study(study, tmp_path / "two", workers=2, progress=kill_one)
    assert killed and not result.failures
    assert contents(tmp_path / "two") == serial


def test_a_study_interrupted_twice_leaves_the_same_bytes_and_does_nothing_twice(
    study: Path, serial: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, int]] = []

    def counted(task: Task) -> Any:
        ran.extend(runs_of(task))
        return run_task(task)

    monkeypatch.setattr("sim.study.run.run.replicate", lambda *args: replicate(*args, work=counted))

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            sim.run_study(study, tmp_path / "cut", workers=1, progress=stop)
    sim.run_study(study, tmp_path / "cut", workers=1)
    assert len(ran) == len(set(ran)) == CASES * REPLICATIONS
    assert contents(tmp_path / "cut") == serial
    sim.run_study(study, tmp_path / "cut", workers=1)
    assert len(ran) == CASES * REPLICATIONS  # a finished study runs nothing again
    assert contents(tmp_path / "cut") == serial


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the cluster's own
def test_a_dask_cluster_leaves_the_same_bytes(study: Path, serial: dict[str, bytes], tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)) as one:
        result = sim.run_study(study, tmp_path / "dask", scheduler=one.scheduler_address)
    assert not result.failures
    assert contents(tmp_path / "dask") == serial


def test_more_replications_add_to_those_that_are_there(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sim.run_study(study, tmp_path / "out", workers=1).replications
    text = study.read_text(encoding="utf-8").replace("replications: 6", "replications: 7")
    more = study.with_name("more.yaml")
    more.write_text(text, encoding="utf-8")
    ran: list[int] = []

    def counted(task: Task) -> Any:
        ran.extend(replication for _, replication in runs_of(task))
        return run_task(task)

    monkeypatch.setattr("sim.study.run.run.replicate", lambda *args: replicate(*args, work=counted))
    after = sim.run_study(more, tmp_path / "out", workers=1, replace=True).replications
    assert ran == [REPLICATIONS] * CASES
    assert after[after["replication"] < REPLICATIONS].reset_index(drop=True).equals(before)


def test_a_failing_replication_costs_itself_only(write_study: WriteStudy, tmp_path: Path) -> None:
    design, store = read_study(write_study()), Store(tmp_path / "out")
    store.mark("{}")

    def fails(task: Task) -> Any:
        if any(case.labels[1] == "double" for case in task.cases) and task.first <= 3 < task.first + task.count:
            raise RuntimeError("no luck")
        return run_task(task)

    with Crew(workers=1) as crew:
        failures = replicate(design.cases, 5, store, crew, work=fails)
    assert [(f.scenario, f.strategy, f.replication) for f in failures] == [
        ("longer", "double", 3), ("my-scenario", "double", 3)
    ]  # fmt: skip
    assert "no luck" in str(failures[0])
    done = {case.labels[1]: store.done(case) for case in design.cases}
    assert done == {"none": set(range(5)), "double": {0, 1, 2, 4}}


def test_a_study_goes_on_past_failures_and_the_command_ends_with_code_1(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from sim.cli import cli

    def fails(task: Task) -> Any:
        if task.first + task.count > 5:
            raise RuntimeError("no luck")
        return run_task(task)

    monkeypatch.setattr("sim.study.run.run.replicate", lambda *args: replicate(*args, work=fails))
    words = ["study", str(write_study()), "-o", str(tmp_path / "out"), "--workers", "1"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    assert "replication 5: RuntimeError: no luck" in done.output and "4 replications failed" in done.output
    assert "Some failed: there are 5 of 'double' in 'longer', 5 of 'none' in 'longer', 5 of" in done.output
    monkeypatch.undo()
    again = CliRunner().invoke(cli, words)
    assert again.exit_code == 0, again.output
    assert "6 replications of each" in again.output


def tasks(numbers: range) -> Any:
    waiting: deque[Any] = deque(numbers)
    return lambda: waiting.popleft() if waiting else None


def results(found: Iterator[Done[Any, Any]]) -> tuple[list[Any], list[Any]]:
    ended = list(found)
    return sorted(d.result for d in ended if d.failure is None), [d.failure for d in ended if d.failure]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_an_exception_is_one_tasks_failure(workers: int) -> None:
    with Crew(workers) as crew:
        done, failed = results(execute(crew, square, tasks(range(20))))
    assert done == sorted(n * n for n in range(20) if n != 13)
    assert failed == ["ValueError: thirteen"]


@pytest.mark.slow
def test_a_dead_worker_is_replaced_and_its_task_begun_again(tmp_path: Path) -> None:
    waiting = deque((str(tmp_path), number) for number in range(12))
    with Crew(2) as crew:
        done, failed = results(execute(crew, die_once, lambda: waiting.popleft() if waiting else None))
    assert done == list(range(12)) and not failed
    assert (tmp_path / "died").exists()


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_given_up_and_no_other_is() -> None:
    with Crew(2) as crew:
        done, failed = results(execute(crew, die_on_seven, tasks(range(12))))
    assert done == [n for n in range(12) if n != 7]
    assert len(failed) == 1 and f"died, {TRIES} times" in failed[0]


def test_a_worker_with_another_program_refuses(write_study: WriteStudy) -> None:
    case = read_study(write_study()).cases[0]
    with pytest.raises(TideoverError, match="another version"):
        run_task(Task((case,), 0, 1, "another"))


def test_what_is_asked_is_known_by_its_content(write_study: WriteStudy) -> None:
    one, two = read_study(write_study()), read_study(write_study())
    assert [case.key for case in one.cases] == [case.key for case in two.cases]
    assert len({case.key for case in one.cases}) == CASES
    with pytest.raises(TypeError, match="made inside a function"):
        digest(lambda: program)


def test_a_folder_of_something_else_is_left_alone(write_study: WriteStudy, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("do not lose me")
    with pytest.raises(ScenarioError, match="not the folder of a study"):
        sim.run_study(write_study(), tmp_path / "precious", workers=1)
    assert contents(tmp_path / "precious") == {"thesis.txt": b"do not lose me"}


def test_disruptions_can_be_left_out_by_name(write_study: WriteStudy) -> None:
    from dataclasses import replace

    case = read_study(write_study()).cases[0]
    both, without_ban, none = (
        run_task(Task((replace(case, without=left_out),), 0, 1, program()))[0].rows.to_pandas()
        for left_out in ((), ("ban",), ("ban", "outbreak"))
    )
    unmet = [rows.loc[rows["measure"] == "units_unmet", "value"].iloc[0] for rows in (both, without_ban, none)]
    assert unmet[0] > unmet[1] >= unmet[2] == none.loc[0, "twin"]


def test_an_interruption_does_not_wait_for_tasks_that_are_under_way(tmp_path: Path) -> None:
    mark = tmp_path / "began"
    with pytest.raises(KeyboardInterrupt), Crew(2) as crew:
        crew.submit(linger, str(mark))
        while not mark.exists():
            time.sleep(0.01)
        raise KeyboardInterrupt
    soon = time.monotonic() + 10  # a process that was told to end may take a moment for it
    while multiprocessing.active_children() and time.monotonic() < soon:
        time.sleep(0.05)
    assert not multiprocessing.active_children()
