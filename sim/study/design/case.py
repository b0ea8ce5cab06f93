"""What is asked of one scenario under one strategy: its plan, its variation, and what is measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sim.engine.plan import Plan
from sim.engine.serving.demand_source import drawn_from
from sim.metrics.cost import Rates
from sim.model.effects import Impact
from sim.study.design.fingerprint import digest, program
from sim.study.design.measures import Measure
from sim.study.run.left_out import parts_of
from sim.study.run.sharing import Shared

if TYPE_CHECKING:
    from sim.scenario.load import Loaded


@dataclass(frozen=True)
class Case:
    """One thing to replicate, and what to measure of it.

    `plan` is the compiled scenario, which reaches each worker once; `labels` are scenario, strategy and variant;
    `draws` stands for what the plain demand is drawn from: cases of the same `draws` share it in every replication.
    `without` names disruptions, hazards and reserves to leave out (see `parts_of`), `added` are disruptions on top of
    the plan's; `twin` runs each replication once more without any disruption; `daily` keeps the daily totals. `key`
    stands for all that the figures depend on, labels apart.
    """

    labels: tuple[str, str, str]
    plan: Shared[Plan]
    draws: str
    rates: Rates
    measures: tuple[Measure, ...]
    twin: bool = True
    daily: bool = False
    without: tuple[str, ...] = ()
    added: tuple[Impact, ...] = field(default=(), repr=False)

    @property
    def digest(self) -> str:
        """Hash of the plan."""
        return self.plan.digest

    @cached_property
    def key(self) -> str:
        """Hash of the plan, of what is measured and of the program."""
        added = (self.added,) if self.added else ()
        return digest(program(), self.digest, self.rates, self.measures, self.twin, self.daily, self.without, *added)


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
    """A case of a loaded scenario and its plan (or a variation of it).

    Raises ValueError where `without` names no disruption.
    """
    for name in without:
        if name not in (parts := parts_of(plan)):
            raise ValueError(f"nothing to leave out is called '{name}'; there are {', '.join(parts)}")
    costs = loaded.spec.costs
    rates = Rates(costs.currency, costs.holding_rate, costs.shortage_cost)
    calendar = plan.network.calendar
    draws = digest(plan.seed, calendar.warm_up, calendar.days, drawn_from(plan.demand))
    return Case(labels, Shared(digest(plan), plan), draws, rates, tuple(measures), twin, daily, tuple(without))
