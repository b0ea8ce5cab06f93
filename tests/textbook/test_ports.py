"""Queues at a port: a closure day by day, its fluid limit, and Little's law."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.cases import Case

START = dt.date(2001, 1, 1)


def harbour(days: int, closed_from: int, closed: int, journey: str = "1d", demand: str = "", stock: str = "") -> str:
    """Ten units a day to a port that handles fifteen, closed for some days from day `closed_from` (from 0)."""
    return f"""
end: {START + dt.timedelta(days)}
warm_up: 10d
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{harbour: {{country: KE, handling: 15}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: harbour, mode: sea, time: "{journey}"}}, {{from: harbour, to: clinic, time: 1d}}]
demand: [{{at: clinic, product: kit, per_day: 10, shortage: backorder, {demand or "distribution: deterministic"}}}]
{stock}
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions: [{{kind: port_closure, port: harbour, from: {START + dt.timedelta(closed_from)}, for: {closed}d}}]
"""


def import_side(run: Any) -> pd.DataFrame:
    return run.ports[run.ports["side"] == "imports"].set_index("day")


def waits(events: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(days between arrival at the port and handling, units), over the parts in which shipments were handled."""
    arrived = events[events["event"] == "port_arrival"].set_index("shipment")["day"]
    handled = events[events["event"] == "handled"]
    wait = handled["day"].to_numpy() - arrived.loc[handled["shipment"]].to_numpy()
    return wait, handled["units"].to_numpy()


@pytest.mark.case("DT8")
def test_closed_port_builds_and_drains_its_queue_day_by_day(simulate: Any, case: Case) -> None:
    run = simulate(harbour(30, closed_from=10, closed=4), detail="full")
    side = import_side(run)
    assert side["arrived"].tolist() == [10] * 30
    wait, units = waits(run.events)
    assert (wait * units).sum() == side["queue"].sum()
    empty = side.index[(side["queue"] == 0) & (side.index > 13)][0]
    case.check({
        "queue_end_of_day": side["queue"].tolist(), "handled": side["handled"].tolist(),
        "peak_queue": side["queue"].max(), "total_wait_container_days": (wait * units).sum(),
        "first_day_queue_zero_again": empty + 1, "drain_days_after_reopening": empty - 13,
    })  # fmt: skip


@pytest.mark.case("DC1")
def test_closure_approaches_the_fluid_backlog_delay_and_drain_time(simulate: Any, case: Case) -> None:
    # a day of the case is twenty days of the run, so that goods flow in twenty small parts a day of the case
    scale, closed_from = 20, 100
    run = simulate(harbour(600, closed_from, closed=4 * scale), detail="full")
    queue = import_side(run)["queue"]
    reopened = closed_from + 4 * scale
    wait, units = waits(run.events)
    delayed = wait > 0
    total, affected = (wait * units).sum(), units[delayed].sum()
    case.check({
        "backlog_at_reopening": queue.loc[reopened - 1] / scale,
        "drain_time": (queue.index[(queue == 0) & (queue.index >= reopened)][0] - reopened) / scale,
        "max_delay": wait.max() / scale,
        "total_delay_unit_time": total / scale**2,
        "affected_units": affected / scale,
        "mean_delay_of_affected": total / affected / scale,
    })  # fmt: skip


SHORT_LIFE = {"demand": "from: 2001-01-11, until: 2001-04-01", "stock": "stock: [{at: clinic, on_hand: 100}]"}


@pytest.mark.rule("DL", "for any run that starts and ends empty")
@pytest.mark.parametrize("journey", ["3d", "lognormal(9d, 4d)"])
def test_units_in_a_queue_over_time_are_the_sum_of_their_waits(journey: str, simulate: Any) -> None:
    run = simulate(harbour(250, closed_from=40, closed=6, journey=journey, **SHORT_LIFE), detail="full")
    side, events = import_side(run), run.events
    assert side["queue"].iat[0] == 0 == side["queue"].iat[-1]
    assert side["queue"].max() > 15
    sign = events["event"].map({"port_arrival": 1, "handled": -1}).fillna(0)
    length = np.cumsum(sign * events["units"]).to_numpy()  # N(t), after each event
    integral = (length[:-1] * np.diff(events["day"])).sum()
    wait, units = waits(events)
    assert (wait >= 0).all()
    assert integral == pytest.approx((wait * units).sum(), rel=1e-9)
    if journey == "3d":  # ships come at midnight, so the queue of the evening stood all day
        assert side["queue"].sum() == (wait * units).sum()


@pytest.mark.rule("DL", "for any run that starts and ends empty")
def test_units_under_way_over_time_are_the_sum_of_their_journeys(simulate: Any) -> None:
    run = simulate(harbour(250, closed_from=40, closed=6, journey="3d", **SHORT_LIFE), detail="full")
    under_way = run.daily.loc[run.daily["site"] == "clinic", "in_transit"]
    assert under_way.iat[0] == 0 == under_way.iat[-1]
    events = run.events
    left = events[events["event"] == "departure"].groupby("shipment")["day"].min()
    came = events[events["event"] == "arrival"]
    journeys = came["day"].to_numpy() - left.loc[came["shipment"]].to_numpy()
    assert under_way.sum() == (journeys * came["units"]).sum()


@pytest.mark.rule("DL", "for any run that starts and ends empty")
def test_units_under_way_are_their_rate_times_their_journey_over_a_long_time(simulate: Any) -> None:
    """L = lambda W within 1% over a window that is empty at neither end: 2,500 days, some 25,000 units."""
    days = 2_500
    journey, demand = "lognormal(9d, 4d)", "distribution: poisson"
    run = simulate(harbour(days, closed_from=900, closed=6, journey=journey, demand=demand), detail="full")
    last = days - 1.0  # the evening of the last day
    events = run.events[run.events["day"].between(0, last)]
    came = events[events["event"] == "arrival"]
    began = events[(events["event"] == "departure") & ~events["shipment"].duplicated()]
    left = began.set_index("shipment")["day"]
    whole = came[came["shipment"].isin(left.index)]
    stay = ((whole["day"] - whole["shipment"].map(left)) * whole["units"]).sum() / whole["units"].sum()
    change = pd.concat([began.set_index("day")["units"], -came.set_index("day")["units"]]).sort_index(kind="stable")
    at_end = run.daily.loc[run.daily["site"] == "clinic", "in_transit"].iat[-1]
    length = at_end - change.sum() + change.cumsum().to_numpy()  # N(t), after each event
    under_way = (length * np.diff([*change.index, last])).sum() / last
    rate = began["units"].sum() / last
    assert under_way > 50
    assert under_way == pytest.approx(rate * stay, rel=0.01)


def test_a_slow_port_goes_on_while_another_is_closed(simulate: Any) -> None:
    """Each handles a unit a day, all that its clinic needs, two days from the maker. `far` is shut from day 4 on."""
    run = simulate("""
end: 2001-01-09
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
ports: {near: {country: KE, handling: 1}, far: {country: KE, handling: 1}}
facilities: {a: {country: KE}, b: {country: KE}}
lanes:
  - {from: maker, to: near, mode: sea, time: 1d}
  - {from: near, to: a, time: 1d}
  - {from: maker, to: far, mode: sea, time: 1d}
  - {from: far, to: b, time: 1d}
demand: [{at: facilities, product: kit, per_day: 1, distribution: deterministic, shortage: backorder}]
replenishment: [{at: facilities, policy: base_stock, level: 10}]
disruptions: [{kind: port_closure, port: far, from: 2001-01-05, for: 9d}]
""")
    received = run.daily.set_index("site")["received"]
    assert received["a"].tolist() == [1] * 8
    assert received["b"].tolist() == [1] * 5 + [0] * 3  # what came to the port on day 3 is there on day 4
