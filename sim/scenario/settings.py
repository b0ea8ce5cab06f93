"""Setting values by dotted path: what strategies and overrides do to a scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.disruptions import DISRUPTIONS
from sim.errors import Problem, nearest
from sim.hazards import PROCESSES
from sim.model.need.demand import DEMAND
from sim.policies import ALLOCATION, REPLENISHMENT, SOURCING, TRIGGERS
from sim.registry import Registry
from sim.scenario.reading.document import Mark, Node, Override, Place, dotted, plain, position, shown_value

REMOVE = "_remove_"
"""As a value: take the key away."""
REPLACE = "_replace_"
"""As a key with the value true: this mapping replaces the one it meets, instead of being merged into it."""
PARTS = ("network", "hazard_library")
"""Keys that name a file which the scenario builds on, beside `extends`."""
FAMILIES: tuple[Registry[Any], ...] = (
    DISRUPTIONS, PROCESSES, DEMAND, ALLOCATION, REPLENISHMENT, SOURCING, TRIGGERS,
)  # fmt: skip
FIXED = ("extends", *PARTS, "strategies")
"""Keys that say how the document is put together; no strategy or override can change them."""


@dataclass(frozen=True)
class Setting:
    """One value to set: where, to what, and who says so."""

    path: Place
    node: Node
    by: str

    @property
    def removes(self) -> bool:
        return bool(self.node.value == REMOVE)


def replaces(node: Node) -> bool:
    """Whether a mapping says `_replace_: true`."""
    return isinstance(node.value, dict) and REPLACE in node.value and node.value[REPLACE].value is True


def merged(under: Node, over: Node) -> bool:
    """Whether a mapping is merged into the one it meets: it is not to replace it, nor is it of another kind, such as
    another trigger, which has keys of its own (but where it says itself which of the old ones go)."""
    if not isinstance(under.value, dict) or not isinstance(over.value, dict) or replaces(over):
        return False
    if any(child.value == REMOVE for child in over.value.values()):
        return True
    kinds = [(_kind(under, family), _kind(over, family)) for family in FAMILIES]
    return not any(old and new and old != new for old, new in kinds)


def _kind(node: Node, family: Registry[Any]) -> str:
    """The word of the kind of this family that a mapping is, empty where it is none."""
    word = node.value[family.key].value if family.key in node.value else ""
    return word if isinstance(word, str) and word in family else ""


def merge(under: Node, over: Node, root: Path, log: list[Override], at: Place = (), top: Any = None) -> Node:
    """`over` laid upon `under`: mappings are merged, all else is replaced; what changes goes into `log`."""
    top = plain(under) if top is None else top
    counts = bool(at) and at[0] not in (*FIXED, "scenario")
    if not merged(under, over):
        if counts and plain(under) != plain(over):
            by = named_in(over.mark, root)
            log.append(Override(dotted(top, at), plain(under), plain(settle(over, [])), by))
        return over
    in_strategy = at[:1] == ("strategies",) and len(at) > 1  # there `_remove_` is what the strategy does
    entries = dict(under.value)
    for key, child in over.value.items():
        if key not in entries:
            entries[key] = child
        elif child.value == REMOVE and not in_strategy:
            old = entries.pop(key)
            if (*at, key)[0] not in FIXED:
                log.append(Override(dotted(top, (*at, key)), plain(old), None, named_in(child.mark, root)))
        else:
            entries[key] = merge(entries[key], child, root, log, (*at, key), top)
    return Node(entries, over.mark)


def named_in(mark: Mark, root: Path) -> str:
    """The file of a mark as named from the project's folder, the same on every machine."""
    return mark.file.relative_to(root).as_posix() if mark.file.is_relative_to(root) else mark.file.name


def not_replaced(node: Node) -> list[Problem]:
    """A problem where `_replace_` says anything but true."""
    if node.value is True:
        return []
    return [Problem(node.mark.shown, node.mark.line, f"'{REPLACE}' is not set", shown_value(plain(node)), "true")]


def settle(node: Node, problems: list[Problem]) -> Node:
    """The node without `_replace_` keys; a `_remove_` that met nothing is a problem."""
    if isinstance(node.value, list):
        return Node([settle(child, problems) for child in node.value], node.mark)
    if not isinstance(node.value, dict):
        return node
    kept = {}
    for key, child in node.value.items():
        if key == REPLACE:
            problems += not_replaced(child)
        elif child.value == REMOVE:
            problems.append(Problem(child.mark.shown, child.mark.line, f"there is no '{key}' to remove"))
        else:
            kept[key] = settle(child, problems)
    return Node(kept, node.mark)


class UnknownPath(Exception):
    """A dotted path leads nowhere: what is wrong, and the names valid at that place."""

    def __init__(self, message: str, value: str, valid: list[str]) -> None:
        super().__init__(message)
        self.message, self.value, self.valid = message, value, valid


def resolve(top: Node, key: str, at: Place = ()) -> Place:
    """The path a dotted key means, seen from `at`; all but its last part must exist. Raises UnknownPath."""
    node = descend(top, at)
    parts = key.split(".")
    if not all(parts):
        raise UnknownPath("a path has no empty parts", key, [])
    while parts:
        taken, found = _step(node, parts)
        if found is None:
            if taken < len(parts) or isinstance(node.value, list) or not _can_hold(node):
                raise _unknown(top, node, at, parts[0])
            return (*at, ".".join(parts[:taken]))
        at = (*at, found)
        node = node.value[found]
        parts = parts[taken:]
    return at


def _can_hold(node: Node) -> bool:
    return node.value is None or isinstance(node.value, dict)


def _step(node: Node, parts: list[str]) -> tuple[int, str | int | None]:
    """How many parts name one entry of `node`, and its key; the longest name with dots that exists wins."""
    for taken in range(len(parts), 0, -1):
        word = ".".join(parts[:taken])
        if isinstance(node.value, dict) and word in node.value:
            return taken, word
        if isinstance(node.value, list):
            named = [i for i, child in enumerate(node.value) if name_of(child) == word]
            if len(named) == 1:
                return taken, named[0]
            if (number := position(word)) is not None and number < len(node.value):
                return taken, number
    return 1, None


def name_of(node: Node) -> Any:
    """What an entry of a list is called, None where it has no name."""
    return node.value["name"].value if isinstance(node.value, dict) and "name" in node.value else None


def _unknown(top: Node, node: Node, at: Place, word: str) -> UnknownPath:
    where = f"in '{dotted(plain(top), at)}'" if at else "in the scenario"
    if isinstance(node.value, list):
        names = [str(name) for child in node.value if (name := name_of(child)) is not None]
        if names.count(word) > 1:
            return UnknownPath(f"more than one entry {where} has this name", word, [])
        return UnknownPath(f"there is no such entry {where}, which has {len(node.value)}", word, names)
    if _can_hold(node):
        return UnknownPath(f"there is no such key {where}", word, list(node.value or ()))
    return UnknownPath(f"'{dotted(plain(top), at)}' is a single value and has no parts", word, [])


def descend(node: Node, path: Place) -> Node:
    """The node at a path that exists."""
    for part in path:
        node = node.value[part]
    return node


def settings(top: Node, node: Node, by: str, problems: list[Problem], at: Place = ()) -> Iterator[Setting]:
    """The single values that a mapping of dotted keys sets in `top`."""
    for key, child in node.value.items():
        if key == REPLACE and at:
            continue
        if added := _new_disruption(top, key, at, child):
            yield Setting(("disruptions", added[0]), added[1], by)
            continue
        try:
            path = resolve(top, key, at)
        except UnknownPath as error:
            problems.append(_problem(child.mark, by, error.message, error.value, error.valid))
            continue
        if path[0] in FIXED or path == ("scenario",):
            message = f"'{path[0]}' can only stand in a scenario file"
            problems.append(_problem(child.mark, by, message, key, [], "extends: other.yaml in a file of its own"))
            continue
        old = _existing(top, path)
        if child.value == REMOVE and old is None:
            valid = list(descend(top, path[:-1]).value or ())
            problems.append(_problem(child.mark, by, "there is nothing to remove", str(path[-1]), valid))
        elif old is not None and merged(old, child):
            yield from settings(top, child, by, problems, path)
        else:
            yield Setting(path, child, by)


def _new_disruption(top: Node, key: str, at: Place, child: Node) -> tuple[str, Node] | None:
    """Name and entry of a disruption that a dotted key adds: of no name or number that is there, and whole, with its
    kind. None where it is none, such as a misspelt name with one value."""
    section, _, name = ".".join([*map(str, at), key]).partition(".")
    there = top.value.get(section)
    entries = [] if there is None or there.value is None else there.value
    if section != "disruptions" or not name or not isinstance(entries, list) or position(name) is not None:
        return None
    if not isinstance(child.value, dict) or "kind" not in child.value or name in map(name_of, entries):
        return None
    return name, Node({"name": Node(name, child.mark), **child.value}, child.mark)


def _existing(top: Node, path: Place) -> Node | None:
    """What stands at a path, None where nothing does."""
    node: Node | None = top
    for part in path:
        inside = None if node is None else node.value
        if isinstance(inside, list):
            node = inside[part] if isinstance(part, int) and part < len(inside) else None
        else:
            node = (inside or {}).get(part)
    return node


def _problem(mark: Mark, by: str, message: str, value: str, valid: list[str], expected: str | None = None) -> Problem:
    who = "" if mark.label else f"strategy '{by}': "
    like = nearest(value, valid)
    if expected is None and like is None and valid:
        expected = "one of " + ", ".join(valid[:12]) + (", …" if len(valid) > 12 else "")
    return Problem(mark.shown, mark.line, who + message, shown_value(value), expected, like)


def conflicts(top: Node, wanted: list[Setting]) -> tuple[list[Setting], list[Problem]]:
    """The settings without repetitions, and a problem for every value that two of them set differently."""
    kept: dict[Place, Setting] = {}
    problems = []
    for setting in wanted:
        other = kept.setdefault(setting.path, setting)
        if _canonical(other.node) != _canonical(setting.node):
            problems.append(_clash(top, setting, other))
    for setting in kept.values():
        for length in range(1, len(setting.path)):
            if above := kept.get(setting.path[:length]):
                problems.append(_clash(top, setting, above))
    return list(kept.values()), problems


def _clash(top: Node, one: Setting, two: Setting) -> Problem:
    path = dotted(plain(top), one.path)
    who = f"'{two.by}' and '{one.by}' set" if one.by != two.by else f"'{one.by}' sets"
    first, second = shown_value(plain(two.node)), shown_value(plain(one.node))
    message = f"{who} '{path}' differently: {first} on line {two.node.mark.line} and {second}"
    if one.node.mark.label:
        message = f"two overrides set '{path}' differently: {first} and {second}"
    return Problem(one.node.mark.shown, one.node.mark.line, message, expected="one value")


def _canonical(node: Node) -> str:
    return json.dumps(plain(node), sort_keys=True, default=str)


def apply(top: Node, wanted: list[Setting], log: list[Override]) -> Node:
    """The document with every setting made; paths mean places of `top`, so removals come last."""
    data = plain(top)
    sets = [s for s in wanted if not s.removes]
    removals = sorted((s for s in wanted if s.removes), key=lambda s: [str(p).zfill(9) for p in s.path], reverse=True)
    for setting in [*sets, *removals]:
        old = _existing(top, setting.path)
        new = None if setting.removes else settle(setting.node, [])
        log.append(
            Override(
                dotted(data, setting.path),
                None if old is None else plain(old),
                None if new is None else plain(new),
                setting.by,
            )
        )
        top = _put(top, setting.path, new)
    return top


def _put(node: Node, path: Place, new: Node | None) -> Node:
    """A copy of `node` with `new` at `path`, or without what is there."""
    head, rest = path[0], path[1:]
    if isinstance(node.value, list):
        items = list(node.value)
        if isinstance(head, str) and new is not None:
            items.append(new)  # one that is added, by its name
        elif rest or new is not None:
            items[int(head)] = _put(items[int(head)], rest, new) if rest else new
        else:
            del items[int(head)]
        return Node(items, node.mark)
    entries = dict(node.value or {})
    if rest:
        below = entries.get(str(head))
        empty = Node([], node.mark)  # of disruptions, to which one is added
        entries[str(head)] = _put(empty if below is None or below.value is None else below, rest, new)
    elif new is None:
        del entries[str(head)]
    else:
        entries[str(head)] = new
    return Node(entries, node.mark)
