"""Goods that expire: single batches, periodic deliveries, and a Markov chain on the ages of stock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import Case


def one_clinic(goods: str, demand: str, policy: str, more: str = "", sites: str = "clinic: {}") -> str:
    return f"""
products: {{blood: {{unit: bag, {goods}}}}}
suppliers: {{maker: {{makes: {{blood: {{}}}}}}}}
facilities: {{{sites}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: blood, {demand}}}]
replenishment: [{{at: facilities, {policy}}}]
{more}
"""


@pytest.mark.case("F1")
def test_a_single_batch_leaves_what_its_life_does_not_use(simulate: Any, case: Case) -> None:
    """F1; the batch is there on the first morning, which is the case's day 1."""
    for name in sorted(case.open):
        row = case.expected(name)
        run = simulate(
            "end: 2001-03-01"
            + one_clinic(
                f"shelf_life: {row['life']}d",
                f"per_day: {row['d']}, distribution: deterministic",
                "policy: push, quantity: 0",
                f"stock: [{{at: clinic, on_hand: {row['Q']}}}]",
            )
        )
        clinic = run.daily[run.daily["site"] == "clinic"]
        expiry = (clinic.loc[clinic["expired"] > 0, "day"] + 1).tolist()
        assert len(expiry) <= 1
        measured = {"served": clinic["served"].sum(), "expired": clinic["expired"].sum()}
        case.check({name: row | measured | {"expired_on_day": expiry[0] if expiry else None}})


@pytest.mark.case("F2")
def test_periodic_deliveries_settle_in_their_cycle(simulate: Any, case: Case) -> None:
    """F2; a delivery ordered in the evening of day 0 is there on day 1 with one day of its life gone."""
    for name in sorted(case.open):
        row = case.expected(name)
        every = row["every"]
        run = simulate(
            "end: 2002-06-01"
            + one_clinic(
                f"shelf_life: {row['life'] + 1}d",
                f"per_day: {row['d']}, distribution: deterministic",
                f"policy: push, quantity: {row['Q']}, review: {every}d",
                "stock: [{at: clinic, on_hand: 0}]",
            )
        )
        clinic = run.daily[run.daily["site"] == "clinic"].set_index("day")
        cycles = clinic.loc[1 + 30 * every : 50 * every]  # the case's cycles 31 to 50
        assert len(cycles) == 20 * every
        measured = {f"{column}_per_cycle": cycles[column].sum() / 20 for column in ("expired", "unmet", "served")}
        case.check({name: row | measured | {"mean_on_hand_end": cycles["on_hand"].mean()}})


@pytest.mark.case("F6a")
def test_order_up_to_of_a_perishable_reaches_its_exact_waste_and_service(simulate: Any, case: Case) -> None:
    """F6a: whoever orders after the purge does not count what expires tonight."""
    sites, days = 40, 2_500
    run = simulate(
        "end: 2007-11-06\nwarm_up: 100d"
        + one_clinic(
            "shelf_life: 3d, issue: first_expired",
            "per_day: 4",
            "policy: base_stock, level: 9, not_counting: 1d",
            sites=", ".join(f"F{k:02}: {{}}" for k in range(sites)),
        )
    )
    clinics = run.daily[run.daily["kind"] == "facility"]
    assert len(clinics) == sites * days
    case.check(
        {
            "fill_rate": run.metrics["fill_rate"].value,
            "outdates_per_day": clinics["expired"].mean(),
            "on_hand_end_after_purge": clinics["on_hand"].mean(),
            "mean_order": clinics["ordered"].mean(),
            "lost_per_day": clinics["lost"].mean(),
        },
        sites * days,
    )
