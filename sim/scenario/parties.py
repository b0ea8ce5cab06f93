"""Who owns which sites: the parties of a scenario, their pools, and the columns of the table of sites that tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.errors import PlaceError, Problem, one_of_few, placed
from sim.model.parties import Parties, Party
from sim.model.selection import Where, select
from sim.scenario.reading.document import Document
from sim.scenario.words.party_spec import Party as PartySpec


def give_parties(
    written: Mapping[str, PartySpec], frame: pd.DataFrame, document: Document, problems: list[Problem]
) -> tuple[pd.DataFrame, Parties]:
    """The table of sites with the columns party (the owner, or an empty text), parties (the owner and every pool
    that this is in, a tuple) and income (the owner's income group, or an empty text), and the parties.

    What is wrong with them is added to `problems`.
    """
    owner, inside = np.full(len(frame), "", dtype=object), _inside_each(written, document, problems)
    own = {name: np.zeros(0, dtype=np.int64) for name in written}
    for name, party in written.items():
        try:
            own[name] = _own(name, party, frame, owner)
        except PlaceError as error:
            problems.append(document.place(error, ("parties", name)))
    tuples: dict[str, tuple[str, ...]] = {"": ()}
    for name in written:
        tuples[name] = (name, *(pool for pool, members in inside.items() if name in members))
    parties = np.empty(len(frame), dtype=object)
    parties[:] = [tuples[name] for name in owner]
    incomes = {name: party.income or "" for name, party in written.items()}
    income = np.array([incomes.get(name, "") for name in owner], dtype=object)
    told = frame.assign(party=owner, parties=parties, income=income)
    if problems:
        return told, Parties({})
    population = frame["population"].to_numpy(dtype=float)
    reach = {name: np.flatnonzero([name in names for names in parties]) for name in written}
    people = {name: _people(name, written, population[own[name]].sum(), own, population) for name in written}
    found = {
        name: Party(
            name, party.title or name, party.kind, inside[name], own[name], reach[name], people[name],
            party.income or "", _weight(name, written),
        )
        for name, party in written.items()
    }  # fmt: skip
    return told, Parties(found)


def _own(name: str, party: PartySpec, frame: pd.DataFrame, owner: np.ndarray) -> np.ndarray:
    """Positions of the sites of a party, which are marked as taken; raises PlaceError for one that is taken already."""
    if party.sites is None:
        return np.zeros(0, dtype=np.int64)
    entries = party.sites if isinstance(party.sites, list) else [party.sites]
    with placed("sites"):
        chosen = [entry for entry in entries if isinstance(entry, Where)]
        if any(entry.party is not None or entry.income is not None for entry in chosen):
            raise PlaceError(
                (), "what a party owns is not chosen by party or income", None, "sites, regions, countries, kinds"
            )
        sites = select(party.sites, frame)
        taken = sites[owner[sites] != ""]
        if len(taken):
            site, other = frame["name"].iat[taken[0]], owner[taken[0]]
            more = f", and {len(taken) - 1} more" if len(taken) > 1 else ""
            message = f"site '{site}'{more} would belong to both '{other}' and '{name}'"
            raise PlaceError((), message, None, "every site with one party at most")
    owner[sites] = name
    return sites


def _inside_each(
    written: Mapping[str, PartySpec], document: Document, problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    """All who belong to each party, directly or by a pool in it; nobody anywhere where something is wrong."""
    known = len(problems)
    for pool, party in written.items():
        for k, member in enumerate(party.members):
            if member not in written:
                expected = one_of_few([name for name in written if name != pool], "the name of a party")
                place = ("parties", pool, "members", k)
                problems.append(document.problem(place, "unknown party", member, expected, list(written)))
    if len(problems) > known:
        return dict.fromkeys(written, ())
    inside = {pool: tuple(_inside(pool, written)) for pool in written}
    for pool in (pool for pool, members in inside.items() if pool in members):
        message = f"a pool is a member of itself: {' > '.join(_circle(pool, written))}"
        problems.append(document.problem(("parties", pool, "members"), message, None, "pools that end at parties"))
        return dict.fromkeys(written, ())
    return inside


def _inside(pool: str, written: Mapping[str, PartySpec]) -> Iterator[str]:
    """All who belong to a pool, directly or by another, each once."""
    seen: set[str] = set()
    ahead = list(written[pool].members)
    while ahead:
        name = ahead.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            ahead.extend(written[name].members)


def _circle(pool: str, written: Mapping[str, PartySpec]) -> list[str]:
    """A way from a pool back to itself."""
    ways = [[pool]]
    while True:
        way = ways.pop(0)
        for member in written[way[-1]].members:
            if member == pool:
                return [*way, pool]
            if member not in way:
                ways.append([*way, member])


def _weight(name: str, written: Mapping[str, PartySpec]) -> float:
    """How much a party counts: as written, else a pool as much as its members together, another 1."""
    party = written[name]
    if not party.members or "weight" in party.model_fields_set:
        return party.weight
    return sum(_weight(member, written) for member in party.members)


def _people(
    name: str, written: Mapping[str, PartySpec], of_sites: float, own: Mapping[str, np.ndarray], population: np.ndarray
) -> float:
    """People of a party: as written, else those of its sites and of each member once; NaN where nobody is known of."""
    party = written[name]
    if party.population is not None:
        return party.population
    known, ahead = [of_sites], list(party.members)
    seen: set[str] = set()
    while ahead:  # a member that says how many it has is not looked into
        member = ahead.pop(0)
        if member in seen:
            continue
        seen.add(member)
        one = written[member]
        if one.population is not None:
            known.append(one.population)
        else:
            known.append(float(population[own[member]].sum()))
            ahead.extend(one.members)
    total = float(sum(known))
    return total if total > 0 else float("nan")
