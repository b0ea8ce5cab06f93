"""Figures as a person reads them."""

from __future__ import annotations


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
