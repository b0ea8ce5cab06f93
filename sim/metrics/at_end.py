"""How a run ended: whether people are still short on its last days, and what of its dated disruptions is not over."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric, ratio

WINDOW = 14
"""Last days looked at: two reviews of the usual week, so that a delivery that just failed is no crisis."""
CLEARLY = 1.5
"""By how much unmet demand must lie above what routine brings to be called a shortage."""


def still_short(unmet: float, routine: float) -> bool:
    """Whether `unmet_at_end` of a run is a shortage, where `routine_unmet` of its twins is at most `routine` units.

    Without routine stockouts any unmet demand is.
    """
    return unmet > CLEARLY * routine


@metric("unmet_at_end", "Unmet in the last 14 days", "units", better="lower", daily=("unmet",))
def unmet_at_end(view: View) -> float | None:
    """Units not served on the day they were asked for, in the last 14 days of the run."""
    return float(view.daily("unmet")[-WINDOW:].sum())


@metric("unmet_at_end_share", "Share of unmet units in the last 14 days", "share", better="lower", daily=("unmet",))
def unmet_at_end_share(view: View) -> float | None:
    """Share of all unmet units that falls in the last 14 days of the run; none where none was unmet."""
    unmet = view.daily("unmet")
    return ratio(unmet[-WINDOW:].sum(), unmet.sum())


@metric("short_at_end", "Facilities short on the last day", "site-products", better="lower")
def short_at_end(view: View) -> float | None:
    """Facility-product pairs with unmet demand on the last day of the run."""
    return float(view.short[-1])


@metric("routine_unmet", "Worst 14 days of the second half", "units", better="lower", daily=("unmet",))
def routine_unmet(view: View) -> float | None:
    """Most units unmet in 14 days running of the run's second half; of the twin, what routine stockouts come to."""
    total = np.concatenate(([0], np.cumsum(view.daily("unmet")[view.days // 2 :])))
    window = min(WINDOW, len(total) - 1)
    return float((total[window:] - total[: len(total) - window]).max())


@metric("not_over_at_end", "Disruptions not over at the end", "disruptions", better="lower")
def not_over_at_end(view: View) -> float | None:
    """Disruptions with dates that end within the last 14 days of the run or later (lasting ones: that begin then).

    Those that change nothing do not count.
    """
    due = view.days - WINDOW
    ends = [i.end if np.isfinite(i.end) else i.start for i in view.outcome.impacts if i.acts and not i.hazard]
    return float(sum(end > due for end in ends))
