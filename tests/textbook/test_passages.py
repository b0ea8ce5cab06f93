"""Queues before a blocked passage: the fluid worked out by hand, and the shipped replay of 2021."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.engine.moving.vessel_queue import VesselQueue

ROOT = Path(__file__).parents[2]


def strait(disruptions: str, days: int = 60, passages: str = "passages: {suez: 50%}, detour: {suez: 9d}") -> str:
    """Ten units a day on a voyage of ten days; the passage is reached after five."""
    return f"""
end: {(pd.Timestamp("2001-01-01") + pd.Timedelta(days=days)).date()}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, mode: sea, time: 10d, {passages}}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 900}}]
disruptions: [{disruptions}]
"""


QUEUE = "{kind: passage_queue, passage: suez, from: 2001-01-21, for: 6d, traffic: 50, drains: 80%s}"


def waits(run: Any) -> pd.Series:
    """Days of wait by the day on which the passage was reached."""
    events = run.events.set_index("shipment")
    held, released = (events[events["event"] == name]["day"] for name in ("held", "released"))
    return pd.Series((released.reindex(held.index) - held).to_numpy(), index=held.to_numpy()).sort_index()


def test_the_queue_builds_and_drains_as_worked_out_by_hand(simulate: Any) -> None:
    """50 a day come for 6 days: 300 wait. Then 30 more pass than come each day: ten days to drain."""
    ports = simulate(strait(QUEUE % "")).passages.set_index("day")
    assert ports["queue"].loc[19:26].tolist() == pytest.approx([0, 50, 100, 150, 200, 250, 300, 270])
    assert ports["queue"].loc[34:37].tolist() == pytest.approx([30, 0, 0, 0])
    assert ports["passed"].loc[20:25].tolist() == [0] * 6
    assert ports["passed"].loc[26:36].tolist() == pytest.approx([80] * 10 + [50])


def test_a_vessel_waits_for_those_before_it(simulate: Any) -> None:
    """Who comes on day 20 + k of the blockage finds 50 k before it, and passes 50 k / 80 days after the opening."""
    wait = waits(simulate(strait(QUEUE % ""), detail="full"))
    # after the opening on day 26 the queue is 300 - 30 (day - 26), and goes at 80 a day
    by_hand = [26 + 50 * k / 80 - (20 + k) for k in range(7)] + [(300 - 30 * k) / 80 for k in range(1, 10)]
    assert wait.index.tolist() == [float(day) for day in range(20, 36)]
    assert wait.to_numpy() == pytest.approx(by_hand)


def test_the_wait_moves_the_arrival_and_nothing_else(simulate: Any) -> None:
    run = simulate(strait(QUEUE % ""), detail="full")
    events = run.events.set_index("shipment")
    left, came = (events[events["event"] == name]["day"] for name in ("departure", "arrival"))
    late = (came - left.reindex(came.index)).dropna() - 10
    wait = waits(run)
    assert late[late > 1e-9].sum() == pytest.approx(wait.sum())


def test_part_of_the_traffic_may_pass_and_the_hour_counts(simulate: Any) -> None:
    """From 6:00 on 40 of 50 wait a day; at the end of the sixth day the queue is 240."""
    queue = simulate(strait(QUEUE % ", passes: 20%, after: 6h")).passages.set_index("day")["queue"]
    assert queue.loc[20] == pytest.approx(0.75 * 40)
    assert queue.max() == pytest.approx(40 * 5.75)
    assert queue.loc[26] == pytest.approx(240 - 0.75 * 30)


def test_vessels_that_divert_do_not_wait(simulate: Any) -> None:
    away = "{kind: route_closure, passage: suez, from: 2001-01-21, for: 6d, rest: pass, diverts: 100%}"
    run = simulate(strait(f"{QUEUE % ''}, {away}"), detail="full")
    events = run.events
    assert (events["event"] == "diverted").sum() > 0
    assert waits(run).index.tolist() == [31, 32, 33, 34, 35]  # those that set out after all turned away


def test_a_closure_that_lets_nobody_pass_makes_the_same_queue(simulate: Any) -> None:
    """Two disruptions of one passage add up: closed for two days more, the vessels that come meanwhile wait too."""
    more = "{kind: route_closure, passage: suez, from: 2001-01-25, for: 4d, rest: wait, diverts: 0%}"
    queue = simulate(strait(f"{QUEUE % ''}, {more}")).passages.set_index("day")["queue"]
    assert queue.max() == pytest.approx(8 * 50)


def test_vessels_under_way_before_the_first_day_wait_too(simulate: Any) -> None:
    early = strait(QUEUE % "").replace("2001-01-21", "2001-01-02")
    early += "stock: [{at: clinic, on_hand: 0, on_the_way: steady}]"
    assert 1.0 in waits(simulate(early, detail="full")).index


def test_every_vessel_waits_until_as_many_have_passed_as_came_before_it() -> None:
    """The queue is first come, first served, and over time adds up to the waits (Little's law)."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        times = np.concatenate([[0.0], np.sort(rng.uniform(0, 40, 6))])
        traffic, able = rng.uniform(10, 60, 7), rng.choice([0.0, 5.0, 50.0, 90.0], 7)
        traffic[-1], able[-1] = 20, 90
        queue = VesselQueue(times.tolist(), traffic.tolist(), able.tolist())
        at = np.linspace(0, 400, 200_001)
        leaves = queue.leaves(at)
        assert (np.diff(leaves) >= -1e-9).all() and (leaves >= at).all()
        length = queue.length(at)
        assert (length >= 0).all() and length[-1] == 0
        rate = np.diff(queue.arrivals(at))
        assert np.trapezoid(length, at) == pytest.approx((rate * (leaves - at)[:-1]).sum(), rel=2e-3, abs=1)


def test_a_queue_that_would_never_end_is_told(simulate: Any) -> None:
    with pytest.raises(Exception, match="drains above traffic"):
        simulate(strait(QUEUE.replace("80", "50") % ""))


def test_the_page_on_suez_says_what_the_model_says() -> None:
    """The table of docs/crises/suez-2021.md: the model's column is the run's, and the errors are worked out from it."""
    page = (ROOT / "docs/crises/suez-2021.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (2021-\d\d-\d\d) \| (\d+) \| (\d+) \| (\d*) ?\| (\d+) \|$", page, re.MULTILINE)
    table = pd.DataFrame(rows, columns=["date", "observed", "model", "persistence", "naive"]).set_index("date")
    table = table.apply(pd.to_numeric)
    counted = pd.read_csv(ROOT / "scenarios/data/suez-2021-queue.csv").set_index("date")["vessels"]
    assert table["observed"].to_dict() == counted.to_dict()
    run = sim.run(ROOT / "scenarios/crises/suez-2021.yaml", strategy="none", twin=False, detail="key", daily=False)
    queue = run.passages.groupby(run.passages["date"].astype(str).str[:10])["queue"].sum()  # both directions
    assert table["model"].to_dict() == queue.loc[table.index].round().astype(int).to_dict()
    assert table["persistence"].iloc[1:].tolist() == table["observed"].iloc[:-1].tolist()
    later = table.iloc[1:]
    errors = [round((later[name] - later["observed"]).abs().mean()) for name in ("model", "persistence", "naive")]
    said = re.search(r"model (\d+) ships, persistence (\d+), naive (\d+)", page)
    assert said is not None and [int(x) for x in said.groups()] == errors
    assert errors[0] < errors[1] < errors[2]
