"""Making do: what was met with another product or put off, which units short do not show."""

from __future__ import annotations

from sim.report.run.facts import Facts
from sim.report.words.phrases import count, listed, percent

MADE_DO = {
    "units_substituted": "met with another product",
    "units_stayed": "asked for of another product, by patients who had gone over to it",
    "units_conserved": "put off or done without, as the rules for scarce stock say",
}
"""Metrics of what was not served as asked for and is not counted as short."""
SPARED = (
    "were met with another product",
    "were asked for of another product by those who had gone over to it",
    "were put off or done without",
)
"""The same for a comparison."""


def units(facts: Facts, of: str = "value") -> list[float]:
    """Units of each of `MADE_DO`, of the run or, by its name among the figures, of a twin."""
    return [getattr(facts.summary[name], of) or 0.0 for name in MADE_DO]


def made_do(facts: Facts) -> str | None:
    """What was met with another product or put off, in a sentence."""
    asked = facts.summary["units_demanded"].value or 0.0
    pairs = zip(units(facts), MADE_DO.values(), strict=True)
    parts = [f"{count(n)} ({percent(n, asked)}) {words}" for n, words in pairs if n]
    return f"Not counted as short: {listed(parts)}." if parts else None


def spared(facts: Facts, twin: str, it: str) -> str:
    """What `it`, which a twin does without, changed in making do; empty where that is nothing."""
    pairs = zip(units(facts), units(facts, twin), SPARED, strict=True)
    parts = [f"{count(now)} {facts.goods} {what} instead of {count(bare)}" for now, bare, what in pairs if now != bare]
    return f" With {it}, {listed(parts)}." if parts else ""
