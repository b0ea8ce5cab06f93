"""Waste, as a share of the need."""

from __future__ import annotations

from sim.metrics.base import View, metric, ratio


@metric("expired_share", "Expired per unit needed", "share", better="lower")
def expired_share(view: View) -> float | None:
    """Units written off at facilities, or on the way to them, over the units demanded."""
    return ratio(view.total("expired"), view.total("demand"))
