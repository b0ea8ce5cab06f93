"""Drawing what is uncertain: nothing is read again, what no figure touches is not made again, and it costs little."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from sim.engine.compile.places import network
from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import Unknowns
from sim.engine.run import simulate
from sim.scenario import load as load_module
from sim.scenario import overlay, sites
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
RANGES = {
    "suppliers.north-cove.makes.iv-bag-litre.finished_stock": "uniform(7d, 30d)",
    "replenishment.1.level": "uniform(3d, 6d)",
    "replenishment.2.level": "uniform(6d, 12d)",
}


@pytest.fixture
def unknowns(tmp_path: Path) -> Unknowns:
    """The shipped crisis of IV fluids with ranges for three of its figures."""
    for part in ("crises", "networks", "data"):
        shutil.copytree(ROOT / "scenarios" / part, tmp_path / "scenarios" / part)
    file = tmp_path / "scenarios" / "drawn.yaml"
    text = {"scenario": "drawn", "extends": "crises/helene-2024.yaml", "uncertain": RANGES}
    file.write_text(yaml.safe_dump(text), encoding="utf-8")
    return Unknowns(load(file))


def test_only_figures_are_made_anew(unknowns: Unknowns, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_plan(unknowns.loaded)

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("this was there already")

    for module, name in (
        (overlay, "read_yaml"), (sites, "read_table"), (load_module, "read_table"), (sites, "_read_sites"),
        (network, "compile_lanes"), (network, "find_supply"), (network, "_routes"), (network, "compile_gates"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, refuse)
    plans = [unknowns.plan(k) for k in range(3)]
    assert len({tuple(plan.finished_target.tolist()) for plan in plans}) == 3


def test_a_draw_costs_at_most_a_tenth_of_its_runs(unknowns: Unknowns) -> None:
    """In processor time, medians of five: beside the run and its twin, or its second luck, for which each is made."""

    def seconds(work: Callable[[int], object]) -> float:
        took = []
        for k in range(6):
            began = time.process_time()
            work(k)
            took.append(time.process_time() - began)
        return median(took[1:])  # the first one makes what stays the same

    runs = seconds(
        lambda k: [simulate(unknowns.plan(7), replication=k + n, detail="none", table=False) for n in (0, 9)]
    )
    assert seconds(unknowns.plan) <= runs / 10
