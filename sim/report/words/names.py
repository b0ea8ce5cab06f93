"""What a reader is shown as the name of an option, a scenario or a reserve: its title, else what the file calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.report.words.phrases import group_words

if TYPE_CHECKING:
    from sim.scenario.load import Loaded
    from sim.study.design.design import Design

AS_WRITTEN = "the scenario as it stands"
"""What a scenario under no strategy is called."""


def shown_name(name: str, titled: Any = None) -> str:
    """The title of whatever may have one (a reserve, a strategy as it is written), else its name."""
    return _text(titled, "title") or name


def what_it_is(titled: Any) -> str:
    """What is said of it in a sentence; empty where nothing is."""
    return _text(titled, "what")


def strategy_name(loaded: Loaded, strategy: str | None = None) -> str:
    """The name to show of a scenario's strategy; left out: of the one it is under."""
    name = strategy or loaded.document.strategy
    return AS_WRITTEN if name is None else shown_name(name, loaded.document.strategies.get(name))


@dataclass(frozen=True)
class Names:
    """The names to show of a study's strategies, scenarios and parties, and what they are; those not known are as they
    are."""

    strategies: Mapping[str, str] = field(default_factory=dict)
    scenarios: Mapping[str, str] = field(default_factory=dict)
    whats: Mapping[str, str] = field(default_factory=dict)
    """strategy -> what it is; empty where nobody says"""
    parties: Mapping[str, str] = field(default_factory=dict)

    def strategy(self, name: str) -> str:
        """The name to show of a strategy."""
        return self.strategies.get(name, name)

    def scenario(self, name: str) -> str:
        """The name to show of a scenario."""
        return self.scenarios.get(name, name)

    def group(self, column: str, value: object) -> str:
        """A group of a breakdown in words."""
        return group_words(column, value, self.parties)

    def what(self, strategy: str) -> str:
        """What a strategy is."""
        return self.whats.get(strategy, "")


def names_in(design: Design) -> Names:
    """The names to show in a study. A title that two options would have stands with the name of each behind it."""
    strategies, scenarios, whats = {}, {}, {}
    for entry in design.spec.strategies:
        written = design.loaded[design.scenarios[0], entry.name].document.strategies
        used = None if entry.use is None or entry.set else written.get(entry.use)  # what changes it is another option
        strategies[entry.name] = shown_name(shown_name(entry.name, used), entry)
        whats[entry.name] = what_it_is(entry) or what_it_is(used)
    for name, scenario in zip(design.scenarios, design.spec.scenarios, strict=True):
        spec = design.loaded[name, design.spec.reference].spec
        own = shown_name(name, spec) if scenario.name is None and not scenario.set else name
        scenarios[name] = shown_name(own, scenario)
    parties = {name: title for one in design.loaded.values() for name, title in party_titles(one).items()}
    return Names(told_apart(strategies), told_apart(scenarios), whats, parties)


def party_titles(loaded: Loaded) -> dict[str, str]:
    """Name of each party of a scenario -> what readers are shown."""
    return {name: shown_name(name, party) for name, party in loaded.spec.parties.items()}


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names to show by name: one that two would have stands with the name of each behind it."""
    counts = Counter(names.values())
    return {
        name: shown if counts[shown] == 1 or shown == name else f"{shown} ({name})" for name, shown in names.items()
    }


def _text(titled: Any, key: str) -> str:
    found = titled.get(key) if isinstance(titled, Mapping) else getattr(titled, key, None)
    return found.strip() if isinstance(found, str) and found != "_remove_" else ""
