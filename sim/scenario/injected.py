"""What comes on top of a scenario during a run, written in the scenario's own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.reading.document import Mark, Node, Override, node_of, plain, shown_value
from sim.scenario.reading.yaml_reader import parse_yaml, read_yaml
from sim.scenario.words.spec import Scenario

LISTS = {
    "disruptions": "disruption",
    "replenishment": "replenishment entry",
    "allocation": "allocation entry",
    "rationing": "rationing entry",
    "decisions": "decision",
}
"""Lists of a scenario to which entries may be added during a run, with what messages call one of them."""
SECTIONS = (*LISTS, "reserves")
GROWN = {
    "trust": "what breaks or keeps promises, such as a defection: trust is what became of them since the first day, "
    "and its terms stand in the scenario from the start",
}
"""Sections that cannot be added since they tell of all that has been, each with what to add instead, and why."""
Written = Mapping[str, Any] | str | Path
Addition = tuple[tuple[str, ...], Node]
"""The list to which something is added, and what."""


@dataclass(frozen=True)
class Injected:
    """Entries that come on top of those of the files; `by` says since when."""

    entries: tuple[Addition, ...]
    by: str


def injected(disruptions: Sequence[Any], written: Written | None, scenario: Path, by: str) -> Injected:
    """Disruptions, each a mapping as in YAML, and what is written as in a scenario's file.

    `written` is a mapping, YAML text, or a file of that. Raises ScenarioError with all that could not stand there,
    whatever else the scenario holds.
    """
    problems: list[Problem] = []
    entries: list[Addition] = []
    for thing in disruptions:
        if not isinstance(thing, Mapping):
            expected = "a mapping as in YAML, such as {'kind': 'export_ban', ...}"
            problems.append(Problem("inject", 0, "this is no disruption", shown_value(thing), expected))
            continue
        entries.append((("disruptions",), _labelled("disruptions", node_of(thing, Mark(scenario, 0)), scenario)))
    if written is not None:
        top = _read(written, scenario, by, problems)
        if top is not None:
            entries += _entries(top, scenario, isinstance(written, Mapping), problems)
    if problems:
        raise ScenarioError(problems)
    return Injected(tuple(entries), by)


def with_injected(top: Node, added: Sequence[Injected], problems: list[Problem], log: list[Override]) -> Node:
    """The document with further entries behind those of their lists; paths of the others stay as they are."""
    for one in added:
        for path, entry in one.entries:
            if len(path) > 1 and (wrong := _no_such_reserve(top, path[1], entry)) is not None:
                problems.append(wrong)
            else:
                top = _behind(top, path, entry, (), one.by, log)
    return top


def _read(written: Written, scenario: Path, by: str, problems: list[Problem]) -> Node | None:
    """The mapping that was written, where it is one."""
    if isinstance(written, Path):
        top, found = read_yaml(written)
        problems += found
        return top
    if isinstance(written, str):
        top, found = parse_yaml(written, scenario, by)
        problems += found
        top = None if top is None else _marked(top, scenario, by)
    else:
        top = node_of(written, Mark(scenario, 0, by))
    if top is None or not isinstance(top.value, dict):
        if not problems:
            value = None if top is None else shown_value(plain(top))
            expected = "a mapping as in a scenario, such as 'disruptions: [{kind: export_ban, ...}]'"
            problems.append(Problem(by, 0, "this holds no mapping", value, expected))
        return None
    return top


def _entries(top: Node, scenario: Path, typed: bool, problems: list[Problem]) -> list[Addition]:
    """Every entry of what was written; `typed` as a mapping, so that no line tells where it stands."""
    found: list[Addition] = []

    def listed(path: tuple[str, ...], node: Node) -> None:
        if not isinstance(node.value, list):
            _say(problems, node, f"'{'.'.join(path)}' is no list", "a list of what is added to the scenario's")
            return
        for entry in node.value:
            found.append((path, _labelled(path[-1], entry, scenario, path) if typed else entry))

    for section, node in top.value.items():
        if section in LISTS:
            listed((section,), node)
        elif section != "reserves":
            like = nearest(section, SECTIONS)
            expected = GROWN.get(section) or Scenario.elsewhere.get(section) or "one of " + ", ".join(SECTIONS)
            problems.append(
                Problem(node.mark.shown, node.mark.line, "this cannot be added during a run", section, expected, like)
            )
        elif not isinstance(node.value, dict):
            _say(problems, node, "'reserves' is no mapping", "names of reserves, each with its changes")
        else:
            for name, reserve in node.value.items():
                fields = reserve.value if isinstance(reserve.value, dict) else {}
                if set(fields) != {"changes"}:
                    expected = "changes, and nothing else: size, holders and members stay"
                    _say(problems, reserve, f"only settings of reserve '{name}' can change during a run", expected)
                else:
                    listed(("reserves", name, "changes"), fields["changes"])
    return found


def _say(problems: list[Problem], node: Node, message: str, expected: str) -> None:
    problems.append(Problem(node.mark.shown, node.mark.line, message, shown_value(plain(node)), expected))


def _no_such_reserve(top: Node, name: str, entry: Node) -> Problem | None:
    there = top.value.get("reserves")
    known = list(there.value) if there is not None and isinstance(there.value, dict) else []
    if name in known:
        return None
    expected = "one of " + ", ".join(known) if known else "no reserve: the scenario has none"
    mark = entry.mark
    return Problem(mark.shown, mark.line, "there is no such reserve", name, expected, nearest(name, known))


def _behind(
    node: Node, path: tuple[str, ...], entry: Node, above: tuple[str, ...], by: str, log: list[Override]
) -> Node:
    """A node with an entry behind those of the list at a path below it; told in the log."""
    if path:
        inside = node.value.get(path[0]) or Node([] if len(path) == 1 else {}, node.mark)
        below = _behind(inside, path[1:], entry, (*above, path[0]), by, log)
        return Node({**node.value, path[0]: below}, node.mark)
    entries = list(node.value) if isinstance(node.value, list) else []
    log.append(Override(".".join((*above, str(len(entries)))), None, plain(entry), by))
    return Node([*entries, entry], node.mark)


def _labelled(kind: str, entry: Node, scenario: Path, path: tuple[str, ...] = ()) -> Node:
    """An entry that stands in no file, marked with what messages call it."""
    if kind in LISTS:
        fields = entry.value if isinstance(entry.value, dict) else {}
        named = fields.get("name") or fields.get(_KEYS[kind])
        without = f"without {_KEYS[kind] if kind == 'rationing' else 'kind'}"
        word = without if named is None or named.value is None else named.value
        label = f"injected {LISTS[kind]} '{word}'"
    else:
        label = f"injected change of reserve '{path[1]}'"
    return _marked(entry, scenario, label, 0)


_KEYS = {
    "disruptions": "kind", "replenishment": "policy", "allocation": "rule", "rationing": "at", "decisions": "decision",
}  # fmt: skip


def _marked(node: Node, file: Path, label: str, line: int | None = None) -> Node:
    """A node whose marks have a label, and a line where it is given."""
    mark = Mark(file, node.mark.line if line is None else line, label)
    if isinstance(node.value, dict):
        return Node({key: _marked(child, file, label, line) for key, child in node.value.items()}, mark)
    if isinstance(node.value, list):
        return Node([_marked(child, file, label, line) for child in node.value], mark)
    return Node(node.value, mark)
