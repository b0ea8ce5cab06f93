"""Random streams: what one thing draws depends on the seed, the replication and its own name alone."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.serving.demand_tape import DemandTape
from sim.rng import Streams
from tests.property.choices import Dice, Spec
from tests.property.networks import scenario, scenarios
from tests.property.policies import POLICIES
from tests.property.running import changed, fingerprint, needed, plan_of, run

ADDS = ("demand_surge", "epidemic")
DEMAND = {
    "scenario": "demand",
    "title": "Demand alone",
    "start": "2024-01-01",
    "end": "2051-07-01",
    "products": {"p": {"unit": "box"}},
    "suppliers": {"s": {"makes": {"p": {}}}},
    "facilities": {"f": {}},
    "lanes": [{"from": "s", "to": "f", "time": "1d"}],
    "demand": [{"at": "f", "product": "p", "per_day": 20}],
    "replenishment": [{"at": "f", "policy": "base_stock", "level": 99}],
}


def _trace(spec: Spec) -> pd.Series:
    """Need by facility, product and day."""
    daily = run(spec).daily
    mine = daily[daily["kind"] == "facility"].astype({"site": str, "product": str})
    mine = mine.assign(needed=needed(mine))
    return mine.set_index(["site", "product", "day"])["needed"].sort_index()


@pytest.mark.rule("H3", "demand trace of facility k is bit-identical")
@given(scenarios(), st.sampled_from(sorted(POLICIES)), st.sampled_from(["lost", "backorder"]))
def test_demand_is_the_same_whatever_is_done_about_it(spec: Spec, policy: str, shortage: str) -> None:
    """Bit-identical under other policies, reserves, shortage modes and disruptions that do not touch demand.

    Of vials no dose is left from one day to the next: how many patients need also hangs on which were opened.
    """
    for goods in spec["products"].values():
        goods |= {"open_for": "6h"} if "doses" in goods else {}
    other = changed(spec, allocation=[], reserves={}, stock=[], decisions=[])
    other["replenishment"] = [
        {"at": e["at"], "policy": policy, **POLICIES[policy](5, 60)} for e in spec["replenishment"] if "from" not in e
    ]
    other["disruptions"] = [e for e in other["disruptions"] if e["kind"] in ADDS or "patients" in e]  # who go elsewhere
    for entry in other["demand"]:
        entry.pop("patience", None)
        entry["shortage"] = shortage
    pd.testing.assert_series_equal(_trace(spec), _trace(other))


@given(scenarios())
def test_the_twin_has_the_same_demand_but_for_surges(spec: Spec) -> None:
    done = run(spec, twin=True)
    assert done.twin is not None and done.twin.record.table is not None and done.outcome.record.table is not None
    if not any(e["kind"] in ADDS for e in spec["disruptions"]):
        run_, twin = (needed(outcome.record.table) for outcome in (done.outcome, done.twin))
        np.testing.assert_array_equal(run_, twin)


def _tape(seed: int, replication: int, days: int) -> np.ndarray:
    plan = plan_of(DEMAND) if not _PLANS else _PLANS[0]
    _PLANS[:] = [plan]
    tape = DemandTape(plan.demand, plan.network.calendar, Streams(seed, replication))
    return np.array([tape.day(day)[0] for day in range(days)])


_PLANS: list = []


@pytest.mark.rule("H3", "replication r of seed s never equals")
def test_replications_and_seeds_never_share_their_draws() -> None:
    """1000 random pairs of (seed, replication): the first 100 demands differ, and the keys do."""
    chance = np.random.default_rng(20240101)
    pairs = chance.integers(0, 50, size=(1000, 2, 2))
    for one, other in pairs.tolist():
        if one == other:
            other[1] += 1
        assert (_tape(*one, 100) != _tape(*other, 100)).any(), (one, other)
        assert Streams(*one).key("demand/f/p") != Streams(*other).key("demand/f/p")


@pytest.mark.rule("H3", "replication r of seed s never equals")
def test_replications_are_uncorrelated() -> None:
    """|rho| < 0.03 between replications of one facility over 10000 days (three standard errors)."""
    tapes = np.array([_tape(7, replication, 10_000) for replication in range(4)], dtype=float)
    rho = np.corrcoef(tapes) - np.eye(len(tapes))
    assert abs(rho).max() < 0.03
    lagged = np.corrcoef(tapes[0][:-256], tapes[0][256:])[0, 1]  # one block of the stream against the next
    assert abs(lagged) < 0.03


def test_large_demand_is_kept_whole() -> None:
    """Demand too large for the type that units are first kept in is what its stream gives, beside that of others."""
    small, large, huge, steady = 20, 60_000, 5_000_000_000, 70_000
    spec = DEMAND | {"facilities": {name: {} for name in "fghi"}, "end": "2025-07-01"}
    spec["lanes"] = [{"from": "s", "to": "facilities", "time": "1d"}]
    spec["demand"] = [
        {"at": at, "product": "p", "per_day": mean} for at, mean in zip("fgh", (small, large, huge), strict=True)
    ]
    spec["demand"] += [{"at": "i", "product": "p", "per_day": steady, "distribution": "deterministic"}]
    spec["replenishment"] = [{"at": "facilities", "policy": "base_stock", "level": 99}]
    plan, streams = plan_of(spec), Streams(5)
    tape = DemandTape(plan.demand, plan.network.calendar, streams)
    found = np.array([tape.day(day) for day in range(512)])
    assert found.dtype == np.int64
    for k, mean in enumerate((small, large, huge)):
        key = streams.key(plan.demand.names[k])
        drawn = np.concatenate([streams.at(key, block).poisson(mean, 256) for block in (0, 2)])
        np.testing.assert_array_equal(found[:, k], drawn)
    assert (found[:, 3] == steady).all()


@pytest.mark.rule("H3", "same seed -> byte-identical results")
def test_runs_in_other_processes_and_in_another_order_leave_the_same_bytes() -> None:
    tasks = [(scenario(Dice(seed)), replication) for seed in (3, 4) for replication in (0, 1)]
    alone = [fingerprint(*task) for task in tasks]
    assert len(set(alone)) == len(alone)
    assert [fingerprint(*task) for task in reversed(tasks)] == alone[::-1]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(fingerprint, *zip(*tasks, strict=True))) == alone


def test_streams_with_other_names_differ() -> None:
    streams = Streams(1)
    draws = {
        name: tuple(streams.named(name).random(4)) for name in ("demand/a/b", "demand/a/c", "lane/a > b", "gate/a")
    }
    assert len(set(draws.values())) == len(draws)


@given(st.integers(0, 2**40), st.integers(0, 10_000), st.integers(0, 40))
def test_a_block_is_the_same_whoever_drew_before(seed: int, replication: int, block: int) -> None:
    alone = Streams(seed, replication).named("x", block).random(5)
    streams = Streams(seed, replication)
    streams.named("y").random(1000)
    streams.named("x", block + 1).integers(0, 9, 3, dtype=np.uint32)
    np.testing.assert_array_equal(streams.named("x", block).random(5), alone)


@given(st.integers(0, 40))
def test_a_state_that_is_written_where_it_lies_is_one_that_is_set(block: int) -> None:
    """A generator made anew from the key, by numpy's own setter, draws the same; half a draw is left to neither."""
    streams, bits = Streams(5), np.random.PCG64DXSM(0)
    for name in ("x", "y"):
        key = streams.key(name)
        place = {"state": int.from_bytes(key[:16], "little"), "inc": int.from_bytes(key[16:], "little")}
        bits.state = {"bit_generator": "PCG64DXSM", "state": place, "has_uint32": 0, "uinteger": 0}
        bits.advance(block * 2**64)
        drawn = streams.at(key, block).integers(0, 1000, 3, dtype=np.uint32)  # an odd number of halves
        np.testing.assert_array_equal(drawn, np.random.Generator(bits).integers(0, 1000, 3, dtype=np.uint32))
    streams._memory = None  # as where numpy keeps it otherwise
    np.testing.assert_array_equal(streams.at(key, block).integers(0, 1000, 3, dtype=np.uint32), drawn)
