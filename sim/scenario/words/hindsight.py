"""What if it had been decided otherwise: counterfactuals, and what would have answered them, as overlays.

A counterfactual is a strategy of hindsight: it is laid over the scenario as these are, by the same paths.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import Field

from sim.errors import Problem
from sim.registry import Model
from sim.scenario.reading.document import Node, dotted, plain
from sim.scenario.settings import REPLACE, UnknownPath, resolve
from sim.units import NonNegative, Text, parse_date

SECTIONS = ("counterfactuals", "responses")
AS_IT_WAS = "as it was"
"""What was done, in the place of a name."""
JOINED = " + "
"""Between the names of rules that hold together."""
WORDS = {"title": "title", "what": "why", "also": "also"}
"""Key of an overlay -> that of a counterfactual which it has from there."""
OF_OVERLAYS = ("also", "title", "what")
"""Keys of an overlay that set nothing."""


class Counterfactual(Model):
    """What might have been decided otherwise."""

    title: Text | None = None
    """by which pages call it; left out: its name"""
    why: Text | None = None
    """why it is asked, in a sentence"""
    changes: dict[Text, Any] = Field(min_length=1)
    """dotted path -> what it would have been, as in strategies"""
    also: list[Text] | Text = []
    """strategies, or other counterfactuals, that it takes in"""
    cost: NonNegative | None = None
    """what it would have cost on top of what a run counts, in the scenario's currency; left out: not known"""


class Response(Model):
    """What somebody did, typed in by its dates, who might have done otherwise had others decided otherwise."""

    title: Text | None = None
    """by which pages call it; left out: its name"""
    typed_in: list[Text] = Field(min_length=1)
    """dotted paths of the entries, such as decisions.second allocation"""
    responds_to: list[Text] = []
    """dotted paths whose change it would have answered; left out: any"""
    rule: dict[Text, Any] = {}
    """dotted path -> what stands in its place in a counterfactual; left out: it stays as typed in, and that is noted"""
    why: Text | None = None
    """what the rule rests on"""


def within(path: str, there: str) -> bool:
    """Whether a dotted path is that of an entry, or of something in it."""
    return f"{path}.".startswith(f"{there}.")


def values_of(changes: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of all that an overlay sets; a mapping that replaces another is told by its path alone."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and value:
            yield from values_of(value, f"{at}{key}.")
        elif key == REPLACE:
            yield at.removesuffix("."), None
        else:
            yield f"{at}{key}", value


class Paths:
    """Dotted paths of a scenario as written, with entries of lists by their names, so that they can be compared."""

    def __init__(self, top: Node) -> None:
        self._top, self._data = top, plain(top)

    def named(self, path: str) -> str:
        """A path with names in the place of positions; as it is where it leads nowhere."""
        try:
            return dotted(self._data, resolve(self._top, path))
        except UnknownPath:
            return path

    def set_by(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Path -> value of all that an overlay sets."""
        return {self.named(path): value for path, value in values_of(changes)}

    def answers(self, changes: Mapping[str, Any], typed_in: Sequence[str], responds_to: Sequence[str]) -> bool:
        """Whether a response would have answered some changes; not those that say themselves what becomes of it."""
        paths = list(self.set_by(changes))
        entries, about = ([self.named(str(path)) for path in some] for some in (typed_in, responds_to))
        if any(within(path, entry) or within(entry, path) for path in paths for entry in entries):
            return False
        return not about or any(within(path, there) for path in paths for there in about)


def changes_of(
    name: str, overlays: Mapping[str, Any], rules: Collection[str], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    """All that an overlay sets (dotted path -> value), with what it takes in but for the `rules`."""
    body = overlays.get(name)
    found: dict[str, Any] = {}
    if not isinstance(body, Mapping) or name in above or name in rules:
        return found
    for other in _listed(body.get("also")):
        found |= changes_of(str(other), overlays, rules, (*above, name))
    return found | {key: value for key, value in body.items() if key not in OF_OVERLAYS}


def rules_of(name: str, overlays: Mapping[str, Any], rules: Collection[str]) -> list[str]:
    """The rules of responses that hold in a counterfactual, as it is among the overlays."""
    return [str(other) for other in _listed((overlays.get(name) or {}).get("also")) if other in rules]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def overlays(top: Node, strategies: Node, problems: list[Problem]) -> tuple[Node, dict[str, str]]:
    """Strategies, counterfactuals and rules as overlays of one kind, by their names; and what those are that are no
    strategies. What is misshapen is left to the check of the scenario."""
    asked, responses = (_entries(top, section) for section in SECTIONS)
    problems += [*_misnamed(asked, "counterfactual"), *_misnamed(responses, "response")]
    kinds: dict[str, str] = {}
    if not isinstance(strategies.value, dict) or not (asked or responses):
        return strategies, kinds
    found = dict(strategies.value)

    def put(name: str, what: str, node: Node, body: dict[str, Node]) -> None:
        if name in found:
            message = f"the {what} '{name}' has the name of a {kinds.get(name, 'strategy')}"
            problems.append(Problem(node.mark.shown, node.mark.line, message, None, "a name of its own"))
            return
        found[name], kinds[name] = Node(body, node.mark), what

    for name, node in responses.items():
        if "rule" in node.value and isinstance(node.value["rule"].value, dict):
            put(name, "response", node, dict(node.value["rule"].value))
    rules = list(kinds)
    for name, node in asked.items():
        sets = node.value.get("changes")
        if sets is not None and isinstance(sets.value, dict):
            words = {key: node.value[word] for key, word in WORDS.items() if word in node.value}
            put(name, "counterfactual", node, {**sets.value, **words})
    written, paths = {name: plain(node) for name, node in found.items()}, Paths(top)
    for name in [name for name, what in kinds.items() if what == "counterfactual"]:
        changes = changes_of(name, written, rules)
        theirs = [rule for rule in rules if _answers(paths, changes, plain(responses[rule]))]
        found[name] = node = _with(found[name], theirs)
        held = [rule for rule in map(plain, node.value["also"].value) if rule in rules]
        if len(held) > 1 and JOINED.join(held) not in found:
            put(JOINED.join(held), "response", node, _with(Node({}, node.mark), held).value)
    return Node(found, strategies.mark), kinds


def _misnamed(entries: Mapping[str, Node], what: str) -> Iterator[Problem]:
    """Entries by names that stand for something else."""
    for name, node in entries.items():
        if name == AS_IT_WAS or JOINED in name:
            expected = f"another than '{AS_IT_WAS}', and without '{JOINED}'"
            yield Problem(node.mark.shown, node.mark.line, f"no {what} can have this name", name, expected)


def too_early(top: Node, begins: dt.date) -> Iterator[Problem]:
    """Decisions that a counterfactual puts before the first day that is run: nothing can show what they would do."""
    paths = Paths(top)
    for name, entry in _entries(top, "counterfactuals").items():
        for key, node in _leaves(entry.value.get("changes", Node({}, entry.mark))):
            path = paths.named(key)
            if not (path.startswith("decisions.") and ".when." in path and path.endswith(".date")):
                continue
            with suppress(ValueError):  # what is no date is told of the scenario with this counterfactual
                if (date := parse_date(node.value)) < begins:
                    message, expected = f"counterfactual '{name}': nothing is run so early", f"a date from {begins} on"
                    yield Problem(node.mark.shown, node.mark.line, message, str(date), expected)


def _leaves(node: Node, at: str = "") -> Iterator[tuple[str, Node]]:
    """(dotted path, node) of all that an overlay sets."""
    for key, child in node.value.items() if isinstance(node.value, dict) else ():
        if isinstance(child.value, dict):
            yield from _leaves(child, f"{at}{key}.")
        else:
            yield f"{at}{key}", child


def _with(node: Node, rules: Sequence[str]) -> Node:
    """An overlay that takes in some rules as well."""
    own = node.value.get("also", Node([], node.mark))
    also = own.value if isinstance(own.value, list) else [own]
    there = [plain(one) for one in also]
    also = [*also, *(Node(rule, node.mark) for rule in rules if rule not in there)]
    return Node({**node.value, "also": Node(also, own.mark)}, node.mark)


def _answers(paths: Paths, changes: Mapping[str, Any], response: Mapping[str, Any]) -> bool:
    typed_in, responds_to = (_listed(response.get(key)) for key in ("typed_in", "responds_to"))
    return bool(typed_in) and paths.answers(changes, typed_in, responds_to)


def _entries(top: Node, section: str) -> dict[str, Node]:
    """The entries of a section that are mappings."""
    node = top.value.get(section)
    entries = node.value if node is not None and isinstance(node.value, dict) else {}
    return {str(name): entry for name, entry in entries.items() if isinstance(entry.value, dict)}
