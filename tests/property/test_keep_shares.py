"""Who keeps to its shares (`keep_shares`) orders by them whatever happens; in untroubled times all others do, too."""

from __future__ import annotations

import copy

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import simulate
from tests.property.choices import Spec
from tests.property.networks import scenarios
from tests.property.running import plan_of, run, same


def bound(spec: Spec) -> Spec:
    """The scenario in which all keep to their shares."""
    spec = copy.deepcopy(spec)
    for entry in spec["sourcing"]:
        for key in ("notices_after", "rebook_after", "rule"):
            entry.pop(key, None)
        entry["keep_shares"] = True
    return spec


@given(scenarios(disruptions=5))
def test_who_keeps_to_shares_orders_by_them_whatever_happens(spec: Spec) -> None:
    """Of all orders of a cell each source gets its share, but for what is less than a unit, and for urgent ways."""
    for entry in (spec := bound(spec))["sourcing"]:
        entry.pop("urgent", None)
    spec["disruptions"] = [d for d in spec["disruptions"] if d["kind"] != "extra_orders"]
    plan = plan_of(spec)
    network, journal = plan.network, simulate(plan, detail="full").journal
    told = journal[journal["event"] == "order"]
    asked = told.groupby(["site", "product", "other"])["units"].sum()
    sites, products = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
    some = slice(0, network.orders)  # on others goods are given
    buyers, sources = network.flow_buyer[some], network.flow_source[some]
    names = [
        (sites[network.cell_site[buyer]], products[network.cell_product[buyer]], sites[network.cell_site[source]])
        for buyer, source in zip(buyers, sources, strict=True)
    ]
    units = np.array([asked.get(name, 0) for name in names])
    orders = np.bincount(buyers, units, len(network.cell_site))[buyers]
    assert (abs(units - network.flow_share[some] * orders) < 1 + 1e-6).all()


@given(scenarios(disruptions=0), st.sampled_from(["1d", "999d"]))
def test_without_trouble_nobody_turns_elsewhere_before_he_has_noticed_that_less_is_sent(
    spec: Spec, notices: str
) -> None:
    """Who would notice after 999 days keeps to his shares whatever is owed; who would after one, where nothing is."""
    spec = copy.deepcopy(spec)
    spec.pop("warm_up", None)  # its days are not in the table
    spec["disruptions"] = []  # members of a pool may defect
    spec.pop("rationing", None)  # what makers deal out is told
    for lane in spec["lanes"]:
        lane.pop("season", None)  # so is this
    free = copy.deepcopy(spec)
    for entry in free["sourcing"]:
        entry.pop("keep_shares", None)
        entry.pop("rule", None)
        entry["notices_after"] = notices
    done = run(free)
    if notices == "999d" or not (done.daily["owed"] > 0).any():
        same(done.daily, run(bound(spec)).daily)
