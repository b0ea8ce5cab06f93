"""Whether a network has what observed series are about."""

from __future__ import annotations

from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def check_observed(loaded: Loaded, network: Network, problems: Problems) -> None:
    """Note every site, product, port or passage that a series names and the network does not have."""
    for k, series in enumerate(loaded.spec.observed):
        with problems.at("observed", k):
            series.cells(network)
        with problems.at("observed", k):
            series.watches(network)
