"""Random networks of which figures are not known."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import Unknowns
from sim.engine.run import simulate
from sim.scenario.drawing import values_of, with_sites
from sim.scenario.load import load
from sim.study.design.fingerprint import digest
from tests.property.running import written
from tests.property.unknown import not_known

Spec = dict[str, Any]


@given(not_known(), st.lists(st.integers(0, 99), min_size=2, max_size=2))
def test_a_draw_is_the_scenario_with_its_values(spec: Spec, replications: list[int]) -> None:
    """One replication after another, of which nothing stays: the plan is that of the file with these values set."""
    certain = {key: part for key, part in spec.items() if key != "uncertain"}
    with written(spec) as path, written(certain) as other:
        unknown = Unknowns(load(path))
        for replication in (*replications, replications[0]):
            anew = with_sites(load(other, None, values_of(unknown.loaded, replication)), replication)
            assert digest(unknown.plan(replication)) == digest(compile_plan(anew))


@given(not_known(), st.integers(0, 99))
def test_units_are_conserved_whatever_is_drawn(spec: Spec, replication: int) -> None:
    """The engine looks for every unit and every lot, every day."""
    with written(spec) as path:
        plan = Unknowns(load(path)).plan(replication)
        outcome = simulate(plan, replication=replication, lot_check=1)  # raises where a unit is lost or invented
        assert all((units >= 0).all() for units in outcome.record.sums.values())


@given(not_known(), st.integers(0, 99))
def test_a_market_of_one_buyer_is_that_buyers_shares(spec: Spec, replication: int) -> None:
    """Whatever the spread; the shares of every cell add up to 1."""
    with written(spec) as path:
        loaded = with_sites(load(path), replication)
        network = compile_plan(loaded).network
    total = np.bincount(network.flow_buyer, network.flow_share, len(network.cell_site))
    assert np.allclose(total[np.unique(network.flow_buyer)], 1, rtol=0, atol=1e-6)
    names = network.sites["name"].to_numpy()
    for entry in spec["sourcing"]:
        for source, share in entry.get("market", {}).items():
            flows = (
                (names[network.cell_site[network.flow_buyer]] == entry["at"])
                & (names[network.cell_site[network.flow_source]] == source)
                & np.isin(network.cell_product[network.flow_buyer], network.product_positions(entry["products"]))
                & ~network.flow_urgent
                & (np.arange(len(network.flow_buyer)) < network.orders)
            )
            has_demand = network.cell_mean[network.flow_buyer[flows]] > 0
            assert np.allclose(network.flow_share[flows][has_demand], float(share[:-1]) / 100, rtol=0, atol=1e-9)
