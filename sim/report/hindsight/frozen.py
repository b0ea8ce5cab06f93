"""What stays as it was typed in by its dates in a counterfactual, though it might have come otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.policies.triggers.on import On
from sim.report.words.names import shown_name
from sim.report.words.phrases import day_words, kind_words, listed
from sim.scenario.hindsight import answers, paths_of, within
from sim.scenario.load import Loaded

ANSWERING = ("supplier_allocation", "extra_orders", "export_ban", "demand_surge")
"""Disruptions that may be what somebody did because goods were scarce: makers, governments, families."""
MOST = 3
"""Names told of a kind; how many more there are is said."""


@dataclass(frozen=True)
class Typed:
    """An entry with dates of its own: its path, its kind in words, its name, and its first day and the day after it."""

    path: str
    kind: str
    name: str
    first: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class Frozen:
    """Of a counterfactual: from when on it differs, what stays as typed in, and responses without a rule that would
    have answered it."""

    since: dt.date
    typed: tuple[Typed, ...] = ()
    noted: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What is to be known of it, in words."""
        found = [f"{name} stays as it was typed in, though it might have come otherwise: it has no rule."
                 for name in self.noted]  # fmt: skip
        kinds = dict.fromkeys(one.kind for one in self.typed)
        told = [_named(kind, [one for one in self.typed if one.kind == kind]) for kind in kinds]
        if told:
            found.append(
                f"Stays on the dates on which it was taken, from {day_words(self.since)} on, though it might have come "
                f"otherwise: {'; '.join(told)}."
            )
        return found


def frozen(loaded: Loaded, name: str) -> Frozen:
    """What stays as it was under a counterfactual."""
    spec = loaded.spec
    changes = spec.counterfactuals[name].changes
    paths = list(paths_of(changes))
    responses = spec.responses
    noted = [
        key for key, one in responses.items()
        if not one.rule and answers(changes, list(one.typed_in), list(one.responds_to))
    ]  # fmt: skip
    settled = [path for one in responses.values() for path in one.typed_in]  # what becomes of them is said
    since = min((_since(loaded, path, changes) for path in paths), default=spec.start)
    typed = [
        one for one in dated(loaded)
        if (one.until is None or one.until > since)
        and not any(within(path, one.path) or within(one.path, path) for path in paths)
        and not any(within(one.path, path) for path in settled)
    ]  # fmt: skip
    return Frozen(since, tuple(typed), tuple(shown_name(key, responses[key]) for key in noted))


def dated(loaded: Loaded) -> Iterator[Typed]:
    """Decisions taken on a date, and disruptions and rationing that may answer scarcity, in the scenario's order."""
    spec = loaded.spec
    for k, one in enumerate(spec.decisions):
        if isinstance(one.when, On):
            until = one.until
            if until is None and one.for_ is not None:
                until = one.when.date + dt.timedelta(one.for_)
            label = loaded.document.label(("decisions", k))
            yield Typed(label, kind_words(one.decision), one.label, one.when.date, until)
    for k, trouble in enumerate(spec.disruptions):
        if trouble.kind in ANSWERING:
            until = trouble.until
            if until is None and trouble.for_ is not None:
                until = trouble.from_ + dt.timedelta(trouble.for_)
            label = loaded.document.label(("disruptions", k))
            yield Typed(label, kind_words(trouble.kind), label.partition(".")[2], trouble.from_, until)
    for k, rule in enumerate(spec.rationing):
        if rule.from_ is not None:
            label = loaded.document.label(("rationing", k))
            yield Typed(label, "rationing", label, rule.from_, None)


def _since(loaded: Loaded, path: str, changes: Any) -> dt.date:
    """The first day on which a change of a path may matter: of a dated decision the earlier of its two dates."""
    spec = loaded.spec
    for k, one in enumerate(spec.decisions):
        if within(path, loaded.document.label(("decisions", k))) and isinstance(one.when, On):
            other = dict(_flat(changes)).get(f"{loaded.document.label(('decisions', k))}.when.date")
            moved = dt.date.fromisoformat(str(other)[:10]) if other is not None else one.when.date
            return max(spec.start, min(one.when.date, moved))
    return spec.start


def _flat(changes: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in changes.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value


def _named(kind: str, several: list[Typed]) -> str:
    names = [f"'{one.name}'" for one in several[:MOST]]
    more = len(several) - MOST
    return f"{kind} {listed(names) if more <= 0 else ', '.join(names) + f' and {more} more'}"
