"""What stays as it was typed in by its dates in a counterfactual, though it might have come otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.decisions.base import Decision
from sim.model.chance.distributions import AT_ONCE
from sim.policies.triggers.on import On
from sim.report.words.names import shown_name
from sim.report.words.phrases import day_words, kind_words, listed
from sim.scenario.load import Loaded
from sim.scenario.words.hindsight import Paths, changes_of, within

ANSWERING = ("supplier_allocation", "extra_orders", "export_ban")
"""Disruptions that may be what somebody did because goods were scarce: makers, buyers, governments. A surge in demand
is taken for illness, which comes as it comes; one of buying ahead stands under `responses`."""
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
        found = [f"Stays as typed in, though it might have come otherwise, as it has no rule: {name}."
                 for name in self.noted]  # fmt: skip
        kinds = dict.fromkeys(one.kind for one in self.typed)
        told = [_named(kind, [one for one in self.typed if one.kind == kind]) for kind in kinds]
        if told:
            found.append(
                f"Stays on its dates, though from {day_words(self.since)} on it might have come otherwise: "
                f"{'; '.join(told)}."
            )
        return found


def frozen(loaded: Loaded, name: str) -> Frozen:
    """What stays as it was under a counterfactual of a scenario that was read without it."""
    spec, top = loaded.spec, loaded.parsed.top
    assert top is not None
    paths = Paths(top)
    changes = changes_of(name, loaded.document.strategies, spec.responses)
    values = paths.set_by(changes)
    noted = [
        shown_name(key, one) for key, one in spec.responses.items()
        if not one.rule and paths.answers(changes, one.typed_in, one.responds_to)
    ]  # fmt: skip
    said = [paths.named(path) for one in spec.responses.values() for path in one.typed_in]
    since = min((_since(loaded, path, values) for path in values), default=spec.start)
    typed = [
        one for one in dated(loaded)
        if (one.until is None or one.until > since)
        and not any(within(path, one.path) or within(one.path, path) for path in values)
        and not any(within(one.path, path) for path in said)
    ]  # fmt: skip
    return Frozen(since, tuple(typed), tuple(noted))


def dated(loaded: Loaded) -> Iterator[Typed]:
    """Decisions taken on a date, and disruptions and rationing that may answer scarcity, in the scenario's order."""
    spec = loaded.spec
    for k, one in enumerate(spec.decisions):
        if isinstance(one.when, On):
            label = loaded.document.label(("decisions", k))
            yield Typed(label, kind_words(one.decision), one.label, one.when.date, _over(one, one.when.date))
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


def _over(one: Decision, date: dt.date) -> dt.date | None:
    """The day from which a decision of a date is not in force any more, None where it has none that is known."""
    if one.until is not None or one.after != AT_ONCE:
        return one.until
    days = 1 if one.instant else one.for_
    return None if days is None else date + dt.timedelta(days)


def _since(loaded: Loaded, path: str, values: Mapping[str, Any]) -> dt.date:
    """The first day on which a change of a path may matter: of a dated decision the earlier of its two dates."""
    spec = loaded.spec
    for k, one in enumerate(spec.decisions):
        label = loaded.document.label(("decisions", k))
        if not within(path, label) or not isinstance(one.when, On):
            continue
        date = f"{label}.when.date"
        if values.get(f"{label}.when.trigger", On.name_in_yaml) != On.name_in_yaml:
            break  # it waits for something else
        moved = values.get(date, one.when.date)
        moved = moved if isinstance(moved, dt.date) else dt.date.fromisoformat(str(moved)[:10])
        return max(spec.start, min(one.when.date, moved))
    return spec.start


def _named(kind: str, several: list[Typed]) -> str:
    names = [f"'{one.name}'" for one in several[:MOST]]
    more = len(several) - MOST
    return f"{kind} {listed(names) if more <= 0 else ', '.join(names) + f' and {more} more'}"
