"""The run folder: written beside its place and then put there, so that an interrupted run leaves no half results."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.output.files import cannot_write, move, sync
from sim.output.folder import MANIFEST, MARKER, RUN_FILES, Folder, marker
from sim.output.locks import ASIDE, OURS, Workplace, clear_leftovers, held


def write_atomically(
    folder: Path, fill: Callable[[Path], None], manifest: Mapping[str, Any] | None = None, replace: bool = False
) -> Path:
    """Let `fill` write into a new folder, then put it in the place of `folder`; returns `folder`.

    Of an earlier folder of the same run, or of any with `replace`, the files that Tideover wrote are replaced, others
    stay. Raises ScenarioError where anything else stands there, WriteError where it cannot be written.
    """
    check_free(folder, manifest, replace)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder.absolute().parent, ASIDE)
        beside = Workplace(folder.absolute().parent, ASIDE)
    except OSError as error:
        raise cannot_write(folder, error) from None
    try:
        fill(beside.folder)
        _put_in_place(beside, folder, manifest, replace)
    except OSError as error:  # such as a disk that is full
        raise cannot_write(folder, error) from error
    finally:
        beside.close()
    return folder


def check_free(folder: Path, manifest: Mapping[str, Any] | None = None, replace: bool = False) -> None:
    """Raise ScenarioError where something stands that is neither empty nor a folder of the run that `manifest` tells
    (left out, or with `replace`: of any run)."""
    Folder(folder, "run", RUN_FILES, None if replace else manifest)


def _put_in_place(beside: Workplace, folder: Path, manifest: Mapping[str, Any] | None, replace: bool) -> None:
    names = [name for name in _files(beside.folder) if (beside.folder / name).name not in OURS]
    if not folder.exists():
        (beside.folder / MARKER).write_text(marker("run", names, manifest), encoding="utf-8")
        for name in (MARKER, *names):
            sync(beside.folder / name)
        beside.folder.chmod(0o777 & ~_umask())
        move(beside.release(), folder)
        return
    with held(folder):
        place = Folder(folder, "run", names, None if replace else manifest)
        old, place.manifest = place.files, manifest
        place.claim(names)
        place.drop([MANIFEST])  # a folder that has none is not whole
        place.drop(old)  # all of it before the first that is new, so that files of two runs never stand side by side
        sync(folder)
        for name in sorted(names, key=lambda name: name == MANIFEST):
            (folder / name).parent.mkdir(exist_ok=True)
            move(beside.folder / name, folder / name)
        place.claim(names, instead=True)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: Path, data: Any) -> None:
    """Data as readable JSON with a fixed order of keys as given."""
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """A table as Parquet, zstd; the same table gives the same bytes."""
    frame.to_parquet(path, engine="pyarrow", compression="zstd", index=False)


def write_parts(path: Path, parts: Iterable[pd.DataFrame]) -> None:
    """A table that comes in parts as one Parquet file, zstd, with a group of rows for each part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    try:
        for frame in parts:
            table = pa.Table.from_pandas(frame, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
