"""Trust: how far parties are trusted at the end."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric


@metric("trust", "Trust by other parties at the end", "share", better="higher")
def trust(view: View) -> float | None:
    """Mean trust of the other parties in each party that owns sites seen, on the last evening.

    None where the scenario has no `trust`, or the sites seen are nobody's.
    """
    bound, record = view.outcome.plan.trust, view.outcome.trust
    if bound is None or record is None:
        return None
    count = len(bound.parties)
    level = bound.first.copy()
    level[record.pair] = record.trust  # in order of days: the last of a pair counts
    of = level.reshape(count, count)
    seen = np.unique(bound.owner[view.cells])
    seen = seen[seen >= 0]
    if not len(seen):
        return None
    return float(((of.sum(axis=0) - np.diagonal(of)) / (count - 1))[seen].mean())
