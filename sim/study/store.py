"""A study's folder: every finished batch at once, and in the end one Parquet file for each case.

    DIR/manifest.json                                  what was asked and run
    DIR/replications/SCENARIO/STRATEGY.parquet         one row per replication, measure and group
    DIR/daily/SCENARIO/STRATEGY.parquet                one row per replication, day and product (if asked for)
    DIR/summary.csv, comparisons.csv, …               the answers; the same as .parquet
    DIR/unfinished/KEY/000012-000019.parquet           batches, until the study is complete

A batch is known by the key of its case, which stands for all that its figures depend on; so nothing is done twice
that was asked before, and nothing old is taken for an answer to another question.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.csv_text import csv_of_frame
from sim.errors import Problem, ScenarioError
from sim.study.case import Case
from sim.study.task import DAYS, ROWS, Batch

MARK = "manifest.json"
KINDS = {"replications": ROWS, "daily": DAYS}
KEY = b"tideover.case"
DONE = b"tideover.replications"


class Store:
    """The folder of one study. Raises ScenarioError where it holds something else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
            raise ScenarioError([Problem(str(folder), 0, "this is not the folder of a study, so nothing is written")])

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    def mark(self, text: str) -> None:
        """Write the manifest; raises ScenarioError where nothing can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ScenarioError([Problem(str(self.folder), 0, f"cannot write here: {error.strerror}")]) from None
        _replace(self.folder / MARK, lambda path: path.write_text(text, encoding="utf-8"))

    def answer(self, name: str, table: pd.DataFrame) -> None:
        """Write a table of answers, as Parquet and as CSV; an empty one leaves no file."""
        if table.empty:
            for ending in ("parquet", "csv"):
                (self.folder / f"{name}.{ending}").unlink(missing_ok=True)
            return
        _write(self.folder / f"{name}.parquet", pa.Table.from_pandas(table, preserve_index=False))
        _replace(self.folder / f"{name}.csv", lambda path: path.write_text(csv_of_frame(table), "utf-8", newline="\n"))

    def done(self, case: Case) -> set[int]:
        """Replications of a case that are finished."""
        found = set(_final_replications(self._final("replications", case), case))
        for first, count in self._batches(case):
            found.update(range(first, first + count))
        return found

    def add(self, case: Case, first: int, count: int, batch: Batch) -> None:
        """Keep a finished batch; it is there whole or not at all."""
        place = self._unfinished / case.key
        place.mkdir(parents=True, exist_ok=True)
        name = f"{first:06d}-{first + count - 1:06d}.parquet"
        if batch.days.num_rows:
            _write(place / f"daily-{name}", batch.days)
        _write(place / name, batch.rows)  # last: a batch counts once its rows are there

    def read(self, case: Case, replications: int, kind: str = "replications") -> pa.Table:
        """Rows of a case's finished replications below a number, under its labels, in order of replication."""
        schema = KINDS[kind]
        final = self._final(kind, case)
        known = pa.array(_final_replications(final, case), pa.int32())
        tables = [pq.read_table(final, schema=schema).select(schema.names)] if len(known) else []
        prefix = "daily-" if kind == "daily" else ""
        for first, count in sorted(self._batches(case)):
            file = self._unfinished / case.key / f"{prefix}{first:06d}-{first + count - 1:06d}.parquet"
            if file.exists():
                batch = pq.read_table(file, schema=schema)
                tables.append(batch.filter(pc.invert(pc.is_in(batch["replication"], known))))
        table = pa.concat_tables([schema.empty_table(), *tables])
        table = table.filter(pc.less(table["replication"], replications))
        # a stable sort by whole numbers: rows of one replication stay as they were written
        order = pc.sort_indices(table["replication"])
        table = table.take(order)
        for position, (name, label) in enumerate(zip(schema.names[:3], case.labels, strict=True)):
            table = table.set_column(position, schema.field(name), pa.array([label] * len(table), pa.string()))
        return table.combine_chunks()

    def finish(self, cases: Sequence[Case], replications: int) -> None:
        """Put all finished replications below a number into one file for each case, and clear the rest away.

        The same rows give the same bytes, however the work was cut and in whatever order it came.
        """
        wanted: set[Path] = set()
        for kind in KINDS:
            for case in cases:
                if kind == "daily" and not case.daily:
                    continue
                path = self._final(kind, case)
                path.parent.mkdir(parents=True, exist_ok=True)
                done = sorted(r for r in self.done(case) if r < replications)
                marks = {KEY: case.key.encode(), DONE: ",".join(map(str, done)).encode()}
                wanted.add(path)
                table = self.read(case, replications, kind)
                _write(path.with_suffix(".new"), table.replace_schema_metadata(marks))
        for path in wanted:
            os.replace(path.with_suffix(".new"), path)
        for kind in KINDS:
            self._clear(self.folder / kind, wanted)
        shutil.rmtree(self._unfinished, ignore_errors=True)

    def _clear(self, place: Path, wanted: set[Path]) -> None:
        for path in sorted(place.rglob("*"), reverse=True):
            if path.is_file() and path not in wanted:
                path.unlink()
            elif path.is_dir():
                with suppress(OSError):  # not empty
                    path.rmdir()
        with suppress(OSError):
            place.rmdir()

    def _final(self, kind: str, case: Case) -> Path:
        scenario, strategy, variant = (quote(label, safe=" +,=()") for label in case.labels)
        return self.folder / kind / scenario / f"{strategy}{'@' + variant if variant else ''}.parquet"

    def _batches(self, case: Case) -> Iterable[tuple[int, int]]:
        for path in (self._unfinished / case.key).glob("[0-9]*-[0-9]*.parquet"):
            first, last = path.stem.split("-")
            yield int(first), int(last) - int(first) + 1


def _final_replications(path: Path, case: Case) -> list[int]:
    """The replications in a final file, if it answers this very case."""
    if not path.is_file():
        return []
    marks = pq.read_schema(path).metadata or {}
    if marks.get(KEY) != case.key.encode():
        return []
    return [int(number) for number in marks[DONE].decode().split(",") if number]


def _write(path: Path, table: pa.Table) -> None:
    _replace(path, lambda target: pq.write_table(table, target, compression="zstd"))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside the place, then put it there in one step."""
    beside = path.with_name(f".{path.name}.part")
    write(beside)
    os.replace(beside, path)
