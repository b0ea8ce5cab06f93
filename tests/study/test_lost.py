"""A study under which the process, the disk or the cluster goes away keeps what is finished, and says so."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from sim.errors import ScenarioError, WorkersLost
from sim.output import files
from sim.study.run import executors, sharing
from sim.study.run.executors import Crew, execute
from sim.study.run.sharing import Shared
from tests.bad.calls import typed
from tests.cli.calls import PROGRAM
from tests.study.conftest import contents, write_into

KEPT = "What is finished is kept; the same command goes on from there."
WORKERS = """
import sys, time
from sim.study.run.executors import Crew
from sim.study.run.sharing import Shared
from tests.study.workers import linger_with
if __name__ == "__main__":
    with Crew(2) as crew:
        shared = Shared("one", "content")
        waiting = [crew.submit(linger_with, (sys.argv[1] + str(k), shared)) for k in range(2)]
        [future.result() for future in waiting]
"""


def gone(number: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def wait_until(what: str, holds: object, seconds: float = 60.0) -> None:
    """Wait for something to come true; fails where it does not."""
    end = time.monotonic() + seconds
    assert callable(holds)
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


@pytest.mark.slow
def test_workers_end_with_a_parent_that_is_killed_and_the_next_start_clears_up(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    place = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    marks = [tmp_path / f"mark{k}" for k in range(2)]
    script = tmp_path / "script.py"
    script.write_text(WORKERS)
    program = [sys.executable, str(script), str(tmp_path / "mark")]
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(program, env=place | path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as parent:
        wait_until("both workers are at work", lambda: all(m.exists() and m.read_text() for m in marks))
        workers = [int(mark.read_text()) for mark in marks]
        assert len(set(workers)) == 2 and not any(map(gone, workers))
        assert len(list((tmp_path / "temporary").glob("tideover-*"))) == 1
        parent.kill()
        parent.wait()
        wait_until("both workers have ended", lambda: all(map(gone, workers)))
        assert parent.stdout is not None
        assert b"Traceback" not in parent.stdout.read()  # which comes to an end, since nobody holds the pipe
    assert len(list((tmp_path / "temporary").glob("tideover-*"))) == 1
    code = "from sim.study.run.executors import Crew\nwith Crew(1): pass"
    subprocess.run([sys.executable, "-c", code], env=place | path, check=True)
    assert not list((tmp_path / "temporary").iterdir())


def test_a_full_disk_under_a_study_is_told_and_what_is_finished_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_into(tmp_path)
    words = ["tideover", "study", "study.yaml", "-q", "-w", "1", "-n", "2"]
    assert typed([*words, "-o", "never-full"], tmp_path).code == 0
    real, written = files.sync, 0

    def full(path: Path) -> None:
        nonlocal written
        written += 1
        if written > room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path)

    for room in (0, 1, 5, 13, 30, 40):  # in the marker, the manifest, batches, results and answers
        written = 0
        with monkeypatch.context() as patch:
            patch.setattr(files, "sync", full)
            outcome = typed([*words, "-o", "out"], tmp_path)
        assert outcome.code == 2 and "cannot write here: No space left on device" in outcome.printed, room
        assert KEPT in outcome.printed and "nothing was run" not in outcome.printed
        assert not [name for name in contents(tmp_path / "out") if name.endswith(".part") or "tideover-" in name]
    assert typed([*words, "-o", "out"], tmp_path).code == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "never-full")


@pytest.mark.parametrize("address", ["", "nonsense", "tcp://", "http://localhost:80", "tls://localhost:1", "tcp://h:²"])
def test_an_address_that_is_none_of_a_scheduler_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was begun is closed: a client that is left open closes when it is collected, which may be never done."""
    begun: list[Any] = []
    real = Client.start

    def start(client: Any, **more: Any) -> Any:
        begun.append(client)
        return real(client, **more)

    monkeypatch.setattr(Client, "start", start)
    with pytest.raises(ScenarioError, match="--scheduler: no Dask scheduler answers"):
        Crew(scheduler=address)
    assert [client.status for client in begun] == ["closed"]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the cluster's own
@pytest.mark.parametrize("task", [3, Shared("three", 3)], ids=["a task that is sent", "content that is sent first"])
def test_a_cluster_without_workers_is_told_after_a_time(
    task: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (executors, sharing):
        monkeypatch.setattr(module, "PATIENCE", 1.0)
    tasks = [task]
    with (
        lone_scheduler(tmp_path) as address,
        Crew(scheduler=address) as crew,
        pytest.raises(WorkersLost, match="the Dask scheduler has had no workers for 1 seconds"),
    ):
        list(execute(crew, str, lambda: tasks.pop() if tasks else None))


@contextmanager
def lone_scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler without workers, a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    silent = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=folder, stdout=silent, stderr=silent)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_told_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    write_into(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}

    def started(part: str, *words: str) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", f"distributed.cli.dask_{part}", *words, "--no-dashboard"]
        silent = subprocess.DEVNULL
        return subprocess.Popen(program, cwd=tmp_path, env=environment, stdout=silent, stderr=silent)

    scheduler = started("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    worker = started("worker", address, "--nthreads", "1")
    words = [*PROGRAM, "study", "study.yaml", "-q", "-n", "500", "-o", "out", "--scheduler", address]
    try:
        with subprocess.Popen(
            words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as study:
            batches = tmp_path / "out" / "unfinished"
            wait_until("the first batch is there", lambda: list(batches.glob("*/0*")) or study.poll() is not None, 180)
            scheduler.kill()
            told, _ = study.communicate(timeout=180)
    finally:
        for process in (scheduler, worker):
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert study.returncode == 1
    assert told == f"failed: the Dask scheduler {address} does not answer any more\n{KEPT}\n"
    assert list(batches.glob("*/0*"))
