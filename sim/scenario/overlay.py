"""Putting a scenario together: the files it builds on, its strategies, and overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.following import evidence_merged, evidence_set
from sim.scenario.injected import Injected, with_injected
from sim.scenario.ranges import GROUPS, SECTION, Ranges
from sim.scenario.reading.document import Document, Mark, Node, Override, marks_of, node_of, plain, resolve_inside
from sim.scenario.reading.document import shown_value as written
from sim.scenario.reading.yaml_reader import read_yaml
from sim.scenario.settings import (
    FIXED,
    PARTS,
    REPLACE,
    Setting,
    apply,
    conflicts,
    merge,
    not_replaced,
    settings,
    settle,
)

DEEPEST_CHAIN = 16
"""Files that may build on one another."""


NAMING = ("title", "what")
"""Keys of a strategy that say what it is called and what it is."""
OVERRIDE = "override"
"""By whom a value was set that was set on top of all files."""


def project_root(scenario: Path) -> Path:
    """The folder no reference may leave.

    The nearest one above the scenario with a `pyproject.toml`, a `.tideover` file or a `scenarios` folder;
    else the scenario's own.
    """
    for folder in scenario.parents:
        if any((folder / name).exists() for name in ("pyproject.toml", ".tideover")) or (folder / "scenarios").is_dir():
            return folder
    return scenario.parent


STUDY_KEYS = ("study", "scenarios")
"""Keys that a study has and no scenario."""


def is_study(top: Node | None) -> bool:
    """Whether a file as read is a study rather than a scenario."""
    keys = top.value if top is not None and isinstance(top.value, dict) else {}
    return "scenario" not in keys and any(key in keys for key in STUDY_KEYS)


@dataclass(frozen=True)
class Parsed:
    """The files of a scenario, read and merged, before a strategy or an override changes anything.

    `top` is None where the scenario file itself cannot be read; `problems` are all that reading found, `log` what files
    set over one another; `partial` as in `Document`.
    """

    scenario: Path
    root: Path
    top: Node | None
    strategies: Node
    files: tuple[Path, ...]
    log: tuple[Override, ...]
    problems: tuple[Problem, ...]
    partial: bool

    def with_ranges(self, ranges: Node) -> Parsed:
        """The same with further uncertain values, in the place of those of the files with the same paths; with further
        groups of them behind theirs. `ranges` is a mapping that may have both sections."""
        if self.top is None:
            return self
        top = self.top
        entries = dict(top.value)
        for section in (SECTION, GROUPS):
            more, there = ranges.value.get(section), entries.get(section)
            if more is None or more.value is None:
                continue
            if there is None or type(there.value) is not type(more.value):
                entries[section] = more
            elif isinstance(more.value, dict):
                entries[section] = Node({**there.value, **more.value}, more.mark)
            elif isinstance(more.value, list):
                entries[section] = Node([*there.value, *more.value], more.mark)
        return replace(self, top=Node(entries, top.mark))


def parse(path: Path) -> Parsed:
    """Read a scenario file and everything it builds on; raises ScenarioError where `path` can be no file."""
    builder = _Builder(Path(path))
    top = builder.assemble(builder.scenario, None, ())
    strategies = None if top is None else top.value.get("strategies")
    if strategies is None or strategies.value is None:
        strategies = Node({}, Mark(builder.scenario, 0) if top is None else top.mark)
    strategies = _without_replace(strategies, builder.problems)
    if top is not None:
        top = Node({key: child for key, child in top.value.items() if key not in FIXED}, top.mark)
        top = settle(top, builder.problems)
    return Parsed(
        builder.scenario, builder.root, top, strategies, tuple(builder.files), tuple(builder.log),
        tuple(builder.problems), builder.partial,
    )  # fmt: skip


def _without_replace(strategies: Node, problems: list[Problem]) -> Node:
    """The strategies where `_replace_` has done its work: it names none, and is nothing that one sets."""
    if not isinstance(strategies.value, dict):
        return strategies
    kept = {}
    for name, node in strategies.value.items():
        if name == REPLACE:
            problems += not_replaced(node)
            continue
        if isinstance(node.value, dict) and REPLACE in node.value:
            problems += not_replaced(node.value[REPLACE])
            node = Node({key: child for key, child in node.value.items() if key != REPLACE}, node.mark)
        kept[name] = node
    return Node(kept, strategies.mark)


def read(path: Path, strategy: str | None = None, overrides: Mapping[str, Any] | None = None) -> Document:
    """The scenario in a file with everything it builds on, a strategy and overrides applied.

    Raises ScenarioError with every problem found.
    """
    document, problems = gather(parse(path), strategy, overrides)
    if problems or document is None:
        raise ScenarioError(problems)
    return document


def gather(
    parsed: Parsed,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    injected: Sequence[Injected] = (),
) -> tuple[Document | None, list[Problem]]:
    """The document that files make with a strategy, overrides and what is injected, as far as it goes, and every
    problem, so that its meaning can still be checked.

    The document is None where the scenario file itself cannot be read.
    """
    problems, log, strategies = list(parsed.problems), list(parsed.log), parsed.strategies
    if parsed.top is None:
        return None, problems
    top, chosen = _overlay(parsed.top, strategies, strategy, problems, log)
    top, outside = _override(top, overrides or {}, parsed.scenario, problems, log)
    ranges = Ranges(top, problems, parsed.top, chosen)
    notes = ranges.give_way(outside)
    top = with_injected(ranges.written(log), injected, problems, log)
    return (
        Document(
            data=plain(top),
            marks=marks_of(top) | marks_of(strategies, ("strategies",)),
            root=parsed.root,
            overrides=log,
            files=list(parsed.files),
            strategies=plain(strategies) if isinstance(strategies.value, dict) else {},
            strategy=strategy,
            partial=parsed.partial,
            uncertain=ranges.places,
            notes=notes,
        ),
        problems,
    )


class _Builder:
    """One reading: gathers files, problems and what was set over what."""

    def __init__(self, path: Path) -> None:
        try:
            self.scenario = path.resolve()
        except (OSError, ValueError, RuntimeError):
            raise ScenarioError([Problem(str(path), 0, "this is not the name of a file")]) from None
        self.root = project_root(self.scenario)
        self.problems: list[Problem] = []
        self.log: list[Override] = []
        self.files: list[Path] = []
        self.partial = False

    def assemble(self, path: Path, named_at: Mark | None, above: tuple[Path, ...]) -> Node | None:
        """A file merged over what it extends, and that over its network and its library of hazards."""
        top = self._chain(path, named_at, above)
        for key in PARTS:
            part = top.value.get(key) if top else None
            if top is None or part is None:
                continue
            file = self._reference(key, part)
            under = self.assemble(file, part.mark, (*above, path)) if file else None
            self.partial |= under is None
            top = top if under is None else self._merged(under, top)
        return top

    def _chain(self, path: Path, named_at: Mark | None, above: tuple[Path, ...]) -> Node | None:
        if named_at and path in above:
            ring = " -> ".join(file.name for file in (*above[above.index(path) :], path))
            _say(self.problems, named_at, f"files build on one another in a circle: {ring}")
            return None
        if named_at and len(above) >= DEEPEST_CHAIN:
            _say(self.problems, named_at, f"more than {DEEPEST_CHAIN} files build on one another")
            return None
        top, problems = read_yaml(path)
        self.problems += [p for p in problems if p not in self.problems]
        if path not in self.files and top is not None:
            self.files.append(path)
        if top is None or "extends" not in top.value:
            return top
        reference = top.value["extends"]
        parent = self._reference("extends", reference)
        under = self._chain(parent, reference.mark, (*above, path)) if parent else None
        self.partial |= under is None
        return top if under is None else self._merged(under, top)

    def _merged(self, under: Node, over: Node) -> Node:
        return evidence_merged(under, over, merge(under, over, self.root, self.log))

    def _reference(self, key: str, node: Node) -> Path | None:
        if not isinstance(node.value, str):
            _say(self.problems, node.mark, f"'{key}' names no file", plain(node), "the name of one YAML file")
            return None
        try:
            return resolve_inside(node.value, node.mark.file.parent, self.root)
        except ValueError as error:
            _say(self.problems, node.mark, f"the file of '{key}' {error}", node.value)
            return None


def _say(problems: list[Problem], mark: Mark, message: str, value: Any = None, expected: str | None = None) -> None:
    text = None if value is None else written(value)
    problems.append(Problem(mark.shown, mark.line, message, text, expected))


def _overlay(
    top: Node, strategies: Node, chosen: str | None, problems: list[Problem], log: list[Override]
) -> tuple[Node, list[Setting]]:
    """The document under the chosen strategy, and what that sets; every other strategy is checked as well."""
    if not isinstance(strategies.value, dict):
        _say(
            problems, strategies.mark, "'strategies' is no mapping", plain(strategies), "names, each with what it sets"
        )
        strategies = Node({}, strategies.mark)
    if chosen is not None and chosen not in strategies.value:
        names = list(strategies.value)
        expected = "one of " + ", ".join(names) if names else "no strategy: the scenario names none"
        like = nearest(chosen, names)
        place = strategies.mark
        problems.append(Problem(place.shown, place.line, "there is no such strategy", repr(chosen), expected, like))
    result, ranges = top, Ranges(top, [])
    done: list[Setting] = []
    for name in strategies.value:
        found: list[Problem] = [*_unnamed(strategies.value[name], name)]
        wanted: list[Setting] = []
        for part in _combined(strategies, name, found):
            wanted += settings(top, _body(strategies.value[part]), part, found)
        wanted, clashes = conflicts(top, wanted)
        clashes += ranges.clashes(wanted)
        problems += [p for p in (*found, *clashes) if p not in problems]
        if name == chosen and not clashes:
            result, done = evidence_set(top, apply(top, wanted, log), wanted), wanted
    return result, done


def _override(
    top: Node, overrides: Mapping[str, Any], scenario: Path, problems: list[Problem], log: list[Override]
) -> tuple[Node, list[Setting]]:
    """The document with `{dotted path: value}` set over all else, and what that sets."""
    wanted: list[Setting] = []
    for key, value in overrides.items():
        mark = Mark(scenario, 0, f"override '{key}'")
        body = Node({str(key): node_of(value, mark)}, mark)
        wanted += settings(top, body, OVERRIDE, problems)
    wanted, clashes = conflicts(top, wanted)
    problems += clashes
    return (top, []) if clashes else (evidence_set(top, apply(top, wanted, log), wanted), wanted)


def _combined(strategies: Node, name: str, problems: list[Problem]) -> list[str]:
    """The strategies a strategy is made of, those named by `also` first, each once."""
    order: list[str] = []
    _combine(strategies, name, (), order, problems)
    return order


def _combine(strategies: Node, name: str, above: tuple[str, ...], order: list[str], problems: list[Problem]) -> None:
    node: Node = strategies.value[name]
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        message = f"strategy '{name}' is no mapping"
        problems.append(Problem(node.mark.shown, node.mark.line, message, written(plain(node)), "what it sets"))
        return
    also = node.value.get("also", Node([], node.mark))
    for other in also.value if isinstance(also.value, list) else [also]:
        word, mark = other.value, other.mark
        if not isinstance(word, str) or word not in strategies.value:
            message = f"strategy '{name}' takes in a strategy that is not there"
            like = nearest(word, strategies.value)
            expected = "names of strategies of this scenario"
            problems.append(Problem(mark.shown, mark.line, message, written(plain(other)), expected, like))
        elif word == name or word in above:
            ring = " -> ".join((*above, name, word))
            problems.append(Problem(mark.shown, mark.line, f"strategies take in one another in a circle: {ring}"))
        elif word not in order:
            _combine(strategies, word, (*above, name), order, problems)
    order.append(name)


def _body(node: Node) -> Node:
    return Node({key: child for key, child in node.value.items() if key not in ("also", *NAMING)}, node.mark)


def _unnamed(node: Node, name: str) -> Iterator[Problem]:
    """A problem for a title of a strategy, or what it is, that is no text."""
    entries = node.value if isinstance(node.value, dict) else {}
    for key in NAMING:
        child = entries.get(key)
        if child is not None and not (isinstance(child.value, str) and child.value.strip()):
            message = f"the '{key}' of strategy '{name}' is no text"
            yield Problem(
                child.mark.shown, child.mark.line, message, written(plain(child)), "words; a number in quotes"
            )
