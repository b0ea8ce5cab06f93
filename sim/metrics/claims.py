"""Claims on reserves that parties hold together: what was borrowed, what is owed, what was left unused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.books.claim_book import ClaimRecord
from sim.metrics.base import View, metric, ratio


def _seen(view: View) -> Iterator[tuple[ClaimRecord, np.ndarray]]:
    """(claims on a reserve, accounts on which some member seen draws) for every reserve that is claimed."""
    network = view.outcome.plan.network
    for plan in view.outcome.plan.reserves:
        if plan.claims is not None:
            mine = np.isin(network.cell_group[plan.members], view.groups)
            yield view.outcome.claims[plan.name], np.unique(plan.claims.of_member[mine])


@metric("claim_borrowed", "Borrowed of others' claims", "units")
def claim_borrowed(view: View) -> float | None:
    """Units of reserves that parties of those seen drew beyond their claims, on counted days.

    None where nobody has a claim.
    """
    found = [record.daily("borrowed")[:, mine].sum() for record, mine in _seen(view)]
    return float(sum(found)) if found else None


@metric("claim_owed", "Owed to reserves at the end", "units", better="lower")
def claim_owed(view: View) -> float | None:
    """Units that parties of those seen have borrowed of reserves, and neither paid back nor had given up at the end.

    None where nobody has a claim.
    """
    found = [record.owed[-1, mine].sum() for record, mine in _seen(view)]
    return float(sum(found)) if found else None


@metric("claim_unused", "Claims left unused", "share")
def claim_unused(view: View) -> float | None:
    """What parties of those seen had left of their claims when these were lowest, as a share of the claims.

    None where nobody has a claim.
    """
    left = claimed = 0.0
    for record, mine in _seen(view):
        left += float(record.claim[:, mine].min(axis=0).sum())
        claimed += float(record.bound.size[mine].sum())
    return ratio(left, claimed)
