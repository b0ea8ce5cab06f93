"""A small exercise: one neighbour's ban, two roles, six injects; small enough to be played many times."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sim.tabletop.session import Session
from sim.tabletop.table import Settings

DATA = Path(__file__).resolve().parents[1] / "data" / "exercises"
SCENARIO = (DATA / "small-exercise.yaml").read_text(encoding="utf-8")
INJECTS = (DATA / "injects.csv").read_text(encoding="utf-8")
BEGIN = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    """So many minutes after the exercise began."""
    return BEGIN + dt.timedelta(minutes=minutes)


def written(folder: Path, scenario: str = SCENARIO, injects: str = INJECTS) -> Path:
    """The exercise in a folder; its scenario file."""
    folder.mkdir(exist_ok=True)
    (folder / "injects.csv").write_text(injects, encoding="utf-8")
    file = folder / "small-exercise.yaml"
    file.write_text(scenario, encoding="utf-8")
    return file


def begun(folder: Path, file: str | None = None, strategy: str | None = None, **changes: Any) -> Session:
    """A session of it."""
    path = written(folder)
    settings = Settings(path, strategy, tuple(changes.items()))
    return Session.begin(settings, None if file is None else folder / file)
