"""A study's folder: every finished batch at once, and in the end one Parquet file for each case.

    DIR/tideover.json                                  the marker: kind of the folder, and which files are ours
    DIR/manifest.json                                  what was asked and run
    DIR/replications/SCENARIO/STRATEGY.parquet         one row per replication, measure and group
    DIR/daily/SCENARIO/STRATEGY.parquet                one row per replication, day and product (if asked for)
    DIR/luck/SCENARIO/STRATEGY.parquet                 the same replications by other luck (where anything is uncertain)
    DIR/summary.csv, comparisons.csv, …               the answers; the same as .parquet
    DIR/unfinished/KEY/000012-000019.parquet           batches, until the study is complete

A batch is known by the key of its case, which stands for all that its figures depend on; so nothing is done twice
that was asked before, and nothing old is taken for an answer to another question. What each file holds is written in it
too: a file that is damaged, incomplete or in another's place counts as not done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.output.csv_text import ENCODING, csv_of_frame
from sim.output.files import cannot_write, put
from sim.output.folder import MANIFEST, Folder
from sim.output.locks import held
from sim.output.names import file_name
from sim.study.design.case import Case
from sim.study.run.task import DAYS, ROWS, Batch

KINDS = {"replications": ROWS, "daily": DAYS}
LUCK = "luck"
"""Folder of the same replications by other luck, which are no draws of their own."""
KEY = b"tideover.case"
DONE = b"tideover.replications"
LENGTH = b"tideover.rows"
BATCH = re.compile(r"(\d+)-(\d+)\.parquet", re.ASCII)
LEFT_BY_US = re.compile(r"\.?(daily-)?\d+-\d+\.parquet(\.part)?", re.ASCII)
"""Names of files in a folder of batches that are ours to delete, those of an interrupted write among them."""


@dataclass(frozen=True)
class _Piece:
    """Files that hold the same replications of a case, one of each kind that is kept of it."""

    done: frozenset[int]
    files: dict[str, Path]


class Store:
    """The folder of one study, or of another question.

    Raises ScenarioError where it holds something else: also another of its kind, if there is a `manifest` of what it
    will hold, unless `replace`.
    """

    def __init__(
        self, folder: Path, kind: str = "study", manifest: Mapping[str, Any] | None = None, replace: bool = False
    ) -> None:
        self.folder = folder
        self._manifest, self._alike = manifest, None if replace else manifest
        self._own = Folder(folder, kind, manifest=self._alike)
        self._known: dict[tuple[Path, str, int, int], frozenset[int]] = {}

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    @contextmanager
    def opened(self, manifest: str, names: Iterable[str], cases: Sequence[Case] = ()) -> Iterator[None]:
        """Be alone at work in the folder, which will have files of these names and one for each case.

        Raises ScenarioError where another process is, or where one of the files is not ours; WriteError where nothing
        can be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.folder, error) from None
        with held(self.folder):
            self._own = Folder(self.folder, self._own.kind, manifest=self._alike)  # now that no other changes it
            self._own.manifest = self._manifest
            self._own.claim([MANIFEST, *names, *(name for _, _, name in self._finals(cases))])
            self.mark(manifest)
            yield

    def mark(self, text: str) -> None:
        """Write the manifest; raises WriteError where nothing can be written."""
        self._own.claim([MANIFEST])
        self.page(MANIFEST, text)

    def page(self, name: str, text: str) -> None:
        """Write a text of the folder, such as its page."""
        self._own.put(name, lambda path: path.write_text(text, encoding="utf-8"))

    def answer(self, name: str, table: pd.DataFrame) -> None:
        """Write a table of answers, as Parquet and as CSV; an empty one leaves no file."""
        names = table_files(name)
        self._own.claim(names)
        if table.empty:
            self._own.drop(names)
            return
        self.keep(name, table)
        self._own.put(names[1], lambda path: path.write_text(csv_of_frame(table), ENCODING, newline="\n"))

    def keep(self, name: str, table: pd.DataFrame) -> None:
        """Write a table that may be long, as Parquet alone."""
        file = table_files(name)[0]
        self._own.claim([file])
        self._own.put(file, partial(_write, table=pa.Table.from_pandas(table, preserve_index=False)))

    def done(self, case: Case) -> set[int]:
        """Replications of a case that are finished."""
        return {number for piece in self._pieces(case) for number in piece.done}

    def add(self, case: Case, first: int, count: int, batch: Batch) -> None:
        """Keep a finished batch; it is there whole or not at all."""
        place = self._unfinished / case.key
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(place, error) from None
        name = f"{first:06d}-{first + count - 1:06d}.parquet"
        numbers = range(first, first + count)
        if case.daily:
            put(place / f"daily-{name}", partial(_write, table=_marked(batch.days, case, numbers)))
        put(place / name, partial(_write, table=_marked(batch.rows, case, numbers)))

    def read(self, case: Case, replications: int, kind: str = "replications") -> pa.Table:
        """Rows of a case's finished replications below a number, under its labels, in order of replication.

        Each replication comes once, however often it is in the folder.
        """
        schema = KINDS[kind]
        tables, left = [schema.empty_table()], set(range(replications))
        for piece in self._pieces(case):
            if kind in piece.files and (wanted := piece.done & left):
                part = pq.read_table(piece.files[kind], schema=schema).select(schema.names)
                tables.append(part.filter(pc.is_in(part["replication"], pa.array(sorted(wanted), pa.int32()))))
                left -= wanted
        table = pa.concat_tables(tables)
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
        finals = self._finals(cases)
        self._own.claim(name for _, _, name in finals)
        for case, kind, name in finals:
            done = sorted(r for r in self.done(case) if r < replications)
            table = _marked(self.read(case, replications, kind), case, done)
            self._own.put(name, partial(_write, table=table))
        wanted = {name for _, _, name in finals}
        old = {name for name in self._own.files if name.split("/")[0] in (*KINDS, LUCK)} - wanted
        self._own.drop(old)
        self._own.claim(self._own.files - old, instead=True)
        self._clear()

    def _clear(self) -> None:
        """Delete all batches."""
        with suppress(OSError):  # what is not ours, or cannot be deleted, stays
            for place in self._unfinished.iterdir():
                for path in place.iterdir() if place.is_dir() and not place.is_symlink() else ():
                    if LEFT_BY_US.fullmatch(path.name):
                        path.unlink()
                with suppress(OSError):
                    place.rmdir()
            self._unfinished.rmdir()

    def _finals(self, cases: Sequence[Case]) -> list[tuple[Case, str, str]]:
        """Of each case and kind that is kept of it the name of its file when all is done."""
        found = []
        for kind in KINDS:
            for case in cases:
                if kind != "daily" or case.daily:
                    scenario, strategy, variant = case.labels
                    folder = LUCK if case.luck else kind
                    variant = "" if case.luck else variant
                    last = file_name(strategy) + (f"@{file_name(variant)}" if variant else "")
                    found.append((case, kind, f"{folder}/{file_name(scenario)}/{last}.parquet"))
        return found

    def _pieces(self, case: Case) -> list[_Piece]:
        """All there is of a case, as far as it is whole: first the file of all, then batches in order."""
        finals = {kind: self.folder / name for _, kind, name in self._finals([case])}
        found = [_Piece(frozenset.intersection(*(self._holds(p, case, k) for k, p in finals.items())), finals)]
        for path in sorted((self._unfinished / case.key).glob("*.parquet")):
            if numbers := BATCH.fullmatch(path.name):
                files = {"replications": path} | ({"daily": path.with_name(f"daily-{path.name}")} if case.daily else {})
                said = frozenset(range(int(numbers[1]), int(numbers[2]) + 1))
                if all(self._holds(file, case, kind) == said for kind, file in files.items()):
                    found.append(_Piece(said, files))
        return [piece for piece in found if piece.done]

    def _holds(self, path: Path, case: Case, kind: str) -> frozenset[int]:
        """The replications of a case that a file holds whole; it is read through once, and again when it changes."""
        try:
            about = path.stat()
            known = path, case.key, about.st_mtime_ns, about.st_size
            if known not in self._known:
                self._known[known] = _whole(path, case, kind)
        except (OSError, pa.ArrowException, ValueError, KeyError):  # missing, damaged, or something else
            return frozenset()
        return self._known[known]


def table_files(*names: str) -> list[str]:
    """The files of tables of answers."""
    return [f"{name}.{ending}" for name in names for ending in ("parquet", "csv")]


def _marked(table: pa.Table, case: Case, replications: Iterable[int]) -> pa.Table:
    """A table that says what it is."""
    done = ",".join(map(str, replications))
    marks = {KEY: case.key.encode(), DONE: done.encode(), LENGTH: str(len(table)).encode()}
    return table.replace_schema_metadata(marks)


def _whole(path: Path, case: Case, kind: str) -> frozenset[int]:
    """The replications that a file says it holds, if it holds them and answers this very case, else none.

    Raises what pyarrow does where it cannot be read.
    """
    schema = pq.read_schema(path)
    marks = schema.metadata or {}
    if marks.get(KEY) != case.key.encode() or not schema.equals(KINDS[kind]):
        return frozenset()
    said = frozenset(int(number) for number in marks[DONE].decode().split(",") if number)
    table = pq.read_table(path, page_checksum_verification=True)
    found = frozenset(pc.unique(table["replication"]).to_pylist())
    # a study may measure nothing that there is, such as a metric by regions where there are none
    return said if len(table) == int(marks[LENGTH]) and found in (said, frozenset()) else frozenset()


def _write(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)
