"""Strategies that leave the scenario as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.engine.checks.base import Compiled, Note, check
from sim.units import parse_duration, parse_share


@check(
    "strategies_that_change_nothing",
    remedy="Give it a value that differs; to compare with the scenario as it is, a strategy may be empty: {}.",
    example={"strategies": {"tried": {"reserves.national.size": "240h"}}},
    quiet={"strategies": {"tried": {"reserves.national.size": "11d"}}},
)
def strategies_that_change_nothing(compiled: Compiled) -> Iterator[Note]:
    """The strategy in use sets nothing but what is there already. One that is empty is meant so."""
    document = compiled.loaded.document
    name = document.strategy
    if name is None:
        return
    by = {name, *document.strategies}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for override in document.overrides:
        if override.by in by:
            before.setdefault(override.path, override.old)
            after[override.path] = override.new
    if after and all(_same(before[path], value) for path, value in after.items()):
        what = f"sets {len(after)} values, all of them" if len(after) > 1 else f"sets {next(iter(after))}"
        kind = compiled.loaded.parsed.hindsight.get(name, "strategy")
        yield Note(("strategies", name), f"{kind} '{name}' changes nothing: it {what} to what is there already")


def _same(old: Any, new: Any) -> bool:
    """Whether two values as written are one: 240h is 10d, and 1 is 1.0."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    return bool(old == new) or _amount(old) == _amount(new) is not None


def _amount(value: Any) -> tuple[str, float] | None:
    """A duration or share as written, in days or in shares of 1."""
    for what, parse in (("days", parse_duration), ("share", parse_share)):
        if isinstance(value, str):
            try:
                return what, round(parse(value), 9)
            except ValueError:
                continue
    return None
