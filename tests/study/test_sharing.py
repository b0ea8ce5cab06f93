"""A compiled network is sent to each worker once, and is gone when nothing needs it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError
from sim.study.design.case import Case, case_of
from sim.study.design.measures import parse_measure
from sim.study.run.executors import Crew, execute
from sim.study.run.sharing import Filed, Files, Shared, pack, unpack
from sim.study.run.task import Task
from tests.scale.counting import national_plan
from tests.study.conftest import WriteStudy, contents
from tests.study.workers import Naming, Noted, double, double_or_die_once

NUMBERS = range(14)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where packing and reading is noted."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def noted(notes: Path, what: str) -> Counter[int]:
    """Process -> how often it packed or read the content."""
    return Counter(int(path.name.split("-")[1]) for path in notes.glob(f"{what}-*"))


def tasks(content: Shared[Noted], numbers: range = NUMBERS) -> Callable[[], Naming | None]:
    waiting = deque((number, content) for number in numbers)
    return lambda: waiting.popleft() if waiting else None


def doubled(crew: Crew, content: Shared[Noted], work: Callable[[Naming], int] = double) -> None:
    done = list(execute(crew, work, tasks(content)))
    assert [d.failure for d in done if d.failure] == []
    assert sorted(d.result for d in done if d.result is not None) == [2 * n for n in NUMBERS]


def test_this_process_packs_nothing(notes: Path, temporary: Path) -> None:
    with Crew(1) as crew:
        doubled(crew, Shared("one", Noted(notes)))
    assert not any(notes.iterdir()) and not any(temporary.iterdir())


@pytest.mark.slow
def test_processes_read_content_once_each_and_it_is_packed_once(notes: Path, temporary: Path) -> None:
    content = Shared("one", Noted(notes))
    with Crew(2) as crew:
        doubled(crew, content)
        assert noted(notes, "packed") == {os.getpid(): 1}
        read = noted(notes, "read")
        assert set(read.values()) == {1} and 1 <= len(read) <= 2 and os.getpid() not in read
        assert len(list(temporary.glob("tideover-*/one"))) == 1
        crew.free("one")
        assert not list(temporary.glob("tideover-*/[!.]*"))
        doubled(crew, content)  # a worker that has read it need not read it again
        assert noted(notes, "packed") == {os.getpid(): 2} and set(noted(notes, "read").values()) == {1}
    assert not any(temporary.iterdir())


@pytest.mark.slow
def test_a_worker_that_takes_a_dead_ones_place_finds_the_content(notes: Path, temporary: Path) -> None:
    with Crew(2) as crew:
        doubled(crew, Shared("one", Noted(notes)), double_or_die_once)
    assert (notes / "died").exists()
    read = noted(notes, "read")
    assert len(read) > 1 and set(read.values()) == {1} and noted(notes, "packed") == {os.getpid(): 1}
    assert not any(temporary.iterdir())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Any]:
    """A Dask cluster of two processes."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path / "dask")
    ) as one:
        yield one


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the cluster's own
def test_workers_of_a_cluster_get_content_and_not_with_every_task(notes: Path, cluster: Any) -> None:
    """Dask lets go of a copy that no task waits for, so that a worker may get it again after a pause."""
    from distributed import Client

    content, rounds = Shared("one", Noted(notes)), 1
    with Crew(scheduler=cluster.scheduler_address) as crew, Client(cluster.scheduler_address) as watching:
        doubled(crew, content)
        first = set(noted(notes, "read"))
        assert len(first) == 2
        cluster.scale(3)
        watching.wait_for_workers(3)
        while set(noted(notes, "read")) == first and rounds < 10:  # the one that joined late
            doubled(crew, content)
            rounds += 1
        assert len(noted(notes, "read")) == 3
        assert max(noted(notes, "read").values()) <= rounds < rounds * len(NUMBERS) // 3
        assert noted(notes, "packed")[os.getpid()] == 1
        assert copies(watching) >= 1
        crew.free("one")
        deadline = time.monotonic() + 20
        while copies(watching) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not copies(watching)


def copies(watching: Any) -> int:
    """Copies of noted content on a cluster."""
    return sum("Noted" in str(key) for keys in watching.has_what().values() for key in keys)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the cluster's own
def test_content_that_a_cluster_has_lost_is_sent_again(notes: Path, tmp_path: Path) -> None:
    from distributed import LocalCluster

    where = {"dashboard_address": None, "local_directory": str(tmp_path / "dask")}
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, **where) as one,
        Crew(scheduler=one.scheduler_address) as crew,
    ):
        doubled(crew, Shared("one", Noted(notes)), double_or_die_once)
    assert (notes / "died").exists() and noted(notes, "packed")[os.getpid()] == 2


def case_of_size(folder: Path, facilities: int, write_study: WriteStudy) -> Case:
    from sim.study.run.bench import read_subject

    plan = national_plan(folder, facilities=facilities, products=4, regions=4, days=130)
    loaded = read_subject(write_study().with_name("starter.yaml")).loaded
    return case_of(loaded, [parse_measure("units_unmet")], ("country", "none", ""), plan=plan)


def test_a_packed_task_is_small_however_large_the_network(tmp_path: Path, write_study: WriteStudy) -> None:
    small, large = (case_of_size(tmp_path / str(n), n, write_study) for n in (20, 400))
    sizes = []
    for case in (small, large):
        cases = tuple(replace(case, labels=("country", name, "")) for name in ("none", "some", "more"))
        task = Task(cases, 0, 4, "program")
        packed, named = pack(task)
        assert [shared.digest for shared in named] == [case.digest]
        again = unpack(packed, {case.digest: case.plan.content})
        assert again == task and again.cases[0].plan.content is case.plan.content
        sizes.append(len(packed))
    assert sizes[0] == sizes[1] < 1_500
    assert len(pickle.dumps(large.plan.content)) > 4 * len(pickle.dumps(small.plan.content))


@pytest.mark.slow
def test_a_study_cut_short_leaves_no_temporary_folder(
    write_study: WriteStudy, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, packed = write_study(), []
    put = Files.put

    def noting(files: Files, shared: Shared[Any]) -> Filed:
        packed.append(shared.digest)
        return put(files, shared)

    monkeypatch.setattr(Files, "put", noting)

    def stop(share: float) -> None:
        assert any(temporary.glob("tideover-*/*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sim.run_study(path, tmp_path / "two", workers=2, progress=stop)
    assert packed and not any(temporary.iterdir())
    sim.run_study(path, tmp_path / "two", workers=2)
    assert not any(temporary.iterdir())
    sim.run_study(path, tmp_path / "one", workers=1)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_no_room_for_temporary_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ScenarioError, match=r"gone: cannot write here: No such file.*expected room for 0.* TMPDIR"):
        Files().put(Shared("one", tmp_path))


def test_what_runs_a_task_imports_no_kinds_and_no_readers_of_scenarios() -> None:
    """A plan brings the kinds that it has; importing the others would double the time that a worker takes to begin."""
    code = "import sys, sim.study.run.task, sim.study.run.sharing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    needless = ("sim.disruptions", "sim.hazards", "sim.scenario", "sim.engine.compile", "sim.report", "yaml", "click")
    assert [name for name in done.stdout.split() if name.startswith(needless)] == []
