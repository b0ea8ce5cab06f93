"""A session as a scenario: what was played is a strategy of a file that builds on the one that was played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.output.files import put_text
from sim.scenario.load import load
from sim.scenario.reading.document import shown_path
from sim.tabletop.inject_table import write_injects
from sim.tabletop.session import Session
from sim.tabletop.session_file import beside

PLAYED = "played"
"""Name of the strategy."""


def overlay(session: Session) -> dict[str, Any]:
    """What the path of the present branch sets over the scenario, by dotted path: on which days what was chosen, and
    the disruptions that injects brought. A run with this over it gives what was played, to the byte."""
    table = session.table
    chosen: dict[str, list[str]] = {}
    fired: dict[str, Any] = {}
    for turn in session.place.turns:
        for name in turn.chosen:
            chosen.setdefault(name, []).append(table.date(turn.day).isoformat())
        for number in turn.fired:
            for event in table.by_number[number].disruptions(table.date(turn.day)):
                fired[f"disruptions.{event['name']}"] = {key: value for key, value in event.items() if key != "name"}
    return {f"decisions.{name}.chosen_on": days for name, days in chosen.items()} | fired


def list_of(session: Session, path: Path) -> Path | None:
    """Where the list of injects stands that was read in for the session, beside its scenario; None where it is played
    with the one that the scenario names."""
    return None if session.table.settings.injects is None else path.with_name(f"{path.stem}-injects.csv")


def write_scenario(session: Session, path: Path) -> None:
    """Write what was played as a scenario of its own, to be run with the strategy `played`; and the list of injects
    where one was read in.

    Raises ScenarioError where a file is there already, or the scenario cannot be read from there: it builds on the one
    that was played, so it has to lie in the same project.
    """
    import yaml

    injects = list_of(session, path)
    if there := [one for one in (path, injects) if one is not None and one.exists()]:
        expected = "another name, so that what is there is kept"
        raise ScenarioError(
            [Problem(shown_path(one), 0, "this file is there already", None, expected) for one in there]
        )

    settings = session.table.settings
    spec = session.table.begun.loaded.spec
    name = f"{spec.scenario}-{PLAYED}"
    strategy = {"title": "As it was played", "what": f"Branch {session.branch}, {session.turn} turns"}
    strategy |= {} if settings.strategy is None else {"also": settings.strategy}
    strategy |= dict(settings.overrides) | overlay(session)
    data: dict[str, Any] = {
        "extends": beside(settings.path, path), "scenario": name, "title": f"{spec.title}: as it was played",
    }  # fmt: skip
    if injects is not None:
        data["exercise"] = {"injects": {"_replace_": True, "table": injects.name}}
    data["strategies"] = {PLAYED: strategy}
    command = f"tideover run {shown_path(path)} --strategy {PLAYED}"
    head = f"# What was decided and fired in an exercise. Run it with: {command}\n"
    try:
        if injects is not None:
            write_injects(injects, session.table.injects)
        put_text(path, head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110))
        load(path, PLAYED)
    except BaseException:
        for one in (path, injects):
            if one is not None:
                one.unlink(missing_ok=True)
        raise
