"""Content that many tasks name and each worker is sent once: compiled networks, known by their digest.

A task is packed with digests in the place of such content, so that it is small however large the network. The content
itself waits in a file for the processes of this machine, or in the memory of a Dask cluster for its workers.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Generic, Protocol, TypeVar

from sim.errors import Problem, WorkersLost, WriteError
from sim.output.locks import Workplace, clear_leftovers

IN_TEMP = "tideover-"
"""How folders of ours begin where temporary files go."""
KEPT = 8
"""Contents a process keeps once it has read them, so that the tasks that follow need not."""

PATIENCE = 120.0
"""Seconds that a cluster may be without workers, some of which come late, until that is told."""

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Shared(Generic[C]):
    """Content with the digest it is known by; equal digests stand for equal content."""

    digest: str
    content: C = field(repr=False, compare=False)


@dataclass(frozen=True)
class Filed:
    """A file that holds content."""

    path: str


class Shelf(Protocol):
    """Where content waits for workers."""

    def put(self, shared: Shared[Any]) -> Any:
        """See to it that it is there; returns what leads a worker to it."""

    def free(self, digest: str) -> None:
        """It is not needed any more; nothing happens where it is not there."""

    def renew(self) -> None:
        """Workers are new: what was with the old ones alone is not there any more."""

    def close(self) -> None:
        """Nothing is needed any more."""


class Files:
    """A temporary folder with a file for each content, from which every process reads what it needs."""

    def __init__(self) -> None:
        clear_leftovers(Path(gettempdir()), IN_TEMP)
        self._place: Workplace | None = None
        self._files: dict[str, Filed] = {}

    def put(self, shared: Shared[Any]) -> Filed:
        """Write it, unless it is there; returns its file. Raises WriteError where nothing can be written."""
        if shared.digest not in self._files:
            packed = zlib.compress(pickle.dumps(shared.content, pickle.HIGHEST_PROTOCOL), 1)
            try:
                if self._place is None:
                    self._place = Workplace(Path(gettempdir()), IN_TEMP)
                path = self._place.folder / shared.digest
                path.write_bytes(packed)
            except OSError as error:
                expected = f"room for {len(packed) / 1e6:.0f} MB where temporary files go; TMPDIR names another place"
                place = str(Path(error.filename or "TMPDIR").parent)
                problem = Problem(place, 0, f"cannot write here: {error.strerror}", None, expected)
                raise WriteError([problem]) from None
            self._files[shared.digest] = Filed(str(path))
        return self._files[shared.digest]

    def free(self, digest: str) -> None:
        """Delete its file."""
        if digest in self._files:
            Path(self._files.pop(digest).path).unlink(missing_ok=True)

    def renew(self) -> None:
        """Files outlive the processes that read them."""

    def close(self) -> None:
        """Delete the folder."""
        self._files.clear()
        if self._place is not None:
            self._place.close()
            self._place = None


class Cluster:
    """The memory of a Dask cluster's workers: each gets a copy, and those that join later take it from the others."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._futures: dict[str, Any] = {}

    def put(self, shared: Shared[Any]) -> Any:
        """Send it to the workers, unless it is there; returns the future in whose place they find it.

        Raises WorkersLost where there are none for `PATIENCE`.
        """
        if shared.digest not in self._futures:
            try:
                self._client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise no_workers() from None
            # to all of them, since Dask would hand the tasks to those that have it, and leave the others idle
            future = self._client.scatter(shared.content, broadcast=True, hash=False)
            self._futures[shared.digest] = future
        return self._futures[shared.digest]

    def free(self, digest: str) -> None:
        """Let the workers forget it."""
        if digest in self._futures:
            self._futures.pop(digest).release()

    def renew(self) -> None:
        """Send all of it again as it is asked for."""
        self.close()

    def close(self) -> None:
        """Let the workers forget everything."""
        for digest in list(self._futures):
            self.free(digest)


def no_workers() -> WorkersLost:
    """What to tell of a cluster that has been without workers for `PATIENCE`."""
    return WorkersLost(f"the Dask scheduler has had no workers for {PATIENCE:.0f} seconds")


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.found: dict[str, Shared[Any]] = {}

    def persistent_id(self, thing: object) -> str | None:
        if type(thing) is not Shared:
            return None
        self.found[thing.digest] = thing
        return thing.digest


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, contents: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._contents = contents

    def persistent_load(self, digest: str) -> Shared[Any]:
        return Shared(digest, self._contents[digest])


def pack(task: object) -> tuple[bytes, list[Shared[Any]]]:
    """A task as bytes, and the content that these only name."""
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump(task)
    return file.getvalue(), list(packer.found.values())


def unpack(packed: bytes, contents: Mapping[str, Any]) -> Any:
    """The task, with its content put in by digest."""
    return _Unpacker(io.BytesIO(packed), contents).load()


def work_on(work: Callable[[T], R], packed: bytes, contents: Mapping[str, Any]) -> R:
    """What a worker does with a packed task: contents by digest, as they are or in files."""
    ready = {digest: _read(found) if isinstance(found, Filed) else found for digest, found in contents.items()}
    return work(unpack(packed, ready))


@lru_cache(maxsize=KEPT)
def _read(file: Filed) -> Any:
    return pickle.loads(zlib.decompress(Path(file.path).read_bytes()))
