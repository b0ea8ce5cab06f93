"""The journal's key events as a reader wants them: one line for what belongs together, the weightiest first chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.report.run.decided import decided_words
from sim.report.run.facts import Facts
from sim.report.run.stages import later, over
from sim.report.words.names import shown_name
from sim.report.words.phrases import kind_words, plural

MOST_SPELLS = 5000
"""Stockouts looked at, those of longest duration."""
MILESTONE, WORST, OTHER = 0, 1, 2
"""Milestones are shown before anything else, then the worst stockouts, then the rest by units."""
WORST_STOCKOUTS = 20
SHIPPED = ("diverted", "held", "released")
MOVES = {
    "release": "Reserve released", "refill": "Reserve refilled", "destroyed": "Stock destroyed",
    "reserve_destroyed": "Reserve stock destroyed", "diverted": "Goods diverted", "held": "Goods held",
    "released": "Goods let go on", "use_contingency": "Contingency use begins", "use_crisis": "Crisis use begins",
    "use_conventional": "Conventional use again", "buys_ahead": "Buying ahead begins",
    "capacity_raised": "More made than usual",
    "capacity_usual": "Capacity as usual again", "line_moved": "Line moved away", "line_returned": "Line back",
    "facility_opens": "Facility opens (stock)", "facility_closes": "Facility closes (stock left)",
    "alarm_rises": "Alarm rises", "alarm_clears": "Alarm clears",
    "transfer": "Goods given", "loan": "Goods lent", "loan_repaid": "Goods paid back",
    "promise_broken": "A party begins to break its word",
    "loan_late": "Goods not paid back when due", "loan_written_off": "Debt in goods given up",
    "claim_borrowed": "Borrowed of others' claims on a reserve", "claim_repaid": "Paid back to a reserve",
    "claim_late": "Not paid back to a reserve when due", "claim_written_off": "Debt to a reserve given up",
    "claims_shared_again": "Claim not paid for, shared among others", "reserve_reduced": "Size of a reserve lowered",
    "turned_away": "Patients turned away", "sent_elsewhere": "Patients sent elsewhere",
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
    found = [*_disruptions(facts), *_decisions(facts), *_reserves(facts), *_rations(facts)]
    found += [*_moves(facts), *_stockouts(facts)]
    return sorted(found, key=lambda h: (h.rank, -(h.units or 0), h.day, h.what, h.where, h.product))


def _disruptions(facts: Facts) -> list[Happening]:
    found = []
    for impact in facts.impacts:
        kind = kind_words(facts.kinds.get(impact.cause, "")) or "disruption"
        moments = [(impact.announced, "announced")] if impact.announced < impact.start else []
        moments.append((impact.start, "begins"))
        moments += [(stage.day, f"goes on: {stage.sign} {stage.of}") for stage in later(facts, impact)]
        if (end := over(impact)) > impact.start:
            moments.append((end, "over"))
        for time, word in moments:
            if 0 <= time < facts.days:
                day = int(np.ceil(time)) if word == "over" else int(time)
                found.append(Happening(day, day, f"{kind.capitalize()} {word}", "", "", None, impact.cause, MILESTONE))
    return found


def _decisions(facts: Facts) -> list[Happening]:
    """When decisions that answer a shortage came into force, or were done, and were over."""
    found = []
    for one in facts.answers:
        lasts = one.until > one.since
        moments = [(float(one.since), "in force" if lasts else "taken"), *([(one.until, "over")] if lasts else [])]
        for day, word in moments:
            if 0 <= day < facts.days:
                what, name = f"Decision {word}", decided_words(one)
                found.append(
                    Happening(
                        int(day), int(day), what, facts.group("party", one.party), one.product, None, name, MILESTONE
                    )
                )
    return found


def _reserves(facts: Facts) -> list[Happening]:
    """When reserves were triggered, opened and empty; those of one day in one line."""
    together: dict[tuple[int, str], list[str]] = {}
    for position, plan in enumerate(facts.outcome.plan.reserves):
        if not plan.size.any():
            continue
        spell = facts.reserve(position)
        for word, day in (("triggered", spell.triggered), ("opened", spell.opened), ("empty", spell.empty)):
            if day is not None:
                together.setdefault((day, word), []).append(shown_name(plan.name, plan.spec))
    return [
        Happening(day, day, f"Reserve{'s' if len(names) > 1 else ''} {word}", "", "", None, ", ".join(names), MILESTONE)
        for (day, word), names in together.items()
    ]


RATIONED = {
    "ration_begins": ("Rationing begins", MILESTONE), "ration_changed": ("Ration changed", OTHER),
    "ration_ends": ("Rationing over", MILESTONE), "new_customers_limited": ("New customers limited", MILESTONE),
    "new_customers_free": ("New customers limited no more", MILESTONE),
}  # fmt: skip


def _rations(facts: Facts) -> list[Happening]:
    """What sources deal out, with the words of the journal; those of one day and product in one line each source."""
    journal = facts.outcome.journal
    mine = journal[journal["event"].isin(list(RATIONED)) & (journal["day"] >= 0)]
    columns = (mine[name].tolist() for name in ("day", "event", "site", "product", "cause"))
    return [
        Happening(int(day), int(day), RATIONED[event][0], site, product, None, cause, RATIONED[event][1])
        for day, event, site, product, cause in zip(*columns, strict=True)
    ]


def _moves(facts: Facts) -> list[Happening]:
    """Releases, losses and detours, added up over each month; detours over all destinations."""
    journal = facts.outcome.journal
    mine = journal[journal["event"].isin(list(MOVES)) & (journal["day"] >= 0)]
    if not len(mine):
        return []
    month = mine["date"].to_numpy().astype("datetime64[M]")
    site = np.where(mine["event"].isin(SHIPPED), "", mine["site"])
    groups = mine.assign(month=month, site=site).groupby(["event", "month", "site", "product", "cause"], sort=True)
    table = groups.agg(first=("day", "min"), last=("day", "max"), units=("units", "sum"), number=("units", "size"))
    titles = {plan.name: shown_name(plan.name, plan.spec) for plan in facts.outcome.plan.reserves}
    found = []
    for key, first, last, units, number in zip(table.index, *(table[c].tolist() for c in table), strict=True):
        event, _, where, product, cause = key
        ships = f" ({plural(number, 'shipment')})" if event in SHIPPED else ""
        found.append(
            Happening(
                int(first), int(last), MOVES[event] + ships, where, product, units, titles.get(cause, cause), OTHER
            )
        )
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
    columns = (spells[name].tolist() for name in ("site", "product", "day", "after", "units"))
    found = [_stockout(facts, *row) for row in zip(*columns, strict=True)]
    found.sort(key=lambda h: -(h.units or 0))
    return [replace(h, rank=WORST) if k < WORST_STOCKOUTS else h for k, h in enumerate(found)]


def _stockout(facts: Facts, site: str, product: str, day: float, after: float, units: int) -> Happening:
    first, until = max(0, int(day)), max(0, int(after) - 1)
    table, what = facts.outcome.record.table, "Demand unmet (units of the first day)"
    if table is not None:
        units, what = int(table["unmet"][first : until + 1, facts.cells[site, product]].sum()), "Demand unmet"
    return Happening(first, until, what, site, product, units, "", OTHER)
