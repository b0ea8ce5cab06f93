"""Situations small enough to work out by hand, each about one rule that is easily got wrong. Days count from 0."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

START = dt.date(2001, 1, 1)


def day(number: int) -> str:
    return (START + dt.timedelta(number)).isoformat()


def at(run: Any, name: str, column: str) -> list[int]:
    """A site's figures by day."""
    return run.daily.loc[run.daily["site"] == name, column].tolist()


def direct(days: int, more: str = "", time: str = "2d", lane: str = "", demand: str = "", level: int = 60) -> str:
    """One clinic that needs ten a day and a maker in another country."""
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: clinic, time: {time} {lane}}}]
demand: [{{at: clinic, product: kit, {demand or "per_day: 10, distribution: deterministic"}, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: {level}}}]
{more}
"""


def shared(stock: int, rule: str, wants: dict[str, int], days: int = 1, lanes: str = "", store: str = "") -> str:
    """Clinics of priority 1, 2, ... that order once what they want, of a store with some stock."""
    sites = ", ".join(f"{name}: {{priority: {k}}}" for k, name in enumerate(wants, 1))
    levels = "\n".join(f"  - {{at: {name}, policy: base_stock, level: {units}}}" for name, units in wants.items())
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{{sites}}}
lanes:
  - {{from: maker, to: store, time: 9d}}
{lanes or "  - {from: store, to: facilities, time: 1d}"}
demand: [{{at: facilities, product: kit, per_day: 1, from: {day(days)}}}]
stock: [{{at: store, on_hand: {stock}}}, {{at: facilities, on_hand: 0}}]
allocation: [{{at: store, {rule}}}]
replenishment:
  - {{at: store, policy: base_stock, level: 0}}
{levels}
"""


# sharing


def test_a_critical_level_is_kept_for_the_first_group_even_if_there_is_enough_for_today(simulate: Any) -> None:
    run = simulate(shared(20, "rule: priority_tiers, critical: 15", {"city": 0, "village": 10}))
    assert at(run, "village", "in_transit") == [5]
    assert at(run, "store", "on_hand") == [15]
    run = simulate(shared(20, "rule: priority_tiers, critical: 15", {"city": 12, "village": 10}))
    assert (at(run, "city", "in_transit"), at(run, "village", "in_transit")) == ([12], [0])


def test_a_tie_of_rounding_goes_to_the_site_named_first(simulate: Any) -> None:
    run = simulate(shared(7, "rule: proportional", {"b": 4, "a": 4, "c": 4}))
    assert [at(run, name, "in_transit") for name in "abc"] == [[3], [2], [2]]


def test_stock_is_not_idle_behind_an_order_that_its_lane_cannot_carry(simulate: Any) -> None:
    lanes = "  - {from: store, to: a, time: 1d, capacity: 8}\n  - {from: store, to: b, time: 1d}"
    run = simulate(shared(100, "rule: proportional", {"a": 100, "b": 100}, lanes=lanes))
    # 8 of a's 100 can travel; 100 are to be shared among 8 and 100: 7.4 and 92.6
    assert [at(run, name, "in_transit") for name in "ab"] == [[7], [93]]


# lanes and ports


def test_a_lane_is_shared_by_all_that_leave_on_it_whatever_their_names(simulate: Any) -> None:
    """Loads of 120 kits, 60 vials and 20 masks of size 3 make 240 for a lane that takes 120: half of each."""
    text = f"""
end: {day(1)}
products: {{kit: {{unit: kit}}, vial: {{unit: vial}}, mask: {{unit: box, size: 3}}}}
suppliers: {{maker: {{makes: {{kit: {{}}, vial: {{}}, mask: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, time: 1d, capacity: 120}}]
demand: [{{at: clinic, product: kit, per_day: 120, distribution: deterministic, shortage: backorder}},
         {{at: clinic, product: vial, per_day: 60, distribution: deterministic, shortage: backorder}},
         {{at: clinic, product: mask, per_day: 20, distribution: deterministic, shortage: backorder}}]
stock: [{{at: clinic, on_hand: 0}}]
replenishment: [{{at: clinic, policy: base_stock, level: 0}}]
"""
    run = simulate(text)
    sent = run.daily[(run.daily["site"] == "maker") & (run.daily["day"] == 0)].set_index("product")["dispatched"]
    assert sent.to_dict() == {"kit": 60, "vial": 30, "mask": 10}


def test_a_lane_that_carries_half_a_unit_a_day_carries_one_every_other_day(simulate: Any) -> None:
    run = simulate(direct(40, lane=", capacity: 0.5"))
    assert sum(at(run, "maker", "dispatched")) == 20
    run = simulate(direct(40, lane=", capacity: 7.5"))
    assert sum(at(run, "maker", "dispatched")) == 300


def test_a_unit_larger_than_a_days_capacity_passes_on_the_day_its_room_is_complete(simulate: Any) -> None:
    text = direct(40, lane=", capacity: 1").replace("unit: kit", "unit: kit, size: 2.5")
    assert sum(at(simulate(text), "maker", "dispatched")) == 16
    harbour = f"""
end: {day(40)}
products: {{kit: {{unit: kit, size: 2.5}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{harbour: {{country: KE, handling: 1}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: harbour, mode: sea, time: 1d}}, {{from: harbour, to: clinic, time: 1d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
stock: [{{at: clinic, on_hand: 0}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
"""
    run = simulate(harbour)
    # the first ships come on day 1, so 39 days of handling; the unit that is complete on day 39 is still on the road
    assert sum(at(run, "clinic", "received")) == 38 // 2.5
    imports = run.ports[run.ports["side"] == "imports"]
    assert imports["handled"].sum() == 39 // 2.5 * 2.5


def test_a_journey_of_a_day_and_a_half_serves_the_second_day(simulate: Any) -> None:
    half = simulate(direct(20, time="36h", more="stock: [{at: clinic, on_hand: 40, on_the_way: steady}]"))
    assert at(half, "clinic", "on_hand") == [40] * 20
    assert at(half, "clinic", "received") == [10] * 20
    at_once = simulate(direct(20, time="0d", more="stock: [{at: clinic, on_hand: 50, on_the_way: steady}]"))
    assert at(at_once, "clinic", "on_hand") == [50] * 20


def test_ships_before_a_closed_passage_wait_and_those_past_it_go_on(simulate: Any) -> None:
    sea = ", mode: sea, passages: {suez: 30%}, detour: {suez: 9d}"
    closed = f"disruptions: [{{kind: route_closure, passage: suez, from: {day(5)}, until: {day(12)}, diverts: 0%}}]"
    run = simulate(direct(30, time="10d", lane=sea, level=110, more=closed))
    # three days to the passage, seven behind it: the ship of day 1 passes on day 4; those that would pass on days
    # 5 to 11 (of days 2 to 8) wait and pass on day 12 with the ship of day 9; all eight arrive on day 19
    received = [10] * 12 + [0] * 7 + [80] + [10] * 10
    assert at(run, "clinic", "received") == received


def test_a_port_that_opens_at_midnight_uses_nothing_of_the_day_before(simulate: Any) -> None:
    run = simulate(f"""
end: {day(20)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{harbour: {{country: KE, handling: 15}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: harbour, mode: sea, time: 3d}}, {{from: harbour, to: clinic, time: 1d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions: [{{kind: port_closure, port: harbour, side: imports, from: {day(5)}, until: {day(9)}}}]
""")
    imports = run.ports[run.ports["side"] == "imports"]
    assert imports["handled"].tolist() == [10] * 5 + [0] * 4 + [15] * 8 + [10] * 3


def test_goods_at_the_border_wait_for_the_end_of_a_ban(simulate: Any) -> None:
    run = simulate(f"""
end: {day(20)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{quay: {{country: IN}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: quay, time: 1d}}, {{from: quay, to: clinic, mode: sea, time: 3d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions: [{{kind: export_ban, country: IN, from: {day(5)}, until: {day(9)}}}]
""")
    # what left the maker on day 4 is at the quay on day 5 and crosses on day 9; what was ordered on days 5 to 8 waits
    # at the maker, leaves with day 9's and crosses on day 10
    assert at(run, "clinic", "received") == [10] * 8 + [0] * 4 + [10, 50] + [10] * 6


# makers


def test_a_maker_ships_finished_stock_and_then_what_its_capacity_allows(simulate: Any) -> None:
    text = direct(8).replace("kit: {}}}}", "kit: {capacity: 6, finished_stock: 20}}}}")
    run = simulate(text)
    # the order of an evening is shipped from finished stock at once; next morning at most six are made up
    assert at(run, "maker", "dispatched") == [10, 10, 10, 8, 6, 6, 6, 6]
    assert at(run, "maker", "produced") == [0, 6, 6, 6, 6, 6, 6, 6]
    assert at(run, "maker", "on_hand") == [10, 6, 2, 0, 0, 0, 0, 0]


def test_an_outage_of_two_halves_is_one_outage(simulate: Any) -> None:
    def made(*spans: tuple[int, int], capacity: str) -> list[int]:
        text = direct(60).replace("kit: {}}}}", "kit: {capacity: 10}}, ramp_up: 8d}}")
        outages = ", ".join(
            f"{{kind: site_outage, name: n{k}, at: maker, from: {day(a)}, until: {day(b)}, capacity: {capacity}}}"
            for k, (a, b) in enumerate(spans)
        )
        return at(simulate(text + f"disruptions: [{outages}]"), "maker", "produced")

    for capacity in ("0%", "40%"):
        assert made((5, 15), capacity=capacity) == made((5, 11), (11, 15), capacity=capacity)


def test_an_allowance_not_taken_up_is_void_once_there_is_no_limit(simulate: Any) -> None:
    limits = ", ".join(
        f"{{kind: supplier_allocation, name: n{k}, supplier: maker, from: {day(a)}, until: {day(b)}, share: 50%}}"
        for k, (a, b) in enumerate([(0, 10), (50, 60)])
    )
    text = direct(60, more=f"stock: [{{at: clinic, on_hand: 1000}}]\ndisruptions: [{limits}]", level=600)
    run = simulate(text.replace("level: 600", "level: 600, review: 50d"))
    sent = at(run, "maker", "dispatched")
    assert sent[:50] == [0] * 50
    assert sent[50:] == [5] * 10  # on day 50, 110 are ordered; five a day may leave


# demand


@pytest.mark.parametrize(("per_day", "factor", "total"), [(0.5, 1.5, 30), (0.5, 0.5, 10), (0.25, 3, 30), (3, 1.5, 180)])
def test_a_surge_of_certain_demand_adds_its_share_in_the_long_run(
    per_day: float, factor: float, total: int, simulate: Any
) -> None:
    surge = f"disruptions: [{{kind: demand_surge, at: clinic, from: {day(0)}, for: 40d, factor: {factor}}}]"
    run = simulate(direct(40, more=surge, demand=f"per_day: {per_day}, distribution: deterministic"))
    assert sum(at(run, "clinic", "demand")) == total


def test_a_season_has_its_peak_on_its_day_and_its_mean_over_the_year(simulate: Any) -> None:
    season = "per_day: 100, distribution: deterministic, season: {peak: 07-15, amplitude: 50%}"
    run = simulate(direct(366, demand=season) + "warm_up: 20d")
    demand = pd.Series(at(run, "clinic", "demand"))
    peak = (dt.date(2001, 7, 15) - START).days
    assert demand.max() == 150 and abs(demand[demand == 150].index.to_numpy() - peak).max() <= 11
    assert demand.min() == 50
    assert demand[:365].sum() == pytest.approx(36_500, abs=100)


def test_patience_runs_out_for_each_product_by_itself(simulate: Any) -> None:
    run = simulate(f"""
end: {day(8)}
products: {{p: {{unit: box}}, q: {{unit: box}}, r: {{unit: box}}, s: {{unit: box}}}}
suppliers: {{maker: {{makes: {{p: {{}}, q: {{}}, r: {{}}, s: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, time: 5d}}]
demand:
  - {{at: clinic, product: p, per_day: 3, distribution: deterministic, shortage: backorder, patience: 2d}}
  - {{at: clinic, product: q, per_day: 3, distribution: deterministic, shortage: backorder, patience: 4d}}
  - {{at: clinic, product: r, per_day: 3, distribution: deterministic, shortage: backorder}}
  - {{at: clinic, product: s, per_day: 3, distribution: deterministic}}
stock: [{{at: clinic, on_hand: 0}}]
replenishment: [{{at: clinic, policy: base_stock, level: 4}}]
""")
    table = run.daily[run.daily["site"] == "clinic"].pivot(index="day", columns="product")
    # four arrive on day 5 (ordered on day 0 to stand at 4: 4 + the three that wait)
    assert table["received"]["p"].tolist()[:6] == [0, 0, 0, 0, 0, 7]
    assert table["lost"]["p"].tolist() == [0, 0, 3, 3, 3, 0, 0, 0]
    assert table["lost"]["q"].tolist()[:5] == [0, 0, 0, 0, 3]
    assert table["backlog"]["p"].tolist()[:5] == [3, 6, 6, 6, 6]
    assert table["backlog"]["r"].tolist()[:5] == [3, 6, 9, 12, 15]
    assert table["lost"]["s"].tolist()[:5] == [3] * 5


# reviews, reserves, and what happens on the same day


def test_the_first_review_is_not_before_its_day(simulate: Any) -> None:
    text = direct(30, time="1d").replace("level: 60", "level: 60, review: 7d, first_review: 10d")
    ordered = at(simulate(text), "clinic", "ordered")
    assert [k for k, units in enumerate(ordered) if units] == [10, 17, 24]


def test_a_ring_fenced_reserve_is_in_nobodys_position(simulate: Any) -> None:
    reserve = """reserves:
  own: {held_at: clinic, size: 100, members: clinic, release: {when: {trigger: declared, after: 300d}}}"""
    for column in ("ordered", "on_hand", "received"):
        assert at(simulate(direct(30, more=reserve)), "clinic", column) == at(simulate(direct(30)), "clinic", column)
    assert at(simulate(direct(30, more=reserve)), "clinic", "reserve") == [100] * 30


def test_stock_is_struck_before_the_days_goods_arrive_and_demand_is_served(simulate: Any) -> None:
    more = f"""disruptions:
  - {{kind: stock_loss, at: clinic, from: {day(5)}, share: 50%}}
  - {{kind: demand_surge, at: clinic, from: {day(5)}, for: 1d, factor: 3}}
  - {{kind: export_ban, country: IN, from: {day(5)}, for: 1d}}"""
    run = simulate(direct(9, more=more))
    # 40 in the evening of day 4; 20 are lost, 10 arrive, 30 are asked for
    assert at(run, "clinic", "on_hand")[4:6] == [40, 0]
    assert at(run, "clinic", "destroyed")[5] == 20
    assert at(run, "clinic", "ordered")[5] == 50
    assert at(run, "maker", "dispatched")[4:8] == [10, 0, 60, 10]


def test_a_ban_that_is_announced_and_never_comes_opens_no_reserve(simulate: Any) -> None:
    more = f"""disruptions: [{{kind: export_ban, country: IN, from: {day(9)}, until: {day(9)}, notice: 4d, rush: 2}}]
reserves: {{own: {{held_at: clinic, size: 100, members: clinic, release: {{when: {{trigger: announced}}}}}}}}"""
    run = simulate(direct(20, more=more, demand="per_day: 12, distribution: deterministic"))
    assert at(run, "clinic", "reserve") == [100] * 20


def test_warm_up_days_are_days_that_are_not_counted(simulate: Any) -> None:
    ban = "disruptions: [{kind: export_ban, country: IN, from: %s, for: 12d}]"
    long = simulate(direct(40, more=ban % day(8)))
    warm = simulate(direct(40, more=ban % day(8) + "\nwarm_up: 10d"), overrides={"start": day(10)})
    counted = long.daily[long.daily["day"] >= 10].drop(columns="day").reset_index(drop=True)
    pd.testing.assert_frame_equal(counted, warm.daily.drop(columns="day"))
    assert warm.metrics["units_unmet"].value == counted["unmet"].sum() > 0
