"""Tables of the report that are about parties: how sources served them, and how goods were shared out."""

from __future__ import annotations

import pandas as pd

from sim.report.run.as_tables.page_tables import MOST_ROWS
from sim.report.run.as_tables.performance import performance_table
from sim.report.run.as_tables.sharings import sharings_table
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet


def performance(facts: Facts) -> Sheet:
    """How each source served each party: on time, in full, and whether its share of what was sent is the usual one."""
    head = (
        "Source", "Party", "Product", "Ordered (units)", "Due (units)", "On time", "In full", "Usual share",
        "Share of what was sent",
    )  # fmt: skip
    if not facts.outcome.plan.network.parties:
        return Sheet("performance", "How sources served each party", head, [])
    found = performance_table(facts.outcome)
    raw = [tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples(index=False)]
    rows = [
        (str(row[0]), str(row[1] or "-"), str(row[2]), *(f"{units:,}" for units in row[3:5]),
         *("-" if share is None else f"{share:.1%}" for share in row[5:]))
        for row in raw
    ]  # fmt: skip
    more = f"{len(rows) - MOST_ROWS:,} further rows." if len(rows) > MOST_ROWS else ""
    names, title = list(found.columns), "How sources served each party"
    return Sheet("performance", title, head, rows[:MOST_ROWS], names, raw, more, text_columns=3)


def sharings(facts: Facts) -> Sheet:
    """What every sharing-out saw and gave, where the run kept it; for the workbook, as its table has it."""
    if facts.outcome.sharings is None:
        return Sheet("sharings", "Sharings", (), [])
    found = sharings_table(facts.outcome).assign(date=lambda table: table["date"].dt.date.astype(str))
    raw = [tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples(index=False)]
    shown = [tuple(map(str, row)) for row in raw[:1]]
    return Sheet("sharings", "Sharings", list(found.columns), shown, raw=raw)
