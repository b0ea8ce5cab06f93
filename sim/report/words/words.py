"""Figures as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.study.design.measures import Measure
    from sim.study.infer.threshold import Target


def shown_value(value: float | None, unit: str) -> str:
    """A figure with its unit: shares in percent, counts with thin separators, `-` where there is none."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{value:.1%}"
    if unit in ("index", "ratio"):
        return f"{value:.3f}"
    if unit == "day":
        return f"day {value:.0f}"
    return f"{value:,.0f} {unit}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f} {unit}"


def shown_span(low: float | None, high: float | None, unit: str) -> str:
    """From one figure to another, a unit behind both written once: `1,599 to 12,061 units`."""
    ends = [shown_value(value, unit) for value in (low, high)]
    return f"{ends[0].removesuffix(f' {unit}')} to {ends[1]}"


def unit_in(measure: Measure, currency: str) -> str:
    """The unit of a measure, money's being the scenario's currency."""
    return currency if measure.unit == "money" else measure.unit


def target_words(target: Target) -> str:
    """`fill rate ≥ 95%`."""
    unit, sign = target.measure.unit, {">=": "≥", "<=": "≤"}[target.sign]
    level = f"{100 * target.level:.6g}%" if unit == "share" else f"{target.level:,.10g}"
    suffix = "" if unit in ("share", "index", "ratio", "money", "day") else f" {unit}"
    return f"{target.measure.label.lower()} {sign} {level}{suffix}"
