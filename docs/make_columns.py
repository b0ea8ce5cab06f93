"""Write docs/reference/tables.md from the declared columns: `python -m docs.make_columns`."""

from __future__ import annotations

from pathlib import Path

from sim.model.vocabulary import EVENTS
from sim.output.columns import TABLES, Table

PAGE = Path(__file__).parent / "reference" / "tables.md"
HEAD = """# The tables of a run

What the `.parquet` files in the folder of a run hold, column by column. Python (`pandas.read_parquet`), R
(`arrow::read_parquet`) and DuckDB open them. A unit is the product's own, such as a bag or a vial; `metrics.csv` has
the figures of the whole run ([what each means](metrics.md)).

Days are counted from the start of the scenario; warm-up days are not in the tables, but for the journal, where their
day is below 0.
"""
ENTRIES = """### Words in `event`

Routine entries are left out of a journal of key events (`--journal key`).

| event | meaning | routine |
|---|---|---|
"""


def page() -> str:
    """The page's text."""
    return "\n".join([HEAD, *(_table(name, table) for name, table in TABLES.items())])


def _table(name: str, table: Table) -> str:
    rows = "".join(f"| `{c.name}` | {c.type} | {c.unit} | {c.meaning} |\n" for c in table.columns)
    text = (
        f"## `{name}.parquet`\n\nOne row: {table.row}. Written: {table.written}.\n\n"
        f"| column | type | unit | meaning |\n|---|---|---|---|\n{rows}"
    )
    return text if name != "events" else f"{text}\n{ENTRIES}{_entries()}"


def _entries() -> str:
    return "".join(f"| `{name}` | {e.meaning} | {'yes' if e.routine else ''} |\n" for name, e in EVENTS.items())


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
