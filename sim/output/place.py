"""Where results go that were given no place: a folder named by what it holds, or numbered where another run has it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.output.folder import Folder, OtherResults
from sim.output.holding import value_text
from sim.output.names import LONGEST, default_folder

CHANGED = "changed"
"""Stands for changed values that are too many or too long for a name."""


def named(scenario: str, strategy: str | None, settings: Mapping[str, Any], question: str | None = None) -> Path:
    """The folder of a run or of a question: its scenario, strategy, changed values and question."""
    changed = [_plain(f"{path}={value_text(value)}") for path, value in settings.items()]
    if len("-".join(filter(None, (scenario, strategy, *changed, question)))) > LONGEST:
        changed = [CHANGED]
    return default_folder(scenario, strategy, *changed, question)


def _plain(text: str) -> str:
    """A changed value with what cannot stand in a name left out; whether it is the same one the manifest tells."""
    return re.sub(r"[^A-Za-z0-9._+=,()-]+", "-", text).strip("-.")


def place_for(first: Path, kind: str, manifest: Mapping[str, Any], names: Iterable[str] = ()) -> Path:
    """`first`, or the same with the smallest number at which nothing else stands.

    Raises ScenarioError where what stands at `first` are no results of this kind: that is told, not stepped around.
    """
    for number in itertools.count(1):
        place = first if number == 1 else first.with_name(f"{first.name}-{number}")
        try:
            if not _by_other_capitals(place):
                Folder(place, kind, names, manifest)
                return place
        except OtherResults:
            pass
        except ScenarioError:
            if number == 1:
                raise
    raise AssertionError("unreachable")


def _by_other_capitals(place: Path) -> bool:
    """Whether something stands beside it whose name only capitals tell apart, which many file systems do not."""
    if not place.parent.is_dir():
        return False
    return any(p.name != place.name and p.name.casefold() == place.name.casefold() for p in place.parent.iterdir())
