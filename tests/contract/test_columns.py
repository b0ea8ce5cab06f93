"""The tables that a run writes have the columns that are declared, with their types, and no others."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

import sim
from docs.make_columns import pages
from sim.ask.many import DRAWN
from sim.ask.many import TABLES as OF_MANY
from sim.engine.state.ledger import DAILY
from sim.model.vocabulary import EVENTS
from sim.output.column import Column
from sim.output.columns import TABLES
from sim.output.folder import RUN_FILES
from sim.output.study_columns import STUDY_TABLES
from sim.study.infer.spread import bands
from sim.study.run.query import query, tables
from sim.study.run.run import ANSWERS
from sim.study.run.store import KINDS, LUCK
from tests.contract.network import PARTIES, STANDARD, example, lay_over, run, with_materials


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that writes every table: a port, a passage with a queue, lots, rationing, scores, a decision, a forecast,
    loans, claims, an alarm, and trust."""
    spec: dict[str, Any] = example("sourcing", "scorecard") | {"end": "2024-02-01"}
    with_materials(spec)
    for product in ("saline", "salt"):
        spec["products"][product]["shelf_life"] = "90d"
    convoys = {"all": {"traffic": 48, "ships": 60, "at": ["6h"]}}
    lay_over(spec, {"passages": {"suez": {"convoys": convoys}}, "rationing": [{"at": "store"}]})
    spec["disruptions"] += [spec["disruptions"][0] | {"country": "DE"}]
    order = {"decision": "emergency_order", "by": "kenya", "at": "store", "source": "maker", "amount": "2d"}
    lay_over(spec, {"parties": PARTIES, "decisions": [order | {"when": {"trigger": "announced"}}]})
    spec["replenishment"][0] = {"policy": "forecast", "at": "facilities", "forecast": {"method": "moving_average"}}
    lends = {"rule": "nearest", "from": "facilities", "time": "1d", "keep": "2d", "below": "2d", "loan": {"for": "5d"}}
    plenty = {"at": "clinic-a", "products": ["saline"], "on_hand": "30d"}
    falls = {"alarm": "falling_cover", "by": "kenya", "days": "7d", "below": "5d"}
    lay_over(spec, {"transfers": [lends], "stock": [plenty], "alarms": [falls], "trust": {"start": "50%"}})
    spec["reserves"]["national"]["claims"] = {"kenya": "60%"}
    return run(spec, sharings=True).save(tmp_path_factory.mktemp("run") / "out", report=False)


def holds(column: Column, values: pd.Series) -> bool:
    """Whether the values of a column of a file are of its type."""
    if column.type == "date":
        return bool(pd.api.types.is_datetime64_any_dtype(values))
    if column.type == "whole number":
        return bool(pd.api.types.is_integer_dtype(values))
    if column.type == "number":
        return bool(pd.api.types.is_float_dtype(values))
    if column.type == "yes or no":
        return bool(pd.api.types.is_bool_dtype(values))
    return all(isinstance(value, str) for value in values)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that writes every table: with daily figures, an unknown, and a question which is best."""
    desk = tmp_path_factory.mktemp("study")
    spec = copy.deepcopy(STANDARD) | {"end": "2024-02-05", "strategies": {}}
    spec["strategies"] = {name: {"reserves.national.size": size} for name, size in (("none", "0d"), ("half", "5d"))}
    spec["uncertain"] = {"suppliers.maker.makes.saline.finished_stock": "uniform(2d, 20d)"}
    spec["alarms"] = [{"alarm": "announced", "at": "facilities"}]
    (desk / "s.yaml").write_text(yaml.safe_dump(spec))
    asked = {"study": "t", "title": "t", "scenarios": ["s.yaml"], "strategies": ["none", "half", {"name": "as-is"}]}
    asked |= {"worth": {"measure": "units_unmet", "ladder": {"none": "0d", "as-is": "10d"}}}
    asked |= {"baseline": "none", "measures": ["units_unmet", "cost"], "replications": 4, "daily": True}
    asked |= {"end_is_enough": "For a test.", "best": {"measure": "units_unmet", "indifference": 1}}
    (desk / "t.yaml").write_text(yaml.safe_dump(asked))
    sim.run_study(desk / "t.yaml", desk / "out", workers=1)
    return desk / "out"


@pytest.mark.parametrize("name", STUDY_TABLES)
def test_a_table_of_a_study_has_its_columns_and_no_others(study: Path, name: str) -> None:
    """As `tideover query` knows them."""
    found = bands(query(study, "FROM replications")) if name == "bands" else query(study, f"FROM {name}")
    assert tuple(found.columns) == STUDY_TABLES[name].names
    assert len(found)
    assert [column.name for column in STUDY_TABLES[name].columns if not holds(column, found[column.name])] == []


def test_every_table_that_a_study_leaves_is_declared(study: Path) -> None:
    assert {*ANSWERS, *KINDS, LUCK, *OF_MANY, *DRAWN} == set(STUDY_TABLES)
    assert set(tables(study)) | {"bands"} == set(STUDY_TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_columns_and_no_others(folder: Path, name: str) -> None:
    found = pd.read_parquet(folder / f"{name}.parquet")
    assert tuple(found.columns) == TABLES[name].names == tuple(pq.read_schema(folder / f"{name}.parquet").names)
    assert len(found)
    assert [column.name for column in TABLES[name].columns if not holds(column, found[column.name])] == []


def test_every_table_that_a_run_may_write_is_declared() -> None:
    assert {f"{name}.parquet" for name in TABLES} == {name for name in RUN_FILES if name.endswith(".parquet")}


def test_the_daily_figures_are_those_that_the_engine_keeps() -> None:
    assert TABLES["daily"].names[-len(DAILY) :] == DAILY


def test_every_column_says_what_it_means() -> None:
    columns = [column for table in (*TABLES.values(), *STUDY_TABLES.values()) for column in table.columns]
    assert [column.name for column in columns if not column.meaning] == []
    names = {"lot", "made_of", "shipment"}  # numbers that are names, of lots and shipments
    assert {column.name for column in columns if column.type.endswith("number") and not column.unit} == names


def test_the_page_says_what_is_declared() -> None:
    """docs/reference/tables.md and study-tables.md: python -m docs.make_columns."""
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text
    assert all(f"| `{word}` |" in "".join(pages().values()) for word in EVENTS)
