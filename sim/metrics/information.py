"""Information: how far what parties were told is from what was there, how old it was, and how much never came."""

from __future__ import annotations

from sim.metrics.base import View, metric, ratio


def _sums(view: View, *names: str) -> list[float]:
    """Sums of what was counted of figures told, over all sites of the parties whose facilities are in view."""
    seen = view.outcome.seen
    if seen is None:
        return [0.0] * len(names)
    groups = view.outcome.plan.network.groups
    party = (groups["party"] != "").to_numpy()
    keys = groups["party"].where(party, groups["country"] + "/" + groups["region"]) + "/" + groups["product"]
    mine = keys.isin(keys.iloc[view.groups]).to_numpy()
    return [float(getattr(seen, name)[mine].sum()) for name in names]


@metric("seen_stock_error", "Error of stock as others saw it", "share", better="lower")
def seen_stock_error(view: View) -> float | None:
    """Sum of the differences between stock as it was told and as it was, as a share of the latter, over all evenings.

    A party's stores count with its facilities. What is seen as it is does not count; undefined where all is.
    """
    return ratio(*_sums(view, "off", "stock"))


@metric("seen_stock_age", "Age of stock figures", "days", better="lower")
def seen_stock_age(view: View) -> float | None:
    """Mean days since the evening of the last report that has come, over all evenings.

    A party's stores count with its facilities. What is seen as it is does not count; undefined where all is.
    """
    return ratio(*_sums(view, "age", "looks"))


@metric("reports_missing", "Reports that never came", "share", better="lower")
def reports_missing(view: View) -> float | None:
    """Reports of stock that were made and never came, as a share of all that were made; undefined where none is made.

    A party's stores count with its facilities. A report in a blackout is not made.
    """
    return ratio(*_sums(view, "never", "due"))
