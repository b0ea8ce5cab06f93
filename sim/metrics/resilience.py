"""Resilience: how deep service fell, for how long, and how ordering swung."""

from __future__ import annotations

import math

import numpy as np

from sim.metrics.base import View, metric


def served_percent(view: View) -> np.ndarray:
    """Q(t): percent of each day's demand that was served on the day; 100 on days without demand. Shape (days,)."""
    demand, served = view.daily("demand"), view.daily("served")
    return np.where(demand > 0, 100 * served / np.maximum(demand, 1), 100.0)


@metric("resilience_loss", "Resilience loss", "percent-days", better="lower", daily=("demand", "served"))
def resilience_loss(view: View) -> float | None:
    """Sum over days of 100 minus the percent of demand served (Bruneau 2003, with Q = percent of demand served)."""
    return float((100 - served_percent(view)).sum())


@metric("first_short_day", "First day short", "day", daily=("unmet",))
def first_short_day(view: View) -> float | None:
    """First day with unmet demand, counted from the start (0)."""
    short = np.flatnonzero(view.daily("unmet"))
    return float(short[0]) if short.size else None


@metric("days_short", "Days with unmet demand", "days", better="lower", daily=("unmet",))
def days_short(view: View) -> float | None:
    """Days on which some demand somewhere was not met on the day."""
    return float(np.count_nonzero(view.daily("unmet")))


@metric("recovery_day", "Recovered on", "day", better="lower", daily=("unmet",))
def recovery_day(view: View) -> float | None:
    """Day after the last one with unmet demand, counted from the start; none where no day was short."""
    short = np.flatnonzero(view.daily("unmet"))
    return float(short[-1] + 1) if short.size else None


@metric("bullwhip", "Bullwhip", "ratio", better="lower")
def bullwhip(view: View) -> float | None:
    """Variance of daily orders divided by variance of daily demand, per site and product; the median of them."""
    squares, days = view.outcome.record.squares, view.days
    if days < 2:
        return None
    variance = {
        name: np.maximum(0.0, squares[name][view.cells] - view.cell_sum(name) ** 2 / days) / (days - 1)
        for name in ("demand", "ordered")
    }
    swings = variance["demand"] > 0
    return float(np.median(variance["ordered"][swings] / variance["demand"][swings])) if swings.any() else None


def time_to_survive(stock: float, demand: float) -> float:
    """Longest time in days for which `stock` units meet `demand` units a day; infinite without demand.

    Simchi-Levi et al., doi 10.1287/inte.2015.0804, for one site whose supply stops altogether.
    """
    return stock / demand if demand > 0 else math.inf


def value_at_risk(losses: np.ndarray, alpha: float) -> float:
    """VaR: the smallest x with P(loss <= x) >= alpha, from a sample; shape (n,) with n >= 1."""
    ordered = np.sort(losses)
    return float(ordered[max(0, math.ceil(alpha * len(ordered) - 1e-9) - 1)])


def conditional_value_at_risk(losses: np.ndarray, alpha: float) -> float:
    """CVaR: mean of the worst 1 - alpha share of a sample; the loss on the boundary counts in part."""
    ordered = np.sort(losses)[::-1]
    share = (1 - alpha) * len(ordered)
    weights = np.clip(share - np.arange(len(ordered)), 0, 1)
    return float((ordered * weights).sum() / share) if share > 0 else float(ordered[0])
