"""Seasons, hours of the day, vehicles and rounds on lanes, worked out by hand."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.model.chance.distributions import parse_times


def roads(lanes: str, clinics: str = "a", days: int = 60, per_day: int = 10, more: str = "") -> str:
    """A maker sends every clinic ten units a day."""
    sites = ", ".join(f"{name.strip()}: {{}}" for name in clinics.split(","))
    end = pd.Timestamp("2001-01-01") + pd.Timedelta(days=days)
    return f"""
end: {end.date()}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{sites}}}
lanes: [{lanes}]
demand: [{{at: facilities, product: kit, per_day: {per_day}, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: facilities, policy: base_stock, level: 900}}]
{more}
"""


def sent(run: Any, site: str = "a") -> pd.Series:
    """Units by day of departure."""
    events = run.events
    mine = events[(events["event"] == "departure") & (events["site"] == site)]
    return mine.groupby("day")["units"].sum()


def journeys(run: Any, site: str = "a") -> pd.Series:
    """Days from departure to arrival by day of departure, of all that left since the first day."""
    events = run.events[run.events["site"] == site].set_index("shipment")
    left, came = (events[events["event"] == name]["day"] for name in ("departure", "arrival"))
    came = came[came.index.isin(left.index)]
    return pd.Series((came - left[came.index]).to_numpy(), index=left[came.index].to_numpy())


def test_a_lane_is_closed_in_its_season(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 2d, season: [{from: 01-11, until: 01-21, closed: true}]}"
    run = simulate(roads(lane), detail="full")
    assert not sent(run).loc[10:19].any()
    assert sent(run)[20] == 110
    assert sent(run)[9] == 10


def test_a_lane_is_slower_in_a_season_that_passes_new_year(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 2d, season: [{from: 12-01, until: 01-11, factor: 1.5}]}"
    run = simulate(roads(lane, days=400), detail="full")
    took = journeys(run)
    year = pd.Timestamp("2001-12-01") - pd.Timestamp("2001-01-01")
    assert (took.loc[0:9] == 3).all() and (took.loc[year.days : 374] == 3).all()
    assert (took.loc[10 : year.days - 1] == 2).all() and (took.loc[375:] == 2).all()


def test_the_twin_has_the_same_seasons(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 2d, season: [{from: 01-11, until: 01-21, closed: true}]}"
    run = simulate(roads(lane), twin=True)
    assert (run.outcome.record.totals["dispatched"] == run.twin.record.totals["dispatched"]).all()


def test_nothing_sets_out_or_comes_in_outside_the_hours(simulate: Any) -> None:
    """Ready at midnight, out at 6; eight hours on the way end at 14, after the gates closed at 12: in at 8 next day."""
    lane = "{from: maker, to: a, time: 8h, departs: {from: 6h, until: 18h}, arrives: {from: 8h, until: 12h}}"
    run = simulate(roads(lane), detail="full")
    assert (sent(run).index % 1 == 0.25).all()
    assert journeys(run).to_numpy() == pytest.approx(1 + 2 / 24)


def test_hours_may_pass_midnight(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 8h, departs: {from: 20h, until: 4h}}"
    run = simulate(roads(lane), detail="full")
    assert (sent(run).index % 1 == 0).all()


CURFEW = "disruptions: [{kind: curfew, mode: road, from: 2001-01-11, for: 10d, opens: 6h, closes: 18h}%s]"


def test_under_a_curfew_vehicles_set_out_at_its_hours(simulate: Any) -> None:
    """Ready at midnight, out at 6; what is on the road goes on, so that a day's journey is a morning late."""
    run = simulate(roads("{from: maker, to: a, time: 1d}", more=CURFEW % ""), detail="full")
    assert sent(run).index.tolist() == [*range(10), *np.arange(10, 20) + 0.25, *range(20, 60)]
    assert (journeys(run) == 1).all()
    received = run.daily[run.daily["site"] == "a"].set_index("day")["received"]
    assert received.loc[9:22].tolist() == [10, 10, 0, *[10] * 9, 20, 10]


def test_a_curfew_comes_on_top_of_the_lanes_own_hours_and_of_other_curfews(simulate: Any) -> None:
    other = ", {kind: curfew, name: other, lanes: [maker > a], from: 2001-01-16, for: 15d, opens: 9h, closes: 20h}"
    lane = "{from: maker, to: a, time: 1d, departs: {from: 3h, until: 4h}}"
    out = sent(simulate(roads(lane, more=CURFEW % other), detail="full"))
    assert out.index.tolist() == pytest.approx(
        [d + (3 / 24 if d < 10 or d >= 30 else 6 / 24 if d < 15 else 9 / 24) for d in range(60)]
    )


@pytest.mark.parametrize("curfew", [False, True])
def test_who_comes_after_the_hours_of_a_full_lane_goes_in_the_room_of_the_next_day(simulate: Any, curfew: bool) -> None:
    """Ten a day come to the port at 20:00 of the day they left, the first on day 0; at 6:00 of each day eight go on."""
    hours = "" if curfew else "departs: {from: 6h, until: 18h}, "
    more = CURFEW.replace("2001-01-11, for: 10d", "2001-01-01, for: 60d") % "" if curfew else ""
    sea = "{from: maker, to: port, mode: sea, time: 20h}, "
    text = roads(sea + f"{{from: port, to: a, mode: road, time: 1h, {hours}capacity: 8}}", more=more)
    text += "\nstock: [{at: a, on_hand: 890, on_the_way: none}]"
    left = sent(simulate("ports: {port: {}}\n" + text, detail="full"))
    assert left[left.index % 1 == 0.25].to_dict() == {day + 0.25: 8 for day in range(1, 60)}
    assert left[left.index % 1 == 0].sum() == left[left.index % 1 != 0.25].sum()  # those of the maker


def test_goods_released_in_a_port_under_curfew_wait_for_the_morning(simulate: Any) -> None:
    """Released at 20:00, after 18:00: they leave at 6:00 of the next day."""
    text = roads("{from: maker, to: port, mode: sea, time: 20h}, {from: port, to: a, time: 1h}", more=CURFEW % "")
    run = simulate("ports: {port: {}}\n" + text, detail="full")
    left = run.events[(run.events["event"] == "departure") & (run.events["day"] > 11) & (run.events["day"] < 20)]
    assert set((left["day"] % 1).round(6)) == {0.0, 0.25}


def test_departures_take_whole_vehicles_while_there_are_some(simulate: Any) -> None:
    """Three vehicles of 20, three days out and back: on every third day 60 units at most, of 30 wanted a day."""
    lane = "{from: maker, to: a, time: 36h, vehicles: {carries: 20, number: 3}}"
    run = simulate(roads(lane, per_day=30), detail="full")
    # 30 take two vehicles on day 0, the third takes 20 of day 1; each is back after three days
    assert sent(run).reindex(range(9), fill_value=0).tolist() == [30, 20, 0, 40, 20, 0, 40, 20, 0]


@pytest.mark.parametrize("hours", [5, 11, 13, 24, 25, 36, 50])
def test_a_vehicle_loads_again_when_it_is_back_whatever_the_hour(hours: int, simulate: Any) -> None:
    """Out and back takes twice the way, so that trip k leaves at k * 2 * hours / 24; in 60 days those do for which
    k * 2 * hours is below 1440. There is always more than the vehicle takes: every trip is full."""
    lane = f"{{from: maker, to: a, time: {hours}h, vehicles: {{carries: 20, number: 1}}}}"
    out = sent(simulate(roads(lane, per_day=200), detail="full"))
    trips = [k * 2 * hours / 24 for k in range(-(-1440 // (2 * hours)))]
    assert out.index.tolist() == pytest.approx(trips)
    assert (out == 20).all()


def test_who_needs_no_second_trip_leaves_in_the_evening(simulate: Any) -> None:
    """13 hours, ten units a day, a vehicle for 500: it leaves with a day's order whenever it is back, an hour and more
    later each day (26 h k); the order of day 12 finds it away until midnight, and goes with that of day 13."""
    lane = "{from: maker, to: a, time: 13h, vehicles: {carries: 500, number: 1}}"
    out = sent(simulate(roads(lane, days=26), detail="full"))
    by_hand = {k * 26 / 24: 10 for k in range(12)} | {12 * 26 / 24: 20} | {13 + k * 26 / 24: 10 for k in range(1, 12)}
    assert out.index.tolist() == pytest.approx(list(by_hand))
    assert out.tolist() == list(by_hand.values())


def test_vehicles_that_come_back_together_leave_together(simulate: Any) -> None:
    """Two vehicles of 20, 18 hours: both are back after a day and a half. Of 50 a day, 40 leave on day 0 and 40 at noon
    of day 1, with what came by then; then on day 3 and so on."""
    lane = "{from: maker, to: a, time: 18h, vehicles: {carries: 20, number: 2}}"
    run = simulate(roads(lane, per_day=50, days=12), detail="full")
    assert sent(run).to_dict() == {k * 1.5: 40 for k in range(8)}
    came = run.events[(run.events["event"] == "arrival") & (run.events["day"] > 0)].groupby("day")["units"].sum()
    assert came.to_dict() == {k * 1.5 + 0.75: 40 for k in range(8) if k * 1.5 + 0.75 < 11}


def test_vehicles_wait_for_the_hours_of_the_lane(simulate: Any) -> None:
    """Out at 6:00, back after 26 hours at 8:00, too late for the morning's window: one trip every second day."""
    lane = "{from: maker, to: a, time: 13h, departs: {from: 6h, until: 7h}, vehicles: {carries: 20, number: 1}}"
    assert sent(simulate(roads(lane, per_day=30, days=20), detail="full")).index.tolist() == [
        k + 0.25 for k in range(0, 20, 2)
    ]


def test_a_full_vehicle_is_not_needed_to_leave(simulate: Any) -> None:
    lane = "{from: maker, to: a, time: 12h, vehicles: {carries: 500, number: 1}}"
    assert (sent(simulate(roads(lane), detail="full")) == 10).all()


ROUND = "{from: maker, to: [c, a, b], time: 6h, round: {every: 7d, first: 2d, next: 5h%s}}"


def test_a_round_serves_its_stops_in_turn(simulate: Any) -> None:
    run = simulate(roads(ROUND % "", "a, b, c"), detail="full")
    for site, hours in (("c", 6), ("a", 11), ("b", 16)):
        assert sent(run, site).index.tolist() == [2, 9, 16, 23, 30, 37, 44, 51, 58]
        assert journeys(run, site).to_numpy() == pytest.approx(hours / 24)
    assert (sent(run).loc[9:] == 70).all()


def test_stops_of_a_round_share_the_vehicle_and_its_delays(simulate: Any) -> None:
    text = roads((ROUND % ", carries: 100").replace("time: 6h", "time: 'gamma(6h, 3h)'"), "a, b, c")
    run = simulate(text, detail="full")
    all_ = pd.concat([sent(run, site) for site in "abc"])
    assert (all_.groupby(level=0).sum().loc[9:] == 100).all()
    took = pd.concat([journeys(run, site).rename(site) for site in "abc"], axis=1)
    assert len(took) > 7 and took["c"].nunique() > 7
    assert (took["a"] - took["c"]).to_numpy() == pytest.approx(5 / 24)
    assert pd.concat([sent(run, site) for site in "abc"], axis=1).loc[9:].isin([33, 34]).to_numpy().all()


def test_the_stops_of_a_round_reach_a_worker_process_unchanged() -> None:
    later = parse_times("gamma(6h, 3h)").after(5 / 24)
    again = pickle.loads(pickle.dumps(later))
    draws = [times.draw(np.random.default_rng(1), 5) for times in (later, again, parse_times("gamma(6h, 3h)"))]
    assert draws[0] == pytest.approx(draws[1], abs=0)
    assert draws[0] == pytest.approx(draws[2] + 5 / 24)
    assert again.mean == later.mean == pytest.approx(11 / 24)


def test_what_is_short_goes_to_those_who_can_be_sent_it_today(simulate: Any) -> None:
    """Clinic b is served every day, a once a week: on the other days b gets all that there is."""
    lanes = "{from: store, to: a, time: 1d, round: {every: 7d}}, {from: store, to: b, time: 1d}, "
    text = roads(lanes + "{from: maker, to: store, time: 1d}", "a, b")
    text = text.replace("kit: {}}}}", "kit: {capacity: 12}}}}").replace("level: 900", "level: 20")
    text = text.replace("facilities: {", "warehouses: {store: {}}\nfacilities: {", 1)
    text = text.replace("replenishment: [", "replenishment: [{at: store, policy: base_stock, level: 0}, ")
    run = simulate(text, detail="full")
    daily = run.daily[run.daily["site"] == "store"].set_index("day")
    idle = daily["on_hand"][(daily.index % 7 != 0) & (daily["owed"] > 0)]
    owed_b = sent(run, "b").reindex(idle.index, fill_value=0)
    assert (owed_b.loc[20:] > 6).all()  # more than an equal share of the twelve made


LANES = {
    "{from: maker, to: a, time: 1d, season: [{from: 02-30, until: 03-05, closed: true}]}": "day of every year",
    "{from: maker, to: a, time: 1d, season: [{from: 02-03, until: 03-05}]}": "either closed: true or a factor",
    "{from: maker, to: a, time: 1d, departs: {from: 6h, until: 30h}}": "from 0h until 24h",
    "{from: maker, to: a, time: 1d, departs: {from: 6h, until: 6h}}": "another hour",
    "{from: maker, to: a, time: 1d, capacity: 5, round: {every: 7d}}": "only one of capacity",
    "{from: maker, to: a, time: 1d, round: {every: 36h}}": "whole days",
    "{from: maker, to: a, time: 1d, vehicles: {carries: 0.5, number: 2}}": "less than one unit of 'kit'",
}


@pytest.mark.parametrize("lane", LANES)
def test_what_a_lane_cannot_be_is_told(lane: str, simulate: Any) -> None:
    with pytest.raises(Exception, match=LANES[lane]):
        simulate(roads(lane))
