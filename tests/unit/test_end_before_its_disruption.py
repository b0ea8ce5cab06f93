"""A run that ends before its disruption does: nobody is short yet, and what is still to come is not passed over."""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from sim.report.brief.changing import _luck
from sim.report.run import first_screen, headlines
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts

TWO_GOODS = """
scenario: two-goods
title: Stops early
start: 2024-01-01
end: 2024-01-20
products: {glove: {unit: box, cost: 1}, gown: {unit: piece, cost: 2}}
suppliers: {plant: {country: IN, makes: {glove: {capacity: 40}, gown: {capacity: 40}}}}
warehouses: {store: {region: North}}
facilities: {a: {region: North, priority: 1}}
lanes: [{from: plant, to: store, time: 4d}, {from: store, to: a, time: 1d}]
demand:
  - {at: a, product: glove, per_day: 10, distribution: deterministic, shortage: lost}
  - {at: a, product: gown, per_day: 10, distribution: deterministic, shortage: lost}
replenishment: [{at: a, policy: base_stock, level: 10d}, {at: store, policy: base_stock, level: 20d}]
reserves:
  spare: {held_at: store, size: 5d, members: a, release: {when: {trigger: days_of_cover, below: 1d, of: member}, rule: equal_days_of_cover}}
disruptions: [{kind: site_outage, name: stop, at: plant, from: 2024-01-15, for: 60d}]
"""  # noqa: E501


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Twenty days of stock against five of an outage: nobody is short on the last day."""
    path = tmp_path_factory.mktemp("early") / "early.yaml"
    path.write_text(TWO_GOODS, encoding="utf-8")
    run = sim.run(path)
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves)


def test_that_nobody_is_short_yet_is_not_told_as_the_whole(facts: Facts) -> None:
    assert facts.summary["units_unmet"].value == 0
    end = headlines.at_the_end(facts, still=False)
    assert end == "Nobody was short on 19 January 2024, but 1 disruption had not ended 14 days before."
    assert headlines.did_the_reserve_help(facts) == "It was not needed up to 19 January 2024."


def test_products_are_counted_in_their_own_units_and_together_in_units(facts: Facts) -> None:
    by_product = next(sheet for sheet in page_tables.by_group(facts) if sheet.name == "metrics-by-product")
    column = list(by_product.head).index("Demand")
    assert {row[0]: row[column] for row in by_product.rows} == {"glove": "190 boxes", "gown": "190 pieces"}  # 19 x 10
    assert next(row for row in page_tables.overall(facts).rows if row[0] == "Demand")[1] == "380 units"
    assert first_screen.parts(facts)["goods"] == "units"


@pytest.mark.parametrize(("second", "told"), [([3.0, 5.0], "Not more draws:"), ([3.0, 6.0], "More draws:")])
def test_more_draws_are_not_asked_for_of_options_that_are_alike(
    second: list[float], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Two:
        """What is asked of a brief's context."""

        class result:
            number, best = 2, pd.DataFrame(columns=["scenario", "measure", "strategy", "probability_best"])

            class design:
                strategies, scenarios = ("a", "b"), ("s",)

                class spec:
                    best = None

        class measure:
            name = "units_unmet"

        scenarios = ("s",)
        draws = staticmethod(lambda _: pd.DataFrame({"a": [3.0, 5.0], "b": second}))
        named = staticmethod(" and ".join)

    monkeypatch.setattr("sim.report.brief.changing.leaders", lambda *_: ["a", "b"])
    ((head, line),) = _luck(Two)  # type: ignore[arg-type]
    assert head == told and line.startswith("a and b ")
