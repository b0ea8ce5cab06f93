"""The file of a session: the scenario that was played, and the log. It is whole at all times, and tells when it is not
what was written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim import __version__
from sim.errors import Problem, ScenarioError
from sim.output.files import put_text
from sim.scenario.reading.document import shown_path, shown_value
from sim.tabletop.moves import DOES, Do, Entry
from sim.tabletop.table import Settings, Table

if TYPE_CHECKING:
    from sim.tabletop.session import Session

FORMAT = "tideover-session"
VERSION = 1
"""Of the file; it rises when a file of before cannot be read any more."""
LARGEST = 50_000_000
"""Bytes."""
NEEDS: Mapping[str, Mapping[str, type]] = {
    "advance": {"day": int, "ready": list, "digest": str},
    "decide": {"id": str, "decision": str, "reason": str},
    "withdraw": {"id": str},
    "fire": {"inject": str},
    "skip": {"inject": str},
    "unskip": {"inject": str},
    "rewind": {"turn": int, "keep": str},
    "branch": {"name": str},
    "switch": {"name": str},
    "reset": {"keep": str},
    "clock": {"do": str},
    "message": {"id": str, "to": list, "text": str, "turn": int},
    "note": {"id": str, "guide": str, "objective": str, "rating": str, "text": str, "turn": int},
}
"""What each kind of entry has."""
HEAD: Mapping[str, type | tuple[type, ...]] = {
    "tideover": str,
    "scenario": str,
    "strategy": (str, type(None)),
    "settings": dict,
    "identity": dict,
    "injects": (str, type(None)),
    "log": list,
}
"""What stands before the log, and the log."""


def put_session(path: Path, session: Session) -> None:
    """Write a session in one step; raises WriteError where the disk does not take it."""
    settings = session.table.settings
    data: dict[str, Any] = {
        "format": FORMAT, "version": VERSION, "tideover": __version__,
        "scenario": beside(settings.path, path), "strategy": settings.strategy, "settings": dict(settings.overrides),
        "identity": session.table.identity, "injects": settings.injects,
        "log": [_written(entry) for entry in session.entries],
    }  # fmt: skip
    put_text(path, _text(data | {"seal": _seal(data)}))


def open_session(path: Path, at: dt.datetime | None = None, scenario: Path | None = None) -> Session:
    """Read a session back, to go on where it stood.

    `scenario` is its file where that has been moved. With `at` a clock that ran when the file was written last is
    paused since then, so that the time for which the machine was off does not count. Raises ScenarioError, in words,
    for a file that is no session, was cut off or changed by hand, or is of a scenario that is another one now.
    """
    from sim.tabletop.session import Session

    data = _read(path)
    scenario = scenario or _found(path, data)
    settings = Settings(scenario, data["strategy"], tuple(data["settings"].items()), data.get("injects"))
    table = Table(settings)
    if table.identity != data["identity"]:
        message = "the scenario, or a table that it names, was changed since the session was played"
        expected = f"the files as they were, under the version of Tideover that played it ({data['tideover']})"
        raise ScenarioError([Problem(shown_path(path), 0, message, shown_path(settings.path), expected)])
    entries = [_entry(k, one, path) for k, one in enumerate(data["log"])]
    try:
        session = Session(table, entries, path)
        _check_names(session)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        problem = Problem(shown_path(path), 0, "the log of this session does not hold together", str(error))
        raise ScenarioError([problem]) from None
    last = session.clock.last
    if at is not None and session.clock.status == "running" and last is not None:
        told = max(entry.at for entry in entries if entry.at is not None)
        session.set_clock("pause", told)
    return session


def _check_names(session: Session) -> None:
    """Raise KeyError or ValueError where a branch has what the exercise does not, or days that do not follow."""
    table = session.table
    for name in (*session.branches, session.branch):
        place = session.branch_place(name)
        days = [turn.day for turn in place.turns]
        if days != sorted({*days}) or not 0 <= days[0] <= days[-1] <= table.days:
            raise ValueError(f"branch {name}: turns on days {days}")
        for number in place.injects:
            table.by_number[number]
        for choice in place.choices:
            table.decisions[choice.decision], table.titles[choice.role]


def _read(path: Path) -> dict[str, Any]:
    """What the file holds, once it is found to be what was written."""
    shown = shown_path(path)

    def wrong(message: str, expected: str | None = None, value: object = None) -> ScenarioError:
        return ScenarioError([Problem(shown, 0, message, None if value is None else shown_value(value), expected)])

    kept = "the file of a session, as Tideover wrote it"
    try:
        if path.stat().st_size > LARGEST:
            raise wrong(f"this is larger than {LARGEST // 1_000_000} MB, and so no session", kept)
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise wrong("this is no session: it is no text", kept) from None
    except OSError as error:
        raise wrong(f"the session cannot be read: {error.strerror or error}", kept) from None
    if not text.lstrip().startswith("{") or FORMAT not in text[:200]:
        raise wrong("this is no session", kept)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise wrong("the session is cut off, or was changed by hand", "a copy of it that is whole") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise wrong("this is no session", kept)
    if data.get("version") != VERSION:
        newer = isinstance(data.get("version"), int) and data["version"] > VERSION
        message = f"this session was written by {'a newer' if newer else 'another'} version of Tideover"
        raise wrong(message, f"version {VERSION} of the file", data.get("version"))
    seal = data.pop("seal", None)
    if seal != _seal(data) or any(not isinstance(data.get(key), kind) for key, kind in HEAD.items()):
        raise wrong("the session was changed since Tideover wrote it", "a copy of it that is whole")
    return data


def _entry(number: int, one: Any, path: Path) -> Entry:
    """An entry of the log; one that is none is told, though the seal fits."""
    problem = Problem(shown_path(path), 0, f"entry {number + 1} of the log is none", shown_value(one))
    if not isinstance(one, dict) or one.get("do") not in DOES or not isinstance(one.get("by"), str):
        raise ScenarioError([problem])
    what = one.get("what")
    if not isinstance(what, dict) or any(not isinstance(what.get(key), kind) for key, kind in NEEDS[one["do"]].items()):
        raise ScenarioError([problem])
    try:
        at = None if one["at"] is None else dt.datetime.fromisoformat(one["at"])
    except (KeyError, TypeError, ValueError):
        raise ScenarioError([problem]) from None
    return Entry(cast(Do, one["do"]), at, one["by"], what)


def _written(entry: Entry) -> dict[str, Any]:
    return {
        "do": entry.do, "at": None if entry.at is None else entry.at.isoformat(), "by": entry.by,
        "what": dict(entry.what),
    }  # fmt: skip


def _text(data: Mapping[str, Any]) -> str:
    """One entry of the log a line, so that a person can read it."""
    head = {key: value for key, value in data.items() if key not in ("log", "seal")}
    lines = [json.dumps(entry, ensure_ascii=False) for entry in data["log"]]
    log = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    top = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{top},\n "log": {log},\n "seal": {json.dumps(data["seal"])}\n}}\n'


def _seal(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def beside(scenario: Path, session: Path) -> str:
    """The scenario's file as it is found from the session's folder, so that both can be moved together."""
    try:
        return Path(os.path.relpath(scenario.resolve(), session.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        return scenario.resolve().as_posix()


def _found(path: Path, data: Mapping[str, Any]) -> Path:
    found = path.resolve().parent / data["scenario"]
    if not found.is_file():
        message = "the scenario of this session is not there"
        expected = "the scenario where it was, or its new place with --scenario"
        raise ScenarioError([Problem(shown_path(path), 0, message, shown_value(data["scenario"]), expected)])
    return found
