"""What is asked of one scenario under one strategy: its plan, its variation, and what is measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sim.engine.plan import Plan
from sim.engine.serving.demand_source import drawn_from
from sim.metrics.cost import Rates
from sim.model.effects import Impact
from sim.study.design.fingerprint import digest, program
from sim.study.design.measures import Measure
from sim.study.design.observing import Watched
from sim.study.run import left_out
from sim.study.run.sharing import Shared

if TYPE_CHECKING:
    from sim.engine.compile.unknowns import Unknowns
    from sim.scenario.load import Loaded

OTHER_LUCK = "other luck"
"""Variant of the cases that meet the same unknowns by other chances."""
AGAIN = 1_000_000
"""Number of a replication's next draw of luck, from that of the one before: more than there are replications."""


@dataclass(frozen=True)
class Case:
    """One thing to replicate, and what to measure of it.

    `plan` is the compiled scenario, or what gives it in each replication where something is uncertain; it reaches each
    worker once. `labels` are scenario, strategy and variant; `draws` stands for what the plain demand is drawn from:
    cases of the same `draws` may share it in every replication. With another `luck` each replication meets the same
    unknowns by other chances. `observed` are series of which each run's figures are told, beside the measures.
    `without` names disruptions, hazards and reserves to leave out (see `parts_of`), `added`
    are disruptions on top of the plan's; `twin` runs each replication once more without any disruption; `daily` keeps
    the daily totals. `key` stands for all that the figures depend on, labels apart.
    """

    labels: tuple[str, str, str]
    plan: Shared[Plan | Unknowns]
    draws: str
    rates: Rates
    measures: tuple[Measure, ...]
    twin: bool = True
    daily: bool = False
    without: tuple[str, ...] = ()
    added: tuple[Impact, ...] = field(default=(), repr=False)
    luck: int = 0
    observed: tuple[Watched, ...] = ()

    def plan_of(self, replication: int) -> Plan:
        """The plan of a replication, as far as the case has it; raises ScenarioError where the draws make none."""
        content = self.plan.content
        whole = content if isinstance(content, Plan) else content.plan(replication)
        plan = left_out.without(whole, self.without)
        return replace(plan, impacts=(*plan.impacts, *self.added)) if self.added else plan

    def chance(self, replication: int) -> int:
        """The number under which the luck of a replication is drawn."""
        return replication + self.luck * AGAIN

    @property
    def uncertain(self) -> bool:
        """Whether anything but luck is drawn."""
        return not isinstance(self.plan.content, Plan)

    @property
    def digest(self) -> str:
        """Hash of the plan."""
        return self.plan.digest

    @cached_property
    def key(self) -> str:
        """Hash of the plan, of what is measured and of the program."""
        more = ((self.added,) if self.added else ()) + (("luck", self.luck) if self.luck else ())
        more += (self.observed,) if self.observed else ()
        return digest(program(), self.digest, self.rates, self.measures, self.twin, self.daily, self.without, *more)


def case_of(
    loaded: Loaded,
    measures: Sequence[Measure],
    labels: tuple[str, str, str],
    *,
    plan: Plan,
    without: Sequence[str] = (),
    twin: bool = True,
    daily: bool = False,
) -> Case:
    """A case of a loaded scenario and its plan (or a variation of it); what is uncertain is drawn in each replication.

    Raises ValueError where `without` names no disruption.
    """
    for name in without:
        if name not in (parts := left_out.parts_of(plan)):
            raise ValueError(f"nothing to leave out is called '{name}'; there are {', '.join(parts)}")
    costs = loaded.spec.costs
    rates = Rates(costs.currency, costs.holding_rate, costs.shortage_cost)
    calendar = plan.network.calendar
    draws = digest(plan.seed, calendar.warm_up, calendar.days, drawn_from(plan.demand))
    from sim.engine.compile.unknowns import unknowns_of  # which those who run what is certain have no need of

    unknowns = unknowns_of(loaded)
    shared: Shared[Plan | Unknowns] = Shared(digest(plan), plan)
    if unknowns is not None:
        shared = Shared(digest(plan, loaded.spec, loaded.document.uncertain), unknowns)
    return Case(labels, shared, draws, rates, tuple(measures), twin, daily, tuple(without))


def by_other_luck(case: Case) -> Case:
    """The same case, every replication by another draw of luck; only what is measured of the run itself."""
    return replace(case, labels=(*case.labels[:2], OTHER_LUCK), luck=1, twin=False, daily=False)
