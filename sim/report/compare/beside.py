"""Options set side by side, as the page and its words read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sim.report.words.names import shown_name
from sim.report.words.phrases import kind_words
from sim.report.words.units import Counted
from sim.study.design.measures import ALL, Measure

LETTERS = "ABCDEF"
"""By these options are called; there are no more of them on a page."""


@dataclass(frozen=True)
class Option:
    """One of them: its letter, its name, what was run in words, and the scenario's values that were run."""

    letter: str
    name: str
    holds: str
    data: Mapping[str, Any] | None = field(repr=False)
    what: str = ""
    """what it is, in a sentence"""


@dataclass(frozen=True)
class Beside:
    """Options and what they came to.

    `table` is as of `side_by_side`, options by their letters; `rows` and `days` the draws behind it (`days` may be
    empty); `ending` is as of `endings`; `products` name -> unit; `apart` says what cannot be compared, and `notes` what
    else is to be known.
    """

    title: str
    options: tuple[Option, ...]
    table: pd.DataFrame = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)
    draws: int
    start: dt.date
    end: dt.date
    products: Mapping[str, str]
    currency: str
    ending: pd.DataFrame = field(repr=False)
    apart: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    command: str = "tideover compare"

    @property
    def parties(self) -> dict[str, str]:
        """Name of each party -> what readers are shown."""
        found: dict[str, str] = {}
        for option in self.options:
            for name, party in ((option.data or {}).get("parties") or {}).items():
                found.setdefault(name, shown_name(name, party))
        return found

    @property
    def others(self) -> tuple[Option, ...]:
        """All but the first, which they are compared with."""
        return self.options[1:]

    @property
    def counted(self) -> Counted:
        """In what its figures are counted; amounts of products of different units are never added up."""
        return Counted(self.currency, self.products)

    @property
    def adds_up(self) -> bool:
        """Whether amounts of all products together mean something."""
        return self.counted.adds_up

    def unit_of(self, measure: Measure, group: str = "") -> str:
        """The unit of a figure in words; "money" and "share" as they are."""
        return "money" if measure.unit == "money" else self.counted.unit(measure, group)

    @property
    def short(self) -> list[Mapping[str, Any]]:
        """Options of which more draws are still short at the end than may be."""
        found: list[Any] = self.ending[~self.ending["settled"].astype(bool)].to_dict("records")
        return found

    def row(self, measure: str, option: str, breakdown: str = ALL, group: str = "") -> Mapping[str, Any] | None:
        """What a figure came to under an option, None where that is not there."""
        here = self.table
        here = here[(here["measure"] == measure) & (here["breakdown"] == breakdown) & (here["group"] == group)]
        found: Sequence[Any] = here[here["strategy"] == option].to_dict("records")
        return found[0] if found else None


def changes(options: Sequence[Option]) -> list[tuple[str, list[str]]]:
    """(path, value under each option) of everything in which they differ, in the order of the scenario; an entry of a
    list that not all have, such as a decision, in one line."""
    flat = [_flat(option.data or {}) for option in options]
    known = {path: parent for _, entries in flat for path, (parent, _) in entries.items()}
    some = {path: parent for path, parent in known.items() if not all(path in entries for _, entries in flat)}
    paths = dict.fromkeys(path for values, _ in flat for path in values)
    found: dict[str, list[str]] = {}
    for path in paths:
        whole = next((entry for entry in some if path == entry or path.startswith(f"{entry}.")), None)
        if whole is not None:
            found[whole] = [entries[whole][1] if whole in entries else "–" for _, entries in flat]
        elif path not in some.values():  # an empty list, which is told by what the others have in it
            values = [values.get(path, "–") for values, _ in flat]
            if len(set(values)) > 1:
                found[path] = values
    return list(found.items())


TOLD_ONLY = ("scenario", "title", "question", "leaves_out", "attribution", "evidence", "sources")
"""Parts of a scenario that change no figure."""


def _flat(data: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Dotted path -> value in words, entries of lists by their names or numbers; and path of each such entry -> (path
    of the list, what it is)."""
    found: dict[str, str] = {}
    entries: dict[str, tuple[str, str]] = {}

    def look(value: Any, path: str) -> None:
        if isinstance(value, Mapping) and value:
            for key, child in value.items():
                if path or key not in TOLD_ONLY:
                    look(child, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            for number, item in enumerate(value):
                name = item.get("name") if isinstance(item, Mapping) else None
                entry = f"{path}.{name if isinstance(name, str) else number}"
                if isinstance(item, Mapping):
                    entries[entry] = path, kind_words(str(item.get("decision", item.get("kind", "there"))))
                look(item, entry)
        else:
            found[path] = _written(value)

    look(data, "")
    return found, entries


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_written, value)) or "none"
    return "nothing" if value is None or value == {} else str(value)
