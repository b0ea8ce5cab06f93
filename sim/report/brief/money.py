"""Money in three lines: bought once, held each year, used in this crisis; and why doing nothing looks cheap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.engine.compile.plan import compile_plan
from sim.metrics.cost import Rates, first_fill, yearly_holding
from sim.report.brief.context import Context
from sim.report.brief.parts import Cell, Grid, Section
from sim.report.words.phrases import listed
from sim.report.words.rounding import digits_for, number
from sim.study.design.measures import ALL, COST, LINE, Measure
from sim.study.infer.intervals import interval

HOLDING, OF_RESERVES, SHORTAGE = "holding", "holding of reserves", "shortage"
"""Lines of the cost that are no goods; see `sim.metrics.cost.costs`."""


def sums(it: Context, value: float, low: float = np.nan, high: float = np.nan) -> str:
    """Money with its currency, rounded as its spread lets one see; to three figures where there is none."""
    digits = digits_for(low, high)
    if digits is None:
        value, digits = float(f"{value:.3g}"), 0
    return f"{number(value, min(0, digits))}\N{NO-BREAK SPACE}{it.currency}"


def fixed(it: Context, strategy: str) -> tuple[float, float]:
    """What an option's reserves cost to fill once, and to hold full for a year, as written in the first scenario."""
    loaded = it.result.design.loaded[it.scenarios[0], strategy]
    costs, plan = loaded.spec.costs, compile_plan(loaded)
    return first_fill(plan), yearly_holding(plan, Rates(costs.currency, costs.holding_rate, costs.shortage_cost))


def held_a_year(it: Context) -> Iterator[tuple[str, str]]:
    """What the recommended option costs to set up and to hold, beside what the next best costs."""
    name = it.recommended(it.scenarios[0])
    if name is None or not _priced(it):
        return
    bought, held = fixed(it, name)
    told = f"{it.name(name)}: {sums(it, bought)} bought once, {sums(it, held)} a year to hold"
    if not bought and not held:
        told = f"{it.name(name)} holds no reserve, so nothing is bought for it and nothing held"
    others = [other for other in it.options if other != name]
    held_by = {other: fixed(it, other)[1] for other in others}
    rest = [f"{it.letters[other]} {sums(it, held_by[other])}" for other in others if held_by[other]]
    same = {sums(it, one) for one in held_by.values()} == {sums(it, held)}
    if rest:
        told += "; as much for every other option" if same else f". To hold others, a year: {listed(rest)}"
    yield "Price", f"{told}."


def money(it: Context) -> Section:
    """The three lines for every option, in each scenario where there is room for it."""
    title = f"Money, in three lines ({it.currency})"
    if not _priced(it):
        return Section(title, paragraphs=["The scenario gives no prices, so nothing can be said of money."])
    several = len(it.scenarios) > 1
    used_in = [f"Used in this crisis{f': {it.scenario(name)}' if several else ''}" for name in it.scenarios]
    rows = []
    for name in it.options:
        once, held = fixed(it, name)
        spent = (Cell(used(it, scenario, name)) for scenario in it.scenarios)
        rows.append([it.letter(name), Cell(strong=it.name(name)), Cell(sums(it, once)), Cell(sums(it, held)), *spent])
    head = ["", "Option", "Bought once, to fill it", "Held, each year, while full", *used_in]
    note = (
        f"Used in this crisis, to buy, move and refill: beyond what is used under {it.name(it.reference)}, holding of "
        "reserves apart; means of the draws."
    )
    return Section(title, grids=[Grid("money", head, rows, text_columns=2)], paragraphs=[note, *unpaid(it)])


def used(it: Context, scenario: str, strategy: str) -> str:
    """Mean of what a run costs without holding its reserves, beyond the baseline."""
    if strategy == it.reference:
        return sums(it, 0)
    beyond = _without(it, scenario, [OF_RESERVES])
    found = interval((beyond[strategy] - beyond[it.reference]).to_numpy(), bca=False)
    return sums(it, found.mean, found.low, found.high)


def unpaid(it: Context) -> Iterator[str]:
    """Where an option spends less on goods because they never come, that this is the shortage."""
    told = []
    for scenario in it.scenarios:
        best = it.recommended(scenario)
        if best is None or best == it.reference:
            continue
        harm, goods = it.draws(scenario).mean(), _without(it, scenario, [HOLDING, OF_RESERVES, SHORTAGE])
        worse = harm[it.reference] < harm[best] if it.measure.better == "higher" else harm[it.reference] > harm[best]
        found = interval((goods[best] - goods[it.reference]).to_numpy(), bca=False)
        if worse and found.low > 0:
            where = f" in '{it.scenario(scenario)}'" if len(it.scenarios) > 1 else ""
            told.append(f"{sums(it, found.mean, found.low, found.high)} less than with {it.name(best)}{where}")
    if told:
        yield (
            f"{it.name(it.reference)} looks cheap because goods that never arrive are not paid for: {listed(told)} for "
            "buying and moving. That is the shortage, not a saving."
        )


def _priced(it: Context) -> bool:
    rows = it.result.kept
    return bool(rows.loc[(rows["measure"] == COST) & (rows["breakdown"] == ALL), "value"].abs().sum() > 0)


def _without(it: Context, scenario: str, lines: list[str]) -> pd.DataFrame:
    """The cost of every draw and strategy, without some of its lines."""
    rows = it.result.kept
    mine = rows[(rows["scenario"] == scenario) & (rows["measure"] == COST)]
    total = mine[mine["breakdown"] == ALL].pivot(index="replication", columns="strategy", values="value")
    parts = mine[(mine["breakdown"] == Measure(COST, LINE).breakdown) & mine["group"].isin(lines)]
    less = parts.groupby(["replication", "strategy"], observed=True)["value"].sum().unstack()
    return total - less.reindex(index=total.index, columns=total.columns).fillna(0.0)
