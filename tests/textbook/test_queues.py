"""Berths against queueing theory: vessels that come at random are served first come, first served.

Four hundred makers each send a vessel on one day in fifty, at an hour of its own. On any day the number of vessels is
binomial with 2% less variance than Poisson's, and the hours are independent: waits are about 2% shorter than those of
Poisson arrivals at most (Kingman: they grow with the variances of arrivals and of service; only the first is smaller).
"""

from __future__ import annotations

import functools
import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.cases import Case

NO_TIME = 1e-9
MAKERS, A_DAY = 400, 8.0
THINNER = A_DAY / MAKERS
"""Chance that a maker sends a vessel on a day; the relative error of the arrivals' variance."""
DAYS = 1800
BATCHES = 20


def harbour(berths: str, days: int = DAYS, both_ways: bool = False) -> str:
    """All vessels bring imports; or every second one comes for exports."""
    names = range(MAKERS)
    home, abroad = "country: KE", "country: IN"
    mean = -math.log(1 - THINNER)  # of a Poisson number that is above zero with that chance
    out = [both_ways and k % 2 == 1 for k in names]
    makers = "".join(f"  m{k}: {{{home if out[k] else abroad}, makes: {{box: {{}}}}}}\n" for k in names)
    clinics = "".join(f"  c{k}: {{{abroad if out[k] else home}}}\n" for k in names)
    lanes = "".join(f'  - {{from: m{k}, to: harbour, mode: sea, time: "uniform(0d, 1d)"}}\n' for k in names)
    sourcing = "".join(f"  - {{at: c{k}, from: {{m{k}: 100%}}}}\n" for k in names)
    return f"""
end: {np.datetime64("2001-01-01") + days}
products: {{box: {{unit: box}}}}
ports: {{harbour: {{{home}, {berths}}}}}
suppliers:
{makers}facilities:
{clinics}lanes:
{lanes}  - {{from: harbour, to: facilities, time: 0d}}
sourcing:
{sourcing}demand: [{{at: facilities, product: box, per_day: {mean}, shortage: backorder}}]
replenishment: [{{at: facilities, policy: base_stock, level: 9}}]
"""


def vessels(run: Any) -> dict[str, np.ndarray]:
    """Arrival, wait and time at berth of every vessel that was served, in order of arrival."""
    events = run.events
    times = {
        name: events[events["event"] == name].set_index("shipment")["day"]
        for name in ("port_arrival", "berthed", "handled")
    }
    came = times["port_arrival"].sort_values(kind="stable")
    came = came[: int(np.flatnonzero(~came.index.isin(times["handled"].index)).min(initial=len(came)))]
    begun, over = times["berthed"][came.index].to_numpy(), times["handled"][came.index].to_numpy()
    return {"came": came.to_numpy(), "wait": begun - came.to_numpy(), "stay": over - begun}


def error(values: np.ndarray) -> float:
    """Standard error of a mean of dependent values, by batch means."""
    means = [batch.mean() for batch in np.array_split(values, BATCHES)]
    return float(np.std(means, ddof=1) / math.sqrt(BATCHES))


def replayed(came: np.ndarray, stay: np.ndarray, berths: int) -> np.ndarray:
    """Waits by Kiefer and Wolfowitz's recursion: each takes the berth that is free first."""
    free = [0.0] * berths
    waits = []
    for at, length in zip(came.tolist(), stay.tolist(), strict=True):
        begin = max(at, heapq.heappop(free))
        heapq.heappush(free, begin + length)
        waits.append(begin - at)
    return np.array(waits)


def erlang_c(load: float, servers: int) -> float:
    """Chance to wait in M/M/c."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


def mean_wait_m_d_c(a_day: float, stay: float, servers: int) -> float:
    """Crommelin: the number present one service time later is Poisson(a_day x stay) + max(0, number - servers)."""
    size, mean = 400, a_day * stay
    poisson = np.exp(-mean + np.arange(size) * math.log(mean) - np.array([math.lgamma(k + 1) for k in range(size)]))
    number = np.zeros(size)
    number[0] = 1
    for _ in range(2000):
        left = np.concatenate(([number[: servers + 1].sum()], number[servers + 1 :]))
        number = np.convolve(left, poisson)[:size]
    assert number.sum() == pytest.approx(1, abs=1e-9)
    return float((np.maximum(0, np.arange(size) - servers) * number).sum() / a_day)


M_M_1, M_D_1, M_M_3, M_D_2, M_G_1 = (
    ("berths: 1, berth_time: exponential(2.4h)", 1),
    ("berths: 1, berth_time: 2.4h", 1),
    ("berths: 3, berth_time: exponential(7.2h)", 3),
    ("berths: 2, berth_time: 4.8h", 2),
    ("berths: 1, berth_time: 'gamma(2.4h, 3.6h)'", 1),
)
QUEUES = {
    "M/M/1": (M_M_1, 0.8 * 0.1 / 0.2),
    "M/D/1": (M_D_1, 0.8 * 0.1 / 0.2 / 2),
    "M/M/3": (M_M_3, erlang_c(2.4, 3) * 0.3 / 3 / 0.2),
    "M/D/2": (M_D_2, mean_wait_m_d_c(8, 0.2, 2)),
    "M/D/2, imports and exports": (M_D_2, mean_wait_m_d_c(8, 0.2, 2)),
    "M/G/1": (M_G_1, 8 * (0.1**2 + 0.15**2) / 2 / 0.2),  # Pollaczek and Khinchine
}


Queue = tuple[Any, dict[str, np.ndarray], int, float]
"""A run, its vessels, the number of berths, and how long vessels wait in theory."""


@pytest.fixture(scope="module")
def queues(simulate: Any) -> Callable[[str], Queue]:
    """The queue of a name; each is run once."""

    @functools.cache
    def queue(name: str) -> Queue:
        (berths, number), wait = QUEUES[name]
        run = simulate(harbour(berths, both_ways="exports" in name), detail="full", daily=False)
        return run, vessels(run), number, wait

    return queue


@pytest.fixture(params=list(QUEUES))
def queue(request: pytest.FixtureRequest, queues: Callable[[str], Queue]) -> Queue:
    return queues(request.param)


def test_vessels_wait_as_long_as_theory_says(queue: Queue) -> None:
    _, seen, _, wait = queue
    error_ = error(seen["wait"])
    assert abs(seen["wait"].mean() - wait) < 4 * error_ + 2 * THINNER * wait
    assert error_ < wait / 5  # so that the test can fail


def hold(case: Case, queue: Queue, scale: float) -> None:
    """Hold a run to a case that has `scale` times its times; all but the utilisation from the vessels alone.

    Waits, and what follows from them, may be 2% off because of the arrivals, and four standard errors by chance.
    """
    run, seen, _, _ = queue
    day, wait, port = seen["came"].astype(int), seen["wait"], seen["wait"] + seen["stay"]
    side = run.ports[run.ports["side"] == "imports"]
    measured = {
        "prob_wait": (wait > NO_TIME) * 1.0,
        "mean_wait": wait * scale,
        "mean_time_in_port": port * scale,
        "mean_queue": np.bincount(day, wait, DAYS),  # waits added up over days: the mean number over time
        "mean_in_port": np.bincount(day, port, DAYS),
        "utilisation": side["utilisation"].to_numpy(),
    }
    for metric in case.open & set(measured):
        values, target = measured[metric], case.expected(metric)
        allowed = 4 * error(values) + 2 * THINNER * target
        assert error(values) < target / 10  # so that the test can fail
        case.accept(metric, abs(values.mean() - target) < allowed, f"{values.mean()} +- {allowed}")
    if "p95_wait" in case.open:
        longer = (wait * scale > case.expected("p95_wait")) * 1.0
        allowed = 4 * error(longer) + 0.05 * 4 * THINNER
        case.accept("p95_wait", abs(longer.mean() - 0.05) < allowed, f"{longer.mean()} +- {allowed} wait longer")


@pytest.mark.case("DQ1")
def test_a_desk_with_random_service_is_m_m_1(queues: Callable[[str], Queue], case: Case) -> None:
    hold(case, queues("M/M/1"), 1)


@pytest.mark.case("DQ4")
def test_a_desk_with_fixed_service_is_m_d_1(queues: Callable[[str], Queue], case: Case) -> None:
    hold(case, queues("M/D/1"), 10)  # the case has 0.8 a day and a day's service, the run ten times as many


def test_each_vessel_waits_exactly_for_those_before_it(queue: Queue) -> None:
    _, seen, berths, _ = queue
    assert seen["wait"] == pytest.approx(replayed(seen["came"], seen["stay"], berths), abs=1e-9)


def test_the_table_of_ports_tells_the_same_story(queue: Queue) -> None:
    run, seen, berths, _ = queue
    side = run.ports[run.ports["side"] == "imports"]
    used = side["utilisation"].to_numpy()
    assert used.mean() * len(side) * berths == pytest.approx(seen["stay"].sum(), abs=2 * berths)  # some still at berth
    assert (used <= 1 + 1e-9).all()
    assert abs(used.mean() - 0.8) < 4 * error(used)
