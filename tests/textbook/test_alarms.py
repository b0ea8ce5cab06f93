"""Alarms by hand: on which evening each detector rises and clears, and who listens to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.policies import ALARMS
from sim.policies.alarms.base import Alarm, Evening
from sim.policies.triggers.base import Groups, TriggerView
from sim.policies.triggers.over import Pool, Watched
from tests.property.running import run

Spec = dict[str, Any]
FALLS = {"alarm": "falling_cover", "name": "falls", "at": "facilities", "days": "3d", "below": "6d"}


def world(*alarms: Spec, **more: Any) -> Spec:
    """Clinic a has 100 and uses 10 a day, clinic b has 60 and uses 20 a day; nothing comes from the maker.

    Evenings: a 90, 80, 70 ...; b 40, 20, 0. Days of cover: a 9, 8, 7 ...; b 2, 1, 0; together 130 / 30, 100 / 30 ...
    """
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": "2001-01-21",
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {"maker": {"country": "AA", "makes": {"p": {}}}},
        "facilities": {"a": {"country": "AA"}, "b": {"country": "AA"}},
        "parties": {"land": {"kind": "country", "sites": ["a", "b"]}},
        "lanes": [{"from": "maker", "to": "facilities", "time": "1d"}],
        "demand": [
            {"at": "a", "product": "p", "per_day": 10, "distribution": "deterministic"},
            {"at": "b", "product": "p", "per_day": 20, "distribution": "deterministic"},
        ],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 0}],
        "stock": [{"at": "a", "on_hand": 100}, {"at": "b", "on_hand": 60}],
        "alarms": list(alarms),
    } | more  # fmt: skip


def supplied(*alarms: Spec, **more: Any) -> Spec:
    """A clinic uses 10 a day and orders them every evening of a maker four days away, from a stock of 40 days."""
    return world(
        *alarms,
        facilities={"a": {"country": "AA"}},
        parties={"land": {"kind": "country", "sites": ["a"]}},
        lanes=[{"from": "maker", "to": "a", "time": "4d"}],
        demand=[{"at": "a", "product": "p", "per_day": 10, "distribution": "deterministic"}],
        replenishment=[{"at": "a", "policy": "base_stock", "level": 450}],
        stock=[{"at": "a", "on_hand": 400, "on_the_way": "steady"}],
        **more,
    )


def told(done: sim.Run, event: str, **where: str) -> list[int]:
    """Days of an event in the journal."""
    events = done.events[done.events["event"] == event]
    for column, value in where.items():
        events = events[events[column] == value]
    return [int(day) for day in events["day"]]


def rises(done: sim.Run, **where: str) -> list[int]:
    return told(done, "alarm_rises", **where)


def test_falling_cover_goes_by_the_line_through_the_last_evenings() -> None:
    """Each by itself: b has 2, 1, 0 days of cover; with three evenings there is a line, on day 2, and nothing is left.
    a has 9 - t days left in the evening of day t, less than 6 from day 4 on. Together 130 - 30 t are left, which is
    4.33 - t days: on day 2, 2.33."""
    done = run(world(FALLS | {"of": "each"}))
    assert rises(done, site="a") == [4] and rises(done, site="b") == [2]
    assert told(done, "alarm_clears") == []  # an empty shelf is no end of it
    assert rises(run(world(FALLS))) == [2]
    assert rises(run(world(FALLS | {"at": "a", "below": "2d"}))) == [8]  # 9 - t < 2


def test_the_line_is_that_of_least_squares() -> None:
    """Against numpy's fit, on covers that scatter around a fall; those without demand have no cover."""
    cover = np.array([[30.0, 27, 29, 22, 25, 18], [9, 9, 12, 12, 11, 13], [np.inf] * 6, [5, 4, 3, 2, 0, 0]])
    known_days, today = 6, np.arange(-5.0, 1)
    alarm = detector("falling_cover", days="6d", below="10d")
    known = alarm.begin(np.ones(4))
    for evening in range(known_days):
        holds = alarm.look(seen(cover[:, evening], np.where(np.isinf(cover[:, evening]), 0.0, 1.0)), known)
    slope, tonight = np.polyfit(today, cover[0], 1)
    assert slope < 0 and tonight / -slope < 10 < (tonight + 2) / -slope  # 9.6 days: the limit is not far
    assert holds.tolist() == [True, False, False, True]


def detector(kind: str, **fields: Any) -> Alarm:
    return ALARMS[kind].model_validate({"alarm": kind, "at": "facilities"} | fields)


def seen(stock: np.ndarray, mean: np.ndarray, late: Any = (), arrived: Any = ()) -> Evening:
    """An evening of groups of one site each."""
    groups = len(mean)
    number, stock = np.arange(groups), np.where(np.isinf(stock), 5.0, stock)
    view = TriggerView(Watched(number, number, mean), stock * np.where(mean > 0, mean, 1), number > 0, 0.0, False)
    return Evening(Groups(Pool(number, mean), view), np.asarray(late, dtype=float), np.asarray(arrived))


MONTGOMERY = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62,
    10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip
"""Montgomery, Introduction to Statistical Quality Control, table 9.1: mean 10 and standard deviation 1, then a
drift."""


def charted(alarm: Alarm, figure: str) -> tuple[list[float], list[int]]:
    """(the chart's figure, observations from 1 on for which it signals) of that data, as how late goods came."""
    known, figures, signals = alarm.begin(np.ones(1)), [], []
    for k, x in enumerate(MONTGOMERY, start=1):
        if alarm.look(seen(np.ones(1), np.ones(1), [x - 10], [1]), known)[0]:
            signals.append(k)
        figures.append(float(known[figure][0]))
    return figures, signals


def test_the_cumulative_sum_is_that_of_the_textbook() -> None:
    """Table 9.2 with K = 1/2 and H = 5: the upper sum is 5.28 at observation 29."""
    sums, signals = charted(detector("lead_time_cusum", scatter="100%", slack=0.5, limit=5), "sum")
    assert np.allclose(sums[:8], [0, 0, 0, 1.16, 2.82, 2.50, 0.04, 1.00]) and sums[22:29] == pytest.approx(
        [1.79, 2.79, 2.89, 3.47, 3.35, 4.47, 5.28]
    )
    assert signals == [29, 30]


def test_the_weighted_mean_is_that_of_the_textbook() -> None:
    """Table 9.10 with lambda = 0.1 and L = 2.7: the mean is 10.6468 at observation 29; the limit there is 10 + 2.7 x
    root of (0.1 / 1.9) = 10.6194, and 10.5731 at observation 28 is below it."""
    means, signals = charted(detector("lead_time_ewma", scatter="100%", weight="10%", limit=2.7), "mean")
    assert means[:4] == pytest.approx([-0.055, -0.2505, -0.29645, -0.1008], abs=5e-5)
    assert means[27:29] == pytest.approx([0.5731, 0.6468], abs=1e-4) and signals == [29, 30]


def test_arrivals_of_a_day_are_a_subgroup() -> None:
    """Four arrivals, each half a standard deviation late: their mean is one of its own standard deviations late; with a
    slack of 0 the sum is 1. A day without arrivals changes nothing."""
    alarm = detector("lead_time_cusum", scatter="20%", slack=0, limit=0.9)
    known = alarm.begin(np.ones(2))
    holds = alarm.look(seen(np.ones(2), np.ones(2), [4 * 0.1, 0], [4, 0]), known)
    assert known["sum"] == pytest.approx([1, 0]) and holds.tolist() == [True, False]


def test_lead_times_that_drift_are_seen_in_own_arrivals() -> None:
    """Journeys of 4 days take 6 that begin from day 5 on: arrivals of days 11, 12, 13 are half late, 2 standard
    deviations of 25%; the sum is 1.5, 3, 4.5. A mean of the last three is 50% late on day 13, 16.7% on day 11."""
    delay = [{"kind": "lane_delay", "lanes": ["maker > a"], "from": "2001-01-06", "for": "30d", "extra": "2d"}]
    alarms = [
        {"alarm": "lead_time_cusum", "name": "sum", "at": "a", "scatter": "25%", "limit": 4},
        {"alarm": "lead_time", "name": "mean", "by": "land", "above": "40%", "arrivals": 3},
        {"alarm": "lead_time_ewma", "name": "ewma", "at": "a", "scatter": "25%", "weight": "100%", "limit": 1.9},
    ]
    done = run(supplied(*alarms, disruptions=delay))
    assert {name: rises(done, cause=name) for name in ("sum", "mean", "ewma")} == {
        "sum": [13],
        "mean": [13],
        "ewma": [11],
    }


def test_a_dip_in_what_a_supplier_sends_is_seen_in_own_orders() -> None:
    """The maker is shut on days 5 to 9. Ten ordered on each evening are due at once; of those of the last four days all
    were sent until day 4, none of ten on day 5: 30 of 40. Alarms see what was so until the evening before: 75% of day 5
    are seen on day 6, 20 of 40 on day 7. On day 10 the 60 that wait are sent at once."""
    shut = [{"kind": "site_outage", "at": "maker", "from": "2001-01-06", "for": "5d"}]
    fill = {"alarm": "supplier_fill", "at": "a", "days": "4d", "clears_after": "2d"}
    done = run(
        supplied(fill | {"name": "3/4", "below": "76%"}, fill | {"name": "1/2", "below": "51%"}, disruptions=shut)
    )
    assert rises(done, cause="3/4") == [6] and rises(done, cause="1/2") == [7]


def test_an_announcement_is_heard_until_the_event_is_over_and_a_while_longer() -> None:
    """Announced on day 3, over on day 9: evenings 9 to 13 are five without, and it clears."""
    shut = [{"kind": "site_outage", "at": "maker", "from": "2001-01-08", "for": "2d", "notice": "4d"}]
    done = run(supplied({"alarm": "announced", "at": "a", "clears_after": "5d"}, disruptions=shut))
    assert rises(done) == [3] and told(done, "alarm_clears") == [13]


def test_demand_above_its_forecast_is_told_by_the_usual_errors() -> None:
    """Ten a day, as expected, until it doubles on day 10. The variance begins at 10 and is 10 x 0.9^10 = 3.49 then,
    its root 1.87: the error of 10 is above 5 of them and below 6. On day 11 11 are expected, 9 more are asked for, and
    the variance is 3.49 + 0.1 (100 - 3.49) = 13.1, its root 3.6. Over two days, 10 and 19: 10 is below 4 x 1.87 x root
    2 = 10.6, and 19 below 4 x 3.63 x root 2 = 20.5."""
    surge = [{"kind": "demand_surge", "at": "a", "from": "2001-01-11", "for": "5d", "factor": 2}]
    above = {"alarm": "demand_above_forecast", "at": "a", "days": "1d", "clears_after": "1d"}
    alarms = [above | {"name": "5", "sigmas": 5}, above | {"name": "6", "sigmas": 6}]
    alarms += [above | {"name": "2 days", "sigmas": 4, "days": "2d"}]
    done = run(supplied(*alarms, disruptions=surge))
    assert rises(done, cause="5") == [10] and told(done, "alarm_clears", cause="5") == [11]
    assert rises(done, cause="6") == rises(done, cause="2 days") == []


def test_of_sites_taken_together_each_patient_counts_once() -> None:
    """A store supplies a, which is watched with it, and b, which is not: of the 30 a day that pass it 20 leave for b,
    and a uses 10, so that 30 a day are used of what both have. Whom it is to warn are the patients of a alone."""
    done = run(
        world(
            FALLS | {"at": ["store", "a"], "name": "both"},
            warehouses={"store": {"country": "AA"}},
            parties={},
            lanes=[{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "facilities", "time": "1d"}],
            replenishment=[{"at": ["store", "facilities"], "policy": "base_stock", "level": 0}],
        )
    )
    bound = done.outcome.plan.alarms[0]
    assert bound.watched.pooled_mean is not None
    assert np.bincount(bound.unit, bound.watched.pooled_mean).tolist() == [30.0]
    network = done.outcome.plan.network
    assert network.site_names(network.cell_site[bound.patients]) == ["a"]


def test_who_has_no_patients_is_to_warn_those_whom_it_supplies() -> None:
    """A store alone: a shortage is one of a and b, who buy of it."""
    spec = world(
        FALLS | {"at": "store"},
        warehouses={"store": {"country": "AA"}},
        parties={},
        lanes=[{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "facilities", "time": "1d"}],
        replenishment=[{"at": ["store", "facilities"], "policy": "base_stock", "level": 0}],
    )
    network = (plan := run(spec).outcome.plan).network
    assert network.site_names(network.cell_site[plan.alarms[0].patients]) == ["a", "b"]


def test_nothing_is_seen_of_sites_whose_systems_are_down() -> None:
    """Until day 2 a has 9, 8, 7 days of cover; in the blackout of days 3 to 9 it is known to have 7: the line through
    8, 7, 7 comes to nothing in 6.83 / 0.5 days, and those through 7, 7, 7 never do. On day 10 it reports that nothing
    is left. Without the blackout the alarm rises on day 4."""
    blackout = [{"kind": "cyber_blackout", "at": "a", "from": "2001-01-04", "for": "7d"}]
    done = run(world(FALLS | {"at": "a"}, disruptions=blackout))
    assert rises(done) == [10]


def test_a_reserve_opens_in_the_evening_on_which_its_alarm_rises() -> None:
    """a's own alarm rises on day 4, b's on day 2; a member goes by its own, all by that of sites taken together."""
    opened = {}
    for of in ("each", "together"):
        waits = {"when": {"trigger": "alarm", "name": "falls"}}
        reserve = {"held_at": "store", "size": 40, "members": ["a"], "release": waits}
        done = run(
            world(
                FALLS | {"of": of},
                warehouses={"store": {"country": "AA"}},
                lanes=[
                    {"from": "maker", "to": "store", "time": "1d"},
                    {"from": "store", "to": "facilities", "time": "1d"},
                ],
                replenishment=[
                    {"at": "facilities", "policy": "base_stock", "level": "1d"},
                    {"at": "store", "policy": "base_stock", "level": 0},
                ],
                disruptions=[{"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "20d"}],
                reserves={"r": reserve},
            )
        )
        opened[of] = told(done, "reserve_triggered")[:1], rises(done)
    assert opened == {"each": ([4], [2, 4]), "together": ([2], [2])}


def test_a_decision_is_in_force_on_the_day_after_its_alarm_rises_and_ends_nothing_when_it_clears() -> None:
    """The alarm of b rises on day 2; an order of 50 is placed on day 3, and comes a day later."""
    order = {"decision": "emergency_order", "name": "more", "by": "land", "at": "b", "source": "maker", "amount": 50}
    done = run(world(FALLS | {"of": "each"}, decisions=[order | {"when": {"trigger": "alarm", "name": "falls"}}]))
    assert [(one.met, one.since) for one in done.outcome.decisions] == [(2.0, 3)]
    received = done.daily[(done.daily["site"] == "b") & (done.daily["received"] > 0)]
    assert received[["day", "received"]].values.tolist() == [[4, 50]]
    assert told(done, "alarm_clears") == []


def test_an_alarm_clears_once_its_condition_has_not_held_for_so_long_and_may_rise_again() -> None:
    """b has 40, 20, 0, 0 and gets 50 on day 4: 30, 10, 0, in days of cover 1.5, 0.5, 0. Lines of days 2 and 3 end at
    nothing; of day 4, through 0, 0, 1.5, and of day 5, through 0, 1.5, 0.5, they rise; that of day 6, through 1.5,
    0.5, 0, ends below nothing. Two evenings without, days 4 and 5, clear it; three there are not."""
    order = {"decision": "emergency_order", "name": "more", "by": "land", "at": "b", "source": "maker", "amount": 50}
    order |= {"when": {"trigger": "on", "date": "2001-01-04"}}
    alarm = FALLS | {"at": "b", "clears_after": "2d", "below": "1d"}
    done = run(world(alarm, decisions=[order]))
    assert rises(done) == [2, 6] and told(done, "alarm_clears") == [5]
    assert rises(run(world(alarm | {"clears_after": "3d"}, decisions=[order]))) == [2]


def test_an_alarm_by_a_party_is_that_of_its_sites_product_by_product() -> None:
    done = run(
        world(
            FALLS | {"by": "land"} | {"at": "a"},
            {k: v for k, v in FALLS.items() if k != "at"} | {"by": "land", "name": "n"},
        )
    )
    assert rises(done, cause="falls") == [4] and rises(done, cause="n") == [2]
    assert {one.party for one in done.outcome.plan.alarms} == {"land"}


WRONG = {
    "unknown party": {"by": "lnd"},
    "unknown site": {"at": "cc"},
    "nobody watches": {"at": None},
    "unknown product": {"products": ["q"]},
    "whole days, at least 1d": {"clears_after": "0d"},
    "a share of a day's demand such as 10%": {"shortage": 0.1},
    "no line is laid through one evening": {"days": "1d"},
    "another alarm has this name": {"name": "other"},
    "did you mean 'falling_cover'": {"alarm": "faling_cover"},
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_wrong_with_an_alarm_is_told_at_its_line(message: str) -> None:
    entry = {key: value for key, value in (FALLS | WRONG[message]).items() if value is not None}
    with pytest.raises(ScenarioError) as caught:
        run(world({"alarm": "announced", "name": "other", "at": "a"}, entry))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_cover_in_present_use_counts_of_sites_taken_together_too() -> None:
    """b's demand trebles on day 1, and takes its last 40: 80, 70, 60 are left at a on days 1, 2, 3. Both use 70 a day
    then, and 60 are less than a day of that; of the usual 30 a day they are two days."""
    surge = [{"kind": "demand_surge", "at": "b", "from": "2001-01-02", "for": "9d", "factor": 3}]
    order = {"decision": "emergency_order", "by": "land", "at": "b", "source": "maker", "amount": 50}
    cover = {"trigger": "days_of_cover", "below": "1d", "of": "together"}
    present = cover | {"cover_in": "present", "averaged_over": "1d"}
    orders = [order | {"name": "usual", "when": cover}, order | {"name": "present", "when": present}]
    done = run(world(decisions=orders, disruptions=surge))
    met = {one.name: one.met for one in done.outcome.decisions}
    assert met["present"] == 3 and met.get("usual", np.inf) > 3


def test_why_tells_which_alarms_had_risen_before_a_shortage() -> None:
    """The maker is shut. b is short from day 3 on, and its alarm rose on day 2; one on a alone is not about b."""
    late = {"alarm": "lead_time", "name": "late", "at": "b", "above": "10%", "arrivals": 3}
    shut = [{"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "20d"}]
    orders = [{"at": "facilities", "policy": "base_stock", "level": "4d"}]
    alarms = [FALLS | {"of": "each"}, late, late | {"name": "of a", "at": "a"}]
    text = run(world(*alarms, disruptions=shut, replenishment=orders)).why("b", "p", 5).text()
    assert "the alarm 'falls' had risen 1 day before." in text and "the alarm 'late' had not risen." in text
    assert "of a" not in text
