"""Need and weight of claimants: of sites, of the sites that they supply, and of parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.errors import PlaceError, placed
from sim.model.amounts import COLUMN, Column, column_or
from sim.model.network import Network
from sim.policies.allocation.base import Allocation
from sim.policies.allocation.claimants import SITES, Claimants, check_party
from sim.registry import Model
from sim.units import NonNegative, Positive, Text

NEEDS = ("population", "usual", "parties")
LEAST = 1e-9
"""Usual units a day of who usually uses nothing: it comes last."""


def _need(value: Any) -> str:
    if value not in NEEDS:
        raise ValueError("population, usual (demand) or parties (their weights)")
    return str(value)


def _by_party(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("a weight for each party, such as {kenya: 3}")
    return value


NeedField = Annotated[
    str | Column,
    BeforeValidator(column_or(_need)),
    WithJsonSchema({"type": "string", "pattern": f"{COLUMN.pattern}|^({'|'.join(NEEDS)})$"}),
]
WeightsField = Annotated[
    Column | dict[Text, Positive],
    BeforeValidator(column_or(_by_party)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": COLUMN.pattern},
                {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}},
            ]
        }
    ),
]


class Voice(Model):
    """Weights that the members agree on: each proposes some for all, and the middle of the proposals counts."""

    proposals: dict[Text, dict[Text, NonNegative]] = Field(min_length=1)
    """by the party that proposes: a weight for each party, all of them in each proposal. Only the proportions of a
    proposal count, so that nobody gains by larger numbers"""
    by: Literal["mean", "median"] = "median"
    """of each party's weights: the median, which one extreme proposal does not move much, or the mean"""

    def agreed(self) -> dict[str, float]:
        """Weight by party, 1 in the mean. Raises PlaceError where a proposal leaves one out, or gives nobody any."""
        names = list(dict.fromkeys(name for one in self.proposals.values() for name in one))
        rows = []
        for proposer, one in self.proposals.items():
            with placed("proposals", proposer):
                if lacking := [name for name in names if name not in one]:
                    raise PlaceError((), f"no weight for '{lacking[0]}'", None, "one for each: " + ", ".join(names))
                total = sum(one.values())
                if total <= 0:
                    raise PlaceError((), "this gives nobody any weight", None, "a weight above 0")
                rows.append([one[name] / total for name in names])
        middle = np.median(rows, axis=0) if self.by == "median" else np.mean(rows, axis=0)
        if (middle <= 0).any():
            name = names[int((middle <= 0).argmax())]
            message = f"by the {self.by} of the proposals '{name}' has no weight"
            raise PlaceError((), message, None, "a weight above 0, or `without` it")
        return dict(zip(names, (middle / middle.mean()).tolist(), strict=True))


class Weighs(Allocation):
    """Part of rules that weigh claimants."""

    need: NeedField = "population"
    """what a claimant's need is measured by: population, usual (its usual demand), parties (the `weight` of each, with
    `between: parties`), or a column of the table of sites. A warehouse has that of the facilities behind it, a party
    that of its sites; population is that of the party where it says so"""
    weights: WeightsField | None = None
    """how much each unit of need counts: a column of the table of sites, such as vulnerability, or by party: {kenya:
    3}, and 1 for those left out"""
    voice: Voice | None = None
    """instead of `weights`: weights that the members agree on"""

    def weighed(self, network: Network, flows: np.ndarray, claimants: Claimants) -> tuple[np.ndarray, np.ndarray]:
        place = claimants.place
        if self.weights is not None and self.voice is not None:
            raise PlaceError(("voice",), "weights are given twice", None, "`weights` or `voice`")
        with placed("need"):
            if self.need == "parties" and self.between == SITES:
                raise PlaceError((), "sites have no weight as parties have", "parties", "`between: parties` beside it")
            cells = self._need_of_cells(network)
        need = _together(cells, network, flows, place)
        if self.between != SITES and self.need in ("population", "parties"):
            need = self._as_parties_say(need, network, claimants)
        if isinstance(self.weights, Column):
            with placed("weights"):
                weight = self._by_column(self.weights, cells, network, flows, place)
        else:
            weight = self._by_party(network, flows, claimants)
        if (lacking := ~(need > 0)).any():
            site = _buyers(network, flows[lacking])[0]
            expected = "a population, or another `need`" if self.need == "population" else "a need above 0 for each"
            raise PlaceError(("need",), f"the need of '{site}' is not known", None, expected)
        return need, weight

    def _need_of_cells(self, network: Network) -> np.ndarray:
        """Need over cells: a site's own, else that of the sites it supplies."""
        if isinstance(self.need, Column):
            return behind(column_of_sites(network, self.need.name)[network.cell_site], network)
        if self.need == "usual":
            return np.maximum(network.cell_mean, LEAST)
        if self.need == "population":
            own = network.sites["population"].to_numpy(dtype=float)
        else:
            parties = network.parties.by_name
            own = np.array([parties[name].weight if name else 0.0 for name in network.sites["party"]])
            return np.asarray(own[network.cell_site])
        return behind(own[network.cell_site], network)

    def _as_parties_say(self, need: np.ndarray, network: Network, claimants: Claimants) -> np.ndarray:
        """Need over flows with that of parties and pools which have one of their own."""
        parties = network.parties.by_name
        said = {name: party.weight if self.need == "parties" else party.population for name, party in parties.items()}
        own = np.array([said.get(name, np.nan) for name in claimants.party], dtype=float)
        return np.where(own > 0, own, need)

    @staticmethod
    def _by_column(
        column: Column, need: np.ndarray, network: Network, flows: np.ndarray, place: np.ndarray
    ) -> np.ndarray:
        """The column's mean over a claimant's sites, or those they supply, by need; those without a value apart."""
        own = np.nan_to_num(column_of_sites(network, column.name))[network.cell_site]
        there, known = (own > 0).astype(float), np.where(own > 0, np.maximum(need, 0.0), 0.0)
        parts = [behind(cells, network) for cells in (own * known, known)]
        parts += [own, there]  # where nobody's need is known by site, each site counts alike
        weighed, total, plain, number = (_together(cells, network, flows, place) for cells in parts)
        mean = np.divide(plain, number, out=np.zeros(len(flows)), where=number > 0)
        weight = np.divide(weighed, total, out=mean, where=total > 0)
        if (lacking := ~(weight > 0)).any():
            site_name = _buyers(network, flows[lacking])[0]
            message = f"column '{column.name}' has no value above 0 for '{site_name}', nor for whom it supplies"
            raise PlaceError((), message, None, "a weight above 0 for each")
        return weight

    def _by_party(self, network: Network, flows: np.ndarray, claimants: Claimants) -> np.ndarray:
        """Over flows: the weight of the claimant, by its name or that of a pool it is in."""
        field = "weights" if self.voice is None else "voice"
        with placed(field):
            given = self.weights if self.voice is None else self.voice.agreed()
            named = given if isinstance(given, dict) else {}
            weight = by_party(named, network, network.flow_buyer[flows])
            parties, sites = network.parties, network.cell_site[network.flow_buyer[flows]]
            for pool in parties.pools:
                mine = claimants.party == pool
                for name in (name for name in named if name in parties[pool].inside):
                    if np.isin(sites[mine], parties[name].reach).any():
                        message = f"it claims as one with the others in '{pool}'"
                        raise PlaceError((), message, name, f"a weight of {pool}")
                around = [other for other in parties.pools if pool in parties[other].inside]
                weight[mine] = next((named[name] for name in (pool, *around) if name in named), 1.0)
            return weight


def by_party(named: Mapping[str, float], network: Network, cells: np.ndarray) -> np.ndarray:
    """Weights by name, over cells: a site has its owner's, else that of the first pool that this is in and that is
    named, else 1."""
    for name in named:
        check_party(name, network)
    known = network.sites["parties"].to_numpy()
    return np.array([next((named[p] for p in known[site] if p in named), 1.0) for site in network.cell_site[cells]])


def behind(own: np.ndarray, network: Network) -> np.ndarray:
    """Over cells: what is a cell's own where that is above 0, else that of all whom it supplies, by their shares."""
    total = np.nan_to_num(own)
    given = total > 0
    level = network.cell_level[network.flow_buyer]
    for step in np.unique(level):
        flow = np.flatnonzero(level == step)
        source = network.flow_source[flow]
        passed = np.where(given[source], 0.0, network.flow_share[flow] * total[network.flow_buyer[flow]])
        np.add.at(total, source, passed)
    return total


def column_of_sites(network: Network, name: str) -> np.ndarray:
    """A column of the table of sites, NaN where a site has no value; raises PlaceError for an unknown one."""
    if name not in network.columns:
        raise PlaceError((), "no table of sites has this column", name, "a numeric column", network.columns)
    return np.asarray(network.columns[name], dtype=float)


def _together(cells: np.ndarray, network: Network, flows: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Over flows: the sum over the cells of the claimant behind each, every cell once."""
    buyer = network.flow_buyer[flows]
    _, once = np.unique(np.stack([place, buyer]), axis=1, return_index=True)
    return np.asarray(np.bincount(place[once], cells[buyer[once]], int(place.max(initial=-1)) + 1)[place])


def _buyers(network: Network, flows: np.ndarray) -> list[str]:
    return network.site_names(network.cell_site[network.flow_buyer[flows]])
