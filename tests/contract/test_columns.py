"""The tables that a run writes have the columns that are declared, with their types, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from docs.make_columns import PAGE, page
from sim.engine.state.ledger import DAILY
from sim.model.vocabulary import EVENTS
from sim.output.columns import TABLES, Column
from sim.output.folder import RUN_FILES
from tests.contract.network import PARTIES, example, lay_over, run, with_materials


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that writes every table: a port, a passage with a queue, lots of lots, rationing, scores, a decision."""
    spec: dict[str, Any] = example("sourcing", "scorecard") | {"end": "2024-02-01"}
    with_materials(spec)
    for product in ("saline", "salt"):
        spec["products"][product]["shelf_life"] = "90d"
    convoys = {"all": {"traffic": 48, "ships": 60, "at": ["6h"]}}
    lay_over(spec, {"passages": {"suez": {"convoys": convoys}}, "rationing": [{"at": "store"}]})
    spec["disruptions"] += [spec["disruptions"][0] | {"country": "DE"}]
    order = {"decision": "emergency_order", "by": "kenya", "at": "store", "source": "maker", "amount": "2d"}
    lay_over(spec, {"parties": PARTIES, "decisions": [order | {"when": {"trigger": "announced"}}]})
    return run(spec).save(tmp_path_factory.mktemp("run") / "out", report=False)


def holds(column: Column, values: pd.Series) -> bool:
    """Whether the values of a column of a file are of its type."""
    if column.type == "date":
        return bool(pd.api.types.is_datetime64_any_dtype(values))
    if column.type == "whole number":
        return bool(pd.api.types.is_integer_dtype(values))
    if column.type == "number":
        return bool(pd.api.types.is_float_dtype(values))
    return all(isinstance(value, str) for value in values)


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
    columns = [column for table in TABLES.values() for column in table.columns]
    assert [column.name for column in columns if not column.meaning] == []
    names = {"lot", "made_of", "shipment"}  # numbers that are names, of lots and shipments
    assert {column.name for column in columns if column.type.endswith("number") and not column.unit} == names


def test_the_page_says_what_is_declared() -> None:
    """docs/reference/tables.md: python -m docs.make_columns."""
    assert PAGE.read_text(encoding="utf-8") == page()
    assert all(f"| `{word}` |" in page() for word in EVENTS)
