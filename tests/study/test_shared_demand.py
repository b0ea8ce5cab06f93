"""Strategies of a replication, and their twins, share one demand tape: it is drawn as often as for one run alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.serving.demand_source import DemandSource
from sim.rng import Streams
from sim.study.design.case import Case
from sim.study.design.design import read_study
from sim.study.run.cutting import TOGETHER
from tests.study.conftest import WriteStudy, contents

BLOCKS = [-256, 0]
"""First days of the blocks that a run of the small study draws: of its warm-up, and of its 91 days."""
REPLICATIONS = 3
ENTRY = "{{at: facilities, product: saline-bag, per_day: {}, distribution: poisson, shortage: lost}}"
OTHER_DEMAND = ENTRY.format(90)
LEVELS = range(10, 10 + 5 * TOGETHER, 5)

Drawn = Counter[tuple[bytes, int]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """(key of the source's streams, first day) of every block that is drawn."""
    found: Drawn = Counter()
    draw: Callable[[DemandSource, int, int], np.ndarray] = DemandSource._draw

    def counted(source: DemandSource, number: int, first: int) -> np.ndarray:
        found[source._streams.key(""), first] += 1
        return draw(source, number, first)

    monkeypatch.setattr(DemandSource, "_draw", counted)
    return found


def study_of(strategies: str, twin: bool = True) -> str:
    return f"""
study: shared
title: One tape for all
scenarios: [starter.yaml]
strategies: [{strategies}]
measures: [units_unmet, fill_rate]
replications: {REPLICATIONS}
twin: {str(twin).lower()}
"""


def reserves(number: int) -> str:
    return ", ".join(f"{{name: r{days}, set: {{reserves.national.size: {days}d}}}}" for days in LEVELS[:number])


@pytest.mark.parametrize("twin", [True, False])
@pytest.mark.parametrize("number", [1, 3, TOGETHER])
def test_a_study_draws_what_one_run_of_each_replication_draws(
    number: int, twin: bool, write_study: WriteStudy, tmp_path: Path, drawn: Drawn
) -> None:
    path = write_study(study_of(reserves(number), twin))
    for replication in range(REPLICATIONS):
        sim.run(path.with_name("starter.yaml"), replication=replication, twin=False, detail="none")
    alone = Counter(drawn)
    assert alone.total() == REPLICATIONS * len(BLOCKS) and {first for _, first in alone} == set(BLOCKS)
    drawn.clear()
    sim.run_study(path, tmp_path / "out", workers=1)
    assert drawn == alone


def test_a_strategy_with_other_demand_draws_its_own(write_study: WriteStudy, tmp_path: Path, drawn: Drawn) -> None:
    more = f"{{name: more, set: {{demand: [{OTHER_DEMAND}]}}}}"
    result = sim.run_study(write_study(study_of(f"{reserves(3)}, {more}")), tmp_path / "out", workers=1, replace=True)
    assert set(drawn.values()) == {2} and drawn.total() == 2 * REPLICATIONS * len(BLOCKS)
    alone = sim.run_study(write_study(study_of(more)), tmp_path / "alone", workers=1).replications
    together = result.replications.query("strategy == 'more'").reset_index(drop=True)
    assert together.equals(alone)


def test_more_cases_than_go_together_give_the_same_bytes(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_study(study_of(reserves(5)))
    sim.run_study(path, tmp_path / "together", workers=1)
    monkeypatch.setattr("sim.study.run.cutting.TOGETHER", 2)
    sim.run_study(path, tmp_path / "pairs", workers=1)
    monkeypatch.setattr("sim.study.run.task.KEPT_BYTES", 0)
    sim.run_study(path, tmp_path / "no memory", workers=1)
    assert contents(tmp_path / "together") == contents(tmp_path / "pairs") == contents(tmp_path / "no memory")


def test_only_what_the_draws_depend_on_tells_tapes_apart(write_study: WriteStudy) -> None:
    def case(settings: str) -> Case:
        one = f"{{name: plain, set: {{}}}}, {{name: other, set: {{{settings}}}}}"
        plain, other = read_study(write_study(study_of(one))).cases
        assert plain.digest != other.digest
        return plain if plain.draws == other.draws else other

    for settings in (
        "reserves.national.size: 33d", "allocation: []", "replenishment.1.level: 50d", "disruptions.ban.for: 80d",
        "warehouses.depot: {country: KE, region: coast}", "demand.0.shortage: backorder",
        "products.saline-bag.cost: 2", "lanes.0.time: 9d",
    ):  # fmt: skip
        assert case(settings).labels[1] == "plain", settings
    for settings in (
        "seed: 99", "warm_up: 20d", "demand.0.per_day: 81", "demand.0.distribution: deterministic",
        "demand.0.at: [clinic-a, clinic-b]", "demand.0.from: 2024-02-01",
        "demand.0.season: {amplitude: 20%, peak: 07-01}",
    ):  # fmt: skip
        assert case(settings).labels[1] == "other", settings


def test_an_earlier_end_shares_the_draws_since_all_run_to_the_latest(write_study: WriteStudy) -> None:
    one = "{name: plain, set: {}}, {name: other, set: {end: 2024-03-01}}"
    plain, other = read_study(write_study(study_of(one))).cases
    assert plain.draws == other.draws
    assert plain.plan.content.network.calendar.days == other.plan.content.network.calendar.days


def test_the_digest_agrees_with_the_check_of_the_engine(write_study: WriteStudy) -> None:
    """Cases with one digest may have each other's draws; those with two may not."""
    strategies = f"{reserves(2)}, {{name: more, set: {{demand.0.per_day: 90}}}}, {{name: seed, set: {{seed: 7}}}}"
    cases = read_study(write_study(study_of(strategies))).cases
    sources = []
    for case in cases:
        plan = case.plan.content
        sources.append((plan.demand, plan.network.calendar, Streams(plan.seed, 1)))
    for one, mine in zip(cases, sources, strict=True):
        for other, its in zip(cases, sources, strict=True):
            assert DemandSource(*mine).serves(*its) == (one.draws == other.draws)
