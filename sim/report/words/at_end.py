"""What is said where runs end in mid-shortage: how many draws, until when, and what would settle it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from sim.report.words.phrases import count, day_words, plural

LEAST, STEP = 60, 30
"""Days to run on that are proposed: half as long again, in steps, and no fewer."""
MEANING = (
    "Still short: unmet demand of the last 14 days lies clearly above what the draws have without the disruptions."
)


def last_day(until: dt.date) -> str:
    """The last day simulated, in words."""
    return day_words(until - dt.timedelta(days=1))


def more_days(days: int) -> int:
    """So many days to run on are proposed for a run of some length."""
    return max(LEAST, math.ceil(days / 2 / STEP) * STEP)


def settling(days: int, found: bool = False) -> str:
    """What would settle it; `found`: recovery was looked for already, and did not come."""
    if found:
        return "Service has not come back within three years of the start: look at what keeps it away"
    return f"To settle it, let it run on: run_on: {more_days(days)}d, or end: recovered"


def are_short(short: int, draws: int, name: str = "") -> str:
    """`7 of 12 draws are still short`, `7 of 12 under 'regional'`."""
    if name:
        return f"{count(short)} of {count(draws)} under '{name}'"
    if draws == 1:
        return f"the one draw made is {'' if short else 'not '}still short"
    return f"{count(short)} of {count(draws)} draws are still short"


def not_over(disruptions: float, until: dt.date) -> str:
    """What is said where hardly a draw is short, but the end comes before, or just after, that of a disruption."""
    brings = f"what {'it' if round(disruptions) == 1 else 'they'} may still bring is not in these figures"
    return f"{not_ended(round(disruptions))} before {last_day(until)}, the last day: {brings}."


def not_ended(disruptions: int) -> str:
    """So many disruptions go on into the last days, or beyond them."""
    return f"{plural(disruptions, 'disruption')} had not ended 14 days"


def withheld(what: str, points: Sequence[tuple[str, int, int]], until: dt.date, days: int) -> list[str]:
    """Why an answer is not given: (where, short, draws) of what decides it, and what would settle it."""
    first, *rest = [f"with {where} {are_short(short, draws)}" for where, short, draws in points]
    told = "; ".join([first, *rest])
    return [
        f"{what} cannot be said yet: {told} on {last_day(until)}, the last day, so its figures to that day are no more "
        f"than lower limits. {MEANING}",
        f"To settle it, let it run on: --set run_on={more_days(days)}d, or --set end=recovered.",
    ]


def short_under(found: Iterable[tuple[str, int, int]], all_of_them: int) -> str:
    """How many draws are short under each strategy: (strategy, short, draws); once where all have the same."""
    rows = list(found)
    if len(rows) == all_of_them and len({row[1:] for row in rows}) == 1:
        _, short, draws = rows[0]
        every = " under every strategy" if all_of_them > 1 else ""
        return f"{are_short(short, draws)}{every}"
    first, *rest = rows
    name, short, draws = first
    return ", ".join([f"{are_short(short, draws)} under '{name}'", *(are_short(s, d, n) for n, s, d in rest)])
