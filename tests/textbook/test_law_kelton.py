"""The inventory system of Law and Kelton in continuous time, a month being thirty of our days."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.cases import Case

SITES, MONTHS, MONTH = 100, 120, 30
SETUP, UNIT, HOLDING, SHORTAGE = 32, 3, 1, 5

SYSTEM = """
end: 2010-11-10
warm_up: 1d
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{sites}}}
# half a day more than the case's half to one month: an order of the evening of day t - 1 is one of time t, a day later
# than the journey counts from, and goods wait half a day on average for the next morning
lanes: [{{from: maker, to: facilities, time: "uniform(15.5d, 30.5d)"}}]
demand: [{{at: facilities, product: kit, per_day: {mean}, shortage: backorder, from: 2001-01-01,
          distribution: {{distribution: compound_poisson, sizes: {{1: 1, 2: 2, 3: 2, 4: 1}}}}}}]
stock: [{{at: facilities, on_hand: 60}}]
replenishment: [{{at: facilities, policy: s_S, s: {below}, S: {up_to}, review: 30d, first_review: 29d}}]
"""


@pytest.mark.case("XL")
@pytest.mark.rule("XL", "simulator mean over")
def test_monthly_costs_are_those_of_the_book(simulate: Any, case: Case) -> None:
    """Nine policies, a hundred runs each: mean cost within four standard errors of both estimates together,
    and the book's single run within three standard deviations of one of ours."""
    assert len(case.open) == 9
    for name in sorted(case.open):
        row = case.expected(name)
        text = SYSTEM.format(
            sites=", ".join(f"F{k:03}: {{}}" for k in range(SITES)),
            mean=f"{25 / MONTH:.9f}",
            below=row["s"] - 1,  # the case orders below s, the policy at or below it
            up_to=row["S"],
        )
        run = simulate(text, detail="full", daily=False)
        record, network = run.outcome.record, run.outcome.plan.network
        mine = network.cell_kind == "facility"
        sums = {key: record.sums[key][mine] for key in ("on_hand", "served", "backlog", "unmet")}
        orders = run.events[(run.events["event"] == "order") & (run.events["day"] < MONTHS * MONTH - 1)]
        placed = orders.groupby("site").agg(number=("units", "size"), units=("units", "sum"))
        assert len(placed) == SITES
        ordering = (SETUP * placed["number"] + UNIT * placed["units"]).to_numpy() / MONTHS
        # demand is spread over the day: half of its use was still there, half of what lacks came in its second half
        holding = HOLDING * (sums["on_hand"] + sums["served"] / 2) / MONTH / MONTHS
        shortage = SHORTAGE * (sums["backlog"] - sums["unmet"] / 2) / MONTH / MONTHS
        total = ordering + holding + shortage
        error = math.hypot(float(np.std(total, ddof=1)) / math.sqrt(SITES), row["se"])
        found = {"total": float(total.mean()), "error": error, "ordering": ordering.mean(), "holding": holding.mean()}
        spread = float(np.std(total, ddof=1))
        assert abs(row["published_single_run"][0] - found["total"]) < 3 * spread  # one run of the book is one of these
        case.accept(name, abs(found["total"] - row["mean_total"]) <= 4 * error, found)
