"""The list of injects as a table: read from what exercise people keep, and written so that it can be read again.

Every row that is read is either an inject or told as left out, with its reason; nothing is written before that is said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, cast

from sim import __version__
from sim.errors import Problem, ScenarioError, nearest, one_of_few
from sim.output.csv_text import BEGINNINGS, ENCODING, csv_of_rows
from sim.output.files import put
from sim.output.workbook import workbook
from sim.scenario.exercise_spec import FACILITATOR
from sim.scenario.reading.document import shown_path, shown_value
from sim.scenario.reading.rows import UTF_16, WORKBOOK, Rows, csv_rows, sheet_rows
from sim.scenario.reading.yaml_reader import parse_value
from sim.tabletop.injects import EVERYBODY, KINDS, Inject, Kind, Span, Standing, parse_delivery, parse_story

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("no", "nr", "#", "inject no", "inject number", "msel no", "msel number", "event number", "id"),
    "title": ("inject title", "event", "event title", "subject", "headline", "short title", "name"),
    "delivery": ("delivery time", "time", "start time", "real time", "inject time", "exercise time", "when"),
    "story time": ("scenario time", "story", "simulated time", "scenario date", "story date", "date"),
    "type": ("inject type", "kind", "category"),
    "method": ("delivery method", "mode", "mode of delivery", "means", "medium", "channel"),
    "from": ("sender", "source", "inject from", "originator", "simulated sender", "sent by"),
    "to": ("recipient", "recipients", "target", "player", "players", "receiver", "target audience", "audience"),
    "description": ("inject", "text", "message", "inject text", "content", "details", "inject description"),
    "expected action": (
        "expected actions", "expected response", "expected outcome", "expected player action", "anticipated response",
    ),
    "phase": ("module", "act", "stage"),
    "objectives": ("objective", "capability", "core capability", "exercise objective", "related objectives"),
    "condition": ("trigger", "fires when", "if"),
    "model": ("model events", "events", "effects", "effect", "disruption", "disruptions"),
    "status": ("state",),
    "fired at": ("delivered at", "actual time", "time delivered"),
    "fired by": ("delivered by", "controller", "responsible controller"),
    "fired in turn": (), "fired on": (), "seed": (), "tideover": (),
}  # fmt: skip
"""Our columns, each with what others call it; what belongs to a session (the last seven) is written and not read."""
OF_SESSION = ("status", "fired at", "fired by", "fired in turn", "fired on", "seed", "tideover")
NEEDED = ("number", "title")
MOST = 10_000
"""Rows of a list of injects."""


@dataclass(frozen=True)
class LeftOut:
    """A row that is no inject, and why: its line in the file, the column and what stands there."""

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f", column '{self.column}'" if self.column else ""
        got = f" (got {shown_value(self.value)})" if self.value else ""
        return f"row {self.row}{place}: {self.reason}{got}"


@dataclass(frozen=True)
class Imported:
    """What a table gave: injects in its order, rows left out, and which of our columns was read from which of its.

    `ignored` are its other columns.
    """

    shown: str
    injects: tuple[Inject, ...]
    left_out: tuple[LeftOut, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows with anything in them, below the names of the columns."""
        return len(self.injects) + len(self.left_out)

    def text(self) -> str:
        """What becomes of every row, in words."""
        lines = [f"{self.shown}: {self.rows} rows = {len(self.injects)} injects + {len(self.left_out)} left out"]
        lines += [f"  {left}" for left in self.left_out]
        for name, its in self.columns.items():
            if its.casefold() != name:
                lines.append(f"  '{its}' is read as {name}")
        for name in self.ignored:
            like = nearest(name, COLUMNS)
            lines.append(f"  '{name}' is not read" + (f"; did you mean '{like}'?" if like else ""))
        return "\n".join(lines)

    def problems(self) -> list[Problem]:
        """Rows left out, as faults of the file."""
        return [
            Problem(self.shown, left.row, left.reason, shown_value(left.value) if left.value else None)
            for left in self.left_out
        ]


def read_injects(
    path: Path,
    span: Span,
    roles: Mapping[str, str],
    objectives: Collection[str] = (),
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> Imported:
    """Injects of a CSV file or workbook.

    `span` are the days of the story, `roles` names and titles; `columns` names of ours and of the table's, as saved;
    usual names are known without. Raises ScenarioError where the file is no table, or its columns cannot be told.
    """
    with _opened(path, sheet) as rows:
        return _gathered(rows, span, roles, objectives, columns or {})


def injects_of_text(
    text: str, shown: str, span: Span, roles: Mapping[str, str], objectives: Collection[str] = ()
) -> Imported:
    """Injects of the text of a CSV file, as `injects_csv` gives it; `shown` is how messages call it."""
    return _gathered(csv_rows(StringIO(text, newline=""), shown, ()), span, roles, objectives, {})


def _gathered(
    rows: Rows, span: Span, roles: Mapping[str, str], objectives: Collection[str], columns: Mapping[str, str]
) -> Imported:
    head: list[str] = []
    injects: list[Inject] = []
    left_out: list[LeftOut] = []
    reader: _Reader | None = None
    for line, cells in rows.rows:
        stripped = [_plain(cell) for cell in cells]
        if not any(stripped):
            continue
        if reader is None:
            head = [" ".join(cell.split()) for cell in stripped]
            reader = _Reader(_columns(head, columns, rows.shown), span, roles, objectives)
            continue
        if line - 1 > MOST:
            raise ScenarioError([Problem(rows.shown, line, "the list is too long", None, f"at most {MOST:,} rows")])
        made = reader.read(line, stripped, len(head))
        if isinstance(made, Inject):
            injects.append(made)
        else:
            left_out.append(made)
    if reader is None:
        raise ScenarioError([Problem(rows.shown, 1, "the list is empty", None, "a line of column names")])
    found = {name: head[place] for name, place in reader.places.items()}
    ignored = tuple(name for name in head if name and name not in found.values())
    kept = {name: its for name, its in found.items() if name not in OF_SESSION}
    return Imported(rows.shown, tuple(injects), tuple(left_out), kept, ignored)


def first_row(path: Path, sheet: str | None = None) -> list[str]:
    """What stands in the first row with anything in it: names of columns. Raises ScenarioError as `read_injects`."""
    with _opened(path, sheet) as rows:
        plain = ([" ".join(_plain(cell).split()) for cell in cells] for _, cells in rows.rows)
        return next((cells for cells in plain if any(cells)), [])


@dataclass(frozen=True)
class Played:
    """What a session says of its injects: what became of each by its number, the date of the story on which each turn
    began, and the seed."""

    standings: Mapping[str, Standing]
    dates: Sequence[str]
    seed: int


def write_injects(path: Path, injects: Sequence[Inject], played: Played | None = None) -> None:
    """Write the list with our columns, as CSV or as a workbook by how the name ends; in its order."""
    if path.suffix.lower() == ".xlsx":
        content = workbook([("injects", list(COLUMNS), _rows(injects, played))])
        put(path, lambda place: place.write_bytes(content))
    else:
        text = injects_csv(injects, played)
        put(path, lambda place: place.write_text(text, encoding=ENCODING, newline="\n"))


def injects_csv(injects: Sequence[Inject], played: Played | None = None) -> str:
    """The list with our columns as the text of a CSV file."""
    return csv_of_rows(list(COLUMNS), _rows(injects, played))


def _rows(injects: Sequence[Inject], played: Played | None) -> list[list[str]]:
    return [[*_row(one), *_became(one, played)] for one in injects]


def _became(one: Inject, played: Played | None) -> list[str]:
    """What became of an inject, as the columns of a session have it."""
    if played is None:
        return [Standing().status, *("" for _ in OF_SESSION[1:])]
    standing = played.standings.get(one.number, Standing())
    turn = standing.turn if standing.status == "fired" else 0
    return [
        standing.status, "" if standing.at is None else standing.at.isoformat(timespec="seconds"), standing.by,
        str(turn or ""), played.dates[turn - 1] if turn else "", str(played.seed), __version__,
    ]  # fmt: skip


def _row(one: Inject) -> list[str]:
    return [
        one.number, one.title, "" if one.delivery is None else str(one.delivery),
        "" if one.story is None else one.story.text, one.kind, one.method, one.sender, _joined(one.to),
        one.description, one.expected, one.phase, _joined(one.objectives),
        "" if one.condition is None else _flow(one.condition),
        "" if not one.events else _flow(one.events[0] if len(one.events) == 1 else list(one.events)),
    ]  # fmt: skip


def _flow(value: Any) -> str:
    """A mapping or list in one line of YAML."""
    import yaml

    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6).strip()


@contextmanager
def _opened(path: Path, sheet: str | None) -> Iterator[Rows]:
    """The rows of the file; raises ScenarioError, in words, where it is no table."""
    shown = shown_path(path)
    try:
        with path.open("rb") as raw:
            begin = raw.read(4)
        if begin == WORKBOOK:
            yield sheet_rows(path, sheet, MOST)
            return
        with path.open(encoding="utf-16" if begin[:2] in UTF_16 else "utf-8-sig", newline="") as stream:
            yield csv_rows(stream, shown, ())
    except UnicodeDecodeError:
        expected = "a CSV file saved as UTF-8 (in Excel: Save As, CSV UTF-8), or an .xlsx"
        raise ScenarioError([Problem(shown, 0, "the list is not UTF-8 text", None, expected)]) from None
    except OSError as error:
        message = f"the list cannot be read: {error.strerror or error}"
        raise ScenarioError([Problem(shown, 0, message, None, "a CSV file or an .xlsx workbook")]) from None


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from working it out."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in BEGINNINGS else text


def _key(name: str) -> str:
    """A name of a column as it is compared: `Inject No.` is `inject no`."""
    return re.sub(r"[^\w#]+", " ", name.casefold().replace("(s)", "").replace("_", " ")).strip()


def _columns(head: Sequence[str], saved: Mapping[str, str], shown: str) -> dict[str, int]:
    """As `columns_of`; raises ScenarioError where anything is wrong."""
    found, problems = columns_of(head, saved, shown)
    if problems:
        raise ScenarioError(problems)
    return found


def columns_of(head: Sequence[str], saved: Mapping[str, str], shown: str) -> tuple[dict[str, int], list[Problem]]:
    """The place of each of our columns, as saved, of its own name, or by what others call it, in this order; and what
    cannot be told."""
    problems = [
        Problem(
            shown, 1, "there is no such column of ours", name, "one of " + ", ".join(COLUMNS), nearest(name, COLUMNS)
        )
        for name in saved
        if name not in COLUMNS
    ]
    problems += [
        Problem(shown, 1, f"the table has no column for {name}", its, "a name in its first row", nearest(its, head))
        for name, its in saved.items()
        if its not in head
    ]
    keys = [_key(name) for name in head]
    found = {name: head.index(its) for name, its in saved.items() if its in head and name in COLUMNS}
    for names in ({name: (name,) for name in COLUMNS}, COLUMNS):
        for name, words in names.items():
            free = [k for k, key in enumerate(keys) if key in words and k not in found.values()]
            if name not in found and len(free) > 1:
                both = " and ".join(f"'{head[k]}'" for k in free)
                problems.append(Problem(shown, 1, f"two columns may be {name}: {both}", None, "say which is meant"))
            if name not in found and free:
                found[name] = free[0]
    for name in NEEDED:
        if name not in found:
            expected = f"a column '{name}', or which one it is"
            problems.append(Problem(shown, 1, f"no column is the {name}", None, expected, nearest(name, head)))
    return dict(sorted(found.items(), key=lambda item: list(COLUMNS).index(item[0]))), problems


class _Wrong(Exception):
    """A cell that cannot be used: its column, what stands there, why not."""


class _Reader:
    """Rows to injects, one after another; a number may stand once."""

    def __init__(
        self, places: dict[str, int], span: Span, roles: Mapping[str, str], objectives: Collection[str]
    ) -> None:
        self.places, self._span, self._objectives = places, span, objectives
        self._called, self._names = _called(roles), list(roles)
        self._lines: dict[str, int] = {}

    def read(self, line: int, cells: Sequence[str], width: int) -> Inject | LeftOut:
        """The inject of a row, or why it is none."""
        if any(cells[width:]):
            return LeftOut(line, "", cells[width], f"this row has {len(cells)} cells, and there are {width} columns")
        text = {name: cells[place] if place < len(cells) else "" for name, place in self.places.items()}
        try:
            made = self._made(text)
        except _Wrong as wrong:
            column, value, reason = wrong.args
            return LeftOut(line, column, value, reason)
        if made.number in self._lines:
            reason = f"the number stands on row {self._lines[made.number]} already"
            return LeftOut(line, "number", made.number, reason)
        self._lines[made.number] = line
        return made

    def _made(self, text: Mapping[str, str]) -> Inject:
        for name in NEEDED:
            if not text.get(name):
                raise _Wrong(name, "", f"an inject has a {name}")
        kind = text.get("type", "").casefold() or "standard"
        if kind not in KINDS:
            raise _Wrong("type", text["type"], f"unknown type; expected {one_of_few(KINDS, '')}")
        delivery, story = text.get("delivery", ""), text.get("story time", "")
        with _cell("delivery", delivery):
            when = parse_delivery(delivery) if delivery else None
        with _cell("story time", story):
            happens = parse_story(story, self._span) if story else None
        condition = self._mapping("condition", text)
        events = self._mapping("model", text)
        if isinstance(condition, list):
            raise _Wrong("condition", text["condition"], "one condition, such as {trigger: announced}")
        found = events if isinstance(events, list) else [] if events is None else [events]
        objectives = tuple(_split(text.get("objectives", ""), [name.casefold() for name in self._objectives]))
        for name in objectives:
            if self._objectives and name not in self._objectives:
                like = nearest(name, self._objectives)
                reason = "the exercise has no such objective" + (f"; did you mean '{like}'?" if like else "")
                raise _Wrong("objectives", name, reason)
        return Inject(
            text["number"], text["title"], when, happens, cast(Kind, kind), text.get("method", ""),
            text.get("from", ""), self._recipients(text.get("to", "")), text.get("description", ""),
            text.get("expected action", ""), text.get("phase", ""), objectives, condition, tuple(found),
        )  # fmt: skip

    def _recipients(self, text: str) -> tuple[str, ...]:
        found = []
        for word in _split(text, self._called) or [EVERYBODY]:
            meant = [word] if word in self._names else self._called.get(word.casefold(), [])
            if not meant:
                like = nearest(word, self._called)
                hint = f"; did you mean '{self._called[like][0]}'?" if like else ""
                raise _Wrong("to", word, f"no such role; expected {one_of_few(self._names, 'a role')}{hint}")
            if len(meant) > 1:
                raise _Wrong("to", word, f"several roles are called this; expected {one_of_few(meant, '')}")
            found += meant
        return tuple(dict.fromkeys(found))

    def _mapping(self, column: str, text: Mapping[str, str]) -> Any:
        """What a cell holds in YAML: a mapping, or a list of mappings; None where it is empty."""
        written = text.get(column, "")
        if not written:
            return None
        with _cell(column, written):
            value = parse_value(written, column)
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise _Wrong(
                column, written, "a mapping as in a scenario, such as {kind: export_ban, country: IN, for: 30d}"
            )
        return value


@contextmanager
def _cell(column: str, value: str) -> Iterator[None]:
    try:
        yield
    except ScenarioError as error:
        raise _Wrong(column, value, "; ".join(problem.message for problem in error.problems)) from None
    except ValueError as error:
        raise _Wrong(column, value, f"expected {error}") from None


def _called(roles: Mapping[str, str]) -> dict[str, list[str]]:
    """Roles by what they may be called, in small letters: a name goes before a title, both before a word for all."""
    found = {word: [EVERYBODY] for word in ("all players", "everyone", "everybody", "all roles")}
    for words in (roles, {name: name for name in roles}):
        several: dict[str, list[str]] = {}
        for name, word in words.items():
            several.setdefault(word.casefold(), []).append(name)
        found |= several
    return found | {FACILITATOR: [FACILITATOR], EVERYBODY: [EVERYBODY]}


def _split(text: str, known: Collection[str]) -> list[str]:
    """Words between semicolons, new lines and commas; what is known, in small letters, may have commas in it."""
    found: list[str] = []
    for part in re.split(r"[;\n]", text):
        found += [part] if part.strip().casefold() in known else part.split(",")
    return [word.strip() for word in found if word.strip()]


def _joined(words: Sequence[str]) -> str:
    return ("; " if any("," in word for word in words) else ", ").join(words)
