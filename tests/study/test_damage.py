"""What is damaged, incomplete or in another's place counts as not done and is done again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.errors import WriteError
from sim.output import files
from sim.study.design.design import read_study
from sim.study.design.fingerprint import program
from sim.study.run.executors import Crew
from sim.study.run.replicate import replicate
from sim.study.run.store import Store
from sim.study.run.task import Batch, Task, run_task
from tests.study.conftest import contents, write_into

Damage = Callable[[Path], None]


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_rows(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(0, 0), path)


def short_of_a_row(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.slice(0, len(table) - 1), path)


def missing(path: Path) -> None:
    path.unlink()


def of_another_form(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["replication"]), path)


def with_a_changed_byte(path: Path) -> None:
    """In the data, so that the frame of the file is fine."""
    raw = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(0).column(7 if "measure" in pq.read_schema(path).names else 6)
    begins = column.dictionary_page_offset or column.data_page_offset
    raw[begins + column.total_compressed_size - 3] ^= 0xFF
    path.write_bytes(bytes(raw))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (truncated, emptied, without_rows, short_of_a_row, missing, of_another_form, with_a_changed_byte)


class Ran:
    """Counts what is run."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, int]] = []

    def __call__(self, task: Task) -> tuple[Batch, ...]:
        self.runs += [(case.labels[1], task.first + k) for case in task.cases for k in range(task.count)]
        return run_task(task)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of one scenario, with its daily figures; its folder `half` has two batches of each case, `whole` all."""
    folder = tmp_path_factory.mktemp("damage")
    path = write_into(folder)
    text = path.read_text().replace(", {file: starter.yaml, name: longer, set: {disruptions.ban.for: 90d}}", "")
    path.write_text(text)
    design = read_study(path)
    for name in ("half", "whole"):
        store = Store(folder / name)
        store.mark("{}")
        with Crew(1) as crew:
            replicate(design.cases, 1, store, crew)
            replicate(design.cases, 2, store, crew)
        if name == "whole":
            store.finish(design.cases, 2)
    return path


def mended(study: Path, folder: Path) -> tuple[list[tuple[str, int]], dict[str, bytes]]:
    """(what is run again, the files when it is finished)."""
    design, store, ran = read_study(study), Store(folder), Ran()
    with Crew(1) as crew:
        assert not replicate(design.cases, 2, store, crew, work=ran)
    store.finish(design.cases, 2)
    return ran.runs, {name: raw for name, raw in contents(folder).items() if name.startswith(("repl", "daily"))}


def whole(study: Path) -> dict[str, bytes]:
    found = contents(study.parent / "whole")
    return {name: raw for name, raw in found.items() if name.startswith(("repl", "daily"))}


@pytest.mark.parametrize("prefix", ["", "daily-"], ids=["rows", "days"])
@pytest.mark.parametrize("damage", [*DAMAGES, a_folder])
def test_a_damaged_batch_is_done_again(damage: Damage, prefix: str, study: Path, tmp_path: Path) -> None:
    shutil.copytree(study.parent / "half", tmp_path / "out")
    case = read_study(study).cases[1]
    damage(tmp_path / "out" / "unfinished" / case.key / f"{prefix}000001-000001.parquet")
    if damage is a_folder:  # which nobody leaves by accident, and nobody takes away unasked
        with pytest.raises(WriteError):
            mended(study, tmp_path / "out")
        return
    ran, found = mended(study, tmp_path / "out")
    assert ran == [("double", 1)]
    assert found == whole(study)


@pytest.mark.parametrize("kind", ["replications", "daily"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_result_is_done_again(damage: Damage, kind: str, study: Path, tmp_path: Path) -> None:
    shutil.copytree(study.parent / "whole", tmp_path / "out")
    damage(tmp_path / "out" / kind / "my-scenario" / "double.parquet")
    ran, found = mended(study, tmp_path / "out")
    assert ran == [("double", 0), ("double", 1)]
    assert found == whole(study)


@pytest.mark.parametrize("prefix", ["", "daily-"], ids=["rows", "days"])
def test_a_batch_copied_to_anothers_name_does_not_count(prefix: str, study: Path, tmp_path: Path) -> None:
    design = read_study(study)
    none, double = (study.parent / "half" / "unfinished" / case.key for case in design.cases)
    sources = {"another replication": double / f"{prefix}000000-000000.parquet",
               "another case": none / f"{prefix}000001-000001.parquet",
               "the other part": double / f"{'' if prefix else 'daily-'}000001-000001.parquet"}  # fmt: skip
    for name, source in sources.items():
        folder = tmp_path / name
        shutil.copytree(study.parent / "half", folder)
        shutil.copyfile(source, folder / "unfinished" / design.cases[1].key / f"{prefix}000001-000001.parquet")
        assert Store(folder).done(design.cases[1]) == {0}
        ran, found = mended(study, folder)
        assert ran == [("double", 1)] and found == whole(study)


def test_a_result_copied_to_another_strategy_does_not_count(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study.parent / "whole", tmp_path / "out")
    for kind in ("replications", "daily"):
        place = tmp_path / "out" / kind / "my-scenario"
        shutil.copyfile(place / "none.parquet", place / "double.parquet")
    ran, found = mended(study, tmp_path / "out")
    assert ran == [("double", 0), ("double", 1)] and found == whole(study)


def test_batches_that_overlap_give_each_replication_once(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study.parent / "half", tmp_path / "out")
    case, store = read_study(study).cases[1], Store(tmp_path / "out")
    (both,) = run_task(Task((case,), 0, 2, program()))
    store.add(case, 0, 2, both)
    rows = store.read(case, 2).to_pandas()
    assert not rows.duplicated(["replication", "measure", "breakdown", "group"]).any()
    days = store.read(case, 2, "daily").to_pandas()
    assert not days.duplicated(["replication", "day", "product"]).any()
    _, found = mended(study, tmp_path / "out")
    assert found == whole(study)


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deeds: list[str] = []
    real = files.os.replace
    monkeypatch.setattr(files, "sync", lambda path: deeds.append(f"sync {path.name}"))
    monkeypatch.setattr(files.os, "replace", lambda a, b: (deeds.append(f"to {b.name}"), real(a, b)))
    files.put_text(tmp_path / "a.txt", "x")
    assert deeds == ["sync .a.txt.part", "to a.txt", f"sync {tmp_path.name}"]


def test_a_table_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    files.put_text(tmp_path / "a.txt", "old")
    with pytest.raises(WriteError, match=r"a\.txt: cannot write here: No space left on device"):
        files.put(tmp_path / "a.txt", full)
    assert contents(tmp_path) == {"a.txt": b"old"}
