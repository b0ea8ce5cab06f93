"""Rationing: on how many days sources let sites have less than usual, and how little."""

from __future__ import annotations

from sim.metrics.base import View, metric


@metric("ration_days", "Days under ration", "site-product-days")
def ration_days(view: View) -> float | None:
    """Site-product-days on which a source that deals out what it has let a facility have less than its usual orders.

    Few of them are no merit: who does not ration in time runs out.
    """
    rations = view.outcome.rations
    return 0.0 if rations is None else float(rations.days[view.cells].sum())


@metric("lowest_ration", "Lowest ration", "share", better="higher")
def lowest_ration(view: View) -> float | None:
    """Least share of its usual orders that a source let a facility have; undefined where none had less than all."""
    rations = view.outcome.rations
    if rations is None or not rations.days[view.cells].any():
        return None
    return float(rations.lowest[view.cells].min())
