"""The files that a scenario is read from: its own, those it builds on, and tables that it names."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.scenario.load import load
from sim.scenario.overlay import OVERRIDE, is_study
from sim.scenario.reading.document import Document, Place
from sim.scenario.reading.yaml_reader import read_yaml

NAMING = ("file", "table")
"""Keys whose text names a file."""


def tables_of(document: Document) -> list[Path]:
    """Every table that a scenario names, in the order in which it does."""
    found: list[Path] = []

    def look(value: object, place: Place) -> None:
        if isinstance(value, dict):
            for key, child in value.items():
                if key in NAMING and isinstance(child, str):
                    found.append(document.file_at((*place, key)))
                else:
                    look(child, (*place, key))
        elif isinstance(value, list):
            for position, child in enumerate(value):
                look(child, (*place, position))

    look(document.data, ())
    return list(dict.fromkeys(found))


def files_of(scenario: Path) -> list[Path]:
    """Every file that a scenario needs under any of its strategies, itself first; raises ScenarioError."""
    found: dict[Path, None] = {}
    plain = load(scenario).document
    for strategy in (None, *plain.strategies):
        document = plain if strategy is None else load(scenario, strategy).document
        found |= dict.fromkeys([*document.files, *tables_of(document)])
    return list(found)


def set_by_hand(document: Document) -> dict[str, Any]:
    """Path -> value of what was set on top of files and strategy."""
    return {override.path: override.new for override in document.overrides if override.by == OVERRIDE}


def file_is_study(path: Path) -> bool:
    """Whether a file is a study; false where it cannot be read."""
    return is_study(read_yaml(path)[0])


def scenario_hash(document: Document) -> str:
    """Hash of a scenario as it is run, apart from the tables that it names."""
    return hashlib.sha256(json.dumps(document.data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def tables_hash(document: Document) -> str | None:
    """Hash of what the tables hold that a scenario names; None where it names none."""
    hasher = hashlib.sha256()
    tables = tables_of(document)
    for table in tables:
        content = table.read_bytes()
        hasher.update(b"%d:" % len(content) + content)
    return hasher.hexdigest() if tables else None
