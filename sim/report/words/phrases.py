"""Dates, counts and names as plain English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sim.model.goods.counted import in_plural

KIND = {
    "export_ban": "export ban",
    "route_closure": "route closure",
    "port_closure": "port closure",
    "site_outage": "site outage",
    "stock_loss": "loss of stock",
    "demand_surge": "surge in demand",
    "lane_delay": "transport delay",
    "cyber_blackout": "blackout of systems",
    "labour_absence": "absence of staff",
    "licence_delay": "wait for licences",
    "price_shock": "change of prices",
    "supplier_allocation": "rationing by the supplier",
}


def kind_words(kind: str) -> str:
    """A kind of disruption as people say it."""
    return KIND.get(kind, kind.replace("_", " "))


def called(cause: str, kind: str) -> str:
    """A disruption's name; one that has none goes by its kind and place, as people say it: `export ban IN`."""
    return kind_words(kind) + cause.removeprefix(kind) if kind and cause.startswith(kind) else cause


def day_words(date: dt.date) -> str:
    """`5 March 2024`."""
    return f"{date.day} {date:%B %Y}"


def count(number: float) -> str:
    """A count with thousands separated."""
    return f"{number:,.0f}"


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number_words(number: int, capital: bool = False) -> str:
    """`two`; from ten on, figures."""
    words = NUMBERS[number] if number < len(NUMBERS) else count(number)
    return words.capitalize() if capital else words


def plural(number: float, one: str, many: str | None = None) -> str:
    """`1 day`, `2 days`."""
    return f"{count(number)} {one if number == 1 else many or in_plural(one)}"


def percent(part: float, whole: float, signs: bool = False) -> str:
    """A share in percent with one digit; `less than 0.1%` and `more than 99.9%` where it would round to none or all.

    `signs` writes these as `<0.1%` and `>99.9%`.
    """
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%" if signs else "less than 0.1%"
    if part < whole and share >= 99.95:
        return ">99.9%" if signs else "more than 99.9%"
    return f"{share:.1f}%"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def group_words(column: str, value: object, parties: Mapping[str, str] | None = None) -> str:
    """A group of a breakdown in words: `region coast`, `priority 1, vital`; parties go by their titles, by name."""
    if column == "priority":
        return {"1": "priority 1, vital", "0": "no priority"}.get(str(value), f"priority {value}")
    if column == "party":
        return (parties or {}).get(str(value), str(value)) if value else "sites of no party"
    return f"{value} facilities" if column == "setting" else f"{column} {value}"
