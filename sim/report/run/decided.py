"""What was decided, as a reader wants it: each decision once, by whom, and all the times that it was taken."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.bound.decisions import BoundDecision
from sim.engine.deciding.decisions import Taken
from sim.report.run.facts import Facts
from sim.report.words.phrases import called, kind_words


@dataclass(frozen=True)
class Time:
    """One time that a decision was taken: the evening on which its condition was met (NaN: it was chosen), and from
    which day to before which it was in force (the same: done once; infinite: for good)."""

    met: float
    since: float
    until: float

    @property
    def once(self) -> bool:
        """Whether it was done rather than being in force for a time."""
        return self.until <= self.since


@dataclass(frozen=True)
class Decided:
    """A decision that came into force; `name` as the scenario calls it, the others in words."""

    name: str
    words: str
    kind: str
    party: str
    times: tuple[Time, ...]

    @property
    def since(self) -> float:
        """The first day on which it was in force."""
        return self.times[0].since

    @property
    def until(self) -> float:
        """The day from which it was not any more; `since` where it was but done once."""
        return max(time.until for time in self.times)


def decided(facts: Facts) -> list[Decided]:
    """Each decision of the counted days that answers a shortage, in order of its first day; its products taken
    together."""
    found: dict[str, list[Taken]] = {}
    for one in facts.answers:
        found.setdefault(one.name, []).append(one)
    return [
        Decided(name, decided_words(mine[0]), kind_words(mine[0].kind), facts.group("party", mine[0].party),
                _together(mine))
        for name, mine in found.items()
    ]  # fmt: skip


def _together(mine: list[Taken]) -> tuple[Time, ...]:
    """The times of all products, those made one that begin together or overlap."""
    times: list[Time] = []
    for one in mine:  # in order of their first days
        last = times[-1] if times else None
        if last is not None and (one.since == last.since or one.since <= last.until):
            times[-1] = Time(min(last.met, one.met), last.since, max(last.until, one.until))
        else:
            times.append(Time(one.met, float(one.since), one.until))
    return tuple(times)


def decided_words(one: Taken | BoundDecision) -> str:
    """A decision's name; one that has none goes by its kind."""
    return called(one.name, one.kind).removesuffix(f" by {one.party}")
