"""Questions in SQL to a study's Parquet files, answered by DuckDB."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError
from sim.output.folder import MANIFEST, contents_of
from sim.study.store import KINDS

if TYPE_CHECKING:
    import pandas as pd


def tables(folder: Path) -> dict[str, list[str]]:
    """Name of each table of a finished study -> its files. Raises ScenarioError where the folder holds none."""
    ours = contents_of(folder)
    try:
        finished = "replications" in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        ours = None
    if ours is None:
        expected = "the folder that 'tideover study' named at its end"
        raise ScenarioError([Problem(str(folder), 0, "this is not the folder of a study", expected=expected)]) from None
    if not finished:
        expected = "the same 'tideover study' command once more, which goes on where it stopped"
        raise ScenarioError([Problem(str(folder), 0, "this study is not finished", expected=expected)])
    files = [Path(name) for name in sorted(ours[1]) if name.endswith(".parquet") and (folder / name).is_file()]
    found = {kind: [str(folder / file) for file in files if file.parts[0] == kind] for kind in KINDS}
    found |= {file.stem: [str(folder / file)] for file in files if len(file.parts) == 1}
    return {name: files for name, files in found.items() if files}


def query(folder: str | Path, sql: str) -> pd.DataFrame:
    """The answer to a query over a study's tables (`replications`, `comparisons`, `summary`, `best`, …).

    Raises ScenarioError where the folder is no finished study or the query cannot be answered.
    """
    import duckdb

    found = tables(Path(folder))
    with duckdb.connect() as connection:
        for name, files in found.items():
            connection.read_parquet(files).create_view(name)
        try:
            answer = connection.sql(sql)
            if answer is not None:
                frame: pd.DataFrame = answer.df()
                return frame
        except duckdb.Error as error:
            raise ScenarioError([_problem(str(error), found)]) from None
    raise ScenarioError([_problem("it gives no rows", found)])


def _problem(message: str, found: dict[str, list[str]]) -> Problem:
    return Problem("the query", 0, " ".join(message.split()), expected=f"SQL over the tables {', '.join(found)}")
