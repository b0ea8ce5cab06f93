"""The run folder: written beside its place and renamed, so that an interrupted run leaves no half results."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Problem, ScenarioError

MARK = "manifest.json"


def write_atomically(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write into a new folder, then put it in the place of `folder`; returns `folder`.

    An earlier run folder is replaced; anything else that stands there is left alone. Raises ScenarioError for that and
    where it cannot be written.
    """
    check_free(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.absolute().name}-", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from None
    try:
        fill(beside)
        beside.chmod(0o777 & ~_umask())
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(beside, folder)
    except OSError as error:  # such as a disk that is full
        raise _cannot_write(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def check_free(folder: Path) -> None:
    """Raise ScenarioError where something stands that is neither an earlier run folder nor empty."""
    try:
        taken = folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from None
    if taken:
        raise ScenarioError([Problem(str(folder), 0, "this is not a run folder, so it is not overwritten")])


def _cannot_write(folder: Path, error: Exception) -> ScenarioError:
    reason = getattr(error, "strerror", None) or str(error)
    return ScenarioError([Problem(str(folder), 0, f"cannot write here: {reason}")])


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
