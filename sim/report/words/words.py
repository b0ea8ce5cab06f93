"""Figures as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.words.rounding import digits_of, figure

if TYPE_CHECKING:
    from sim.study.infer.threshold import Target


def shown_value(value: float | None, unit: str) -> str:
    """A figure with its unit: shares in percent, counts with thin separators, `-` where there is none."""
    return "-" if value is None else figure(value, unit)


def shown_span(low: float | None, high: float | None, unit: str) -> str:
    """From one figure to another, rounded as their distance lets one see, a unit behind both written once: `1,600 to
    12,100 bags`."""
    if low is None or high is None or low != low or high != high:
        return "-"
    digits = digits_of(low, high, unit)
    ends = [figure(value, unit, digits) for value in (low, high)]
    return f"{ends[0].removesuffix(f' {unit}')} to {ends[1]}"


def target_words(target: Target) -> str:
    """`fill rate ≥ 95%`."""
    unit, sign = target.measure.unit, {">=": "≥", "<=": "≤"}[target.sign]
    level = f"{100 * target.level:.6g}%" if unit == "share" else f"{target.level:,.10g}"
    suffix = "" if unit in ("share", "index", "ratio", "money", "day") else f" {unit}"
    return f"{target.measure.label.lower()} {sign} {level}{suffix}"
