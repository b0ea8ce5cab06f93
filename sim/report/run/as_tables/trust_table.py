"""Tables of trust: what became of it between each two parties, day by day and in all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.run import Outcome
from sim.report.run.as_tables.page_tables import MOST_ROWS, more_rows
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet


def trust_table(outcome: Outcome) -> pd.DataFrame:
    """One row per evening and two parties between which a promise was kept or broken: who trusts whom, and how far
    since. No rows where the scenario has no `trust`."""
    bound, record = outcome.plan.trust, outcome.trust
    if bound is None or record is None:
        columns = ("date", "day", "party", "other", "promise", "trust")
        return pd.DataFrame({name: np.zeros(0) for name in columns})
    parties, count = np.array(bound.parties, dtype=object), len(bound.parties)
    calendar = outcome.plan.network.calendar
    return pd.DataFrame(
        {
            "date": np.datetime64(calendar.start, "D") + record.day,
            "day": record.day,
            "party": parties[record.pair // count],
            "other": parties[record.pair % count],
            "promise": np.where(record.kept, "kept", "broken").astype(object),
            "trust": record.trust,
        }
    )


def who_trusts(facts: Facts) -> Sheet:
    """How far each party trusts each other at the start, at the least and at the end, where that moved."""
    bound, table = facts.outcome.plan.trust, trust_table(facts.outcome)
    raw: list[tuple[str, str, int, int, float, float, float]] = []
    if bound is not None:
        titles, count = facts.outcome.plan.network.parties.titles, len(bound.parties)
        for (one, other), rows in table.groupby(["party", "other"], sort=True):
            one, other = str(one), str(other)
            first = float(bound.first[bound.parties.index(one) * count + bound.parties.index(other)])
            kept, trust = int((rows["promise"] == "kept").sum()), rows["trust"].to_numpy()
            lowest = min(first, float(trust.min()))
            raw.append((titles[one], titles[other], kept, len(rows) - kept, first, lowest, float(trust[-1])))
    shown = [(*row[:2], f"{row[2]:,}", f"{row[3]:,}", *(f"{share:.0%}" for share in row[4:])) for row in raw]
    head = (
        "Party", "Its trust in", "Days with a promise kept", "Days with one broken", "At the start", "Lowest",
        "At the end",
    )  # fmt: skip
    return Sheet(
        "trust", "How far parties trust each other", head, shown[:MOST_ROWS], raw=raw, note=more_rows(shown),
        text_columns=2,
    )  # fmt: skip
