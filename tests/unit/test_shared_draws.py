"""Runs of one replication may share its plain draws: the same numbers, drawn once, and none changed by a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

import sim
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, draws_of, simulate
from sim.engine.serving.demand_source import DemandSource
from sim.engine.time_tape import block_of
from sim.rng import Streams
from sim.scenario.load import load

SCENARIO = {
    "scenario": "shared",
    "title": "Every way in which demand can be told",
    "start": "2024-01-01",
    "end": "2025-06-01",
    "warm_up": "20d",
    "products": {"p": {"unit": "box"}},
    "suppliers": {"s": {"makes": {"p": {}}}},
    "facilities": {name: {"region": "east", "population": 9000} for name in "abcde"},
    "lanes": [{"from": "s", "to": "facilities", "time": "1d"}],
    "demand": [
        {"at": ["a", "b"], "product": "p", "per_day": 20},
        {"at": "c", "product": "p", "per_day": 9, "season": {"amplitude": "30%", "peak": "07-01"}},
        {"at": "d", "product": "p", "per_day": 2.3, "distribution": "deterministic"},
        {"at": "e", "product": "p", "series": {"file": "issues.csv"}},
    ],
    "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 40}],
    "disruptions": [
        {"kind": "demand_surge", "at": "facilities", "from": "2024-02-01", "until": "2024-11-01", "factor": 1.4},
        {"kind": "epidemic", "from": "2024-03-01", "until": "2025-02-01", "items": {"p": 2}, "r0": 2.5,
         "treated": "10%", "arrives": {"east": "0d"}},
    ],
}  # fmt: skip
DAYS, BLOCK = 517, 256 * 5 * 2


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario."""
    folder = tmp_path_factory.mktemp("shared")
    rows = [f"2024-{month:02d}-{day:02d},e,p,{day}" for month in range(1, 13) for day in range(1, 29)]
    (folder / "issues.csv").write_text("\n".join(["date,site,product,units", *rows]) + "\n", encoding="utf-8")
    path = folder / "s.yaml"
    path.write_text(yaml.safe_dump(SCENARIO, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plan(file: Path) -> Plan:
    """The compiled scenario."""
    return compile_plan(load(file))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """First days of the blocks that are drawn, as they are."""
    found: list[int] = []
    draw: Callable[[DemandSource, int, int], np.ndarray] = DemandSource._draw

    def counted(source: DemandSource, number: int, first: int) -> np.ndarray:
        found.append(first)
        return draw(source, number, first)

    monkeypatch.setattr(DemandSource, "_draw", counted)
    return found


def table(outcome: Outcome) -> dict[str, bytes]:
    assert outcome.record.table is not None
    return {name: np.ascontiguousarray(column).tobytes() for name, column in outcome.record.table.items()}


@pytest.mark.parametrize("keep", [0, BLOCK, 2**20], ids=["none kept", "one kept", "all kept"])
def test_shared_draws_give_the_same_bytes_as_draws_of_ones_own(plan: Plan, keep: int) -> None:
    runs = [{"disruptions": True}, {"disruptions": False}, {"disruptions": True}]
    source = draws_of(plan, 3, keep)
    alone = [table(simulate(plan, replication=3, **options)) for options in runs]
    shared = [table(simulate(plan, replication=3, demand=source, **options)) for options in runs]
    assert alone == shared
    assert alone[0]["demand"] != alone[1]["demand"], "the disruptions bring no patients"


def test_blocks_are_drawn_once_while_they_fit_and_again_where_they_do_not(plan: Plan, drawn: list[int]) -> None:
    blocks = [-256, 0, 256, 512]
    for keep, again in [(0, blocks), (BLOCK, blocks[1:]), (2**20, [])]:
        source = draws_of(plan, 0, keep)
        drawn.clear()
        simulate(plan, demand=source)
        assert drawn == blocks
        drawn.clear()
        simulate(plan, demand=source, disruptions=False)
        assert drawn == again
        assert sum(block.base.nbytes for block in source._kept.values() if block.base is not None) <= keep


def test_a_single_run_uses_the_memory_of_its_blocks_again(plan: Plan) -> None:
    source = draws_of(plan, keep=0)
    one, two = (source.block(*block_of(day)[:2]) for day in (0, 256))
    assert one.base is two.base or np.shares_memory(one, two)


@pytest.mark.parametrize("keep", [0, 2**20])
def test_no_run_can_write_into_what_others_read(plan: Plan, keep: int) -> None:
    block = draws_of(plan, keep=keep).block(0, 0)
    with pytest.raises(ValueError, match="read-only"):
        block[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        np.add(block, 1, out=block)


def test_draws_of_other_demand_are_refused(plan: Plan) -> None:
    source = draws_of(plan, 2)
    more = replace(plan.demand, mean=plan.demand.mean * 1.01)
    longer = replace(plan.network.calendar, days=DAYS + 1)
    calendar = plan.network.calendar
    assert source.serves(replace(plan.demand, mean=plan.demand.mean.copy()), calendar, Streams(plan.seed, 2))
    assert not source.serves(more, calendar, Streams(plan.seed, 2))
    assert not source.serves(plan.demand, longer, Streams(plan.seed, 2))
    for other, replication in [(replace(plan, demand=more), 2), (plan, 1), (replace(plan, seed=plan.seed + 1), 2)]:
        with pytest.raises(ValueError, match="of other demand"):
            simulate(other, replication=replication, demand=source)


def test_a_run_and_its_twins_draw_once(file: Path, drawn: list[int]) -> None:
    sim.run(file, detail="none", daily=False)
    assert drawn == [-256, 0, 256, 512]
