"""A session: a scenario, its injects and a log of what was done, which together say all there is.

Whatever is tried is checked first; then it is written to the log, and the file is there whole before anybody is told.
Times are given by whoever calls, in UTC.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from sim.begun import Begun
from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.exercise_spec import FACILITATOR, OBSERVER
from sim.scenario.reading.document import shown_path
from sim.tabletop import pacing, views
from sim.tabletop.checking import aware, check_decision, check_prose, check_role, check_text, check_turn
from sim.tabletop.clock import Clock, Reading
from sim.tabletop.clock import Do as ClockDo
from sim.tabletop.clock import Of as ClockOf
from sim.tabletop.course import Course, digest
from sim.tabletop.inject_table import Played, injects_csv
from sim.tabletop.injects import Inject, Status
from sim.tabletop.ledger import Ledger
from sim.tabletop.looking import Seen
from sim.tabletop.moves import Choice, Entry, Place, Trail, Turn, place_of
from sim.tabletop.moves import Do as MoveDo
from sim.tabletop.refusals import Refused
from sim.tabletop.session_file import put_session
from sim.tabletop.table import Settings, Table

LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 100, 60, 2000
Step = Literal["turn", "day", "next inject"]
RATINGS = {
    "P": "performed without challenges", "S": "performed with some challenges",
    "M": "performed with major challenges", "U": "unable to be performed",
}  # fmt: skip
"""How a capability is rated, as in the exercise evaluation guides of HSEEP."""
BESIDE = (NOTHING, SCRIPTED) = ("Do nothing", "Scripted policy")
"""What stands beside every path, under names that no branch has."""
BEFORE_PLAY = frozenset(("clock", "message", "note"))
"""What may be done without the list of injects being settled by it."""


class Session:
    """An exercise that is played; made by `Session.begin`, or read back with `sim.tabletop.session_file.open_session`.

    What cannot be done raises `Refused`, and nothing is changed.
    """

    def __init__(self, table: Table, entries: Iterable[Entry] = (), file: Path | None = None) -> None:
        self.table, self.file = table, file
        self._ledger = Ledger(entries)
        self._course = Course(table)
        self._looked: tuple[int, dict[int | None, Begun]] = (0, {})
        self._clock: tuple[int, Clock] | None = None
        self._ticking = False

    @classmethod
    def begin(cls, settings: Settings, file: Path | None = None) -> Session:
        """A session of a scenario in its first turn; it is written to `file`, where one is named, from now on.

        Raises ScenarioError with all that is wrong with the scenario, its exercise or its injects.
        """
        if file is not None and file.exists():
            expected = "another file, or to go on with the session that is in it"
            raise ScenarioError([Problem(shown_path(file), 0, "this file is there already", None, expected)])
        session = cls(Table(settings), file=file)
        session.save()
        return session

    # where it stands

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The log."""
        return tuple(self._ledger.entries)

    @property
    def place(self) -> Place:
        """Where the present branch stands."""
        return self._ledger.place

    @property
    def branch(self) -> str:
        """The present branch."""
        return self._ledger.current

    @property
    def turn(self) -> int:
        """The present turn, from 1 on."""
        return self.place.turn

    @property
    def most_turns(self) -> int:
        """How many turns there are, if all are as long as the exercise says."""
        return self.turn - 1 + max(1, -(-(self.table.days - self.place.day) // self.table.exercise.turn))

    @property
    def over(self) -> bool:
        """Whether the story has come to its end."""
        return self.place.day >= self.table.days

    @property
    def under_way(self) -> bool:
        """Whether anything has happened that goes by the list of injects that there is."""
        return any(entry.do not in BEFORE_PLAY for entry in self.entries)

    @property
    def begun(self) -> Begun:
        """The run as it stands, with what was fired in this turn; a copy. Decisions of this turn are not in it."""
        return self._course.at(self.place.turns)

    def look(self, turn: int | None = None) -> Begun:
        """The same to be looked at and not changed; with `turn` as it stood when a turn of this branch began."""
        done, turns = len(self._ledger.entries), self.place.turns
        if self._looked[0] != done:
            self._looked = done, {}
        found = self._looked[1]
        if turn not in found:
            there = turns if turn is None else (*turns[: turn - 1], Turn(turns[turn - 1].day))
            found[turn] = self._course.look(there)
        return found[turn]

    def seen(self, begun: Begun, party: str | None) -> Seen:
        """A run through the eyes of a party; None: as it is."""
        return Seen(begun, party, self.table.exercise.bands)

    @property
    def played(self) -> Played:
        """What became of the injects on this branch."""
        dates = [self.table.date(turn.day).isoformat() for turn in self.place.turns]
        return Played(self.place.injects, dates, self.table.begun.loaded.spec.seed)

    def branch_path(self, name: str) -> Trail:
        """What led to where a branch stands."""
        return self._ledger.branches[name]

    def branch_place(self, name: str) -> Place:
        """Where a branch stands."""
        return place_of(self.branch_path(name))

    @property
    def branches(self) -> list[str]:
        """Names of the branches, in the order in which they came."""
        return list(self._ledger.branches)

    def branch_list(self) -> list[dict[str, Any]]:
        """Each branch, the turn in which it stands, and whether that is where the session is."""
        return [
            {"name": name, "turn": self.branch_place(name).turn, "here": name == self.branch} for name in self.branches
        ]

    @property
    def clock(self) -> Clock:
        """The clocks."""
        done = len(self._ledger.entries)
        if self._clock is None or self._clock[0] != done:
            self._clock = done, Clock(self.table.exercise, self.table.start, self._ledger.ticks)
        return self._clock[1]

    def reading(self, now: dt.datetime | None = None) -> Reading:
        """What the clocks show; left out: when something was done last."""
        told = (entry.at for entry in reversed(self.entries) if entry.at is not None)
        moment = now or next(told, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
        return self.clock.read(moment, self.place.day)

    def status(self, inject: Inject, now: dt.datetime | None = None) -> Status:
        """What has become of an inject; one whose delivery time has come is ready."""
        standing = self.place.standing(inject)
        if standing.status == "waiting" and (due := pacing.due(self, inject)) is not None:
            return "ready" if due.at <= self.reading(now).now else "waiting"
        return standing.status

    def view(self, role: str, now: dt.datetime | None = None) -> dict[str, Any]:
        """What a role is shown; see `sim.tabletop.views`."""
        if role not in (FACILITATOR, OBSERVER):
            check_role(self.table, role)
        return views.view(self, role, now)

    # what players do

    def decide(
        self, role: str, decision: str, turn: int, reason: str = "", *, id: str, at: dt.datetime | None = None
    ) -> Choice:
        """Hand in a decision, which counts when the turn is over.

        One that was handed in already under this `id` is given back, and not taken once more. `turn` is the one for
        which it is meant.
        """
        check_text(id, "the id of a decision", LONGEST_ID)
        check_prose(reason, "a reason", LONGEST_TEXT)
        check_role(self.table, role, reason)
        before = next((e for e in self.entries if e.do == "decide" and e.what["id"] == id), None)
        if before is not None:
            if (before.by, before.what["decision"]) != (role, decision):
                raise Refused("malformed", "another decision was handed in under this id", reason)
            known = next((one for one in self.place.choices if one.id == id), None)
            if known is not None:
                return known
        check_turn(self, role, turn, reason, taken_back=before is not None)
        check_decision(self, role, decision, reason)
        self._write("decide", at, role, id=id, decision=decision, reason=reason)
        return self.place.choices[-1]

    def withdraw(self, id: str, by: str, at: dt.datetime | None = None) -> None:
        """Take back a decision of this turn: its role may, and the facilitator, who sends it back."""
        choice = next((one for one in self.place.choices if one.id == id), None)
        if choice is None:
            raise Refused("unknown", "no such decision was handed in")
        if by not in (choice.role, FACILITATOR):
            raise Refused("role", f"only {self.table.title(choice.role)} or the facilitator may take this back")
        if choice.turn != self.turn:
            raise Refused("stale", f"this was decided in turn {choice.turn}; it is now turn {self.turn}")
        if not choice.withdrawn:
            self._write("withdraw", at, by, id=id)

    def message(self, role: str, to: Sequence[str], text: str, *, id: str, at: dt.datetime | None = None) -> None:
        """Write to other roles, or the facilitator; once, however often it is sent under this `id`."""
        check_text(id, "the id of a message", LONGEST_ID)
        check_prose(text, "a message", LONGEST_TEXT, least=1)
        for one in (role, *to):
            if one != FACILITATOR:
                check_role(self.table, one, text)
        if not to:
            raise Refused("malformed", "a message is to somebody", text)
        if all(entry.what["id"] != id for entry in self.entries if entry.do == "message"):
            self._write("message", at, role, id=id, to=list(to), text=text, turn=self.turn)

    # what observers do

    def note(
        self, guide: str, objective: str, rating: str, text: str, *, id: str, at: dt.datetime | None = None
    ) -> None:
        """Fill in an evaluation guide, which an observer calls by a name of its own: how far an objective was reached
        (one of `RATINGS`, empty while that is open), and what was seen. What was written there before is overtaken."""
        check_text(id, "the id of a note", LONGEST_ID)
        check_text(guide, "the name of an evaluation guide", LONGEST_ID)
        check_prose(text, "a note", LONGEST_TEXT)
        if objective not in self.table.exercise.objectives:
            like = nearest(objective, self.table.exercise.objectives)
            hint = f"; did you mean '{like}'?" if like else ""
            raise Refused("unknown", f"the exercise has no objective '{objective}'{hint}", text)
        if rating not in ("", *RATINGS):
            raise Refused("malformed", f"a rating is one of {', '.join(RATINGS)}", text)
        if all(entry.what["id"] != id for entry in self.entries if entry.do == "note"):
            what = {"guide": guide, "objective": objective, "rating": rating, "text": text, "turn": self.turn}
            self._write("note", at, OBSERVER, id=id, **what)

    # what the facilitator does

    def advance(
        self, step: Step = "turn", at: dt.datetime | None = None, by: str = FACILITATOR, *, turn: int | None = None
    ) -> None:
        """Step to the next turn: so many days on as a turn has, one day, or to the first midnight at which an inject
        becomes due by the story or its condition. What was decided counts from the midnight where the turn began.

        With `turn`, the one that is to be ended: a step that is sent twice is refused.
        """
        self._check_facilitator(by)
        place = self.place
        if turn is not None and turn != place.turn:
            raise Refused("stale", f"this was to end turn {turn}; it is now turn {place.turn}")
        if step not in get_args(Step):
            raise Refused("malformed", f"a step is a turn, a day or the next inject, not {step}")
        if self.over:
            raise Refused("impossible", f"the story ended on {self.table.date(self.table.days)}")
        days = {"turn": self.table.exercise.turn, "day": 1}.get(step, self.table.days)
        day = min(place.day + days, self.table.days)
        waiting = [one for one in self.table.injects if place.standing(one).status == "waiting"]
        watch = [one for one in waiting if one.condition is not None]
        if step == "next inject":
            coming = [one.story.day for one in waiting if one.story is not None and one.delivery is None]
            day = min((soon for soon in coming if place.day < soon <= day), default=day)
        begun = self.begun
        self._course.choose(begun, [one.decision for one in place.open_choices()])
        met = self._course.step(begun, day, watch, stop=step == "next inject")
        ready = [one.number for one in waiting if one.number in met or self._comes(one, begun.day)]
        self._write("advance", at, by, day=begun.day, ready=ready, digest=digest(begun))
        self._course.keep(self.place.turns, begun)

    def fire(self, number: str, at: dt.datetime | None = None, by: str = FACILITATOR) -> None:
        """Fire an inject now, whether it is due or not, paused or not: it is told, and happens in the model."""
        inject = self._inject(number, by)
        if self.place.standing(inject).status == "fired":
            raise Refused("impossible", f"inject {number} was fired in turn {self.place.standing(inject).turn}")
        if self.over:
            raise Refused("impossible", "the story is over")
        if (error := self._course.why_not(self.begun, inject)) is not None:
            raise Refused("impossible", "; ".join(str(problem) for problem in error.problems))
        self._write("fire", at, by, inject=number)

    def skip(self, number: str, at: dt.datetime | None = None, by: str = FACILITATOR) -> None:
        """Leave an inject out; it can be taken back."""
        inject = self._inject(number, by)
        status = self.place.standing(inject).status
        if status in ("fired", "skipped"):
            raise Refused("impossible", f"inject {number} was {status} already")
        self._write("skip", at, by, inject=number)

    def unskip(self, number: str, at: dt.datetime | None = None, by: str = FACILITATOR) -> None:
        """Take back that an inject was left out: it is ready."""
        if self.place.standing(self._inject(number, by)).status != "skipped":
            raise Refused("impossible", f"inject {number} was not skipped")
        self._write("unskip", at, by, inject=number)

    def read_in(self, injects: Sequence[Inject], by: str = FACILITATOR) -> None:
        """Play with other injects from now on, which stand in the session's file; before anything has happened.

        Raises ScenarioError with all that is wrong with them.
        """
        self._check_facilitator(by)
        self.check_unplayed()
        before = self.table, self._course
        try:
            self.table = self.table.with_injects(injects_csv(injects))
            self._course = Course(self.table)
            self.save()
        except BaseException:
            self.table, self._course = before
            raise

    def check_unplayed(self) -> None:
        """Raise Refused where the exercise is under way."""
        if self.under_way:
            message = "the exercise is under way with the injects that it has; for others, begin another session"
            raise Refused("impossible", message)

    def rewind(self, turn: int, keep: str | None = None, at: dt.datetime | None = None, by: str = FACILITATOR) -> str:
        """Go back to the beginning of a turn; what followed is kept as a branch, whose name is given back."""
        self._check_facilitator(by)
        if isinstance(turn, bool) or not isinstance(turn, int) or not 1 <= turn <= self.turn:
            raise Refused("unknown", f"there is no turn {turn} to go back to; it is now turn {self.turn}")
        name = self._new_name(keep)
        self._write("rewind", at, by, turn=turn, keep=name)
        return name

    def new_branch(self, name: str | None = None, at: dt.datetime | None = None, by: str = FACILITATOR) -> str:
        """Go on from here under a new name; the present branch stays where it is. With the luck of this one."""
        self._check_facilitator(by)
        found = self._new_name(name)
        self._write("branch", at, by, name=found)
        return found

    def switch(self, name: str, at: dt.datetime | None = None, by: str = FACILITATOR) -> None:
        """Go on with another branch, where that stands."""
        self._check_facilitator(by)
        check_text(name, "the name of a branch", LONGEST_NAME)
        if name not in self._ledger.branches:
            like = nearest(name, self.branches)
            raise Refused("unknown", f"there is no branch '{name}'" + (f"; did you mean '{like}'?" if like else ""))
        self._write("switch", at, by, name=name)

    def reset(self, keep: str | None = None, at: dt.datetime | None = None, by: str = FACILITATOR) -> str:
        """Begin again: the first turn, no inject fired, the clocks at their start. What was played is kept as a
        branch."""
        self._check_facilitator(by)
        name = self._new_name(keep)
        self._write("reset", at, by, keep=name)
        return name

    def set_clock(
        self, do: ClockDo, at: dt.datetime, minutes: float = 0.0, of: ClockOf = "exercise", by: str = FACILITATOR
    ) -> None:
        """Start, pause or resume the clock, extend the exercise or the turn by some minutes, or leap ahead by some."""
        self._check_facilitator(by)
        if do not in ("start", "pause", "resume", "extend", "jump") or of not in ("exercise", "turn"):
            raise Refused("malformed", f"a clock does not {do}")
        if why := self.clock.refusal(do):
            raise Refused("impossible", why)
        if do in ("extend", "jump") and not (isinstance(minutes, int | float) and 0 < minutes <= 24 * 60):
            raise Refused("malformed", "minutes from 0 to 1,440, more than none")
        if aware(at) is None:
            raise Refused("malformed", "a clock needs the time")
        more = {"minutes": minutes, "of": of} if do == "extend" else {"minutes": minutes} if do == "jump" else {}
        self._write("clock", at, by, do=do, **more)

    def tick(self, now: dt.datetime) -> list[Entry]:
        """Where the clock paces the exercise: do what has become due by now while it ran; what came of it.

        What became due in a pause, or was leapt over, is ready and waits to be fired.
        """
        before = len(self.entries)
        self._ticking = True
        try:
            pacing.bring(self, now)
        finally:
            self._ticking = False
        return list(self.entries[before:])

    def save(self) -> None:
        """Write the session to its file, if it has one; the file is whole, also after a loss of power."""
        if self.file is not None:
            put_session(self.file, self)

    # checks

    def _write(self, do: MoveDo, at: dt.datetime | None, by: str, /, **what: Any) -> None:
        """Write an entry to the log and the file; the log is as it was where the file cannot be written."""
        entry = Entry(do, aware(at), by, what)
        entries = self._ledger.entries[:]
        self._ledger.add(entry)
        try:
            self.save()
        except BaseException:
            self._ledger = Ledger(entries)
            raise

    def _comes(self, inject: Inject, day: int) -> bool:
        """Whether an inject is due by the story on a day."""
        return inject.delivery is None and inject.story is not None and inject.story.day <= day

    def _check_facilitator(self, by: str) -> None:
        if by != FACILITATOR and not (by == pacing.CLOCK and self._ticking):
            raise Refused("role", "only the facilitator may do this")

    def _inject(self, number: str, by: str) -> Inject:
        self._check_facilitator(by)
        check_text(number, "the number of an inject", LONGEST_TEXT)
        if number not in self.table.by_number:
            like = nearest(number, self.table.by_number)
            raise Refused("unknown", f"there is no inject {number}" + (f"; did you mean '{like}'?" if like else ""))
        return self.table.by_number[number]

    def _new_name(self, name: str | None) -> str:
        if name is None:
            return self._ledger.free_name()
        check_text(name, "the name of a branch", LONGEST_NAME)
        found = " ".join(unicodedata.normalize("NFC", name).split())
        for other in (*self._ledger.branches, *BESIDE):
            if found.casefold() == other.casefold():
                raise Refused("impossible", f"there is a branch '{other}' already")
        return found
