"""What became of what was asked for: served, served late, saved, met with another product, or not met at all."""

from __future__ import annotations

from sim.metrics.base import View, metric, ratio


def fates(view: View) -> dict[str, int]:
    """Units by what became of them; they add up to what was asked for: demand, and what patients who went over to
    another product would have asked for."""
    record, groups = view.outcome.record, view.groups
    waiting = record.closing["backlog"][groups].sum() - record.opening["backlog"][groups].sum()
    return {
        "served": view.total("served"),
        "late": view.total("served_late"),
        "saved": view.total("conserved") - view.total("recovered"),
        "moved": view.total("substituted") + view.total("went_over"),
        "short": view.total("lost") + int(waiting),
    }


@metric("units_needed", "Need", "units")
def units_needed(view: View) -> float | None:
    """Units that patients need: demand without what was bought ahead, before it was made up for by asking for less, and
    of the product that they used before they went over to another and stayed."""
    more, less = (view.total(name) for name in ("bought_ahead", "asked_less"))
    return float(view.total("demand") + view.total("went_over") - view.total("came_over") - more + less)


@metric("units_served_late", "Served late", "units")
def units_served_late(view: View) -> float | None:
    """Units served on a later day than they were asked for, or put off and served later."""
    return float(view.total("served_late"))


@metric("units_stayed", "Gone over to another product", "units")
def units_stayed(view: View) -> float | None:
    """Units that patients would have asked for who moved to another product in a shortage and stay with it.

    They are no demand of this product any more, but of the other.
    """
    return float(view.total("went_over"))


@metric("units_bought_ahead", "Bought ahead", "units", better="lower")
def units_bought_ahead(view: View) -> float | None:
    """Units that families asked for beyond what they need; part of demand."""
    return float(view.total("bought_ahead"))


def _share(view: View, fate: str) -> float | None:
    return ratio(fates(view)[fate], view.total("demand") + view.total("went_over"))


@metric("saved_share", "Saved", "share")
def saved_share(view: View) -> float | None:
    """Units put off, done otherwise or done without and not asked for again, as a share of units asked for."""
    return _share(view, "saved")


@metric("moved_share", "Spilled over", "share")
def moved_share(view: View) -> float | None:
    """Units met with another product on the day, or asked for of another by patients who stay with it, as a share of
    units asked for."""
    return _share(view, "moved")


@metric("short_share", "Never met", "share", better="lower")
def short_share(view: View) -> float | None:
    """Units lost, or still waiting at the end (less those that waited at the start), as a share of units asked for."""
    return _share(view, "short")
