"""A query reads a study's tables and does nothing else: no other file, nothing written, no setting that undoes it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.errors import ScenarioError
from sim.output.folder import MARKER, marker
from sim.study.run.query import query
from tests.study.conftest import contents

ROWS = 250_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a finished study leaves, made by hand: two files of replications and a summary."""
    place = tmp_path_factory.mktemp("query") / "study"
    place.mkdir()
    (place / "manifest.json").write_text('{"replications": 2}', encoding="utf-8")
    for number in range(2):
        file = place / "replications" / "one" / f"strategy-{number}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        first = number * ROWS
        table = pa.table({"value": range(first, first + ROWS), "strategy": [f"strategy-{number}"] * ROWS})
        pq.write_table(table, file, row_group_size=10_000)
    pq.write_table(pa.table({"site": ["=1+1", "b"], "value": [-1.5, 2.0]}), place / "summary.parquet")
    (place / MARKER).write_text(marker("study", contents(place)), encoding="utf-8")
    (place.parent / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    before = contents(place.parent)
    yield place
    assert contents(place.parent) == before


def test_all_tables_are_read_in_the_order_of_their_rows(folder: Path) -> None:
    assert query(folder, "SELECT value FROM replications")["value"].tolist() == list(range(2 * ROWS))
    found = query(folder, "SELECT strategy, count(*) AS n FROM replications GROUP BY ALL ORDER BY ALL")
    assert found["n"].tolist() == [ROWS, ROWS]
    assert query(folder, "SELECT r.value FROM replications r JOIN summary s ON r.value = s.value").shape == (1, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY summary TO '{out}'",
        "COPY (SELECT 1) TO '{own}'",
        "SELECT 1; COPY summary TO '{out}'",
        "COPY summary FROM '{secret}'",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('{own}')",
        "SELECT * FROM parquet_metadata('{own}')",
        "SELECT * FROM 'http://localhost/x.parquet'",
        "ATTACH '{out}'",
        "ATTACH '{out}' AS other",
        "EXPORT DATABASE '{out}'",
        "IMPORT DATABASE '{out}'",
        "INSTALL httpfs",
        "FORCE INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "PRAGMA enable_external_access = true",
        "SET lock_configuration = false",
        "SET GLOBAL lock_configuration = false",
        "SET allowed_directories = ['/']",
        "PRAGMA log_query_path = '{out}'",
        "SET profiling_output = '{out}'",
        "PRAGMA enable_profiling = 'json'",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
        "SELECT * FROM read_json('/etc/passwd')",
        "SELECT * FROM read_csv_auto('{secret}')",
        "SELECT * FROM '/etc/*'",
        "WITH x AS (SELECT * FROM read_text('{secret}')) SELECT * FROM x",
        "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
        "SELECT * FROM query_table('{secret}')",
        "CREATE VIEW v AS SELECT * FROM read_text('/etc/passwd')",
        "CREATE MACRO m() AS TABLE SELECT * FROM read_text('/etc/passwd'); SELECT * FROM m()",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "SELECT getenv('HOME')",
        "CHECKPOINT; ATTACH ':memory:' AS m; COPY FROM DATABASE memory TO m; ATTACH '{out}'",
    ],
)
def test_what_is_more_than_reading_the_tables_is_refused_in_a_sentence(sql: str, folder: Path) -> None:
    own = folder / "replications" / "one" / "strategy-0.parquet"
    text = sql.format(out=folder.parent / "out", own=own, secret=folder.parent / "secret.csv")
    with pytest.raises(ScenarioError) as caught:
        query(folder, text)
    told = str(caught.value)
    assert "\n" not in told
    assert (
        "it wants more than to read these tables" in told
        or "Parser Error" in told
        or "Catalog Error" in told
        or "no table" in told
    )


@pytest.mark.parametrize("sql", ["SELECT * FROM found", "SELECT * FROM folder", "SELECT * FROM connection", "SELEC 1"])
def test_variables_of_the_program_are_no_tables(sql: str, folder: Path) -> None:
    with pytest.raises(ScenarioError, match="the tables replications, summary"):
        query(folder, sql)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT * FROM sumary", "no table 'sumary'; expected one of the tables replications, summary; did you mean"),
        ("SELECT sit FROM summary", "no column 'sit'; expected a column of summary: site, value; did you mean 'site'?"),
        ("SELECT s.valeu FROM SUMMARY s", "expected a column of summary: site, value; did you mean 'value'?"),
        ("SELECT nothing_like_it FROM summary", "no column 'nothing_like_it'; expected a column of summary"),
        ("SELECT value FROM summary WHERE strateg = 'none'", "no column 'strateg'; expected a column of summary"),
        ("SELECT strateg FROM replications, summary", "did you mean 'strategy'?"),
        ("SELECT x FROM (SELECT 1 AS y)", "there is no column 'x'"),
        ("", "it asks nothing; expected SQL over the tables replications, summary"),
        ("-- nothing", "it asks nothing"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_told_with_the_nearest(sql: str, told: str, folder: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        query(folder, sql)
    assert told in str(caught.value)


def test_an_answer_without_rows_says_so(folder: Path) -> None:
    answer = CliRunner().invoke(cli, ["query", str(folder), "SELECT * FROM summary WHERE site = 'x'"])
    assert answer.output == "no rows; columns: site, value\n"


def test_a_query_that_is_ones_own_may_do_more_with_unsafe(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    query(folder, f"COPY summary TO '{out}'", unsafe=True)
    assert pd.read_csv(out)["value"].tolist() == [-1.5, 2.0]
    answer = CliRunner().invoke(cli, ["query", str(folder), f"SELECT * FROM '{out}'", "--unsafe"])
    assert answer.exit_code == 0 and "2.0" in answer.output
    with pytest.raises(ScenarioError, match="--unsafe"):
        query(folder, f"SELECT * FROM '{out}'")


def test_a_damaged_table_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"replications": 2}', encoding="utf-8")
    (tmp_path / "summary.parquet").write_bytes(b"PAR1 no more")
    (tmp_path / MARKER).write_text(marker("study", contents(tmp_path)), encoding="utf-8")
    with pytest.raises(ScenarioError, match="the query:"):
        query(tmp_path, "SELECT * FROM summary")


def test_the_csv_that_it_prints_holds_no_formula(folder: Path) -> None:
    answer = CliRunner().invoke(cli, ["query", str(folder), "SELECT * FROM summary ORDER BY value", "--csv"])
    assert answer.output == "site,value\n'=1+1,-1.5\nb,2.0\n"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a signal after a time")
def test_a_signal_ends_a_query_as_ctrl_c_does(folder: Path) -> None:
    before = signal.signal(signal.SIGALRM, lambda *_: sys.exit(1))  # as the command deals with SIGTERM
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            query(folder, "SELECT count(*) FROM range(10000000000000)")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
