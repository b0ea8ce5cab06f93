"""Convoys of passages, given to the lanes whose vessels go with them."""

from __future__ import annotations

from dataclasses import replace

from sim.errors import PlaceError, one_of_few
from sim.model.network import Convoys, Lane
from sim.scenario.load import Problems
from sim.scenario.words.passage_spec import Convoy, PassageSpec


def give_convoys(lanes: tuple[Lane, ...], specs: dict[str, PassageSpec], problems: Problems) -> tuple[Lane, ...]:
    """The lanes with the convoys of their passages; names that mean nothing are problems."""
    used = {passage.name for lane in lanes for passage in lane.passages}
    for name, spec in sorted(specs.items()):
        with problems.at("passages", name):
            if name not in used:
                expected = one_of_few(used, "a passage on some lane")
                raise PlaceError((), "no lane uses this passage", name, expected, used)
        with problems.at("passages", name, "convoys"):
            lanes = _give(lanes, name, spec.convoys)
    return lanes


def _give(lanes: tuple[Lane, ...], name: str, convoys: dict[str, Convoy]) -> tuple[Lane, ...]:
    using = [lane.name for lane in lanes if any(passage.name == name for passage in lane.passages)]
    whose: dict[str, str] = {}
    for word, convoy in convoys.items():
        for position, lane in enumerate(using if convoy.lanes is None else convoy.lanes):
            place = (word,) if convoy.lanes is None else (word, "lanes", position)
            if lane not in using:
                raise PlaceError(place, f"no lane of this name uses '{name}'", lane, one_of_few(using, "a lane"), using)
            if lane in whose:
                raise PlaceError(place, f"'{lane}' has the convoys '{whose[lane]}' already", word)
            whose[lane] = word
    if lacking := [lane for lane in using if lane not in whose]:
        raise PlaceError((), f"no convoys of '{name}' for this lane", lacking[0], "an entry whose lanes include it")
    return tuple(_with(lane, name, whose[lane.name], convoys) if lane.name in whose else lane for lane in lanes)


def _with(lane: Lane, name: str, word: str, convoys: dict[str, Convoy]) -> Lane:
    spec = convoys[word]
    own = Convoys(spec.traffic, spec.ships, tuple(sorted(spec.at)), int(spec.every), spec.limit)
    called = (name, "") if spec.lanes is None else (f"{name} {word}", name)
    passages = [replace(p, name=called[0], of=called[1], convoys=own) if p.name == name else p for p in lane.passages]
    return replace(lane, passages=tuple(passages))
