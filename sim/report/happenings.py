"""The journal's key events as a reader wants them: one line for what belongs together, the weightiest first chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.report.facts import Facts
from sim.report.phrases import kind_words, plural

MOST_SPELLS = 5000
"""Stockouts looked at, those of longest duration."""
MILESTONE, MOVE = 0, 1
"""Milestones are shown before anything else; of moves and stockouts, the largest by units."""
MOVES = {
    "release": "Reserve released", "refill": "Reserve refilled", "destroyed": "Stock destroyed",
    "reserve_destroyed": "Reserve stock destroyed", "diverted": "Shipments diverted", "held": "Shipments held",
    "released": "Shipments let go on",
}  # fmt: skip


@dataclass(frozen=True)
class Happening:
    """Something worth a line: from `day` to `until` (the last day; the same where it was one day)."""

    day: int
    until: int
    what: str
    where: str
    product: str
    units: int | None
    cause: str
    rank: int


def happenings(facts: Facts) -> list[Happening]:
    """All of them in the counted days, milestones first, then by units; empty where no journal was kept."""
    journal = facts.outcome.journal
    if not len(journal):
        return []
    found = [*_disruptions(facts), *_reserves(facts), *_moves(facts), *_stockouts(facts)]
    return sorted(found, key=lambda h: (h.rank, -(h.units or 0), h.day, h.what, h.where, h.product))


def _disruptions(facts: Facts) -> list[Happening]:
    found = []
    for impact in facts.impacts:
        kind = kind_words(facts.kinds.get(impact.cause, "")) or "disruption"
        moments = [(impact.announced, "announced")] if impact.announced < impact.start else []
        moments.append((impact.start, "begins"))
        if impact.end > impact.start:
            moments.append((impact.end, "over"))
        for time, word in moments:
            if 0 <= time < facts.days:
                day = int(np.ceil(time)) if word == "over" else int(time)
                found.append(Happening(day, day, f"{kind.capitalize()} {word}", "", "", None, impact.cause, MILESTONE))
    return found


def _reserves(facts: Facts) -> list[Happening]:
    found = []
    for position, plan in enumerate(facts.outcome.plan.reserves):
        if not plan.size.any():
            continue
        spell = facts.reserve(position)
        where = ", ".join(facts.network.site_names(np.unique(facts.network.cell_site[plan.holder])))
        moments = (("triggered", spell.triggered), ("opened for the first time", spell.opened), ("empty", spell.empty))
        for word, day in moments:
            if day is not None:
                found.append(Happening(day, day, f"Reserve {word}", where, "", None, plan.name, MILESTONE))
    return found


def _moves(facts: Facts) -> list[Happening]:
    """Releases, losses and detours, added up over each month."""
    journal = facts.outcome.journal
    mine = journal[journal["event"].isin(list(MOVES)) & (journal["day"] >= 0)]
    if not len(mine):
        return []
    month = mine["date"].to_numpy().astype("datetime64[M]")
    groups = mine.assign(month=month).groupby(["event", "month", "site", "product", "cause"], sort=True)
    table = groups.agg(first=("day", "min"), last=("day", "max"), units=("units", "sum"), number=("units", "size"))
    found = []
    for (event, _, site, product, cause), row in zip(table.index, table.itertuples(index=False), strict=True):
        ships = f" ({plural(row.number, 'shipment')})" if event in ("diverted", "held", "released") else ""
        units = int(row.units)
        what = MOVES[event].replace("Shipments", "Goods") + ships
        found.append(Happening(int(row.first), int(row.last), what, site, product, units, cause, MOVE))
    return found


def _stockouts(facts: Facts) -> list[Happening]:
    """Unbroken spells of unmet demand at a site; units from the daily table, else those of its first day."""
    journal = facts.outcome.journal
    mine = journal[journal["event"].isin(["stockout_begins", "stockout_ends"])]
    if not len(mine):
        return []
    mine = mine.sort_values(["site", "product", "day"], kind="stable", ignore_index=True)
    begins = (mine["event"] == "stockout_begins").to_numpy()
    same = np.zeros(len(mine), dtype=bool)
    same[:-1] = (mine[["site", "product"]].to_numpy()[1:] == mine[["site", "product"]].to_numpy()[:-1]).all(axis=1)
    day = mine["day"].to_numpy()
    after = np.where(same, np.append(day[1:], facts.days), facts.days)
    spells = mine.assign(after=after, length=after - np.maximum(day, 0))[begins & (after > 0)]
    spells = spells.sort_values(["length", "units"], ascending=False, kind="stable")[:MOST_SPELLS]
    return [_stockout(facts, row) for row in spells.itertuples(index=False)]


def _stockout(facts: Facts, row: pd.Series) -> Happening:
    first, until = max(0, int(row.day)), max(0, int(row.after) - 1)
    table, units, what = facts.outcome.record.table, int(row.units), "Demand unmet (units of the first day)"
    if table is not None:
        cell = facts.cells[(row.site, row.product)]
        units, what = int(table["unmet"][first : until + 1, cell].sum()), "Demand unmet"
    return Happening(first, until, what, row.site, row.product, units, "", MOVE)
