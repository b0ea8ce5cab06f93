"""What is not known about a scenario, drawn: figures under `uncertain`, what differs by site, shares of a market.

Each has a stream of its own, named after its path (and site), so that another one changes none of its draws, and all
strategies meet the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np

from sim.errors import Problem, ScenarioError
from sim.rng import Streams
from sim.scenario.load import Loaded, with_spec
from sim.scenario.sections import read_sections
from sim.scenario.sites import GROUPS, IN_TABLE, read_sites

INSIDE = 1e-12
"""No share nearer to 0 or 1 than this is drawn: there a distribution may have no value."""


def varies(loaded: Loaded) -> bool:
    """Whether anything about a scenario is drawn beside its luck."""
    return bool(loaded.document.uncertain or differs(loaded))


def differs(loaded: Loaded) -> bool:
    """Whether figures of sites are drawn."""
    return bool(loaded.sites.over) or any(entry.market for entry in loaded.spec.sourcing)


def drawn(loaded: Loaded, replication: int) -> Loaded:
    """The scenario as it is in a replication.

    Raises ScenarioError where values that are drawn together do not make a scenario.
    """
    return with_sites(with_values(loaded, values_of(loaded, replication)), replication)


Unknown = Literal["written", "drawn"]
"""How a single run takes what is uncertain: the value written (or the median), or that of its replication."""


def taken(loaded: Loaded, replication: int, unknowns: Unknown) -> Loaded:
    """The scenario as a single run of a replication takes it; what differs by site is always drawn.

    Raises ScenarioError for another word, and as `drawn`.
    """
    if unknowns not in get_args(Unknown):
        raise ScenarioError([Problem("unknowns", 0, "no such way", repr(unknowns), "written or drawn")])
    return drawn(loaded, replication) if unknowns == "drawn" else with_sites(loaded, replication)


def with_sites(loaded: Loaded, replication: int) -> Loaded:
    """The scenario with the sites' figures of a replication, all else as it is written."""
    if loaded.replication == replication or not differs(loaded):
        return loaded
    return replace(loaded, sites=loaded.sites.drawn(loaded.spec.seed, replication), replication=replication)


def with_values(loaded: Loaded, values: Mapping[str, Any]) -> Loaded:
    """The scenario with values for some of its uncertain figures, by their paths."""
    document = loaded.document
    places = {document.uncertain[path]: value for path, value in values.items()}
    if not places:
        return loaded
    update = read_sections(document, places)
    for section, read in update.items():
        if isinstance(read, dict):  # of the others of its entries some may have been given other values
            there, touched = getattr(loaded.spec, section), {place[1] for place in places if place[0] == section}
            update[section] = {key: read[key] if key in touched else kept for key, kept in there.items()}
    spec = loaded.spec.model_copy(update=update)
    sites = loaded.sites
    columns = any(isinstance(value, str) and ("column " in value or "over sites" in value) for value in values.values())
    if columns or any(place[0] in GROUPS and place[-1] in IN_TABLE for place in places):
        sites = read_sites(spec, document, loaded.memo).drawn(spec.seed, loaded.replication)
    return with_spec(loaded, spec, sites)


def values_of(loaded: Loaded, replication: int) -> dict[str, Any]:
    """Uncertain path -> its value in a replication, as it would be written."""
    unknown = loaded.spec.uncertain
    return {path: unknown[path].at(share) for path, share in shares_of(loaded, replication).items()}


def shares_of(loaded: Loaded, replication: int) -> dict[str, float]:
    """Uncertain path -> the share of its distribution that lies below its value in a replication.

    Those of a group are correlated by a Gaussian copula: their normal scores are the rows of the Cholesky factor times
    what each would have by itself, so that one more at the end of a group changes none of the others.
    """
    streams = Streams(loaded.spec.seed, replication)
    found = {}
    for path in loaded.spec.uncertain:  # what is not drawn here is, in a group, what the others go by
        found[path] = min(max(float(streams.named(f"uncertain/{path}").random()), INSIDE), 1 - INSIDE)
    for group in loaded.spec.correlated:
        paths = [path for path in group.paths if path in found]
        if len(paths) > 1 and group.rho:
            found |= dict(zip(paths, _together([found[path] for path in paths], group.rho), strict=True))
    return {path: found[path] for path in loaded.document.uncertain}


def levels_of(loaded: Loaded, replication: int) -> dict[str, float]:
    """How high what is not known is in a replication, between 0 and 1.

    Of each uncertain path the share below its value, of each place whose figures differ by site the mean of the sites'.
    """
    sites = loaded.sites
    by_place = {one.place: float(sites.shares(one, loaded.spec.seed, replication).mean()) for one in sites.over}
    return shares_of(loaded, replication) | by_place


def _together(shares: list[float], rho: float) -> list[float]:
    """Shares with the correlation `rho` between each two of their normal scores."""
    from scipy.special import ndtr, ndtri

    scores = ndtri(np.array(shares))
    found: list[float] = []
    for k in range(len(scores)):
        found.append(float(_row(k, rho) @ scores[: k + 1]))
    return np.clip(ndtr(found), INSIDE, 1 - INSIDE).tolist()


def _row(k: int, rho: float) -> np.ndarray:
    """Row k of the Cholesky factor of a matrix of ones with `rho` off its diagonal, in closed form: the columns of the
    rows above are known by recursion, so that no matrix that is only just positive is taken apart."""
    before: list[float] = []
    left = 1.0  # what is not explained by the columns so far, of the variance
    shared = rho  # what the rest of a column's covariance with the later rows is
    for _ in range(k):
        own = math.sqrt(max(left, 0.0))
        before.append(shared / own if own else 0.0)
        shared, left = shared - before[-1] ** 2, left - before[-1] ** 2
    return np.array([*before, math.sqrt(max(left, 0.0))])
