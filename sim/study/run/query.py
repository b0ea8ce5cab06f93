"""Questions in SQL to the Parquet files of a run or study, answered by DuckDB."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import Problem, ScenarioError, nearest, needs
from sim.output.folder import MANIFEST, contents_of
from sim.study.run.store import KINDS, LUCK

SAFE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
LOCKS = ("enable_external_access = false", "python_enable_replacements = false", "lock_configuration = true")
"""Once the tables are there: no file, no network, no variable of this program, and no setting that undoes it."""
BARRED = ("disabled by configuration", "disabled through configuration", "configuration has been locked")
"""Words in which DuckDB refuses what the settings forbid."""
MOST_TOLD = 20
"""Columns that are named where one is not there."""
NO_TABLE = re.compile(r"Table with name \"?([^\s\"]+)\"? does not exist")
NO_COLUMN = re.compile(r"(?:Referenced column|have a column named) \"([^\"]+)\"")

if TYPE_CHECKING:
    import pandas as pd


def tables(folder: Path) -> dict[str, list[str]]:
    """Name of each table of a run, or of a finished study or question -> its files.

    Raises ScenarioError where the folder holds none.
    """
    ours = contents_of(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        ours = None
    if ours is None:
        expected = "a folder that 'tideover run' or 'tideover study' named at its end"
        message = "this is not the folder of a run or study"
        raise ScenarioError([Problem(str(folder), 0, message, expected=expected)]) from None
    if ours[0] == "study" and "replications" not in manifest:
        expected = "the same 'tideover study' command once more, which goes on where it stopped"
        raise ScenarioError([Problem(str(folder), 0, "this study is not finished", expected=expected)])
    files = [Path(name) for name in sorted(ours[1]) if name.endswith(".parquet") and (folder / name).is_file()]
    found = {kind: [str(folder / file) for file in files if file.parts[0] == kind] for kind in (*KINDS, LUCK)}
    found |= {file.stem: [str(folder / file)] for file in files if len(file.parts) == 1}
    return {name: files for name, files in found.items() if files}


def query(folder: str | Path, sql: str, *, unsafe: bool = False) -> pd.DataFrame:
    """The answer to a query over the tables of a run (`daily`, `events`, `metrics`, `sites`, `short`, …), or of a study
    (`replications`, `comparisons`, `summary`, `best`, …).

    The query reads these tables and can do nothing else to this machine; with `unsafe` it may read and write files as
    DuckDB usually does. Raises ScenarioError where the folder is no run or finished study, or the query cannot be
    answered.
    """
    with needs("duckdb", "a query in SQL"):
        import duckdb
    import pyarrow as pa
    import pyarrow.dataset as ds

    found = tables(Path(folder))
    try:
        with duckdb.connect(config={} if unsafe else SAFE) as connection:
            for name, files in found.items():  # read by Arrow, so that DuckDB itself needs no file
                connection.register(name, ds.dataset(files))
            for setting in () if unsafe else LOCKS:
                connection.execute(f"SET {setting}")
            frame = _answered(connection, sql)
            if frame is not None:
                return frame
    except (duckdb.PermissionException, duckdb.InvalidInputException) as error:
        raise ScenarioError([_refused(str(error), found)]) from None
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise ScenarioError([_unknown(str(error), sql, found)]) from None
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise ScenarioError([_problem(str(error), found)]) from None
    raise ScenarioError([_problem("it asks nothing", found)])


def _answered(connection: Any, sql: str) -> pd.DataFrame | None:
    """What a query gives, None where it gives no rows.

    It runs in a thread of its own: a signal that comes in the middle of DuckDB's own work may be lost there, and the
    query never end.
    """

    def asked() -> pd.DataFrame | None:
        answer = connection.sql(sql)
        return None if answer is None else answer.df()

    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(asked)
        try:
            return waited.result()
        except BaseException:
            connection.interrupt()
            raise


def _refused(message: str, found: dict[str, list[str]]) -> Problem:
    if not any(sign in message for sign in BARRED):
        return _problem(message, found)
    message = "it wants more than to read these tables, so it is not carried out"
    expected = f"SQL over the tables {', '.join(found)}; or --unsafe, if the query is your own"
    return Problem("the query", 0, message, expected=expected)


def _unknown(message: str, sql: str, found: dict[str, list[str]]) -> Problem:
    """A table or column that is not there, with the nearest; any other fault in the words of DuckDB."""
    if match := NO_TABLE.search(message):
        expected = f"one of the tables {', '.join(found)}"
        return Problem("the query", 0, f"there is no table '{match[1]}'", None, expected, nearest(match[1], found))
    if match := NO_COLUMN.search(message):
        import pyarrow.dataset as ds

        asked = [name for name in found if re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE)]
        columns = {name: ds.dataset(found[name]).schema.names for name in asked}
        every = [column for names in columns.values() for column in names]
        told = "; ".join(f"a column of {name}: {', '.join(names)}" for name, names in columns.items())
        if len(every) > MOST_TOLD:
            told = f"a column of {' or '.join(asked)} (tideover list columns)"
        like = nearest(match[1], every)
        return Problem("the query", 0, f"there is no column '{match[1]}'", None, told or None, like)
    return _problem(message, found)


def _problem(message: str, found: dict[str, list[str]]) -> Problem:
    return Problem("the query", 0, " ".join(message.split()), expected=f"SQL over the tables {', '.join(found)}")
