"""What if it had been decided otherwise: counterfactuals, and what would have answered them, as overlays.

A counterfactual is a strategy of hindsight: it is laid over the scenario as these are, by the same paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from sim.errors import Problem
from sim.registry import Model
from sim.scenario.document import Node, plain
from sim.units import NonNegative, Text

SECTIONS = ("counterfactuals", "responses")
JOINED = " + "
"""Between the names of rules that hold together."""


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


def paths_of(changes: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """The dotted paths that an overlay sets."""
    for key, value in changes.items():
        path = f"{at}{key}"
        if isinstance(value, Mapping) and value:
            yield from paths_of(value, f"{path}.")
        elif not str(key).startswith("_") or value == "_remove_":
            yield path
        else:
            yield at.removesuffix(".")


def answers(changes: Mapping[str, Any], typed_in: list[str], responds_to: list[str]) -> bool:
    """Whether a response would have answered some changes: those that say themselves what becomes of it are none."""
    paths = list(paths_of(changes))
    if any(within(path, entry) or within(entry, path) for path in paths for entry in typed_in):
        return False
    return not responds_to or any(within(path, there) for path in paths for there in responds_to)


def ruled(changes: Mapping[str, Any], responses: Mapping[str, Any]) -> list[str]:
    """Names of the responses (as they are written) whose rules hold in a counterfactual."""
    found = []
    for name, response in responses.items():
        entries = response if isinstance(response, Mapping) else {}
        typed, to = ([str(path) for path in _listed(entries.get(key))] for key in ("typed_in", "responds_to"))
        if entries.get("rule") and typed and answers(changes, typed, to):
            found.append(str(name))
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def overlays(top: Node, strategies: Node, problems: list[Problem]) -> tuple[Node, dict[str, str]]:
    """Strategies, counterfactuals and rules as overlays of one kind, by their names; and what those are that are no
    strategies. What is misshapen is left to the check of the scenario."""
    found = dict(strategies.value) if isinstance(strategies.value, dict) else {}
    kinds: dict[str, str] = {}
    theirs = {name: _entries(top, name) for name in SECTIONS}
    responses = {name: plain(node) for name, node in theirs["responses"].items()}

    def put(name: str, what: str, node: Node, body: dict[str, Node]) -> None:
        if name in found:
            message = f"the {what} '{name}' has the name of a {kinds.get(name, 'strategy')}"
            problems.append(Problem(node.mark.shown, node.mark.line, message, None, "a name of its own"))
            return
        found[name], kinds[name] = Node(body, node.mark), what

    for name, node in theirs["responses"].items():
        if isinstance(rule := node.value.get("rule", node).value, dict) and "rule" in node.value:
            put(name, "response", node, dict(rule))
    for name, node in theirs["counterfactuals"].items():
        changes = node.value.get("changes")
        if changes is None or not isinstance(changes.value, dict):
            continue
        rules = ruled(plain(changes), responses)
        also = node.value.get("also", Node([], node.mark))
        taken = also.value if isinstance(also.value, list) else [also]
        body = {**changes.value, "also": Node([*taken, *(Node(rule, node.mark) for rule in rules)], also.mark)}
        named = {key: node.value[word] for key, word in (("title", "title"), ("what", "why")) if word in node.value}
        put(name, "counterfactual", node, body | named)
        if len(rules) > 1 and JOINED.join(rules) not in found:
            put(JOINED.join(rules), "response", node, {"also": Node([Node(r, node.mark) for r in rules], node.mark)})
    return Node(found, strategies.mark), kinds


def _entries(top: Node, section: str) -> dict[str, Node]:
    """The entries of a section that are mappings."""
    node = top.value.get(section)
    entries = node.value if node is not None and isinstance(node.value, dict) else {}
    return {name: entry for name, entry in entries.items() if isinstance(entry.value, dict)}
