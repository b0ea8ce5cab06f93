"""Equity: how unevenly service was spread. The vector is the fill rate per facility unless a name says otherwise."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric


def gini(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Population Gini, sum w_i w_j |x_i - x_j| / (2 W^2 mean); 0 for an all-zero or empty vector."""
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    total = (w * x).sum()
    if not x.size or total == 0:
        return 0.0
    order = np.argsort(x)
    x, w = x[order], w[order]
    rank = np.cumsum(w) - w / 2
    return float((2 * (rank * w * x).sum() / total - w.sum()) / w.sum())


def theil_t(values: np.ndarray) -> float:
    """Theil's T, mean of (x/mean) ln(x/mean), with 0 ln 0 = 0; 0 for an all-zero or empty vector."""
    x = np.asarray(values, dtype=float)
    if not x.size or x.sum() == 0:
        return 0.0
    share = x / x.mean()
    return float((share * np.log(np.where(share > 0, share, 1))).mean())


def theil_l(values: np.ndarray) -> float:
    """Theil's L (mean log deviation), mean of ln(mean/x); infinite where some value is 0 and not all are."""
    x = np.asarray(values, dtype=float)
    if not x.size or x.sum() == 0:
        return 0.0
    return float(np.log(x.mean() / x).mean()) if (x > 0).all() else float("inf")


def atkinson(values: np.ndarray, epsilon: float) -> float:
    """Atkinson's index with aversion `epsilon`; 1 - geometric mean / mean for epsilon 1."""
    x = np.asarray(values, dtype=float)
    if not x.size or x.sum() == 0:
        return 0.0
    if epsilon == 1:
        return float(1 - np.exp(np.log(x).mean()) / x.mean()) if (x > 0).all() else 1.0
    return float(1 - (x ** (1 - epsilon)).mean() ** (1 / (1 - epsilon)) / x.mean())


def hoover(values: np.ndarray) -> float:
    """Hoover's index, half the mean absolute deviation from the mean, relative to it."""
    x = np.asarray(values, dtype=float)
    return float(np.abs(x - x.mean()).sum() / (2 * x.sum())) if x.size and x.sum() else 0.0


def coefficient_of_variation(values: np.ndarray) -> float:
    """Population standard deviation divided by the mean; 0 for an all-zero or empty vector."""
    x = np.asarray(values, dtype=float)
    return float(x.std() / x.mean()) if x.size and x.mean() else 0.0


def site_fill_rates(view: View) -> tuple[np.ndarray, np.ndarray]:
    """(fill rate, population) of each facility with demand, products together; shape (sites,)."""
    network = view.outcome.plan.network
    site = network.cell_site[view.cells]
    demand = np.bincount(site, view.cell_sum("demand"), len(network.sites))
    served = np.bincount(site, view.cell_sum("served"), len(network.sites))
    asked = demand > 0
    return served[asked] / demand[asked], network.sites["population"].to_numpy(dtype=float)[asked]


@metric("gini_fill_rate", "Inequality of fill rates (Gini)", "index", better="lower")
def gini_fill_rate(view: View) -> float | None:
    """Population Gini of the fill rates of facilities, weighted by population where every facility has one."""
    rates, population = site_fill_rates(view)
    return gini(rates, population if (population > 0).all() else None) if rates.size else None


@metric("min_max_fill_rate", "Lowest over highest fill rate", "ratio", better="higher")
def min_max_fill_rate(view: View) -> float | None:
    """Lowest fill rate of any facility divided by the highest."""
    rates, _ = site_fill_rates(view)
    return float(rates.min() / rates.max()) if rates.size and rates.max() > 0 else None


@metric("urban_rural_gap", "Urban minus rural fill rate", "share")
def urban_rural_gap(view: View) -> float | None:
    """Fill rate of facilities whose setting is urban minus that of rural ones; none where either is missing."""
    sites = view.outcome.plan.network.sites["setting"].to_numpy()[view.outcome.plan.network.cell_site[view.cells]]
    rates = []
    for setting in ("urban", "rural"):
        mine = sites == setting
        demand = view.cell_sum("demand")[mine].sum()
        if not demand:
            return None
        rates.append(view.cell_sum("served")[mine].sum() / demand)
    return float(rates[0] - rates[1])
