"""Every family of kinds: what a list, the reference and the contract tests go through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.decisions import DECISIONS
from sim.disruptions import DISRUPTIONS
from sim.engine.checks import CHECKS
from sim.hazards import PROCESSES
from sim.metrics.base import METRICS
from sim.model.need.demand import DEMAND
from sim.observations import OBSERVATIONS
from sim.policies import ALARMS, ALLOCATION, FORECASTING, REPLENISHMENT, SOURCING, TRANSFERS, TRIGGERS
from sim.registry import Registry
from sim.study.score import SCORES


@dataclass(frozen=True)
class Written:
    """A family whose kinds stand in scenarios: its heading, where they stand, and its registry."""

    title: str
    place: str
    registry: Registry[Any]


WRITTEN: dict[str, Written] = {
    "disruptions": Written("Disruptions", "Entries of `disruptions`.", DISRUPTIONS),
    "processes": Written("Hazard processes", "`happens` of an entry of `hazards`.", PROCESSES),
    "replenishment": Written("Replenishment policies", "Entries of `replenishment`.", REPLENISHMENT),
    "forecasting": Written(
        "Forecasting methods", "`forecast` of the replenishment policies that forecast.", FORECASTING
    ),
    "allocation": Written("Allocation rules", "Entries of `allocation`, and `release.rule` of a reserve.", ALLOCATION),
    "sourcing": Written("Sourcing rules", "`rule` of an entry of `sourcing`.", SOURCING),
    "transfers": Written("Transfer rules", "Entries of `transfers`.", TRANSFERS),
    "alarms": Written("Alarms", "Entries of `alarms`: what warns of a shortage before it is there.", ALARMS),
    "decisions": Written("Decisions", "Entries of `decisions`: what a party does during a run.", DECISIONS),
    "triggers": Written("Triggers", "`when` of a reserve's release, and of a use level.", TRIGGERS),
    "demand": Written("Demand distributions", "`distribution` of an entry of `demand`.", DEMAND),
    "observations": Written(
        "Observation models", "Entries of `observed`: what was seen, and what it is held against.", OBSERVATIONS
    ),
}
"""In the order in which readers are told of them."""


def listed() -> dict[str, dict[str, str]]:
    """Heading -> name -> a line on it, of everything that is registered."""
    lists = {
        f"{family.registry.family} ({family.registry.key}:)": {
            name: (kind.__doc__ or "").split("\n")[0] for name, kind in family.registry.items()
        }
        for family in WRITTEN.values()
    }
    lists[METRICS.family] = {name: f"{metric.label}, {metric.unit}" for name, metric in METRICS.items()}
    lists[SCORES.family] = {name: f"{score.label}, {score.unit or 'as the series'}" for name, score in SCORES.items()}
    lists[CHECKS.family] = {name: check.definition for name, check in CHECKS.items()}
    return lists
