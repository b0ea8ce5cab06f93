"""A scenario as read: plain data, and for every value the file and line it was written on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

from sim.errors import PlaceError, Problem, nearest

Place = tuple[str | int, ...]
"""The way to a value: keys and list positions from the top of the document."""

LONGEST_VALUE = 60
"""Characters of a value shown in a message."""


class Mark(NamedTuple):
    """Where a value was written: `line` counts from 1 (0: none), `label` replaces the file's name."""

    file: Path
    line: int
    label: str | None = None

    @property
    def shown(self) -> str:
        """The place as a person reads it."""
        return self.label or shown_path(self.file)


class Node(NamedTuple):
    """One value with its mark; a mapping holds nodes by key, a list holds nodes. Never changed in place."""

    value: Any
    mark: Mark


@dataclass(frozen=True)
class Override:
    """One value that was set over another: by a strategy, an override or a child file."""

    path: str
    old: Any
    new: Any
    by: str


def plain(node: Node) -> Any:
    """The data of a node, without its marks."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def marks_of(node: Node, at: Place = ()) -> dict[Place, Mark]:
    """The mark of a node and of everything in it, by path."""
    return dict(_marks(node, at))


def _marks(node: Node, at: Place) -> Iterator[tuple[Place, Mark]]:
    yield at, node.mark
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _marks(child, (*at, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _marks(child, (*at, index))


def node_of(value: Any, mark: Mark) -> Node:
    """A node of plain Python data, all of it marked with one place; numpy numbers become Python's."""
    if isinstance(value, Mapping):
        return Node({str(key): node_of(child, mark) for key, child in value.items()}, mark)
    if isinstance(value, list | tuple):
        return Node([node_of(child, mark) for child in value], mark)
    if hasattr(value, "dtype") and hasattr(value, "item"):
        return Node(value.item(), mark)
    return Node(value, mark)


def holds(value: Any, part: str | int) -> bool:
    """Whether a mapping has this key, or a list this position."""
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)


def shown_path(path: Path) -> str:
    """A file as named to the user: from the current folder where it lies in it, else in full."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def shown_value(value: Any) -> str:
    """A value as it would be written in the file, cut to `LONGEST_VALUE` characters."""
    text = _written(value, depth=0)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _written(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return repr(value[: LONGEST_VALUE + 1])
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list | tuple) and depth > 2:
        return "…"
    if isinstance(value, Mapping):
        few = list(value.items())[:LONGEST_VALUE]
        return "{" + ", ".join(f"{key}: {_written(child, depth + 1)}" for key, child in few) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(child, depth + 1) for child in value[:LONGEST_VALUE]) + "]"
    return str(value)


def resolve_inside(text: str, folder: Path, root: Path) -> Path:
    """The existing file named by `text` from `folder`, links followed.

    Raises ValueError, in words for the user, where the path is absolute, leaves `root`, or names no file.
    """
    windows = PureWindowsPath(text)
    if not text.strip() or "\0" in text:
        raise ValueError("is not the name of a file")
    if windows.drive or windows.root or text.startswith("~") or Path(text).is_absolute():
        raise ValueError("is an absolute path; write it from the folder of the file it stands in")
    try:
        path = (folder / text).resolve()
        if not path.is_relative_to(root):
            raise ValueError("leads out of the project's folder")
        if path.is_dir():
            raise ValueError("is a folder, not a file")
        if not path.is_file():
            raise ValueError("is not there" + _alike(path))
    except (OSError, RuntimeError):
        raise ValueError("is not the name of a file that can be read") from None
    return path


def _alike(path: Path) -> str:
    if not path.parent.is_dir():
        return f": there is no folder '{shown_path(path.parent)}'"
    beside = nearest(path.name, (p.name for p in path.parent.iterdir() if p.suffix == path.suffix))
    return f"; did you mean '{beside}'?" if beside else ""


@dataclass(frozen=True)
class Document:
    """A scenario with everything it builds on, as one mapping, before its meaning is checked.

    `data` holds the merged keys without those that put the document together; `strategies` the overlays as
    written; `overrides` what was set over what, in order; `files` every file read, the scenario first;
    `root` the folder no reference may leave. It is `partial` where a file that it builds on could not be read;
    `what` is how messages call the whole; `uncertain` says where each figure stands that is not known, by the dotted
    path under `uncertain`; `notes` is what is worth a word about how it was put together.
    """

    data: dict[str, Any]
    marks: dict[Place, Mark]
    root: Path
    overrides: list[Override] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    strategies: dict[str, Any] = field(default_factory=dict)
    strategy: str | None = None
    partial: bool = False
    what: str = "the scenario"
    uncertain: dict[str, Place] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def mark(self, path: Iterable[str | int] = ()) -> Mark:
        """Where the value at `path` was written, or its nearest ancestor that was written."""
        place = tuple(path)
        while place not in self.marks and place:
            place = place[:-1]
        return self.marks[place]

    def at(self, path: Iterable[str | int]) -> Any:
        """The value at `path`, or None where there is none."""
        value: Any = self.data
        for part in path:
            if not holds(value, part):
                return None
            value = value[part]
        return value

    def label(self, path: Iterable[str | int]) -> str:
        """A path in dots, list entries by their `name` where they have one: `disruptions.ban.for`."""
        return dotted(self.data, tuple(path))

    def problem(
        self,
        path: Iterable[str | int],
        message: str,
        value: Any = None,
        expected: str | None = None,
        valid: Iterable[str] = (),
    ) -> Problem:
        """A problem at the line of `path`; of the `valid` names the one most like `value` is suggested."""
        mark = self.mark(path)
        shown = None if value is None else shown_value(value)
        like = None if value is None else nearest(value, valid)
        return Problem(mark.shown, mark.line, message, shown, expected, like)

    def place(self, error: PlaceError, prefix: Iterable[str | int] = ()) -> Problem:
        """The problem a `PlaceError` stands for, its path taken from `prefix`."""
        mark = self.mark((*prefix, *error.path))
        value = error.value
        if value is not None and len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        return Problem(mark.shown, mark.line, error.message, value, error.expected, error.nearest)

    def relative_to(self, path: Iterable[str | int]) -> Path:
        """The folder of the file in which the value at `path` was written."""
        return self.mark(path).file.parent

    def file_at(self, path: Iterable[str | int]) -> Path:
        """The file which the text at `path` names, from the file it stands in.

        Raises PlaceError where it is absolute, leaves the project's folder or is not there.
        """
        place = tuple(path)
        text = self.at(place)
        if not isinstance(text, str):
            raise PlaceError(place, f"'{self.label(place)}' names no file", text, "the name of a file")
        try:
            return resolve_inside(text, self.relative_to(place), self.root)
        except ValueError as error:
            raise PlaceError(place, f"the file of '{self.label(place)}' {error}", text) from None


def position(word: str) -> int | None:
    """The list position that a word of a dotted path names; None where it is no plain number."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def dotted(data: Any, path: Place) -> str:
    """A path in dots; entries of a list by their `name` where they have one, else by position."""
    parts: list[str] = []
    for part in path:
        inside: Any = data[part] if holds(data, part) else None
        name = inside.get("name") if isinstance(data, list) and isinstance(inside, dict) else None
        parts.append(name if isinstance(name, str) and name else str(part))
        data = inside
    return ".".join(parts)
