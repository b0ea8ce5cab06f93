"""Figures rounded as far as their spread lets one see: 4.3, where they lie between 3.3 and 5.3, not 4.32.

Digits are those that the Particle Data Group gives results with errors (Review of Particle Physics 2024, section 5.3 of
the introduction): of the half-width of the interval two where it begins with 100 to 354, else one; 950 to 999 count as
1000. Value and ends stand with the same.
"""

from __future__ import annotations

import math

from sim.model.goods.counted import in_singular

MINUS = "−"


def digits_for(low: float, high: float) -> int | None:
    """Decimals (below 0: tens, hundreds) of what lies between two figures; None where no spread is known."""
    half = abs(high - low) / 2
    if not half or not math.isfinite(half):
        return None
    exponent = math.floor(math.log10(half))
    first = math.floor(half / 10.0**exponent * 100)
    return -exponent + (first <= 354)


def number(value: float, digits: int | None = None) -> str:
    """A number with thousands separated, at so many decimals; without: whole from 100 on, else at most one."""
    if digits is None:
        digits = 0 if abs(value) >= 100 or value == round(value) else 1
    shown = round(value, digits) + 0.0
    text = f"{abs(shown):,.{max(0, digits)}f}"
    return f"{MINUS}{text}" if shown < 0 else text


def figure(value: float, unit: str, digits: int | None = None) -> str:
    """A level with its unit, `digits` being of what is shown: shares in percent, `-` where there is none."""
    if value != value:
        return "-"
    if unit == "share":
        return f"{number(100 * value, 1 if digits is None else digits)}%"
    if unit in ("index", "ratio"):
        return number(value, 3 if digits is None else digits)
    if unit == "day":
        return f"day {number(value, digits or 0)}"
    return counted(number(value, digits), unit)


def level(value: float, unit: str, digits: int | None) -> str:
    """As `figure`, of a level that is told beside others: what is not none is not shown as none. Of 401, whose spread
    is of thousands, hundreds are shown."""
    shown = 100 * value if unit == "share" else value
    if digits is not None and math.isfinite(shown) and shown and not round(shown, digits):
        digits = -math.floor(math.log10(abs(shown)))
    return figure(value, unit, digits)


def counted(shown: str, unit: str) -> str:
    """A number and what it counts, one of them being one: 1 day, 2 days."""
    return f"{shown} {in_singular(unit) if shown == '1' else unit}".strip()


def size(value: float, unit: str, digits: int | None = None) -> str:
    """A difference without its sign: of shares in percentage points, of dates in days."""
    if unit == "share":
        return f"{number(abs(100 * value), digits)} percentage points"
    if unit in ("index", "ratio"):
        return number(abs(value), 3 if digits is None else digits)
    return counted(number(abs(value), digits), "days" if unit == "day" else unit)


def bare(text: str, unit: str) -> str:
    """A figure without its unit, which stands at the head of its column; shares keep their sign."""
    for words in (" percentage points", f" {unit}", f" {in_singular(unit)}", " days"):
        text = text.removesuffix(words) if words.strip() else text
    return text.removeprefix("day ")


def digits_of(low: float, high: float, unit: str) -> int | None:
    """As `digits_for`, of what is shown: shares are shown in percent."""
    times = 100 if unit == "share" else 1
    return digits_for(times * low, times * high)


def within(value: float, low: float, high: float, unit: str) -> str:
    """A level, rounded as the interval that its mean lies in lets one see."""
    return figure(value, unit, digits_of(low, high, unit))


def spread(value: float, low: float, high: float, unit: str) -> str:
    """A level and between what its mean lies: `4.3 days (3.3 to 5.3)`; one figure where there is no spread."""
    digits = digits_of(low, high, unit)
    shown = figure(value, unit, digits)
    if digits is None:
        return shown
    ends = [bare(figure(end, unit, digits), unit) for end in (low, high)]
    return f"{shown} ({ends[0]} to {ends[1]})"
