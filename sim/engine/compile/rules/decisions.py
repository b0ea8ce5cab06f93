"""Decisions bound to the network: what each looks at, and what is done when it comes into force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.decisions.base import Acts, Decision, ReserveSetting, Scope
from sim.disruptions import DISRUPTIONS
from sim.engine.bound.decisions import BoundActs, BoundDecision
from sim.engine.bound.in_force import BoundRationing, BoundRule, BoundSharing, Policy, ReserveChange
from sim.engine.bound.information import InformationPlan
from sim.engine.compile.rules.conflicts import preceding, without_conflicts
from sim.engine.compile.rules.information import decided_view
from sim.engine.compile.rules.observed import check_read
from sim.engine.compile.rules.policies import bound_rule, bound_sharing
from sim.engine.compile.rules.rationing import bound_rationing
from sim.engine.plan import Behaviour, DemandPlan, ReservePlan
from sim.errors import PlaceError, one_of_few, placed
from sim.model.effects import Impact
from sim.model.network import Network
from sim.model.parties import Party
from sim.policies.triggers.after_decision import AfterDecision
from sim.policies.triggers.over import Watched
from sim.policies.use_levels import LEVELS
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.conditions import conditions

BINDERS: Mapping[str, Callable[[Any, Network, int], BoundRule | BoundSharing | BoundRationing]] = {
    "replenishment": bound_rule,
    "allocation": bound_sharing,
    "rationing": bound_rationing,
}
"""How entries of each list of policies are bound from a day on."""
CONDITIONED = (
    "suppliers", "sourcing", "rationing", "reserves", "use_levels", "buying_ahead", "decisions",
)  # fmt: skip
"""Sections of a scenario in which conditions may stand."""


def bind_decisions(
    loaded: Loaded,
    network: Network,
    reserves: Sequence[ReservePlan],
    behaviour: Behaviour,
    demand: DemandPlan,
    troubles: Collection[str],
    information: InformationPlan | None,
    problems: Problems,
) -> tuple[BoundDecision, ...]:
    """All decisions of a scenario, in the order in which they stand; what is wrong goes to `problems`.

    `troubles` are the names of its disruptions and hazards, active or not.
    """
    bound: list[BoundDecision] = []
    ways = _ways(behaviour, demand)
    labels = [decision.label for decision in loaded.spec.decisions]
    alarms = [alarm.label for alarm in loaded.spec.alarms]
    taken = set(troubles)
    for place, condition in conditions({name: getattr(loaded.spec, name) for name in CONDITIONED}):
        if isinstance(condition, AfterDecision) and condition.decision not in labels:
            with problems.at(*place, "decision"):
                expected = one_of_few(labels, "the name of a decision") if labels else "a decision: there is none"
                raise PlaceError((), "unknown decision", condition.decision, expected, labels)
        if condition.reads is not None:
            with problems.at(*place):
                check_read(loaded, condition.reads)
        if (name := condition.waits_for) is not None and name not in alarms:
            with problems.at(*place, "name"):
                expected = one_of_few(alarms, "the name of an alarm") if alarms else "an alarm: there is none"
                raise PlaceError((), "unknown alarm", name, expected, alarms)
    for position, decision in enumerate(loaded.spec.decisions):
        with problems.at("decisions", position):
            if decision.label in taken or decision.label in labels[:position]:
                expected = "a name of its own for each"
                raise PlaceError(("name",), "something else has this name", decision.label, expected)
            bound.append(_bound(decision, loaded, network, reserves, ways, [*troubles, *labels], information))
    return without_conflicts(loaded, bound, network, problems)


def _ways(behaviour: Behaviour, demand: DemandPlan) -> dict[str, Any]:
    """Which cells have each level of use, and substitutes that need leave."""
    none = np.zeros(0, dtype=np.int64)
    saving = {
        level: np.concatenate([none, *(rule.cells for rule in behaviour.use if level in rule.names)])
        for level in LEVELS
    }
    steps = [step.wanted[step.needs_leave] for step in behaviour.substitutes if step.needs_leave is not None]
    return {"saving": saving, "needing_leave": demand.cell[np.concatenate([none, *steps])]}


def _bound(
    decision: Decision,
    loaded: Loaded,
    network: Network,
    reserves: Sequence[ReservePlan],
    ways: Mapping[str, Any],
    names: Sequence[str],
    information: InformationPlan | None,
) -> BoundDecision:
    party = party_named(decision.by, network)
    cells = party_cells(decision.products, party, network)
    product = network.cell_product[cells]
    kinds = np.zeros(1, dtype=np.int64) if decision.as_a_whole else np.unique(product)
    unit = np.zeros(len(cells), dtype=np.int64) if decision.as_a_whole else np.searchsorted(kinds, product)
    lasts, over = _span(decision, network)
    scopes = [Scope(network, party, cells[unit == k], lasts, decision.label, **ways) for k in range(len(kinds))]
    acts = _each(decision, scopes, loaded, reserves, names, information)
    goods = network.products["name"].to_numpy()
    left = np.array([one is not None for one in acts])
    some = left[unit]
    cells, unit, kinds = cells[some], (np.cumsum(left) - 1)[unit[some]], kinds[left]
    return BoundDecision(
        decision.label, decision.decision, party.name, decision.when, cells, unit,
        watched_of(cells, network),
        ("",) if decision.as_a_whole else tuple(str(name) for name in goods[kinds]),
        decision.after, 0.0 if decision.instant else lasts, over, decision.at_most, decision.while_needed,
        tuple(one for one in acts if one is not None), charges=decision.charges(),
        against_others=decision.against_others,
        chosen_on=tuple(sorted({int(network.calendar.day(date)) for date in decision.chosen_on})),
    )  # fmt: skip


def party_named(name: str, network: Network) -> Party:
    """The party that `by` names; raises PlaceError where there is none."""
    party = network.parties.by_name.get(name)
    if party is None:
        known = list(network.parties.by_name)
        expected = one_of_few(known, "the name of a party") if known else "a party: the scenario has none"
        raise PlaceError(("by",), "unknown party", name, expected, known)
    return party


def _each(
    decision: Decision,
    scopes: Sequence[Scope],
    loaded: Loaded,
    reserves: Sequence[ReservePlan],
    names: Sequence[str],
    information: InformationPlan | None,
) -> list[BoundActs | None]:
    """What is done for each unit; None for a product that it cannot be about, where no products are named.

    Raises PlaceError where nothing is left.
    """
    found: list[BoundActs | None] = []
    wrong: list[PlaceError] = []
    for scope in scopes:
        try:
            acts = decision.act(scope)
            for place, name in acts.ends:
                if name not in names:
                    expected = one_of_few(names, "the name of a disruption, a hazard or a decision")
                    raise PlaceError(place, "nothing has this name", name, expected, names)
            found.append(_acts(decision, acts, scope, loaded, reserves, information))
        except PlaceError as error:
            found.append(None)
            wrong.append(error)
    if wrong and (decision.products or len(wrong) == len(scopes)):
        raise next((error for error in wrong if error.nearest), wrong[0])
    return found


def party_cells(wanted: list[str] | None, party: Party, network: Network) -> np.ndarray:
    """The cells of a party's sites that it looks at, of the wanted products; those of makers only where it has nothing
    else.

    Who keeps no goods, such as a port authority, looks at those who buy what passes its ports.
    """
    with placed("products"):
        products = network.product_positions(wanted)
    right = np.isin(network.cell_product, products)
    mine = np.isin(network.cell_site, party.reach) & right
    if not np.isin(network.cell_site, party.reach).any():
        gates = [k for k, gate in enumerate(network.gates) if gate.site in party.reach]
        mine[network.flow_buyer[np.isin(network.flow_gates, gates).any(axis=1)]] = True
        mine &= right
    cells = np.flatnonzero(mine & ~network.of_kind("supplier"))
    cells = cells if len(cells) else np.flatnonzero(mine)
    if not len(cells):
        what = "any of these products" if wanted else "anything"
        raise PlaceError(("by",), f"no site of '{party.name}' keeps {what}", party.name, "a party with such sites")
    return cells


def watched_of(cells: np.ndarray, network: Network) -> Watched:
    """What a condition is told of cells that are looked at together or one by one."""
    inside = np.isin(network.flow_buyer, cells) & np.isin(network.flow_source, cells)
    passed = np.bincount(network.flow_source[inside], network.flow_usual[inside], len(network.cell_site))
    mean = network.cell_mean[cells]
    leaves = np.maximum(0.0, mean - passed[cells])
    return Watched(network.cell_site[cells], network.cell_product[cells], mean, "any", leaves)


def _span(decision: Decision, network: Network) -> tuple[float, float]:
    """(days for which it holds, day on which it is over), infinite where there is none."""
    over = np.inf if decision.until is None else float(network.calendar.day(decision.until))
    return (np.inf if decision.for_ is None else float(decision.for_)), over


def _acts(
    decision: Decision,
    acts: Acts,
    scope: Scope,
    loaded: Loaded,
    reserves: Sequence[ReservePlan],
    information: InformationPlan | None,
) -> BoundActs:
    impacts = [_impact(decision, entry, scope) for entry in acts.disruptions]
    if acts.effects or acts.impulses:
        effects = tuple(effect for effect in acts.effects if len(effect.rows) and effect.changes)
        days = max((e.end for e in acts.effects), default=0.0) if decision.instant else scope.days
        own = Impact(scope.cause, 0.0, days, 0.0, effects, tuple(acts.impulses), kind=decision.decision, decided=True)
        impacts.append(replace(own, told=decision.told))
    policies: list[Policy] = [_policy(section, place, entry, scope) for section, place, entry in acts.policies]
    policies += [one for setting in acts.reserves for one in _settings(setting, scope, loaded, reserves)]
    policies += [decided_view(entry, scope.network, information) for entry in acts.information]
    return BoundActs(tuple(impacts), tuple(preceding(policies, decision)), tuple(name for _, name in acts.ends))


def _impact(decision: Decision, entry: Mapping[str, Any], scope: Scope) -> Impact:
    """What an entry of `disruptions` does from day 0 on, for as long as the decision holds."""
    calendar = scope.network.calendar
    kind = DISRUPTIONS[entry["kind"]]
    longest = calendar.days + calendar.warm_up + 1
    span = {} if kind.instant else {"for": f"{min(scope.days, longest):.0f}d"}
    dated = kind.model_validate({**entry, **span, "name": scope.cause, "from": calendar.start.isoformat()})
    return replace(dated.impact(scope.network), told=decision.told, decided=True)


def _policy(section: str, place: tuple[str | int, ...], entry: Any, scope: Scope) -> Policy:
    """An entry of a list of policies bound from day 0 on; raises PlaceError where it is not about the party's sites."""
    with placed(*place):
        if entry.from_ is not None:
            raise PlaceError(("from",), "it holds as long as the decision does", entry.from_, "no date")
        bound = BINDERS[section](entry, scope.network, 0)
        others = bound.cells[~np.isin(scope.network.cell_site[bound.cells], scope.party.reach)]
        if len(others):
            site = scope.network.site_names(scope.network.cell_site[others[:1]])[0]
            raise PlaceError(("at",), f"'{site}' is not of '{scope.party.name}'", str(entry.at), "sites of its own")
    return bound


def _settings(
    setting: ReserveSetting, scope: Scope, loaded: Loaded, reserves: Sequence[ReservePlan]
) -> list[ReserveChange]:
    """Other settings of a reserve from day 0 on; none where it has no size, so that nothing changes.

    Of a reserve that is taken apart a party settles its own part, and who has none settles all of them.
    """
    written = loaded.spec.reserves
    if setting.reserve not in written:
        expected = one_of_few(written, "the name of a reserve") if written else "a reserve: the scenario has none"
        raise PlaceError(("reserve",), "unknown reserve", setting.reserve, expected, list(written))
    owners = scope.network.parties.owners(scope.party.name)
    parts = [plan for plan in reserves if plan.written_as == setting.reserve]
    own = {plan.name: tuple(name for name in plan.spec.claims if name in owners) for plan in parts}
    if any(own.values()):
        parts = [plan for plan in parts if own[plan.name]]
    return [_setting(setting, plan, own[plan.name]) for plan in parts]


def _setting(setting: ReserveSetting, plan: ReservePlan, own: tuple[str, ...]) -> ReserveChange:
    """The setting of one reserve, or of a part of one, by a party that stands for the claims `own`."""
    if not setting.release:
        return ReserveChange(plan.name, 0, refill=setting.refill)
    release = plan.spec.release.model_copy(update=dict(setting.release))
    whose = () if len(own) == len(plan.spec.claims) else own
    return ReserveChange(plan.name, 0, release, setting.refill, whose=whose, opens=setting.opens, by_hand=True)
