"""A session once more, without anybody at the table: every turn of every branch, held against what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.report.words.phrases import listed
from sim.tabletop.beside import Line, compare
from sim.tabletop.course import Course, digest
from sim.tabletop.moves import place_of
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session


@dataclass(frozen=True)
class Replayed:
    """A session that was replayed; `differs` says, in words, where it gives other figures than those recorded."""

    session: Session
    lines: list[Line]
    differs: tuple[str, ...]

    def text(self) -> str:
        """What became of it: units unmet turn by turn, beside doing nothing and the scripted policy."""
        session, table = self.session, self.session.table
        spec, place = table.begun.loaded.spec, session.place
        counted = [one for one in place.choices if not one.withdrawn and one.turn < place.turn]
        told = [
            f"{spec.title}: branch {session.branch}, turn {place.turn}, {table.date(place.day)}",
            f"{len(counted)} decisions counted; injects fired: "
            + (listed([number for turn in place.turns for number in turn.fired]) or "none"),
        ]
        for product in sorted(self.lines[0].unmet):
            told.append(f"Unmet on the day, {product}, in all and turn by turn:")
            width = max(len(line.name) for line in self.lines)
            for line in self.lines:
                units = line.unmet.get(product, [])
                told.append(f"  {line.name:<{width}}  {sum(units):>12,}  {' '.join(f'{n:,}' for n in units)}")
        if not self.differs:
            told.append("Every turn of every branch gives the figures that were recorded.")
        return "\n".join(told)


def replay(path: Path, scenario: Path | None = None) -> Replayed:
    """Play a session's log again from the first day on; raises ScenarioError as `open_session` does."""
    session = open_session(path, scenario=scenario)
    differs: list[str] = []
    for name in session.branches:
        differs += _differences(session, name)
    return Replayed(session, compare(session), tuple(dict.fromkeys(differs)))


def _differences(session: Session, branch: str) -> list[str]:
    """Turns of a branch that begin otherwise than recorded."""
    course, table = Course(session.table), session.table
    path = session.branch_path(branch)
    found = []
    for k, entry in enumerate(path):
        if entry.do != "advance":
            continue
        turns = place_of(path[: k + 1]).turns
        if digest(course.at(turns)) != entry.what["digest"]:
            day = table.date(turns[-1].day)
            found.append(f"branch {branch}, turn {len(turns)} ({day}): this is not what was recorded")
    return found
