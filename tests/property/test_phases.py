"""Every phase of a day touches the parts of a run that it says, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from docs.make_day import LIST, MODEL, PAGE, day, model
from sim.engine.day import World
from sim.engine.phases import PHASES, STEPS, Phase, add_phase
from sim.engine.run import Running, simulate
from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of
from tests.property.watching import strayed


def conditional(seed: int) -> bool:
    """Whether use levels of a random scenario begin on a condition on what sites report."""
    levels = [rule.get("contingency", {}) for rule in scenario(Dice(seed), disruptions=6, hazards=2)["use_levels"]]
    return any("above" in level.get("when", {}) for level in levels)


@pytest.mark.parametrize("seed", [*range(100, 106), next(filter(conditional, range(106, 200)))])
def test_a_phase_touches_what_it_declares(seed: int) -> None:
    """The last with use levels on a condition, which is looked at before patients are served."""
    plan = plan_of(scenario(Dice(seed), disruptions=6, hazards=2))
    running = Running(plan, open_to_change=bool(seed % 2))
    assert not strayed(running, min(12, plan.network.calendar.days))


def test_steps_are_in_order_and_all_but_the_first_have_phases() -> None:
    """Effects act at their own times; all else of a day is a phase."""
    steps = [phase.step for phase in PHASES]
    assert steps == sorted(steps) and set(steps) == set(range(2, len(STEPS) + 1))
    assert len({phase.name for phase in PHASES}) == len(PHASES)


def test_pages_tell_the_phases_as_they_are() -> None:
    """docs/reference/day.md, and the order of a day in docs/model.md: python -m docs.make_day."""
    assert PAGE.read_text(encoding="utf-8") == day()
    text = MODEL.read_text(encoding="utf-8")
    assert LIST.search(text) and model(text) == text


def test_a_phase_may_be_added_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.engine.phases.PHASES", list(PHASES))
    days: list[tuple[int, int]] = []

    def note(world: World) -> Any:
        return lambda day: days.append((day, int(np.add.reduce(world.state.on_hand))))

    add_phase(Phase("evening stock", 7, "the stock of all sites is noted", note, reads=("state",)), after="prices")
    plan = plan_of(scenario(Dice(4)))
    record = simulate(plan).record
    assert record.table is not None
    assert [units for day, units in days if day >= 0] == record.table["on_hand"].sum(axis=1).tolist()
    with pytest.raises(ValueError, match="already"):
        add_phase(Phase("evening stock", 6, "", note), after="allocation")
    with pytest.raises(ValueError, match="no phase 'supper'"):
        add_phase(Phase("other", 6, "", note), after="supper")
