"""What the phases of a day touch, told by watching a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sim.engine.phases import PHASES, Phase
from sim.engine.run import Running
from sim.model.part import Part, digest_of, parts_of


def strayed(running: Running, until: int) -> dict[str, list[str]]:
    """Go on to a day; the parts that phases touched on the way and do not declare, by "NAME reads", "NAME writes"."""
    world = running.world
    parts = parts_of(world)
    names = {id(part): name for name, part in parts.items()}
    found: dict[str, set[str]] = defaultdict(set)
    known: dict[str, str] = {}

    def wrapped(phase: Phase, day: int, first: bool) -> None:
        if first:  # effects have begun and ended since the last phase of the day before; else nothing happens between
            known.update((name, digest_of(part)) for name, part in parts.items())
        before = dict(known)
        seen: set[int] = set()
        with watched(seen):
            phase.does(world)(day)
        known.update((name, digest_of(part)) for name, part in parts.items())
        wrote = {name for name in parts if known[name] != before[name]}
        found[f"{phase.name} writes"] |= {name for name in wrote if not below(name, phase.writes)}
        read = {names[part] for part in seen if part in names}
        found[f"{phase.name} reads"] |= {n for n in read if not below(n, (*phase.writes, *phase.reads))}

    needed = [phase for phase in PHASES if phase.needed(world)]
    phases = [lambda day, phase=phase, first=not k: wrapped(phase, day, first) for k, phase in enumerate(needed)]
    with patch("sim.engine.run.needed_phases", lambda _: phases):
        running.go_on(until)
    return {phase: sorted(names) for phase, names in found.items() if names}


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
