"""What must change nothing, or change everything in step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.recorder import DAILY
from tests.property.networks import START, Spec, day, scenarios
from tests.property.running import changed, run, same

LISTS = ("lanes", "sourcing", "demand", "replenishment", "allocation", "stock", "disruptions")
MAPPINGS = ("products", "suppliers", "ports", "warehouses", "facilities", "reserves", "hazards")


@st.composite
def bans(draw: Any) -> Spec:
    """An export ban without a span."""
    ban = {"kind": "export_ban", "country": draw(st.sampled_from(["IN", "CN"]))}
    ban["at_border"] = draw(st.sampled_from(["wait", "pass", "return", "destroy"]))
    return ban | draw(st.sampled_from([{}, {"quota": "30%"}, {"products": ["p1"]}]))


def _with(spec: Spec, *disruptions: Spec) -> Spec:
    known = {site["country"] for group in ("suppliers", "facilities") for site in spec[group].values()}
    more = [d if d["country"] in known else d | {"country": spec["suppliers"]["s1"]["country"]} for d in disruptions]
    return changed(spec, disruptions=[*spec["disruptions"], *more])


@given(scenarios(hazards=3))
def test_the_same_scenario_gives_the_same_run(spec: Spec) -> None:
    one, other = run(spec), run(spec)
    pd.testing.assert_frame_equal(one.daily, other.daily)
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.ports, other.ports)


@given(scenarios(disruptions=2), bans(), st.integers(0, 20))
def test_a_ban_of_no_length_changes_nothing(spec: Spec, ban: Spec, begin: int) -> None:
    same(run(spec).daily, run(_with(spec, ban | {"from": day(begin), "until": day(begin)})).daily)


@given(scenarios(disruptions=2), bans(), st.integers(0, 12), st.integers(1, 8), st.integers(1, 8))
def test_a_ban_in_two_parts_is_one_ban(spec: Spec, ban: Spec, begin: int, first: int, second: int) -> None:
    whole = ban | {"name": "a", "from": day(begin), "until": day(begin + first + second)}
    part = ban | {"name": "a", "from": day(begin), "until": day(begin + first)}
    rest = ban | {"name": "b", "from": day(begin + first), "until": day(begin + first + second)}
    same(run(_with(spec, whole)).daily, run(_with(spec, part, rest)).daily)


@given(scenarios(exact=True), st.integers(2, 9))
def test_scaling_every_quantity_scales_every_number(spec: Spec, k: int) -> None:
    """With whole units and one source each nothing is rounded, so k times the units are k times the run."""
    one, other = run(spec).daily, run(_scaled(spec, k)).daily
    one[list(DAILY)] *= k
    same(one, other)


def _scaled(spec: Spec, k: int) -> Spec:
    """Every amount in units times k: production, handling, lanes, stocks, levels, demand and reserves."""
    big = changed(spec)
    for supplier in big["suppliers"].values():
        for makes in supplier["makes"].values():
            _times(makes, k, "capacity", "finished_stock")
    for port in big.get("ports", {}).values():
        _times(port, k, "handling")
        _times(port.get("handling_by_side", {}), k, "imports", "exports")
    for part in [*big["lanes"], *big["demand"], *big["stock"], *big["replenishment"], *big["reserves"].values()]:
        _times(part, k, "capacity", "per_day", "on_hand", "level", "size")
    return big


def _times(part: Spec, k: int, *keys: str) -> None:
    for key in keys:
        if key in part:
            part[key] *= k


@given(scenarios(hazards=3), st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(spec: Spec, chance: Any) -> None:
    shuffled = changed(spec)
    for name in LISTS:
        chance.shuffle(shuffled[name])
    for name in MAPPINGS:
        entries = list(shuffled.get(name, {}).items())
        chance.shuffle(entries)
        if entries:
            shuffled[name] = dict(entries)
    one, other = run(spec), run(shuffled)
    same(one.daily, other.daily)
    pd.testing.assert_frame_equal(one.ports, other.ports)


@given(scenarios(), st.sampled_from(["aa", "zz"]), st.booleans())
def test_an_unrelated_site_changes_no_other(spec: Spec, name: str, own_product: bool) -> None:
    """A facility with a maker and a lane of its own, named first or last, with a product of its own or a shared one."""
    product = f"{name}-product" if own_product else "p1"
    more = changed(spec)
    more["products"].setdefault(product, {"unit": "box"})
    more["suppliers"][f"{name}-maker"] = {"country": "NO", "makes": {product: {}}}
    more["facilities"][f"{name}-clinic"] = {"country": "NO"}
    more["lanes"].append({"from": f"{name}-maker", "to": f"{name}-clinic", "mode": "rail", "time": "gamma(3d, 1d)"})
    more["demand"].append({"at": f"{name}-clinic", "product": product, "per_day": 4})
    more["replenishment"].append({"at": f"{name}-clinic", "policy": "base_stock", "level": "9d"})
    if not own_product:
        more["sourcing"].append({"at": f"{name}-clinic", "from": {f"{name}-maker": "100%"}})
    daily = run(more).daily
    same(run(spec).daily, daily[~daily["site"].isin([f"{name}-maker", f"{name}-clinic"])])


@given(scenarios())
def test_an_overlong_disruption_is_cut_at_the_end(spec: Spec) -> None:
    """What happens after the last day cannot be seen: spans that reach beyond it may as well end there."""
    cut = changed(spec)
    end = dt.date.fromisoformat(spec["end"])
    for entry in cut["disruptions"]:
        begin = dt.date.fromisoformat(entry["from"])
        if "for" in entry and entry["for"].endswith("d") and begin + dt.timedelta(int(entry["for"][:-1])) > end > START:
            entry["for"] = f"{max(0, (end - begin).days) + 40}d"
    same(run(spec).daily, run(cut).daily)
