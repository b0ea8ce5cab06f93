"""What a copy of a run shares with it, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine.compile.plan import compile_plan
from sim.engine.deciding.hoarding import SeenScarcity
from sim.engine.run import Running
from sim.model.part import Part
from sim.scenario.load import load
from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of


def test_a_copy_takes_no_memory_for_days_that_are_over() -> None:
    """With its daily table a run keeps 8 bytes a day, figure and cell; a copy made later takes none of these."""
    plan = plan_of(scenario(Dice(1)) | {"end": "2024-12-31"})
    running, taken = Running(plan, detail="none"), []
    for day in (100, 300):
        running.go_on(day)
        tracemalloc.start()
        copy = running.copy()
        taken.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert copy.digest() == running.digest()
    day_of_table = running.world.state.today.rows.nbytes
    assert taken[1] - taken[0] < 200 * day_of_table / 2


def test_what_a_hoarder_saw_on_a_lanes_last_day_is_its_own_in_a_copy() -> None:
    """Of 10 units due none came, so the share filled falls from 1 to 0 with a memory of one day. A copy that then sees
    all filled must not tell the first: with no lane leaving, that goes on seeing none filled."""
    hoarders: Any = SimpleNamespace(cells=np.array([0]), memory=1.0, below=0.5, gain=1.0, seen=None)
    network: Any = SimpleNamespace(flow_buyer=np.array([0]), cell_site=np.array([0]))
    one, none_leaves = SeenScarcity(network, hoarders), np.array([False])
    one.look(np.array([10]), np.array([10]))
    other = one.copy()
    other.look(np.array([10]), np.array([0]))
    one.look(np.array([10]), np.array([0]), none_leaves)
    assert (one.factor[0], other.factor[0]) == (2.0, 1.0)


ELSEWHERE = """
import sys
from pathlib import Path
from sim.engine.run import Running
from sim.scenario.load import load
from sim.engine.compile.plan import compile_plan
running = Running(compile_plan(load(Path(sys.argv[1]))))
running.go_on(int(sys.argv[2]))
print(running.digest())
"""


@pytest.mark.parametrize(("name", "day"), [("red-sea-2024", 100), ("suez-2021", 40)])
def test_a_digest_is_the_same_in_another_process(name: str, day: int) -> None:
    """Vessels have turned off by then; texts hash to other numbers in the second process, objects lie elsewhere."""
    found = {
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE, f"scenarios/crises/{name}.yaml", str(day)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1, found


def test_a_value_without_a_form_of_its_own_has_no_digest() -> None:
    class Odd(Part):
        CHANGES = ("one",)
        one = object()

    with pytest.raises(TypeError, match="no form that is the same everywhere"):
        Odd().digest()


def test_a_run_that_may_be_changed_gives_the_same_as_one_that_may_not() -> None:
    plan = compile_plan(load(Path(__file__).parents[1] / "data/found/reserve-after-sending.yaml"))
    closed, changeable = (Running(plan, open_to_change=may).resume().record.sums for may in (False, True))
    for name, sums in closed.items():
        np.testing.assert_array_equal(changeable[name], sums, err_msg=name)
