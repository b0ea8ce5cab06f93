"""Hazards that are active, with every name resolved."""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import PlaceError, placed
from sim.hazards.bound import BoundHazard, bind, in_order
from sim.model.effects import Impact
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def compile_hazards(
    loaded: Loaded, network: Network, timed: Sequence[Impact], problems: Problems
) -> tuple[BoundHazard, ...]:
    """The active hazards, each after the one it follows; unknown names and circles are problems."""
    spec = loaded.spec
    names = _active(loaded, problems)
    causes = {impact.cause for impact in timed}
    bound = []
    for name in names:
        hazard = spec.hazards[name]
        with problems.at("hazards", name):
            leader = hazard.happens.follows()
            known = [*spec.hazards, *causes]
            if leader is not None and leader not in known:
                expected = "the name of a hazard or a disruption"
                raise PlaceError(("happens", "of"), "nothing of this name can lead to it", leader, expected, known)
            if name in causes:
                raise PlaceError((), "a disruption has this name too", name, "a name of its own")
            bound.append(bind(name, hazard, network))
    with problems.at("hazards"):
        return in_order(bound)


def _active(loaded: Loaded, problems: Problems) -> list[str]:
    """Names of the active hazards, in order of name; sets are opened."""
    spec = loaded.spec
    for set_name, members in spec.hazard_sets.items():
        for position, member in enumerate(members):
            with problems.at("hazard_sets", set_name, position):
                if member not in spec.hazards:
                    raise PlaceError((), "unknown hazard", member, "a key of hazards", spec.hazards)
    active = spec.active_hazards
    if active in ("all", "none"):
        return sorted(spec.hazards) if active == "all" else []
    found: set[str] = set()
    for position, word in enumerate([active] if isinstance(active, str) else active):
        place = () if isinstance(active, str) else (position,)
        with problems.at("active_hazards"), placed(*place):
            if word in spec.hazard_sets:
                found.update(spec.hazard_sets[word])
            elif word in spec.hazards:
                found.add(word)
            else:
                valid = [*spec.hazard_sets, *spec.hazards]
                raise PlaceError((), "unknown hazard or hazard set", word, "all, none, or names of them", valid)
    return sorted(found & set(spec.hazards))
