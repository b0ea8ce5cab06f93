"""Where the figures under `uncertain` stand in a document, who else sets them, and what stands there meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations

from sim.errors import Problem, nearest
from sim.model.chance.unknown import parse_unknown
from sim.scenario.following import matched, shifted
from sim.scenario.reading.document import Node, Override, Place, node_of, plain, shown_value
from sim.scenario.settings import Setting, UnknownPath, apply, descend, resolve

SECTION, GROUPS = "uncertain", "correlated"
CERTAIN = (
    SECTION, GROUPS, "scenario", "title", "what", "currency", "question", "leaves_out", "start", "end", "run_on",
    "warm_up", "seed", "evidence", "sources",
)  # fmt: skip
"""Sections of which no value can be drawn."""
FILES = ("file", "table", "columns", "ignore")
"""Keys that say what is read from where, which is done once."""


def overlap(one: Place, two: Place) -> bool:
    """Whether one place is the other, or lies in it."""
    return all(a == b for a, b in zip(one, two, strict=False))


def _taken_away(place: Place, setting: Setting, base: Node) -> bool:
    """Whether that in which the value at a place of `base` stands is not there any more once a setting is made."""
    path = setting.path
    if len(path) >= len(place) or place[: len(path)] != path:
        return False
    if setting.removes:
        return True
    return matched(place[len(path) :], descend(base, path), setting.node) is None


class Ranges:
    """The section `uncertain` of a document: `places` are those of its dotted paths that lead to a value.

    What is wrong with a path goes into `problems`. Where a strategy made `top` of `base` by the settings `wanted`,
    paths mean what they mean in `base`, and what it took away with all that it stood in is not drawn.
    """

    def __init__(
        self, top: Node, problems: list[Problem], base: Node | None = None, wanted: Sequence[Setting] = ()
    ) -> None:
        self._top, self._base, self._wanted = top, base, wanted
        written = top.value.get(SECTION)
        self._entries: dict[str, Node] = {}
        if written is not None and isinstance(written.value, dict):  # else the reader of the language will tell
            self._entries = dict(written.value)
        self.places: dict[str, Place] = {}
        for path, node in self._entries.items():
            self._find(path, node, problems)
        for one, two in combinations(self.places, 2):
            if overlap(self.places[one], self.places[two]):
                mark = self._entries[two].mark
                message = f"'{two}' is uncertain already, as '{one}' on line {self._entries[one].mark.line}"
                problems.append(Problem(mark.shown, mark.line, message, None, "one range for a value"))
        self._check_groups(problems)

    def _find(self, path: str, node: Node, problems: list[Problem]) -> None:
        mark = node.mark
        try:
            place = self._resolved(path)
        except UnknownPath as error:
            expected = None if error.valid == [] else "one of " + ", ".join(error.valid[:12])
            message = f"'{path}' leads nowhere: {error.message}"
            like = nearest(error.value, error.valid)
            problems.append(Problem(mark.shown, mark.line, message, shown_value(error.value), expected, like))
            return
        if place is None:
            return
        if place[0] in CERTAIN or any(part in FILES for part in place):
            problems.append(Problem(mark.shown, mark.line, f"'{path}' cannot be drawn", None, "a figure or a choice"))
        else:
            self.places[path] = place

    def _resolved(self, path: str) -> Place | None:
        """Where the figure of a path stands under the strategy, None where that took it away; before values are set
        from outside."""
        if self._base is not None:
            with suppress(UnknownPath):
                place = resolve(self._base, path)
                if any(_taken_away(place, setting, self._base) for setting in self._wanted):
                    return None
                return shifted(place, self._wanted) or place
        return resolve(self._top, path)

    def _check_groups(self, problems: list[Problem]) -> None:
        groups = self._top.value.get(GROUPS)
        for group in groups.value if groups is not None and isinstance(groups.value, list) else ():
            paths = group.value.get("paths") if isinstance(group.value, dict) else None
            for path in paths.value if paths is not None and isinstance(paths.value, list) else ():
                if path.value not in self._entries:
                    message, like = "this is not among the uncertain values", nearest(path.value, self._entries)
                    expected = f"a path that stands under '{SECTION}'"
                    shown = shown_value(path.value)
                    problems.append(Problem(path.mark.shown, path.mark.line, message, shown, expected, like))

    def clashes(self, wanted: Sequence[Setting]) -> list[Problem]:
        """A problem for each value that a strategy sets although it is uncertain: it is drawn alike for all.

        A strategy may do without that in which it stands: an entry of a list, the whole list.
        """
        found = []
        for setting in wanted:
            mark = setting.node.mark
            if setting.path[0] in (SECTION, GROUPS):
                message = f"strategy '{setting.by}' sets '{setting.path[0]}', which is the same for all strategies"
                found.append(Problem(mark.shown, mark.line, message, None, "it at the top of the scenario"))
            for path, place in self.places.items():
                if overlap(place, setting.path) and not _taken_away(place, setting, self._top):
                    at = self._entries[path].mark
                    message = f"strategy '{setting.by}' sets '{path}', which is uncertain ({at.shown}, line {at.line})"
                    expected = "a value under the strategy or a range under 'uncertain', not both"
                    found.append(Problem(mark.shown, mark.line, message, None, expected))
        return found

    def give_way(self, outside: Sequence[Setting]) -> list[Problem]:
        """Leave out what is set from outside, and follow the rest to where that moves it; returns a note on each left
        out."""
        notes = []
        for setting in outside:
            for path, place in list(self.places.items()):
                if overlap(place, setting.path):
                    del self.places[path]
                    shown = "" if setting.removes else f" ({shown_value(plain(setting.node))})"
                    message = f"'{path}' is uncertain in the scenario; it is set here{shown}, so it is not drawn"
                    notes.append(Problem(setting.node.mark.shown, 0, message))
        self.places = {path: shifted(place, outside) or place for path, place in self.places.items()}
        return notes

    def written(self, log: list[Override]) -> Node:
        """The document with the median in the place of every uncertain figure that is not written."""
        top = self._top
        for path, place in self.places.items():
            parent, last = descend(top, place[:-1]), place[-1]
            if isinstance(parent.value, list) or (isinstance(parent.value, dict) and last in parent.value):
                continue
            try:
                median = parse_unknown(plain(self._entries[path])).median
            except ValueError:  # told where the section is read
                continue
            setting = Setting(place, node_of(median, self._entries[path].mark), SECTION)
            top = apply(top, [setting], log)
        return top
