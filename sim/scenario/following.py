"""Where what stood at a place of a document stands once other things were set: entries of lists are followed by what
they are, not by their position."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.scenario.reading.document import Node, Place, plain
from sim.scenario.settings import Setting, UnknownPath, descend, name_of, resolve

SECTION = "evidence"


def shifted(place: Place, wanted: Sequence[Setting]) -> Place | None:
    """The place once earlier entries of its lists are removed; None where it is removed itself."""
    found = list(place)
    for setting in wanted:
        if not setting.removes:
            continue
        *above, last = setting.path
        if place[: len(setting.path)] == setting.path:
            return None
        k = len(above)
        if isinstance(last, int) and k < len(place) and list(place[:k]) == above and int(place[k]) > last:
            found[k] = int(found[k]) - 1
    return tuple(found)


def matched(place: Place, old: Node, new: Node) -> Place | None:
    """The place in `new` of what stands at it in `old`; None where its entry of a list is not there any more.

    An entry is another's successor if it has the same name or, without one, says the same.
    """
    for k, part in enumerate(place):
        if old is new or type(old.value) is not type(new.value):
            return place
        if isinstance(part, int):
            alike = [i for i, entry in enumerate(new.value) if _alike(old.value[part], entry)]
            if not alike:
                return None
            at: str | int = part if part in alike else alike[0]
        elif part not in new.value or part not in old.value:
            return place
        else:
            at = part
        place = (*place[:k], at, *place[k + 1 :])
        old, new = old.value[part], new.value[at]
    return place


def _alike(one: Node, two: Node) -> bool:
    if one is two:
        return True
    name = name_of(one)
    return bool(name == name_of(two)) if name is not None else bool(plain(one) == plain(two))


def evidence_set(before: Node, after: Node, wanted: Sequence[Setting]) -> Node:
    """`after`, which settings made of `before`, with its evidence for the figures it was given for."""

    def follow(place: Place) -> Place | None:
        for setting in wanted:
            path = setting.path
            if not setting.removes and len(path) < len(place) and place[: len(path)] == path:
                rest = matched(place[len(path) :], descend(before, path), setting.node)
                if rest is None:
                    return None
                place = (*path, *rest)
        return shifted(place, wanted)

    given = {str(setting.path[1]) for setting in wanted if setting.path[0] == SECTION and len(setting.path) > 1}
    return _with_evidence(before, after, follow, given)


def evidence_merged(under: Node, over: Node, merged: Node) -> Node:
    """`merged`, which is `over` laid upon `under`, with the evidence of `under` for the figures it was given for."""
    given = over.value.get(SECTION)
    own = set(given.value) if given is not None and isinstance(given.value, dict) else set()
    return _with_evidence(under, merged, lambda place: matched(place, under, merged), own)


def _with_evidence(before: Node, after: Node, follow: Callable[[Place], Place | None], given: set[str]) -> Node:
    """`given` are entries that were written for `after`."""
    entries = after.value.get(SECTION)
    if entries is None or not isinstance(entries.value, dict):
        return after
    kept = {path: node for path, node in entries.value.items() if path in given}
    for path, node in entries.value.items():
        if path not in given and (now := _followed(path, before, after, follow)) is not None:
            kept.setdefault(now, node)
    if list(kept) == list(entries.value):
        return after
    return Node({**after.value, SECTION: Node(kept, entries.mark)}, after.mark)


def _followed(path: str, before: Node, after: Node, follow: Callable[[Place], Place | None]) -> str | None:
    """How the figure is called now, None where it went with what it stood in."""
    try:
        place = resolve(before, path)
    except UnknownPath:
        return path
    if not any(isinstance(part, int) for part in place):
        return path
    now = follow(place)
    if now is None:
        return None
    try:
        same = resolve(after, path) == now
    except UnknownPath:
        same = False
    return path if same else ".".join(str(part) for part in now)
