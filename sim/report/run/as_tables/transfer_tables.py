"""Tables of transfers: every one of them, all loans, and who gave whom how much in all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.books.given import KINDS
from sim.engine.books.loans import LoanRecord
from sim.engine.run import Outcome
from sim.output.sharing_columns import LOANS
from sim.report.run.as_tables.page_tables import MOST_ROWS, more_rows
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet


def transfers_table(outcome: Outcome) -> pd.DataFrame:
    """One row per evening and way on which goods were given, lent or paid back: who gave, who took, units, and what the
    journey cost. No rows where nobody may give."""
    network, record = outcome.plan.network, outcome.transfers
    nothing = np.zeros(0, dtype=np.int64)
    rows = dict.fromkeys(("day", "flow", "units", "kind"), nothing) if record is None else record.rows
    counted = rows["day"] >= 0
    day, flow, units, kind = (rows[name][counted] for name in ("day", "flow", "units", "kind"))
    lanes, cost = network.flow_lanes[flow], np.array([lane.cost for lane in network.lanes])
    giver, taker = network.flow_source[flow], network.flow_buyer[flow]
    sites, owner = network.sites["name"].to_numpy(), network.sites["party"].to_numpy()
    return pd.DataFrame(
        {
            "date": _dates(outcome, day),
            "day": day,
            "kind": np.array(KINDS, dtype=object)[kind],
            "giver": sites[network.cell_site[giver]],
            "taker": sites[network.cell_site[taker]],
            "product": network.products["name"].to_numpy()[network.cell_product[taker]],
            "units": units,
            "cost": units * np.where(lanes >= 0, cost[lanes], 0.0).sum(axis=1),
            "from_party": owner[network.cell_site[giver]],
            "to_party": owner[network.cell_site[taker]],
        }
    )


def loans_table(outcome: Outcome) -> pd.DataFrame:
    """One row per loan: who lent, who borrowed, units lent, when they are due, paid back, written off, and owed at the
    end; these three are together what was lent. Sites borrow of sites, parties of what others claim on a reserve. No
    rows where nobody may lend."""
    network, record = outcome.plan.network, outcome.transfers
    sites, goods = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
    parts = []
    if record is not None and record.loans is not None:
        flow = record.loans.columns["flow"]
        lender, borrower = network.flow_source[flow], network.flow_buyer[flow]
        ends = sites[network.cell_site[lender]], sites[network.cell_site[borrower]]
        parts.append(_loans(outcome, record.loans, "transfer", *ends, goods[network.cell_product[borrower]]))
    for name, claims in outcome.claims.items():
        account, bound = claims.loans.columns["flow"], claims.bound
        party, product = np.array(bound.parties, dtype=object)[bound.party[account]], bound.products[bound.product]
        parts.append(_loans(outcome, claims.loans, "claim", name, party, goods[product[account]]))
    if not parts:
        return pd.DataFrame(columns=list(LOANS.names))
    return pd.concat(parts, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)


def _loans(
    outcome: Outcome, loans: LoanRecord, kind: str, lender: np.ndarray | str, borrower: np.ndarray, product: np.ndarray
) -> pd.DataFrame:
    row = loans.columns
    found = {
        "date": _dates(outcome, row["day"]), "day": row["day"], "kind": kind, "lender": lender, "borrower": borrower,
        "product": product, "due": _dates(outcome, row["due"]), "outstanding": loans.outstanding,
        **{name: row[name] for name in ("lent", "repaid", "written_off")},
    }  # fmt: skip
    return pd.DataFrame(found)[list(LOANS.names)]


def _dates(outcome: Outcome, day: np.ndarray) -> np.ndarray:
    start = np.datetime64(outcome.plan.network.calendar.start, "D")
    return np.asarray((start + day).astype("datetime64[s]"))


def who_gave(facts: Facts) -> Sheet:
    """Who gave whom how much in all, between parties where they have one, else between sites; loans beside."""
    table = transfers_table(facts.outcome)
    for end, site in (("from_party", "giver"), ("to_party", "taker")):
        table[end] = np.where(table[end] == "", table[site], table[end])
    table = table.assign(**{kind: table["units"].where(table["kind"] == kind, 0) for kind in KINDS})
    groups = table.groupby(["from_party", "to_party", "product"], sort=True, observed=True)
    found = groups.agg(**{kind: (kind, "sum") for kind in KINDS}, cost=("cost", "sum"), last=("date", "max"))
    raw = [
        (*names, *(int(units) for units in (given, lent, back)), round(float(cost), 2), str(last.date()))
        for names, given, lent, back, cost, last in zip(
            found.index.tolist(), *(found[name] for name in (*KINDS, "cost", "last")), strict=True
        )
    ]
    rows = [(*row[:3], *(f"{units:,}" for units in row[3:6]), f"{row[6]:,.0f}", row[7]) for row in raw]
    head = (
        "From", "To", "Product", "Given (units)", "Lent (units)", "Paid back (units)",
        f"Journeys ({facts.summary.currency})", "Last on",
    )  # fmt: skip
    return Sheet(
        "transfers", "Who gave whom how much", head, rows[:MOST_ROWS], raw=raw, note=more_rows(rows), text_columns=3
    )
