"""Lots on the page: those of which most was lost, and where lots that were called back were found."""

from __future__ import annotations

import pandas as pd

from sim.report.run.as_tables.tables import lots_table
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.phrases import plural

MOST_LOTS = 30
MOST_PLACES = 60
FOUND = {"called_back": "on the shelf or under test", "kept_back": "on arrival"}
"""Events by which a recalled lot is found, and where that was."""


def lots(facts: Facts) -> Sheet | None:
    """Lots in order of what was lost of them; the file holds every lot. None where nothing is kept by lot."""
    if facts.outcome.lots is None:
        return None
    table = lots_table(facts.outcome)
    lost = table["expired"] + table["recalled"] + table["destroyed"]
    table = table.assign(lost=lost).sort_values(["lost", "lot"], ascending=[False, True], kind="stable")
    for column in ("made", "expires"):
        table[column] = table[column].dt.strftime("%Y-%m-%d").fillna("-")
    names = ["lot", "product", "maker", "made", "expires", "units", "used", "expired", "recalled", "destroyed", "left"]
    head = ("Lot", "Product", "Maker", "Made on", "Last day of use", "Units", *(n.capitalize() for n in names[6:]))
    raw = [tuple(row) for row in table[names].itertuples(index=False)]
    worst = [row for row, gone in zip(raw, table["lost"], strict=True) if gone][:MOST_LOTS]
    rows = [(*map(str, row[:5]), *(f"{units:,}" for units in row[5:])) for row in worst]
    note = f"{plural(len(raw), 'lot')} in all; the CSV file has them, and `lots.parquet` in the run's folder"
    return Sheet("lots", "Lots of which most was lost", head, rows, raw=raw, note=note, text_columns=5)


def recalled(facts: Facts) -> Sheet | None:
    """Where lots that were called back were found, by site; None where there was no recall."""
    journal = facts.outcome.journal
    found = journal[journal["event"].isin(list(FOUND))]
    if not len(found):
        return None
    keys = ["cause", "product", "site", "event"]
    table = found.groupby(keys, observed=True).agg(
        units=("units", "sum"), lots=("lot", "nunique"), first=("date", "min")
    )
    table = table.reset_index().sort_values(["units", *keys], ascending=[False, True, True, True, True], kind="stable")
    raw = [_place(row) for _, row in table.iterrows()]
    rows = [(*row[:5], f"{row[5]:,}", f"{row[6]:,}") for row in raw[:MOST_PLACES]]
    more = len(raw) - len(rows)
    note = f"and {plural(more, 'row')} more; see the CSV file" if more > 0 else ""
    head = ("Recall", "Product", "Site", "Found", "First on", "Lots", "Units")
    return Sheet("recalled", "Where recalled lots were found", head, rows, raw=raw, note=note, text_columns=5)


def _place(row: pd.Series) -> tuple[str, str, str, str, str, int, int]:
    return (
        str(row["cause"]), str(row["product"]), str(row["site"]), FOUND[str(row["event"])], str(row["first"].date()),
        int(row["lots"]), int(row["units"]),
    )  # fmt: skip
