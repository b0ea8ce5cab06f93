"""The draft of an after-action report and improvement plan: what is known filled in, what people judge left blank."""

from __future__ import annotations

from collections.abc import Mapping

from sim import __version__
from sim.room.sheets import Paper
from sim.tabletop.beside import compare
from sim.tabletop.debrief import turn_by_turn, weigh
from sim.tabletop.moves import Choice
from sim.tabletop.session import RATINGS, Session

LEAD = "A draft: what the session tells is filled in; strengths, causes, owners and dates are for the meeting."
BLANK = 3
"""Blank rows for each thing to be written."""


def after_action(session: Session) -> list[Paper]:
    """Its sheets: overview, what happened, what stands beside the path, each capability, and the improvement plan."""
    guide = session.view("observer")["guide"]
    return [
        _overview(session),
        _story(session),
        _beside(session),
        _mattered(session),
        *(_capability(row) for row in guide),
        _plan([str(row["title"]) for row in guide]),
    ]


def _overview(session: Session) -> Paper:
    table, entries = session.table, session.entries
    spec = table.begun.loaded.spec
    times = [entry.at for entry in entries if entry.at is not None]
    played = f"{times[0]:%Y-%m-%d %H:%M} to {times[-1]:%Y-%m-%d %H:%M} UTC" if times else "times were not noted"
    fired = [number for turn in session.place.turns for number in turn.fired]
    rows = (
        ("Exercise", spec.title),
        ("Played", played),
        ("Story", f"{table.date(0)} to {table.date(session.place.day)}; turn {session.turn}, branch {session.branch}"),
        ("Roles", ", ".join(table.titles.values())),
        ("Objectives", "; ".join(table.exercise.objectives.values()) or "none"),
        ("Injects fired", ", ".join(fired) or "none"),
        ("To run it again", f"seed {spec.seed}, Tideover {__version__}"),
    )
    return Paper("Overview", "Exercise", (), ("What", "Which"), rows)


def _story(session: Session) -> Paper:
    rows = tuple(
        (
            f"{turn.turn}, {turn.date}",
            "; ".join(f"{number} {title}" for number, title in turn.injects),
            "; ".join(_decided(session, one) for one in turn.decisions),
            _amounts(turn.unmet),
        )
        for turn in turn_by_turn(session)
    )
    return Paper("What happened", "Turn by turn", (), ("Turn", "Injects", "Decisions", "Not there"), rows)


def _decided(session: Session, choice: Choice) -> str:
    because = f" ({choice.reason})" if choice.reason else ""
    return f"{session.table.title(choice.role)}: {choice.decision}{because}"


def _beside(session: Session) -> Paper:
    rows = tuple((line.name + ", the path taken" * line.here, _amounts(line.totals)) for line in compare(session))
    return Paper("The path and what stands beside it", "With the same luck", (), ("Path", "Not there"), rows)


def _mattered(session: Session) -> Paper:
    titles = session.table.titles
    rows = tuple(
        (str(one.choice.turn), titles[one.choice.role], one.choice.decision, _amounts(one.averted))
        for one in weigh(session)
    )
    lines = ("Each decision is left out in turn; all else is the same. Below 0: it did harm.",)
    return Paper("What mattered most", "The first first", lines, ("Turn", "Role", "Decision", "More not there"), rows)


def _capability(row: Mapping[str, object]) -> Paper:
    notes = row["notes"]
    assert isinstance(notes, list)
    lines = tuple(
        f"Observer, turn {note['turn']}: {note['rating']}, {RATINGS[note['rating']]}. {note['text']}".strip()
        if note["rating"]
        else f"Observer, turn {note['turn']}: {note['text']}"
        for note in notes
    )
    blank = tuple((what, "") for what in ("Strength", "Area for improvement", "Root cause") for _ in range(BLANK))
    return Paper(str(row["title"]), "Capability", lines or ("Nobody noted anything.",), ("", "To be written"), blank)


def _plan(titles: list[str]) -> Paper:
    rows = tuple((title, "", "", "", "") for title in titles or [""] for _ in range(BLANK))
    head = ("Capability", "Issue", "Corrective action", "Owner", "Due")
    return Paper("Improvement plan", "To be written", (), head, rows)


def _amounts(units: Mapping[str, int]) -> str:
    return ", ".join(f"{some:,} {product}" for product, some in units.items())
