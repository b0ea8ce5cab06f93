"""Fairness between parties: how unevenly they were served, each as a whole."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric
from sim.metrics.equity import gini


def _fill_rates(view: View) -> tuple[np.ndarray, np.ndarray]:
    """(fill rate, people) of every party that owns facilities with demand, pools left out; shape (parties,)."""
    network = view.outcome.plan.network
    names = network.sites["party"].to_numpy()[network.cell_site[view.cells]]
    demand, served = view.cell_sum("demand"), view.cell_sum("served")
    rates, people = [], []
    for name, party in network.parties.by_name.items():
        mine = names == name
        if asked := demand[mine].sum():
            rates.append(served[mine].sum() / asked)
            people.append(party.population)
    return np.array(rates), np.array(people)


@metric("gini_between_parties", "Inequality between parties (Gini)", "index", better="lower")
def gini_between_parties(view: View) -> float | None:
    """Population Gini of the parties' fill rates, weighted by people where all are known.

    Pools are left out: their members are counted. None for fewer than two parties.
    """
    rates, people = _fill_rates(view)
    return gini(rates, None if np.isnan(people).any() else people) if len(rates) > 1 else None


@metric("party_fill_rate_gap", "Fill rate of the best minus that of the worst served party", "share", better="lower")
def party_fill_rate_gap(view: View) -> float | None:
    """Highest minus lowest fill rate of a party, pools left out; none for fewer than two."""
    rates, _ = _fill_rates(view)
    return float(rates.max() - rates.min()) if len(rates) > 1 else None
