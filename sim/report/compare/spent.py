"""What options cost beside each other: lower or higher, never better, and why doing less looks cheap."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.compare.beside import Beside, Option
from sim.report.compare.words import figure, ranged, size
from sim.study.design.measures import COST, LINE, Measure
from sim.study.infer.side_by_side import HIGHER, LOWER

NO_GOODS = ("holding", "holding of reserves", "shortage")
"""Lines of the cost that are no goods; see `sim.metrics.cost.costs`."""
SERVED = "fill_rate"


def spent(beside: Beside, option: Option) -> Iterator[str]:
    """Whether an option costs less or more than the first one; where it is goods that never came, that this is so."""
    row = beside.row(COST, option.letter)
    if row is None or row["verdict"] not in (LOWER, HIGHER):
        return
    first, measure = beside.options[0].letter, Measure(COST)
    drawn = " in this draw" if beside.draws == 1 else ""
    yield (
        f"Cost is {row['verdict']} under {option.letter} than under {first}{drawn}: "
        f"{figure(beside, measure, row['mean'])} in place of {figure(beside, measure, row['against_mean'])}"
        f"{ranged(beside, row, measure)}."
    )
    cheap, dear = (option.letter, first) if row["verdict"] == LOWER else (first, option.letter)
    goods, served = _goods(beside, option), beside.row(SERVED, option.letter)
    way = -1 if cheap == option.letter else 1
    if served is not None and way * served["difference"] > 0 and way * goods > 0:
        yield (
            f"{cheap} looks cheaper than it is: {size(beside, measure, goods)} less goes for buying and moving than "
            f"under {dear}, as goods that never arrive are not paid for. That is the shortage, not a saving."
        )


def _goods(beside: Beside, option: Option) -> float:
    """By how much more is spent under an option on goods: what is bought, moved and taken from reserves."""
    rows = [beside.row(COST, option.letter), *(beside.row(COST, option.letter, LINE, line) for line in NO_GOODS)]
    whole, *others = [0.0 if row is None else float(row["difference"]) for row in rows]
    return whole - sum(others)
