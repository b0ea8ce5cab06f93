"""Service: how much of the demand was met, when and from stock. Definitions as in METRICS of the field's handbooks."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric, ratio


@metric("fill_rate", "Fill rate", "share", better="higher")
def fill_rate(view: View) -> float | None:
    """Units served from stock on the day they were asked for, as a share of all units demanded (type 2, beta).

    doi 10.1371/journal.pone.0263655
    """
    return ratio(view.total("served"), view.total("demand"))


@metric("fill_rate_with_substitutes", "Fill rate with substitutes", "share", better="higher")
def fill_rate_with_substitutes(view: View) -> float | None:
    """Units served on the day they were asked for, themselves or with a substitute, as a share of units demanded."""
    return ratio(view.total("served") + view.total("substituted"), view.total("demand"))


@metric("no_stockout_probability", "Days without a stockout", "share", better="higher")
def no_stockout_probability(view: View) -> float | None:
    """Share of site-product-days on which all demand was met on the day."""
    short = float(view.cell_count("stockout_days").sum())
    return None if not view.site_days else 1 - short / view.site_days


@metric("ready_rate", "Ready rate", "share", better="higher")
def ready_rate(view: View) -> float | None:
    """Share of site-product-days that end with stock on hand."""
    return ratio(int(view.cell_count("ready_days").sum()), view.site_days)


@metric("units_demanded", "Demand", "units")
def units_demanded(view: View) -> float | None:
    """Units demanded."""
    return float(view.total("demand"))


@metric("units_unmet", "Unmet on the day", "units", better="lower")
def units_unmet(view: View) -> float | None:
    """Units not served on the day they were asked for, whether served later or never."""
    return float(view.total("unmet"))


@metric("units_lost", "Never served", "units", better="lower")
def units_lost(view: View) -> float | None:
    """Units of demand given up: lost at once, or after patients' patience ran out."""
    return float(view.total("lost"))


@metric("units_substituted", "Served with a substitute", "units")
def units_substituted(view: View) -> float | None:
    """Units of demand met on the day with another product; neither among those unmet nor in the fill rate."""
    return float(view.total("substituted"))


@metric("units_conserved", "Demand withheld", "units")
def units_conserved(view: View) -> float | None:
    """Units of demand put off, done otherwise or done without under contingency and crisis use, less what came back.

    They are not among those unmet, nor in the fill rate.
    """
    return float(view.total("conserved") - view.total("recovered"))


@metric("stockout_days", "Stockout days", "site-product-days", better="lower")
def stockout_days(view: View) -> float | None:
    """Site-product-days with unmet demand; read beside unmet units, since rationing hides stockouts."""
    return float(view.cell_count("stockout_days").sum())


@metric("facility_stockout_rate", "Facilities with a stockout", "share", better="lower")
def facility_stockout_rate(view: View) -> float | None:
    """Facility-product pairs that went short at least once, as a share of those that offer the product."""
    return ratio(int(np.count_nonzero(view.cell_count("stockout_days"))), len(view.cells))


@metric("worst_days_out", "Most days out at a facility", "days", better="lower")
def worst_days_out(view: View) -> float | None:
    """Most days with unmet demand of one product at one facility; read beside its mean, stockout days by facility."""
    return float(view.cell_count("stockout_days").max()) if len(view.cells) else None


@metric("worst_spell", "Longest shortage at a facility", "days", better="lower")
def worst_spell(view: View) -> float | None:
    """Longest run of days, one after another, with unmet demand of one product at one facility."""
    return float(view.cell_count("worst_spell").max()) if len(view.cells) else None


@metric("short_peak", "Facilities short on the worst day", "share", better="lower")
def short_peak(view: View) -> float | None:
    """Largest share of the facility-product pairs open on a day that had unmet demand on it."""
    short, pairs = view.short, view.open_pairs
    return float((short[pairs > 0] / pairs[pairs > 0]).max()) if (pairs > 0).any() else None


@metric("worst_week_unmet", "Worst week", "share", better="lower", daily=("demand", "unmet"))
def worst_week_unmet(view: View) -> float | None:
    """Largest share of a week's demand (seven days running) that was not met on the day."""
    demand, unmet = (np.concatenate(([0], np.cumsum(view.daily(name)))) for name in ("demand", "unmet"))
    week = min(7, view.days)
    asked, short = demand[week:] - demand[:-week], unmet[week:] - unmet[:-week]
    return float((short[asked > 0] / asked[asked > 0]).max()) if (asked > 0).any() else None


@metric("units_expired", "Expired", "units", better="lower")
def units_expired(view: View) -> float | None:
    """Units written off at facilities, or on the way to them, because their shelf life was over or too short."""
    return float(view.total("expired"))


@metric("backorder_days", "Backorder days", "unit-days", better="lower")
def backorder_days(view: View) -> float | None:
    """Units waiting at each day's end, summed over days."""
    return float(view.total("backlog"))


@metric("mean_stock", "Mean stock on hand", "units")
def mean_stock(view: View) -> float | None:
    """Stock on hand at day's end, mean over days."""
    return ratio(view.total("on_hand"), view.days)


@metric("days_of_cover", "Mean days of cover", "days")
def days_of_cover(view: View) -> float | None:
    """Mean stock on hand at day's end, divided by mean daily demand."""
    return ratio(view.total("on_hand"), view.total("demand"))


@metric("according_to_plan", "Stocked according to plan", "share", better="higher")
def according_to_plan(view: View) -> float | None:
    """Share of site-product-days with stock between the planned minimum and maximum, where a policy plans both."""
    planned = view.outcome.plan.bounds.planned(view.days)[view.cells]
    return ratio(int(view.cell_count("plan_days").sum()), int(planned.sum()))
