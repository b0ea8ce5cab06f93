"""Tables of ten thousand facilities: every bad cell is named with its file and row, as in a small one."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.load import load
from sim.scenario.national import National, write_national
from tests.scale.counting import calls_of

FACILITIES = 10_000


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of 10,000 facilities."""
    return write_national(tmp_path_factory.mktemp("country") / "land.yaml", National(FACILITIES, 1, 20))


def spoilt(country: Path, folder: Path, cells: dict[tuple[int, str], str]) -> Path:
    """A copy of the country with some cells of its facilities, by line of the file and column, written anew."""
    for source in country.parent.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    table = folder / "land-facilities.csv"
    lines = table.read_text().splitlines()
    columns = lines[0].split(",")
    for (line, column), value in cells.items():
        row = lines[line - 1].split(",")
        row[columns.index(column)] = value
        lines[line - 1] = ",".join(row)
    table.write_text("\n".join(lines) + "\n")
    return folder / "land.yaml"


def test_every_bad_cell_is_named_at_once(country: Path, tmp_path: Path) -> None:
    cells = {
        (7_431, "population"): "many",
        (7_432, "lat"): "91",
        (9_999, "priority"): "1.5",
        (10_001, "road_days"): "",
        (5_000, "name"): (country.parent / "land-facilities.csv").read_text().splitlines()[4_000].split(",")[0],
    }
    with pytest.raises(ScenarioError) as error:
        sim.validate(spoilt(country, tmp_path, cells))
    told = [
        (Path(p.file).name, p.line, p.message.split("'")[1], p.value and p.value.strip("'"))
        for p in error.value.problems
    ]
    assert told == [
        ("land-facilities.csv", 5_000, "name", cells[5_000, "name"]),
        ("land-facilities.csv", 7_431, "population", "many"),
        ("land-facilities.csv", 7_432, "lat", "91"),
        ("land-facilities.csv", 9_999, "priority", "1.5"),
        ("land-facilities.csv", 10_001, "road_days", None),
    ]
    assert "line 4001" in error.value.problems[0].message


def test_a_name_that_no_site_has_is_told_with_the_nearest(country: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        sim.validate(spoilt(country, tmp_path, {(7_431, "served_by"): "stoer-03"}))
    told = str(error.value)
    assert "unknown site (land-facilities.csv, line 7431) (got 'stoer-03')" in told
    assert "did you mean 'store-03'" in told


def test_a_row_too_short(country: Path, tmp_path: Path) -> None:
    path = spoilt(country, tmp_path, {})
    table = tmp_path / "land-facilities.csv"
    lines = table.read_text().splitlines()
    lines[7_430] = lines[7_430].rpartition(",")[0]
    table.write_text("\n".join(lines) + "\n")
    with pytest.raises(ScenarioError, match=r"land-facilities.csv:7431: this row has 9 cells; expected 10"):
        sim.validate(path)


def test_cells_are_converted_by_column_and_each_text_once(country: Path) -> None:
    """Three calls strip a cell, look its text up among those known, so that each is kept once, and lay it down (10
    columns); some six a row split and check it, five convert a distinct number (lat, lon and population are a
    facility's own; the other columns hold a few texts in all, or names). Converted cell by cell, priority and road_days
    would add ten."""
    assert calls_of(lambda: load(country)) < (3 * 10 + 6 + 3 * 5) * FACILITIES
