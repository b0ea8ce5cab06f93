"""How many days back the policies of a plan look, and how late what they look at may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from sim.engine.bound.in_force import ALWAYS, BoundRule
from sim.engine.bound.information import BoundView, InformationPlan, longest_late

if TYPE_CHECKING:  # what a rule may look at is a word of its own
    from sim.policies.replenishment.seen import Figure
    from sim.policies.triggers.base import Sight


@dataclass(frozen=True)
class LookingBack:
    """What `rules` of replenishment and all other `policies` look back on; `information` as the plan has it."""

    rules: tuple[BoundRule, ...]
    policies: tuple[Any, ...]
    information: InformationPlan | None

    @cached_property
    def present(self) -> int:
        """Days of present use that some policy looks back on; 0: none does."""
        return max([*self._over("present_over"), self.of("end_demand")])

    @cached_property
    def fill(self) -> int:
        """Days of what was sent of orders due that some policy looks back on; 0: none does."""
        return max(self._over("fill_over"), default=0)

    @cached_property
    def arrivals(self) -> tuple[int, ...]:
        """The numbers of last arrivals that conditions look back on."""
        return tuple(sorted(set(self._over("arrivals_over"))))

    def of(self, *figures: Figure) -> int:
        """Days of records of any of these figures that some replenishment rule has at its reviews; 0: none does.

        A rule that comes into force on a date looks further back once.
        """
        looking = [bound.rule for bound in self._all_rules if bound.rule.looks_at & set(figures)]
        dated = any(bound.since > ALWAYS for bound in self._all_rules)
        return max((rule.looks_back if dated else rule.window for rule in looking), default=0)

    def at(self, figure: Figure) -> bool:
        """Whether some replenishment rule looks at a figure."""
        return any(figure in bound.rule.looks_at for bound in self._all_rules)

    @cached_property
    def _all_rules(self) -> list[BoundRule]:
        """Those that may be decided too."""
        return [*self.rules, *(part for part in _within(self.policies) if isinstance(part, BoundRule))]

    @cached_property
    def waits_for(self) -> frozenset[str]:
        """The names of alarms that conditions wait for."""
        return frozenset(self._over("waits_for"))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of observed series that conditions read."""
        return frozenset(self._over("reads"))

    def sees(self, sight: Sight) -> bool:
        """Whether some condition looks at such figures."""
        return any(isinstance(sees, tuple) and sight in sees for sees in self._over("sees"))

    @cached_property
    def by_cover(self) -> bool:
        """Whether some policy shares by what those who ask have and use."""
        return bool(self._over("by_cover"))

    def late(self, may_fail: bool, own: bool = False) -> int | None:
        """Days by which what is known of a site, or what its owner knows of it, may be late, None where there is no
        limit; `may_fail`: its systems."""
        if may_fail:
            return None
        if self.information is None:
            return 0
        decided = [part for part in _within(self.policies) if isinstance(part, BoundView)]
        return longest_late([view for view in (*self.information.views, *decided) if view.own or not own])

    def _over(self, name: str) -> list[Any]:
        return [found for part in _within(self.policies) if (found := getattr(part, name, None))]


def _within(value: Any) -> Iterator[Any]:
    """A value and all that stands in it: fields of dataclasses and of models, entries of tuples, lists and dicts."""
    yield value
    if isinstance(value, tuple | list):
        inside: Iterable[Any] = value
    elif isinstance(value, dict):
        inside = value.values()
    elif is_dataclass(value) or isinstance(value, BaseModel):
        inside = vars(value).values()
    else:
        return
    for one in inside:
        if not isinstance(one, np.ndarray):
            yield from _within(one)
