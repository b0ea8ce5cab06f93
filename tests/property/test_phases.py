"""Every phase of a day touches the parts of a run that it says, and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from docs.make_day import LIST, MODEL, PAGE, day, model
from sim.engine.day import World
from sim.engine.phases import PHASES, STEPS, Phase, add_phase
from sim.engine.run import Running, simulate
from sim.model.part import Part, digest_of, parts_of
from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of


@contextmanager
def watched(seen: set[int]) -> Iterator[None]:
    """Note, by identity, every part whose changing attributes are asked for."""

    def spy(self: Part, name: str) -> Any:
        kind = type(self)
        if name in kind.CHANGES or name in kind.GROWS or name in kind.VIEWS:
            seen.add(id(self))
        return object.__getattribute__(self, name)

    Part.__getattribute__ = spy  # type: ignore[method-assign]
    try:
        yield
    finally:
        del Part.__getattribute__


def below(name: str, allowed: tuple[str, ...]) -> bool:
    """Whether a part is one of those named, or below one of them; "" is the run's own."""
    return any(name == one or (one != "" and name.startswith(one + ".")) for one in allowed)


@pytest.mark.parametrize("seed", range(6))
def test_a_phase_touches_what_it_declares(seed: int) -> None:
    plan = plan_of(scenario(Dice(100 + seed), disruptions=6, hazards=2))
    running = Running(plan, open_to_change=bool(seed % 2))
    world = running.world
    parts = parts_of(world)
    names = {id(part): name for name, part in parts.items()}
    strayed: dict[str, set[str]] = defaultdict(set)

    def wrapped(phase: Phase, day: int) -> None:
        before = {name: digest_of(part) for name, part in parts.items()}
        seen: set[int] = set()
        with watched(seen):
            phase.does(world)(day)
        wrote = {name for name, part in parts.items() if digest_of(part) != before[name]}
        strayed[f"{phase.name} writes"] |= {name for name in wrote if not below(name, phase.writes)}
        read = {names[part] for part in seen if part in names}
        strayed[f"{phase.name} reads"] |= {n for n in read if not below(n, (*phase.writes, *phase.reads))}

    world._phases[:] = [lambda day, phase=phase: wrapped(phase, day) for phase in PHASES if phase.needed(world)]
    running.go_on(min(12, plan.network.calendar.days))
    assert not {phase: sorted(names) for phase, names in strayed.items() if names}


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
