"""A session to play: a new one, or the one that is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.scenario.document import shown_path
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session
from sim.tabletop.table import Settings


def open_or_begin(
    scenario: Path, place: Path | None, strategy: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Session, bool]:
    """The session of a scenario in a file, and whether it was there already; a clock that ran then stands.

    Raises ScenarioError for a scenario or a session that cannot be played, and where the one that is there is played
    under another strategy or other values than were asked for.
    """
    file = place or Path("reports") / f"{scenario.stem}.session"
    settings = Settings(scenario, strategy, tuple((overrides or {}).items()))
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        return Session.begin(settings, file), False
    session = open_session(file, at=dt.datetime.now(dt.UTC), scenario=scenario)
    there = session.table.settings
    if (there.strategy, dict(there.overrides)) != (settings.strategy, dict(settings.overrides)):
        message = "the session that is there is played under another strategy, or with other values"
        expected = "the same --strategy and --set as when it was begun, or another file with --session"
        raise ScenarioError([Problem(shown_path(file), 0, message, None, expected)])
    return session, True
