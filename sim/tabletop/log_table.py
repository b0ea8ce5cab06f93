"""The log of a session as a table, for the after-action meeting: a row each for whatever was done."""

from __future__ import annotations

from collections.abc import Iterator

from sim import __version__
from sim.output.csv_text import csv_of_rows
from sim.tabletop.ledger import Ledger
from sim.tabletop.moves import Entry
from sim.tabletop.session import Session

HEAD = (
    "number", "branch", "turn", "story date", "real time", "by", "role", "did", "what", "text", "to", "id", "exercise",
    "strategy", "seed", "tideover",
)  # fmt: skip
"""Columns: `branch`, `turn` and `story date` are where it was done; `real time` is UTC; `what` is the decision, the
inject, the objective, the turn gone back to, the branch or what the clock did."""
WHAT = ("decision", "inject", "objective", "name", "keep", "do", "day")
"""Particulars of an entry that say what it was about, the first that it has."""


def log_rows(session: Session) -> Iterator[tuple[object, ...]]:
    """Every entry, in turn."""
    table, ledger = session.table, Ledger()
    spec = table.begun.loaded.spec
    for number, entry in enumerate(session.entries, start=1):
        place, what = ledger.place, entry.what
        yield (
            number, ledger.current, place.turn, table.date(place.day).isoformat(),
            None if entry.at is None else entry.at.isoformat(timespec="seconds"), table.title(entry.by), entry.by,
            entry.do, _about(entry), what.get("reason", what.get("text")),
            ", ".join(table.title(one) for one in what.get("to", ())), what.get("id"), spec.scenario,
            table.settings.strategy, spec.seed, __version__,
        )  # fmt: skip
        ledger.add(entry)


def log_csv(session: Session) -> str:
    """The table as CSV."""
    return csv_of_rows(HEAD, log_rows(session))


def _about(entry: Entry) -> object:
    if entry.do == "rewind":
        return f"to turn {entry.what['turn']}, kept as {entry.what['keep']}"
    return next((entry.what[name] for name in WHAT if name in entry.what), None)
