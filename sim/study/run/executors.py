"""Where tasks run: in this process, in processes beside it, or on a Dask cluster; one code path for all."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection
from types import TracebackType
from typing import Any, Generic, TypeVar

from sim.errors import Problem, ScenarioError, TideoverError, WorkersLost
from sim.study.run.sharing import PATIENCE, Cluster, Files, Shelf, no_workers, pack, work_on

TRIES = 3
"""Times a task is begun whose worker dies under it; the last time it runs alone."""
GLANCE = 5.0
"""Seconds after which a cluster from which nothing comes back is asked for its workers."""

T = TypeVar("T")
R = TypeVar("R")


class _Here(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Crew:
    """Workers behind the interface of concurrent.futures; use it in a `with` block.

    One worker is this process itself, several are processes of their own, and with a scheduler (`tcp://host:port`)
    they are those of its Dask cluster. `Shared` content of tasks is sent to each worker once. Raises ScenarioError
    where the scheduler does not answer, TideoverError where several processes are wanted while this one is itself being
    started by another; what is asked of it raises WorkersLost once the scheduler is not there any more, or has had no
    workers for `PATIENCE`.
    """

    def __init__(self, workers: int | None = None, scheduler: str | None = None) -> None:
        self._workers = max(1, workers or _processors())
        self._scheduler = scheduler
        self._client: Any = None if scheduler is None else _connect(scheduler)
        if self._client is None and self._workers > 1 and multiprocessing.parent_process() is not None:
            raise TideoverError("a program that runs a study has to begin it below: if __name__ == '__main__':")
        self._shelf: Shelf = Files() if self._client is None else Cluster(self._client)
        self.executor = self._open()

    @contextmanager
    def _in_reach(self) -> Iterator[None]:
        """Deal with the cluster inside the block; raises WorkersLost where its scheduler is not there any more."""
        try:
            yield
        except (OSError, TimeoutError, CancelledError, RuntimeError) as error:  # Dask's are kinds of these
            if self._client is None or isinstance(error, BrokenExecutor):
                raise
            raise WorkersLost(f"the Dask scheduler {self._scheduler} does not answer any more") from None

    def _open(self) -> Executor:
        if self._client is not None:
            executor: Executor = self._client.get_executor(pure=False)
            return executor
        if self._workers == 1:
            return _Here()
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin_worker)

    def submit(self, work: Callable[[T], R], task: T) -> Future[R]:
        """Let a worker do a task; in this process that is done when this returns."""
        if isinstance(self.executor, _Here):
            return self.executor.submit(work, task)
        packed, named = pack(task)
        with self._in_reach(), _deaf_to_interrupts():  # a pool begins its processes here
            shelved = {shared.digest: self._shelf.put(shared) for shared in named}
            return self.executor.submit(work_on, work, packed, shelved)

    def free(self, digest: str) -> None:
        """No task with this content is left; workers need not find it any more."""
        with self._in_reach():
            self._shelf.free(digest)

    def renew(self) -> None:
        """New workers in the place of a pool one of whose processes has died; a cluster sees to its own."""
        if self._client is None:
            self.executor.shutdown(wait=False, cancel_futures=True)
        with self._in_reach():
            self._shelf.renew()
            self.executor = self._open()

    def ended(self, running: Collection[Future[R]]) -> list[Future[R]]:
        """Those that have ended, as soon as there is one."""
        limit = None if self._client is None else min(GLANCE, PATIENCE)
        seen = time.monotonic()
        while not (found := wait(running, limit, FIRST_COMPLETED).done):
            with self._in_reach():
                if self._client.ncores():
                    seen = time.monotonic()
            if time.monotonic() - seen > PATIENCE:
                raise no_workers()
        return [future for future in running if future in found]

    @property
    def size(self) -> int:
        """Tasks that can run at the same time, now."""
        number = self._workers
        if self._client is not None:
            with self._in_reach():
                number = sum(self._client.ncores().values())
        return max(1, number)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if self._client is None and kind is not None and isinstance(self.executor, ProcessPoolExecutor):
                _stop(self.executor)
            elif self._client is None:
                self.executor.shutdown(wait=True, cancel_futures=True)
        finally:
            with suppress(WorkersLost), self._in_reach():
                self._shelf.close()
                if self._client is not None:
                    self._client.close()  # which takes back what is still to run


def _stop(pool: ProcessPoolExecutor) -> None:
    """End its processes at once: what they are at would be thrown away, and may take a minute for a large network."""
    processes = list((pool._processes or {}).values())  # Python 3.14 has terminate_workers for this
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def _begin_worker() -> None:
    """Ctrl-C reaches every process of a terminal; the one that hands out work deals with it and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Where the process that hands out work is killed nobody tells its workers; this waits for it and ends this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes begun inside the block do not hear Ctrl-C from the first; this one hears it after the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        expected = "Dask beside Tideover: pip install 'tideover[dask]'"
        raise ScenarioError([Problem("--scheduler", 0, "Dask is not installed", expected=expected)]) from None
    for name in ("distributed", "distributed.client"):  # what it would log, with tracebacks, is told by WorkersLost
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client: Any = Client.__new__(Client)  # has no types
    try:
        client.__init__(scheduler, timeout=10)
        return client
    except Exception as error:  # of many kinds: an address may be wrong in as many ways
        # left open, it would close when collected, which never ends if that falls into the making of another client
        client.close()
        expected = "the address that 'dask scheduler' printed, such as tcp://localhost:8786"
        message = f"no Dask scheduler answers ({(str(error) or type(error).__name__).splitlines()[0]})"
        raise ScenarioError([Problem("--scheduler", 0, message, scheduler, expected)]) from None


@dataclass(frozen=True)
class Done(Generic[T, R]):
    """A task that came to its end: its result, or in words why there is none."""

    task: T
    result: R | None
    failure: str | None = None


@dataclass
class _Ticket(Generic[T]):
    task: T
    tries: int = 0


def execute(crew: Crew, work: Callable[[T], R], take: Callable[[], T | None]) -> Iterator[Done[T, R]]:
    """Run `work` on every task that `take` hands out until it hands out None; tasks come back as they end.

    Twice as many tasks as there are workers are under way, so that `take` can act on what has come back. A task
    that raises comes back as a failure and the others go on. Where a worker dies, the tasks under way are begun again,
    each at most `TRIES` times; what has come back is not lost.
    """
    running: dict[Future[R], _Ticket[T]] = {}
    again: deque[_Ticket[T]] = deque()
    while True:
        _fill(crew, work, take, running, again)
        if not running:
            return
        crashed: list[_Ticket[T]] = []
        for future in crew.ended(running):
            yield from _ended(future, running.pop(future), crashed)
        if not crashed:
            continue
        while running:  # a broken pool ends them all
            for future in crew.ended(running):
                yield from _ended(future, running.pop(future), crashed)
        crew.renew()
        for ticket in crashed:
            ticket.tries += 1
            if ticket.tries >= TRIES:
                yield Done(ticket.task, None, f"its worker process died, {TRIES} times (killed, or out of memory)")
            else:
                again.append(ticket)


def _fill(
    crew: Crew, work: Callable[[T], R], take: Callable[[], T | None], running: dict[Future[R], _Ticket[T]],
    again: deque[_Ticket[T]],
) -> None:  # fmt: skip
    limit = 2 * crew.size if crew.size > 1 else 1
    while len(running) < limit and not any(t.tries == TRIES - 1 for t in running.values()):
        if again:
            if again[0].tries == TRIES - 1 and running:
                return  # it may have killed the others' worker: the last time it runs alone
            ticket = again.popleft()
        else:
            task = take()
            if task is None:
                return
            ticket = _Ticket(task)
        try:
            running[crew.submit(work, ticket.task)] = ticket
        except BrokenExecutor:  # died while idle
            again.appendleft(ticket)
            if running:
                return
            crew.renew()


def _ended(future: Future[R], ticket: _Ticket[T], crashed: list[_Ticket[T]]) -> Iterator[Done[T, R]]:
    try:
        result = future.result()
    except (BrokenExecutor, CancelledError):  # Dask takes a task back where the content it names is lost
        crashed.append(ticket)
    except Exception as error:
        yield Done(ticket.task, None, f"{type(error).__name__}: {error}")
    else:
        yield Done(ticket.task, result)
