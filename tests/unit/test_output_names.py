"""A name of a planner's own is one part of a path, whatever it is, and two names are never one."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sim.output.names import alike, default_folder, file_name

NASTY = [
    "/../../../victim", "..", ".", "", " ", "/etc/passwd", "C:\\victim", "a\\..\\b", "nul\0byte", "line\nbreak",
    "bell\a",
    "CON", "con", "nul.txt", "COM1", "trailing.", "trailing ", ".hidden", "a" * 300, "ß" * 200, "für alle", "日本",
    "a:b", 'what?*"<>|', "~root", "\ud800", "a@b",
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_a_name_that_no_system_takes_as_it_is_is_written_otherwise(name: str, tmp_path: Path) -> None:
    found = file_name(name)
    assert found != name and Path(found).name == found and len(found.encode()) < 130
    (tmp_path / f"{found}.parquet").write_text("")
    assert [path.name for path in tmp_path.iterdir()] == [f"{found}.parquet"]


@pytest.mark.parametrize("name", ["none", "double", "my-scenario-double", "Reserve 90d", "a.b", "x=1, y=2", "(old)"])
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert file_name(name) == name


@given(st.sets(st.text(max_size=20) | st.sampled_from([*NASTY, *map(file_name, NASTY)])))
def test_two_names_are_never_one_file(names: set[str]) -> None:
    assert len({file_name(name) for name in names}) == len(names)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_results_without_a_place_of_their_own_go_below_reports(names: list[str]) -> None:
    folder = default_folder(*names)
    assert folder.parent == Path("reports") and ".." not in folder.parts


def test_names_that_only_capitals_tell_apart_are_found() -> None:
    assert alike(["none", "Double", "double", "NONE"]) == ["double", "NONE"]
    assert alike(["none", "double"]) == []
