"""What rules that look back are shown: end demand added up, missed records, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.knowing.below import Below, _numbered
from sim.engine.run import Running
from sim.errors import ScenarioError
from sim.model.need.usual import add_up, adding_up
from tests.property.running import plan_of

SPEC: dict[str, Any] = {
    "scenario": "looks", "title": "Two stages and a material", "start": "2024-01-01", "end": "2024-02-10",
    "products": {"kit": {"unit": "kit"}, "salt": {"unit": "kg"}},
    "suppliers": {
        "maker": {"makes": {"kit": {"from": {"salt": 0.5}, "yield": "80%"}}}, "mine": {"makes": {"salt": {}}},
    },
    "warehouses": {"store": {}, "depot": {}},
    "facilities": {"a": {}, "b": {}},
    "lanes": [
        {"from": "mine", "to": "maker", "time": "2d"}, {"from": "maker", "to": ["store", "depot"], "time": "2d"},
        {"from": "store", "to": ["a", "b"], "time": "1d"}, {"from": "depot", "to": "b", "time": "1d"},
    ],
    "sourcing": [{"at": "b", "from": {"store": "25%", "depot": "75%"}}],
    "demand": [{"at": "facilities", "product": "kit", "per_day": 8, "distribution": "deterministic"}],
    "replenishment": [
        {"policy": "base_stock", "at": "facilities", "level": "4d"},
        {"policy": "forecast", "at": ["store", "depot", "maker"], "of": "end", "review": "5d",
         "forecast": {"method": "moving_average"}},
    ],
}  # fmt: skip


def test_end_demand_is_that_of_all_below_by_usual_shares_and_bills() -> None:
    """a and b need 8 each: the store 8 + 2, the depot 6, the maker 16 kits and 16 / 0.8 x 0.5 = 10 kg of salt."""
    running = Running(plan_of(SPEC), open_to_change=False)
    running.go_on(3)
    network, world = running.plan.network, running.world
    below = Below(running.plan, world.state, world.reports)
    cells = np.arange(len(network.cell_site))
    table = below.end_demand(cells, np.full(len(cells), 2), 5)
    assert np.isnan(table[:2]).all()  # before the first day
    sites, products = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
    names = zip(sites[network.cell_site], products[network.cell_product], strict=True)
    due = {"store": 10, "depot": 6, "a": 8, "b": 8}
    for place, (site, product) in enumerate(names):
        assert (table[2:, place] == (10 if product == "salt" else due.get(site, 16))).all(), (site, product)
    at = np.random.default_rng(1).uniform(0, 9, len(cells))
    flows = network.flow_buyer, network.flow_source, network.flow_share
    matrix = adding_up(network.cell_level, *flows, network.bill)
    np.testing.assert_allclose(matrix @ at, add_up(at, network.cell_level, *flows, network.bill)[1])


def test_only_what_rules_look_at_is_recorded() -> None:
    """End demand is no record of a site's own; issues are recorded alone where only they are looked at."""
    assert Running(plan_of(SPEC), open_to_change=False).world.state.records is None
    months = {"policy": "months_of_stock", "at": ["store", "depot", "maker"], "min": "5d", "max": "9d"}
    running = Running(plan_of(SPEC | {"replenishment": [SPEC["replenishment"][0], months]}), open_to_change=False)
    running.go_on(20)
    records: Any = running.world.state.records
    assert len(records._issued_before) == 20 and not records._asked_before and not records._moved_before


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("forecast: {method: amc}, of: end", "expected 'of: own' for 'amc'"),
        ("forecast: {method: moving_average}, service: 30%", "expected service from 50% to below 100%"),
        ("forecast: {method: holt_winter, season: 7d}", "did you mean 'holt_winters'?"),
        ("forecast: {method: holt_winters}", "'season' is missing"),
        ("forecast: {method: exponential_smoothing, alpha: 0%}", "alpha"),
        ("forecast: {method: moving_average, over: 90000000d}", "a duration"),
    ],
)
def test_what_cannot_be_forecast_is_refused_at_its_line(tmp_path: Path, fields: str, expected: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(f"""scenario: case
title: a case
start: 2001-01-01
end: 2001-02-01
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{a: {{}}}}
lanes: [{{from: maker, to: a, time: 2d}}]
demand: [{{at: a, product: kit, per_day: 4}}]
replenishment:
  - {{policy: forecast, at: a, {fields}}}
""")
    with pytest.raises(ScenarioError) as caught:
        sim.run(file)
    assert expected in str(caught.value) and f"{file.name}:11" in str(caught.value)


@pytest.mark.parametrize("wide", [3, 10_000])
def test_views_are_numbered_in_order_whether_they_are_looked_up_or_sorted(wide: int) -> None:
    """As np.unique does, by where each is first; columns far apart are sorted, those close together looked up."""
    luck = np.random.default_rng(7)
    for count in (1, 5, 60):
        who, column, itself = luck.integers(-1, 3, count), luck.integers(0, wide, count), luck.random(count) < 0.3
        for columns in (column, np.sort(column)):
            _, first, number = np.unique(
                np.stack([columns, who, itself]), axis=1, return_index=True, return_inverse=True
            )
            mine, at = _numbered(who, columns, itself)
            np.testing.assert_array_equal(mine, number)
            np.testing.assert_array_equal(at, first)
