"""What must change nothing, or change everything in step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.disruptions import DISRUPTIONS
from sim.engine.books.recorder import DAILY
from tests.property.choices import START, Spec, day
from tests.property.networks import scenarios, struck, together
from tests.property.running import changed, run, same
from tests.property.trouble import DISRUPTED

LISTS = ("lanes", "sourcing", "demand", "replenishment", "allocation", "stock", "disruptions")
MAPPINGS = ("products", "suppliers", "ports", "warehouses", "facilities", "reserves", "hazards")


LASTING = sorted(kind for kind in DISRUPTED if not DISRUPTIONS[kind].instant)
BEGIN_AGAIN = ("epidemic", "labour_absence", "licence_delay", "power_cut", "quality_shutdown")
"""Kinds of which two in a row are not one long one: an infection begins with few, staff stay away in waves, waits are
drawn for each disruption, a cold room is cold again once power is back, and every restart is tested anew."""


def _with(spec: Spec, *disruptions: Spec) -> Spec:
    return changed(spec, disruptions=[*spec["disruptions"], *disruptions])


@given(scenarios(hazards=3))
def test_the_same_scenario_gives_the_same_run(spec: Spec) -> None:
    one, other = run(spec), run(spec)
    pd.testing.assert_frame_equal(one.daily, other.daily)
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.ports, other.ports)


@pytest.mark.parametrize("kinds", together(LASTING, len(LASTING)), ids=", ".join)
@given(data=st.data(), begin=st.integers(0, 20), notice=st.sampled_from(["0d", "4d"]))
def test_disruptions_of_no_length_change_nothing(
    kinds: tuple[str, ...], data: st.DataObject, begin: int, notice: str
) -> None:
    spec, entries = data.draw(struck(*kinds))
    span = {"from": day(begin), "until": day(begin), "notice": notice}
    nothing = [entry | span | {"name": f"nothing of {entry['kind']}"} for entry in entries]
    same(run(spec).daily, run(_with(spec, *nothing)).daily)


@pytest.mark.parametrize("kind", sorted(set(LASTING) - set(BEGIN_AGAIN)))
@given(data=st.data(), begin=st.integers(0, 12), first=st.integers(1, 8), second=st.integers(1, 8))
def test_a_disruption_in_two_parts_is_one(kind: str, data: st.DataObject, begin: int, first: int, second: int) -> None:
    """Bans, closures, outages (with the time they take to recover), surges, delays and allocations.

    Left out is what belongs to a beginning: a ramp, a rush before it, its hour, stock that it destroys, the end that is
    expected, and sources that decide anew what to deal out when they hear of it.
    """
    spec, (entry,) = data.draw(struck(kind))
    spec.pop("rationing", None)
    entry = {key: value for key, value in entry.items() if key not in ("ramp", "rush", "after", "expected")}
    if entry.get("stock") == "destroy":
        entry["stock"] = "freeze"
    whole = entry | {"name": "a", "from": day(begin), "until": day(begin + first + second)}
    part = entry | {"name": "a", "from": day(begin), "until": day(begin + first)}
    rest = entry | {"name": "b", "from": day(begin + first), "until": day(begin + first + second)}
    same(run(_with(spec, whole)).daily, run(_with(spec, part, rest)).daily)


@given(scenarios(exact=True), st.integers(2, 9))
def test_scaling_every_quantity_scales_every_number(spec: Spec, k: int) -> None:
    """With whole units and one source each nothing is rounded, so k times the units are k times the run.

    What is on the way at the start would be: days of it are no whole ones.
    """
    keep = sorted({entry["at"] for entry in spec["replenishment"]} - set(spec["suppliers"]))
    spec = spec | {"stock": [{"at": name, "on_hand": 60, "on_the_way": "none"} for name in keep]}
    one, other = run(spec).daily, run(_scaled(spec, k)).daily
    one[list(DAILY)] *= k
    same(one, other)


LEVELS = ("level", "s", "S", "R", "Q", "max", "min", "emergency", "quantity")
"""Of replenishment policies, in units."""


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
        _times(part, k, "capacity", "cold_capacity", "per_day", "on_hand", "size", *LEVELS)
    return big


def _times(part: Spec, k: int, *keys: str) -> None:
    for key in keys:
        if isinstance(part.get(key), int):
            part[key] *= k


@pytest.mark.rule("H3", "reordering entities")
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


def _without_announcements(part: Any) -> None:
    """Have what would answer to any announcement answer to a declaration; in place."""
    for entry in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        if isinstance(entry, dict) and entry.get("trigger") == "announced":
            entry.clear()
            entry.update({"trigger": "declared", "after": "5d"})
        _without_announcements(entry)


@pytest.mark.rule("H3", "adding or removing an unrelated")
@given(scenarios(), st.sampled_from(["aa", "zz"]), st.booleans(), st.lists(st.sampled_from(range(5)), max_size=2))
def test_an_unrelated_site_changes_no_other(spec: Spec, name: str, own_product: bool, struck: list[int]) -> None:
    """A facility with a maker and a lane of its own, named first or last, with a product of its own or a shared one,
    and disruptions that strike nothing else."""
    _without_announcements(spec)
    product = f"{name}-product" if own_product else "p1"
    more = changed(spec)
    more["products"].setdefault(product, {"unit": "box"})
    more["suppliers"][f"{name}-maker"] = {"country": "NO", "makes": {product: {}}}
    more["facilities"][f"{name}-clinic"] = {"country": "NO"}
    more["lanes"].append(
        {"from": f"{name}-maker", "to": f"{name}-clinic", "mode": "rail", "time": "gamma(3d, 1d)", "cold": True}
    )
    more["demand"].append({"at": f"{name}-clinic", "product": product, "per_day": 4})
    more["replenishment"].append({"at": f"{name}-clinic", "policy": "base_stock", "level": "9d"})
    if not own_product:
        more["sourcing"].append({"at": f"{name}-clinic", "from": {f"{name}-maker": "100%"}})
    own: list[Spec] = [
        {"kind": "export_ban", "country": "NO"},
        {"kind": "site_outage", "at": f"{name}-maker"},
        {"kind": "demand_surge", "at": f"{name}-clinic", "factor": 2},
        {"kind": "lane_delay", "lanes": [f"{name}-maker > {name}-clinic"], "extra": "3d"},
        {"kind": "route_closure", "lane": f"{name}-maker > {name}-clinic"},
    ]
    more["disruptions"] += [own[k] | {"name": f"own {k}", "from": day(3), "for": "9d"} for k in dict.fromkeys(struck)]
    daily = run(more).daily
    same(run(spec).daily, daily[~daily["site"].isin([f"{name}-maker", f"{name}-clinic"])])


@given(scenarios())
def test_an_overlong_disruption_is_cut_at_the_end(spec: Spec) -> None:
    """What happens after the last day cannot be seen: spans that reach beyond it may as well end elsewhere there.

    Left out is absence of staff, whose waves divide the span and end with it.
    """
    cut = changed(spec)
    end = dt.date.fromisoformat(spec["end"])
    for entry in cut["disruptions"]:
        begin = dt.date.fromisoformat(entry["from"])
        if entry["kind"] == "labour_absence" or "for" not in entry:
            continue
        if entry["for"].endswith("d") and begin + dt.timedelta(int(entry["for"][:-1])) > end > START:
            entry["for"] = f"{max(0, (end - begin).days) + 40}d"
    same(run(spec).daily, run(cut).daily)


@given(
    st.integers(0, 99), st.integers(1, 9), st.integers(0, 90), st.integers(0, 7), st.integers(0, 20),
    st.tuples(st.integers(0, 9), st.integers(0, 15), st.integers(0, 9)),
)  # fmt: skip
def test_a_longer_ban_never_leaves_less_waiting(
    seed: int, per_day: int, level: int, lead_time: int, begin: int, lengths: tuple[int, int, int]
) -> None:
    """A theorem where orders do not depend on what was delivered and later departures arrive no earlier: base stock,
    patients who wait, one source, a certain journey. Then every delivery comes at the same time or later."""
    before, length, after = lengths
    spec: Spec = {
        "scenario": "nested", "title": "A ban within a ban", "start": day(0), "end": day(60), "seed": seed,
        "products": {"p": {"unit": "box"}}, "suppliers": {"s": {"country": "IN", "makes": {"p": {}}}},
        "facilities": {"f": {"country": "KE"}}, "lanes": [{"from": "s", "to": "f", "time": f"{lead_time}d"}],
        "demand": [{"at": "f", "product": "p", "per_day": per_day, "shortage": "backorder"}],
        "replenishment": [{"at": "f", "policy": "base_stock", "level": level}],
    }  # fmt: skip

    def backlog(first: int, over: int) -> pd.Series:
        ban = {"kind": "export_ban", "country": "IN", "from": day(first), "until": day(over)}
        return run(spec | {"disruptions": [ban]}).daily["backlog"]

    assert (backlog(begin, begin + before + length + after) >= backlog(begin + before, begin + before + length)).all()
