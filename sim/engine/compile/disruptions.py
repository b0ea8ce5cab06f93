"""Disruptions bound to the network: what each does there."""

from __future__ import annotations

from sim.disruptions.base import FromFile
from sim.engine.plan import DemandPlan
from sim.engine.serving.demand_total import too_much
from sim.errors import PlaceError
from sim.model.effects import Impact
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems
from sim.units import EXACT


def bind_disruptions(loaded: Loaded, network: Network, problems: Problems, first: int = 0) -> dict[int, Impact]:
    """What the disruptions from the `first` on do, by their position; two of one name are a problem."""
    impacts: dict[int, Impact] = {}
    causes = {disruption.label for disruption in loaded.spec.disruptions[:first]}
    for position, disruption in enumerate(loaded.spec.disruptions[first:], start=first):
        with problems.at("disruptions", position):
            if position in loaded.tables and isinstance(disruption, FromFile):
                disruption = disruption.with_rows(loaded.tables[position])
            impact = disruption.impact(network)
            if disruption.name is not None and impact.cause in causes:
                raise PlaceError(("name",), "two disruptions have this name", disruption.name)
            causes.add(impact.cause)
            impacts[position] = impact
    return impacts


def refuse_too_much(demand: DemandPlan, network: Network, impacts: tuple[Impact, ...], problems: Problems) -> None:
    """More units than can be counted exactly are a problem, of the demand itself or of what disruptions add to it."""
    if (units := too_much(demand, network, impacts)) is not None:
        with problems.at("disruptions" if impacts else "demand"):
            message = "the demand of all sites and days together is more than can be counted to the unit"
            raise PlaceError((), message, units, f"at most {EXACT:,} units, warm-up included")
