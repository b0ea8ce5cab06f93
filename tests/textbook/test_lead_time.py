"""The mean lead time: journeys, ports, and what rounds and hours of the day cost, held against the journeys made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.textbook.test_road import roads

EMPTY = "stock: [{at: a, on_hand: 900}]\n"
"""Nothing is on order at first."""


def lead_time(run: Any, site: str = "a") -> float:
    """What policies are told for a site's one product."""
    network = run.outcome.plan.network
    at = network.site_names(network.cell_site).index(site)
    return float(network.cell_lead_time[at])


def waited(run: Any, site: str = "a") -> np.ndarray:
    """Days from order to arrival of every unit that was ordered and came, first come, first served."""
    events = run.events[run.events["site"] == site]
    ordered, came = (events[events["event"] == name].sort_values("day") for name in ("order", "arrival"))
    asked = np.repeat(ordered["day"].to_numpy(), ordered["units"].to_numpy())
    got = np.repeat(came["day"].to_numpy(), came["units"].to_numpy())
    count = min(len(asked), len(got))
    return np.asarray(got[:count] - asked[:count])


CERTAIN = {
    "{from: maker, to: a, time: 36h}": 1.5,
    "{from: maker, to: a, time: 6h, round: {every: 7d, first: 2d}}": 0.25 + 3,
    "{from: maker, to: a, time: 6h, round: {every: 4d}}": 0.25 + 1.5,
    "{from: maker, to: a, time: 8h, departs: {from: 6h, until: 18h}}": 0.25 + 8 / 24,
    "{from: maker, to: a, time: 8h, departs: {from: 20h, until: 4h}}": 8 / 24,
    "{from: maker, to: a, time: 8h, departs: {from: 6h, until: 18h}, arrives: {from: 8h, until: 12h}}": 1 + 8 / 24,
}


@pytest.mark.parametrize("lane", CERTAIN)
def test_where_times_are_certain_the_lead_time_is_the_mean_over_days_of_ordering(lane: str, simulate: Any) -> None:
    """A round every R days costs (R - 1)/2 days, the mean of 0, 1, ... R - 1; hours of the day cost what they cost."""
    run = simulate(roads(lane, days=2 * 28 + 20, more=EMPTY), detail="full")
    assert lead_time(run) == pytest.approx(CERTAIN[lane])
    whole = waited(run)[: 10 * 28]  # whole rounds
    assert len(whole) == 10 * 28 and whole.mean() == pytest.approx(CERTAIN[lane])


def test_stops_of_a_round_have_the_time_to_each_and_the_wait_in_common(simulate: Any) -> None:
    lane = "{from: maker, to: [c, a, b], time: 6h, round: {every: 7d, first: 2d, next: 5h}}"
    run = simulate(roads(lane, "a, b, c"))
    assert [lead_time(run, site) for site in "cab"] == pytest.approx([3.25, 3 + 11 / 24, 3 + 16 / 24])


CHANCE = {
    # closed for half a day: half of those who come wait, a quarter of a day in the mean
    "{from: maker, to: a, time: 'uniform(0d, 1d)', arrives: {from: 6h, until: 18h}}": 0.5 + 0.5 * 0.25,
    "{from: maker, to: a, time: 'gamma(2d, 1d)', arrives: {from: 8h, until: 14h}}": None,
    "{from: maker, to: a, time: 'lognormal(12h, 3h)', arrives: {from: 9h, until: 11h}}": None,
    "{from: maker, to: a, time: 'uniform(1d, 3d)', departs: {from: 5h, until: 6h}, round: {every: 2d}}": 2.5 + 5 / 24,
}


@pytest.mark.parametrize("lane", CHANCE)
def test_where_times_are_drawn_it_is_the_mean_of_the_journeys_made(lane: str, simulate: Any) -> None:
    run = simulate(roads(lane, days=4000, more=EMPTY), detail="full")
    took = waited(run)
    per_day = np.array([part.mean() for part in np.array_split(took, 40)])
    error = per_day.std(ddof=1) / len(per_day) ** 0.5
    tolerance = 4 * (error**2 + took.var() / 2048) ** 0.5  # the run's and the mean's own sample
    assert abs(took.mean() - lead_time(run)) < tolerance < 0.15
    if (exact := CHANCE[lane]) is not None:
        assert lead_time(run) == pytest.approx(exact, abs=4 * took.std() / 2048**0.5)


HARBOUR = """
end: 2001-12-30
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
ports: {harbour: {country: KE, clearance: %s}}
facilities: {a: {country: KE}}
lanes: [{from: maker, to: harbour, time: 36h}, {from: harbour, to: a, time: 6h, %s}]
demand: [{at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}]
replenishment: [{at: a, policy: base_stock, level: 900}]
"""


@pytest.mark.parametrize(
    ("clearance", "after", "lead"),
    [
        # released at noon of any day: to the midnight of the round's day, at once on the day itself: 0, 0.5, 1.5, 2.5
        ("1d", "round: {every: 4d, first: 1d}", 2.5 + (0 + 0.5 + 1.5 + 2.5) / 4 + 0.25),
        ("1d", "departs: {from: 14h, until: 15h}", 2.5 + 2 / 24 + 0.25),
        ("1d", "arrives: {from: 4h, until: 9h}", 2.5 + 0.25 + 10 / 24),
        ("'uniform(0d, 2d)'", "round: {every: 7d, first: 1d}", None),
        ("'uniform(0d, 2d)'", "departs: {from: 6h, until: 12h}", None),
    ],
)
def test_rounds_and_hours_behind_a_port_count_from_when_goods_get_there(
    clearance: str, after: str, lead: float | None, simulate: Any
) -> None:
    run = simulate(HARBOUR % (clearance, after) + EMPTY, detail="full")
    took = waited(run)[:3360]  # 336 days: whole rounds of four and seven days
    if lead is not None:
        assert lead_time(run) == pytest.approx(lead)
        assert took.mean() == pytest.approx(lead)
    else:
        error = 2 * took.std() / (len(took) / 10) ** 0.5  # units of a day come together, and days share rounds
        assert abs(took.mean() - lead_time(run)) < 2 * error < 1


ROUND = "{from: maker, to: a, time: 2d, round: {every: 5d, first: 2d}}"


@pytest.mark.parametrize("warm_up", [0, 1, 2, 3, 4])
def test_a_steady_start_has_orders_waiting_for_the_round(warm_up: int, simulate: Any) -> None:
    """With ten a day and a base stock, the opening days are those of any later round; nothing settles first."""
    run = simulate(roads(ROUND, days=60, more=f"warm_up: {warm_up}d"))
    daily = run.daily.set_index("day")
    daily = daily[daily["site"] == "a"]
    stock = daily["on_hand"].to_numpy()
    assert (stock[:50] == stock[5:55]).all()
    assert (daily["ordered"] == 10).all()
    assert run.outcome.plan.network.cell_lead_time.max() == 2 + 2


def test_a_store_has_in_stock_what_the_next_round_will_take(simulate: Any) -> None:
    lanes = "{from: store, to: a, time: 1d, round: {every: 5d}}, {from: maker, to: store, time: 3d}"
    text = roads(lanes, days=60).replace("facilities: {", "warehouses: {store: {}}\nfacilities: {", 1)
    text = text.replace("replenishment: [", "replenishment: [{at: store, policy: base_stock, level: 50}, ")
    daily = simulate(text).daily.set_index(["site", "day"])
    for site in ("store", "a"):
        stock = daily["on_hand"].loc[site].to_numpy()
        assert (stock[:50] == stock[5:55]).all()
    assert not daily["unmet"].any()


POLICIES = {
    "policy: base_stock, level: 40": 40,
    "policy: s_S, s: 10, S: 40": 40,
    "policy: R_nQ, R: 30, Q: 10": 40,
    "policy: max_min, max: 40": 40,
}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_level_on_top_of_the_lead_time_has_its_demand_added(policy: str, simulate: Any) -> None:
    """Two days on the way and two for the round, ten a day: forty units more."""
    text = roads(ROUND).replace("policy: base_stock, level: 900", policy + ", plus_lead_time: true")
    (rule,) = simulate(text).outcome.plan.replenishment
    assert rule.rule.target.tolist() == [POLICIES[policy] + 40]
    (plain,) = simulate(text.replace(", plus_lead_time: true", "")).outcome.plan.replenishment
    assert plain.rule.target.tolist() == [POLICIES[policy]]


def test_the_lead_time_does_not_change_with_the_seed(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 'gamma(2d, 1d)', arrives: {from: 8h, until: 14h}}"
    assert lead_time(simulate(roads(lane))) == lead_time(simulate(roads(lane, more="seed: 9")))


def test_the_wait_for_stock_that_a_schedule_needs_is_served(simulate: Any) -> None:
    """Base stock for lead time and the round's gap: nobody goes short, where one without the wait does."""
    base = roads(ROUND, days=200).replace("level: 900", "level: %s, plus_lead_time: true")
    short = [pd.Series(simulate(base % level).daily["unmet"]).sum() for level in (30, 0)]
    assert short[0] == 0 < short[1]


MAKING = {
    "": 0,
    "capacity: 1000000": 1,
    "capacity: 1000000, takes: 5d": 6,
    "capacity: 1000000, takes: 5d, testing: 3d": 9,
    "testing: 3d": 4,
    "takes: 36h": 3,
    "takes: 2d, yield: 50%": 3,
    "capacity: 20, finished_stock: 5": 0.5,
    "capacity: 20, takes: 5d, finished_stock: 3d": 3,
    "capacity: 20, takes: 5d, finished_stock: 6d": 0,
    "capacity: 20, finished_stock: 1d": 0,
}
"""What making adds to the day on the road: the day of making ahead and whole days, less those that the stock lasts."""


@pytest.mark.parametrize("lane", ["time: 1d", "time: 1d, round: {every: 5d, first: 2d}"])
@pytest.mark.parametrize("makes", MAKING)
def test_base_stock_for_the_lead_time_serves_all_from_the_first_day(makes: str, lane: str, simulate: Any) -> None:
    """Ten a day for certain. With rounds, 20 more for days before the next and 20 for the wait in the mean; every day
    is like the same day of a later round."""
    schedule = 2 if "round" in lane else 0
    text = roads(f"{{from: maker, to: a, {lane}}}", days=60).replace("kit: {}}", f"kit: {{{makes}}}}}")
    text = text.replace("level: 900", f"level: {20 if schedule else 0}, plus_lead_time: true")
    run = simulate(text)
    daily = run.daily[run.daily["site"] == "a"].set_index("day")
    assert lead_time(run) == pytest.approx(1 + schedule + MAKING[makes])
    assert (daily["ordered"] == 10).all() and not daily["unmet"].any()
    stock = daily["on_hand"].to_numpy()
    assert (stock[:50] == stock[5:55]).all()


def test_a_maker_that_begins_empty_has_no_orders_open(simulate: Any) -> None:
    """The clinic then has the 60 in stock that would be in the making, and uses them up while the first are made."""
    text = roads("{from: maker, to: a, time: 1d}").replace("kit: {}}", "kit: {takes: 5d, at_start: empty}}")
    daily = simulate(text.replace("level: 900", "level: 0, plus_lead_time: true")).daily
    maker, clinic = (daily[daily["site"] == site].set_index("day") for site in ("maker", "a"))
    assert maker["in_process"].loc[0] == 0 and not clinic["unmet"].any()
    assert clinic["on_hand"].loc[:7].tolist() == [60, 50, 40, 30, 20, 10, 0, 0]


STAGES = """
end: 2001-03-01
products: {api: {unit: kg}, pack: {unit: pack}}
suppliers: {maker: {makes: {api: {takes: 4d%s}, pack: {from: {api: 2}, takes: 2d}}}}
facilities: {a: {}}
lanes: [{from: maker, to: a, time: 1d}]
demand: [{at: a, product: pack, per_day: 10, distribution: deterministic}]
replenishment: [{at: a, policy: base_stock, level: 0, plus_lead_time: true}]
"""


@pytest.mark.parametrize(("stock", "lead"), [("", 8), (", finished_stock: 4d", 4), (", finished_stock: 1d", 7)])
def test_stages_of_a_plant_add_what_they_keep_no_stock_for(stock: str, lead: float, simulate: Any) -> None:
    """A day on the road, one of making ahead, two for packs, and four for the ingredient less what its stock lasts."""
    run = simulate(STAGES % stock)
    assert lead_time(run) == pytest.approx(lead)
    daily = run.daily[(run.daily["site"] == "a") & (run.daily["product"] == "pack")]
    assert not daily["unmet"].any() and (daily["ordered"] == 10).all()


def test_making_times_that_are_drawn_count_with_their_mean_in_whole_days(simulate: Any) -> None:
    """Between two and four days, as likely each: three or four mornings, and the day of making ahead."""
    text = roads("{from: maker, to: a, time: 1d}", days=2000, more=EMPTY)
    run = simulate(text.replace("kit: {}}", "kit: {takes: 'uniform(2d, 4d)'}}"), detail="full")
    took = waited(run)
    assert lead_time(run) == pytest.approx(1 + 1 + 3.5, abs=4 * 0.5 / 2048**0.5)
    # first come, first served: who is overtaken by a quicker batch gets its goods, so the mean stays
    assert took.mean() == pytest.approx(5.5, abs=4 * 0.5 / 2000**0.5 + 4 * 0.5 / 2048**0.5)
