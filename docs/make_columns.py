"""Write docs/reference/tables.md, study-, replay- and calibration-tables.md: `python -m docs.make_columns`."""

from __future__ import annotations

from pathlib import Path

from sim.model.vocabulary import EVENTS
from sim.output.calibration_columns import CALIBRATION_TABLES
from sim.output.columns import TABLES, Table
from sim.output.replay_columns import REPLAY_TABLES
from sim.output.study_columns import STUDY_TABLES

REFERENCE = Path(__file__).parent / "reference"
OF_STUDIES = """# The tables of a study

What the `.parquet` files in the folder of a study hold, column by column; answers lie there as `.csv` too. `tideover
query` knows them by these names, and `tideover list columns` prints them. A draw of the same number is the same one
under every strategy. What may be concluded is told under [studies](../studies.md#how-to-read-the-answer), how intervals
are made in [decision 9](../decisions/0009-intervals.md).

```python
import sim

many = sim.run_many(
    "my-scenario.yaml", overrides={"end": "2024-02-01"}, replications=2, measures=["fill_rate"], workers=1
)
print(list(many.draws.rows.columns))
print(many.draws.rows["value"].between(0, 1).all())
```
```text printed
['scenario', 'strategy', 'variant', 'replication', 'measure', 'breakdown', 'group', 'value', 'twin']
True
```
"""
OF_REPLAYS = """# The tables of a replay

What the files in the folder of `tideover replay` hold, column by column; `scores` and `points` lie there as `.csv` too.
`tideover query` knows them by these names. What each score is stands under [scores](scores.md).

```python
from sim.output.replay_columns import REPLAY_TABLES

print(list(REPLAY_TABLES), REPLAY_TABLES["drawn"].names)
```
```text printed
['scores', 'points', 'drawn'] ('series', 'date', 'draw', 'figure', 'seen')
```
"""
OF_CALIBRATIONS = """# The tables of a calibration

What the files in the folder of `tideover calibrate` hold, column by column; all but `draws` lie there as `.csv` too.
`tideover query` knows them by these names. What they say is told under [calibration](../calibrate.md).

```python
from sim.output.calibration_columns import CALIBRATION_TABLES

print(list(CALIBRATION_TABLES), CALIBRATION_TABLES["draws"].names)
```
```text printed
['calibrated', 'pairs', 'trials', 'draws'] ('draw', 'distance', 'accepted', 'unknown', 'value', 'level')
```
"""
HEAD = """# The tables of a run

What the `.parquet` files in the folder of a run hold, column by column. Python (`pandas.read_parquet`), R
(`arrow::read_parquet`) and DuckDB open them. A unit is the product's own, such as a bag or a vial; `metrics.csv` has
the figures of the whole run ([what each means](metrics.md)).

Days are counted from the start of the scenario; warm-up days are not in the tables, but for the journal, where their
day is below 0.

```python
import sim

run = sim.run("my-scenario.yaml", overrides={"end": "2024-02-01"})
clinics = run.daily[run.daily["kind"] == "facility"]
print((clinics["demand"] == clinics["served"] + clinics["unmet"]).all())
print(sorted(run.events.loc[run.events["event"] == "order", "site"].unique()))
```
```text printed
True
['clinic-a', 'clinic-b', 'clinic-c', 'store']
```
"""
ENTRIES = """### Words in `event`

Routine entries are left out of a journal of key events (`--journal key`).

| event | meaning | routine |
|---|---|---|
"""


def pages() -> dict[Path, str]:
    """The text of each page."""
    return {
        REFERENCE / "tables.md": "\n".join([HEAD, *(_table(name, table) for name, table in TABLES.items())]),
        REFERENCE / "study-tables.md": "\n".join(
            [OF_STUDIES, *(_table(name, table) for name, table in STUDY_TABLES.items())]
        ),
        REFERENCE / "replay-tables.md": "\n".join(
            [OF_REPLAYS, *(_table(name, table) for name, table in REPLAY_TABLES.items())]
        ),
        REFERENCE / "calibration-tables.md": "\n".join(
            [OF_CALIBRATIONS, *(_table(name, table) for name, table in CALIBRATION_TABLES.items())]
        ),
    }


def _table(name: str, table: Table) -> str:
    rows = "".join(f"| `{c.name}` | {c.type} | {c.unit} | {c.meaning} |\n" for c in table.columns)
    text = (
        f"## `{name}.parquet`\n\nOne row: {table.row}. Written: {table.written}.\n\n"
        f"| column | type | unit | meaning |\n|---|---|---|---|\n{rows}"
    )
    return text if table is not TABLES["events"] else f"{text}\n{ENTRIES}{_entries()}"


def _entries() -> str:
    return "".join(f"| `{name}` | {e.meaning} | {'yes' if e.routine else ''} |\n" for name, e in EVENTS.items())


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
