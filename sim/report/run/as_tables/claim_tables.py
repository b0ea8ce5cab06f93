"""Tables of claims on reserves that parties hold together: day by day, and who drew and borrowed how much in all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.books.claim_book import FIGURES
from sim.engine.run import Outcome
from sim.output.sharing_columns import CLAIMS
from sim.report.run.as_tables.page_tables import MOST_ROWS, more_rows
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.names import shown_name

NOBODYS = ""
"""The party of what nobody claims."""


def claims_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day, reserve, product and party with a claim, and one for what nobody claims (party empty) where
    there is any: what it has left, and what became of it that day. No rows where nobody has claims."""
    network = outcome.plan.network
    start = np.datetime64(network.calendar.start, "D")
    goods = network.products["name"].to_numpy()
    parts = []
    for name, record in outcome.claims.items():
        bound = record.bound
        some = np.flatnonzero(
            (bound.party < len(bound.parties) - 1) | (record.claim > 0).any(axis=0) | (bound.size > 0)
        )
        days = np.repeat(np.arange(len(record.claim)), len(some))
        column = {
            "date": (start + days).astype("datetime64[s]"),
            "day": days,
            "reserve": name,
            "product": np.tile(goods[bound.products[bound.product[some]]], len(record.claim)),
            "party": np.tile(np.array(bound.parties, dtype=object)[bound.party[some]], len(record.claim)),
            "claim": record.claim[:, some].ravel(),
            "owed": record.owed[:, some].ravel(),
        }
        column |= {figure: record.daily(figure)[:, some].ravel() for figure in FIGURES}
        parts.append(pd.DataFrame(column))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(CLAIMS.names))
    return found[list(CLAIMS.names)]


def who_drew(facts: Facts) -> Sheet:
    """What each party claimed, drew, borrowed, paid back, owes and has left, in all."""
    titles = facts.outcome.plan.network.parties.titles
    reserves = {plan.name: plan.spec for plan in facts.outcome.plan.reserves}
    figures = ("drawn", "shared", "borrowed", "repaid", "written_off", "lent", "regained")
    raw = []
    for name, record in facts.outcome.claims.items():
        bound, goods = record.bound, facts.outcome.plan.network.products["name"].to_numpy()
        for k in range(len(bound.size)):
            party = bound.parties[bound.party[k]]
            total = [int(record.daily(figure)[:, k].sum()) for figure in figures]
            if party == NOBODYS and not bound.size[k] and not any(total):
                continue
            called, whose = shown_name(name, reserves[name]), titles.get(party, "nobody's")
            product = str(goods[bound.products[bound.product[k]]])
            row = (
                called,
                product,
                whose,
                int(bound.size[k]),
                *total,
                int(record.owed[-1, k]),
                int(record.claim[-1, k]),
            )
            raw.append(row)
    rows = [tuple(one if isinstance(one, str) else f"{one:,}" for one in row) for row in raw]
    head = (
        "Reserve", "Product", "Party", "Claim (units)", "Drawn", "Of what is nobody's", "Borrowed", "Paid back",
        "Given up", "Lent", "Regained", "Owed at the end", "Left at the end",
    )  # fmt: skip
    return Sheet(
        "claims", "Whose reserve it was", head, rows[:MOST_ROWS], raw=raw, note=more_rows(rows), text_columns=3
    )
