"""Whether a network has what observed series are about, and what conditions are told of them."""

from __future__ import annotations

from collections.abc import Mapping

from sim.engine.bound.published import Published
from sim.errors import PlaceError, one_of_few
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def check_observed(loaded: Loaded, network: Network, problems: Problems) -> None:
    """Note every site, product, port or passage that a series names and the network does not have."""
    for k, series in enumerate(loaded.spec.observed):
        with problems.at("observed", k):
            series.cells(network)
        with problems.at("observed", k):
            series.watches(network)


def published(loaded: Loaded, read: frozenset[str]) -> Mapping[str, Published]:
    """The series that conditions read, by name, as they became known."""
    return {
        series.name: Published.of(loaded.observed[k])
        for k, series in enumerate(loaded.spec.observed)
        if series.name in read
    }


def check_read(loaded: Loaded, name: str) -> None:
    """Raise PlaceError where a condition reads a series that the scenario does not have, or one without figures."""
    series = {one.name: one for one in loaded.spec.observed}
    if name not in series:
        expected = one_of_few(series, "the name of a series") if series else "a series under 'observed': there is none"
        raise PlaceError(("series",), "unknown series", name, expected, list(series))
    if series[name].values is None:
        raise PlaceError(("series",), "this series has dates, but no figures", name, "a level, a flow or a share")
