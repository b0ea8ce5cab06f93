"""Convoys: the queue and its drain in closed form, each vessel's wait, Little's law, and vessels counted one by one."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine.moving.convoys import ConvoyQueue, mean_wait
from sim.model.network import Convoys
from tests.textbook.test_passages import strait, waits


def convoyed(convoys: str, disruptions: str = "", days: int = 60) -> str:
    """Ten units a day on a voyage of ten days; the passage is reached at midnight after five."""
    return strait(disruptions, days) + f"passages: {{suez: {{convoys: {{all: {{{convoys}}}}}}}}}\n"


def took(run: Any) -> pd.Series:
    """Days from departure to arrival by day of departure."""
    events = run.events.set_index("shipment")
    left, came = (events[events["event"] == name]["day"] for name in ("departure", "arrival"))
    here = came.index.intersection(left.index)
    return pd.Series((came[here] - left[here]).to_numpy(), index=left[here].to_numpy()).sort_index()


CLOSED = "{kind: passage_queue, passage: suez, from: 2001-01-21, for: %dd%s}"


@pytest.mark.parametrize(("closed", "come", "room"), [(6, 50, 80), (3, 10, 25), (9, 40, 50), (1, 30, 61)])
def test_the_queue_drains_convoy_by_convoy(closed: int, come: int, room: int, simulate: Any) -> None:
    """One convoy at noon. Half a day's vessels wait at midnight; k closed days leave k a more, and each convoy takes
    c - a of these, so that ceil(k a / (c - a)) convoys after the opening all is as before."""
    run = simulate(convoyed(f"traffic: {come}, ships: {room}, at: [12h]", CLOSED % (closed, ""), days=120))
    table = run.passages.set_index("day")
    usual, opens = come / 2, 20 + closed
    convoys = math.ceil(closed * come / (room - come))
    assert table["queue"].loc[20 : opens - 1].tolist() == pytest.approx([usual + come * (k + 1) for k in range(closed)])
    over = [closed * come - (n + 1) * (room - come) for n in range(convoys - 1)]
    assert min(over, default=1) > 0
    assert table["queue"].loc[opens : opens + convoys - 2].tolist() == pytest.approx([usual + x for x in over])
    assert table["queue"].loc[opens + convoys - 1 :].tolist() == pytest.approx([usual] * (120 - opens - convoys + 1))
    assert table["passed"].loc[20 : opens - 1].tolist() == [0] * closed
    assert table["passed"].loc[opens : opens + convoys - 2].tolist() == pytest.approx([room] * (convoys - 1))


def test_vessels_go_with_the_first_convoy_that_has_room(simulate: Any) -> None:
    """Closed for six days, 50 a day, room for 80: who comes at the k-th midnight of it has 25 + 50 k before it."""
    run = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", CLOSED % (6, "")), detail="full")
    wait = took(run) - 10  # reached on day of departure + 5
    assert (wait.loc[:14] == 0.5).all()
    by_hand = [26.5 + math.ceil((25 + 50 * k) / 80) - 1 - (20 + k) for k in range(7)]
    assert wait.loc[15:21].tolist() == pytest.approx(by_hand)
    assert (wait.loc[33:] == 0.5).all()  # the tenth convoy after the opening takes the last, on day 35


def test_only_those_who_miss_their_convoy_are_told_as_held(simulate: Any) -> None:
    run = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", CLOSED % (6, "")), detail="full")
    told = waits(run)
    assert told.index.min() == 20 and told.index.max() < 36 and (told > 0.5).all()


@pytest.mark.parametrize(
    ("schedule", "wait"),
    [
        ("at: [0h]", [0, 0, 0]),
        ("at: [18h, 6h]", [0.25, 0.25, 0.25]),
        ("at: [36h], every: 3d", [1.5, 0.5, 2.5]),
        ("at: [2h], limit: 5h", [1 + 2 / 24] * 3),
        ("at: [2h, 40h], every: 3d, limit: 3h", [40 / 24, 16 / 24, 1 + 2 / 24]),
    ],
)
def test_convoys_leave_several_times_a_day_or_every_few_days(schedule: str, wait: list[float], simulate: Any) -> None:
    """The passage is reached at midnight on days 0, 1, 2 of a period of three."""
    run = simulate(convoyed(f"traffic: 10, ships: 500, {schedule}"), detail="full")
    for day, expected in enumerate(wait):
        mine = took(run)
        mine = mine[(mine.index + 5) % 3 == day]
        assert len(mine) > 10 and mine.to_numpy() == pytest.approx(10 + expected)


def test_the_wait_for_an_ordinary_convoy_is_in_the_lead_time(simulate: Any) -> None:
    run = simulate(convoyed("traffic: 10, ships: 500, at: [2h], limit: 5h"))
    assert run.outcome.plan.network.routes.lead_time == pytest.approx(10 + 0.5 + 5 / 24)


def test_part_of_the_traffic_may_pass_in_smaller_convoys(simulate: Any) -> None:
    table = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", CLOSED % (6, ", passes: 40%"))).passages.set_index(
        "day"
    )
    assert table["passed"].loc[20:25].tolist() == pytest.approx([20] * 6)
    assert table["queue"].loc[25] == pytest.approx(25 + 6 * 30)


def test_a_closed_route_stops_the_convoys_too(simulate: Any) -> None:
    shut = "{kind: route_closure, passage: suez, from: 2001-01-21, for: 6d, rest: wait, diverts: %s}"
    one = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", shut % "0%"), detail="full")
    other = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", CLOSED % (6, "")), detail="full")
    assert one.passages.equals(other.passages)
    assert took(one).equals(took(other))
    away = simulate(convoyed("traffic: 50, ships: 80, at: [12h]", shut % "100%"), detail="full")
    # a detour of nine days for those before the passage when it closes, those that come that midnight included
    assert took(away).loc[15:25].tolist() == pytest.approx([19.0] * 11)


TWO_WAYS = """
end: 2001-03-02
products: {kit: {unit: kit}, set: {unit: set}}
suppliers: {north: {makes: {kit: {}}}, south: {makes: {set: {}}}}
facilities: {cairo: {}, rome: {}}
lanes:
  - {from: north, to: cairo, mode: sea, time: 10d, passages: {suez: 50%}, detour: {suez: 9d}}
  - {from: south, to: rome, mode: sea, time: 10d, passages: {suez: 50%}, detour: {suez: 9d}}
demand:
  - {at: cairo, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}
  - {at: rome, product: set, per_day: 10, distribution: deterministic, shortage: backorder}
replenishment: [{at: facilities, policy: base_stock, level: 900}]
passages:
  suez:
    convoys:
      southbound: {traffic: 20, ships: 30, at: [6h], lanes: [north > cairo]}
      northbound: {traffic: 30, ships: 60, at: [12h], lanes: [south > rome]}
"""


def test_directions_have_convoys_of_their_own_and_close_together_or_alone(simulate: Any) -> None:
    closed = "disruptions: [{kind: passage_queue, passage: %s, from: 2001-01-21, for: 6d}]"
    both = simulate(TWO_WAYS + closed % "suez", detail="full")
    queue = both.passages.pivot(index="day", columns="passage", values="queue")
    assert queue["suez southbound"].loc[[19, 25]].tolist() == pytest.approx([15, 15 + 120])
    assert queue["suez northbound"].loc[[19, 25]].tolist() == pytest.approx([15, 15 + 180])
    one = simulate(TWO_WAYS + closed % "suez northbound", detail="full")
    queue = one.passages.pivot(index="day", columns="passage", values="queue")
    assert queue["suez southbound"].max() == pytest.approx(15)
    assert queue["suez northbound"].loc[25] == pytest.approx(15 + 180)
    arrived = one.events[one.events["event"] == "arrival"]
    assert (arrived[(arrived["site"] == "cairo") & (arrived["day"] > 6)]["day"] % 1 == 0.25).all()


def random_queue(rng: np.random.Generator) -> tuple[ConvoyQueue, Convoys, np.ndarray, np.ndarray]:
    """A queue, its convoys, and from what time on they take which share of their room."""
    every = int(rng.integers(1, 4))
    at = tuple(np.sort(rng.choice(np.arange(24 * every), rng.integers(1, 4), replace=False) / 24).tolist())
    traffic = float(rng.integers(5, 30))
    ships = float(np.ceil(traffic * every / len(at) * rng.uniform(1.05, 2.5)))
    convoys = Convoys(traffic, ships, at, every, float(rng.choice([0.0, 0.1, 0.4])))
    times = np.concatenate([[-3.0], np.sort(rng.uniform(0, 40, 5))])
    come = [traffic, *rng.choice([traffic, 2 * traffic, 0.5 * traffic], 4).tolist(), traffic]
    share = np.array([1.0, *rng.choice([0.0, 0.3, 1.0], 4).tolist(), 1.0])
    return ConvoyQueue(times.tolist(), come, share.tolist(), convoys, 4000.0), convoys, times, share


@pytest.mark.parametrize("seed", range(20))
def test_the_queue_is_that_of_vessels_counted_one_by_one(seed: int) -> None:
    """A hundredth of a vessel at a time, in a plain line: with which convoy each goes."""
    queue, convoys, times, share = random_queue(np.random.default_rng(seed))
    many = int(queue.arrivals(np.array([60.0]))[0] * 100)
    days = np.unique(np.concatenate([times, np.arange(-3, 61)]))
    came = np.interp((np.arange(many) + 0.5) / 100, queue.arrivals(days), days)
    line, gone, k = deque[int](), np.full(many, np.nan), 0
    for at in sorted(n * convoys.every + x for n in range(-3, 60) for x in convoys.at):
        if not -3 <= at <= 60:
            continue
        while k < many and came[k] <= at - convoys.limit:
            line.append(k)
            k += 1
        room = convoys.ships * share[times <= at][-1]
        for _ in range(min(len(line), round(room * 100))):
            gone[line.popleft()] = at
    served = ~np.isnan(gone)
    assert served.sum() > 1000
    assert queue.leaves(came[served]) == pytest.approx(gone[served], abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_vessels_keep_their_order_and_their_waits_add_up_to_the_queue(seed: int) -> None:
    """Little's law, over a time that begins and ends with nobody left over from a disruption."""
    queue, convoys, *_ = random_queue(np.random.default_rng(seed + 100))
    at = np.linspace(-3, 2000, 400_001)
    leaves = queue.leaves(at)
    assert (np.diff(leaves) >= -1e-9).all() and (leaves >= at).all()
    length = queue.length(at)
    assert (length >= 0).all()
    rate = np.diff(queue.arrivals(at))
    ends = queue.arrivals(at[-1:])[0] * 1e-4 + convoys.ships * 3  # those that still wait in the end
    assert length[:-1].sum() * np.diff(at[:2])[0] == pytest.approx(
        (rate * (leaves - at)[:-1]).sum(), rel=2e-3, abs=ends
    )


def test_the_mean_wait_is_that_of_vessels_that_come_at_any_time() -> None:
    assert mean_wait(Convoys(50, 60, (4 / 24,), 1)) == pytest.approx(1 / 2)
    assert mean_wait(Convoys(50, 60, (1 / 24, 13 / 24), 1)) == pytest.approx(1 / 4)
    assert mean_wait(Convoys(50, 160, (2.0,), 3)) == pytest.approx(3 / 2)
    assert mean_wait(Convoys(10, 30, (0.0, 0.25), 1)) == pytest.approx((0.25**2 + 0.75**2) / 2)  # gaps squared
    assert mean_wait(Convoys(10, 30, (0.0,), 1, 0.2)) == pytest.approx(0.5 + 0.2)
    rng = np.random.default_rng(5)
    for _ in range(20):
        _, convoys, *_ = random_queue(rng)
        queue = ConvoyQueue([0.0], [convoys.traffic], [1.0], convoys, 90.0)
        came = 60 + np.linspace(0, convoys.every, 200_001)[:-1]
        assert mean_wait(convoys) == pytest.approx((queue.leaves(came) - came).mean(), rel=1e-4)


WRONG = {
    "traffic: 50, ships: 50, at: [4h]": "room for more than the 50 that come a day",
    "traffic: 50, ships: 60, at: [4h], every: 36h": "every in whole days",
    "traffic: 50, ships: 60, at: [30h]": "before the period of 1d is over",
    "traffic: 50, ships: 60, at: []": "at least 1",
    "traffic: 50, ships: 60, at: [4h], lanes: [maker > clinc]": "did you mean 'maker > clinic'",
}


@pytest.mark.parametrize("convoys", WRONG)
def test_what_convoys_cannot_be_is_told(convoys: str, simulate: Any) -> None:
    with pytest.raises(Exception, match=WRONG[convoys]):
        simulate(convoyed(convoys))


DISRUPTED = {
    CLOSED % (6, ", traffic: 50, drains: 80"): "has convoys, which say what comes",
    CLOSED % (6, ", traffic: 50"): "traffic and drains together",
}


@pytest.mark.parametrize("disruption", DISRUPTED)
def test_a_disruption_of_convoys_does_not_say_their_traffic_again(disruption: str, simulate: Any) -> None:
    with pytest.raises(Exception, match=DISRUPTED[disruption]):
        simulate(convoyed("traffic: 50, ships: 80, at: [12h]", disruption))


def test_a_passage_without_convoys_needs_traffic_and_a_rate(simulate: Any) -> None:
    with pytest.raises(Exception, match="traffic and drains are needed"):
        simulate(strait(CLOSED % (6, "")))


def test_every_lane_of_a_passage_has_convoys_or_none(simulate: Any) -> None:
    one = TWO_WAYS.replace("northbound: {traffic: 30, ships: 60, at: [12h], lanes: [south > rome]}", "")
    with pytest.raises(Exception, match="no convoys of 'suez' for this lane"):
        simulate(one)
    with pytest.raises(Exception, match="has the convoys 'southbound' already"):
        simulate(TWO_WAYS.replace("lanes: [south > rome]", "lanes: [south > rome, north > cairo]"))
    with pytest.raises(Exception, match="no lane uses this passage"):
        simulate(TWO_WAYS.replace("passages:\n  suez:", "passages:\n  panama:"))
