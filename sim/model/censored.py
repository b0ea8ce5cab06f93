"""Demand from records of issues: on days without stock, what was issued is less than what was asked for.

`scaled` is the rule of thumb of logistics systems for monthly records; `estimate` and `completed` are for daily ones.
Limits: all take demand as steady over the record (no season, no trend, no surge: split the record where there is one)
and stockouts as due to demand in no other way than by using up the stock. A site that was out of stock on every day
tells nothing but a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGEST_DISPERSION = 1e3
POISSON = 1e-3
"""Dispersion above 1 that stands for none: with less the likelihood loses its digits."""
STEP = 1e-3
"""Relative step of second differences."""


@dataclass(frozen=True)
class Estimate:
    """Mean units a day with its standard error, dispersion (variance / mean, 1: Poisson), days, and censored ones."""

    mean: float
    standard_error: float
    dispersion: float
    days: int
    censored: int


def scaled(issues: np.ndarray, days_out: np.ndarray, days: np.ndarray | float) -> np.ndarray:
    """Demand of each period, as issues x days / days in stock (the adjustment behind an adjusted AMC).

    `issues` in units, `days_out` days without stock, `days` length of each period; shapes that broadcast. NaN where
    there was never stock. It takes issues on days with stock as full demand, and demand as the same on days without.
    """
    issues, days_out, days = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (issues, days_out, days)))
    if (issues < 0).any() or (days_out < 0).any() or (days_out > days).any():
        raise ValueError("issues of at least 0, and days without stock from 0 to the days of the period")
    found = np.full(issues.shape, np.nan)
    np.divide(issues * days, days - days_out, out=found, where=days_out < days)
    return found


def estimate(issued: np.ndarray, censored: np.ndarray) -> Estimate:
    """Demand of one site by maximum likelihood, from units issued a day and whether stock ran out; shapes (days,).

    A day with stock adds the probability of exactly what was issued, a day on which stock ran out that of at least as
    much (Tobin 1958, for counts). Negative binomial with mean and dispersion, Poisson as its limit. Raises ValueError
    where every day was censored.
    """
    from scipy.optimize import minimize

    issued, censored = np.asarray(issued, dtype=np.int64), np.asarray(censored, dtype=bool)
    if issued.shape != censored.shape or (issued < 0).any():
        raise ValueError("a mark for each day, and whole units of at least 0")
    if censored.all():
        raise ValueError("a record with some day on which stock did not run out")
    if not issued.any():
        return Estimate(0.0, 0.0, 1.0, len(issued), int(censored.sum()))

    def misfit(at: np.ndarray) -> float:
        return -_log_likelihood(issued, censored, float(np.exp(at[0])), float(np.exp(at[1])))

    bounds = [(-12.0, 25.0), (np.log(POISSON), np.log(LARGEST_DISPERSION))]
    starts = [np.array([np.log(issued.mean()), np.log(more)]) for more in (POISSON, 0.5, 5.0)]
    fits = (
        minimize(
            misfit, start, method="Nelder-Mead", bounds=bounds,
            options={"xatol": 1e-7, "fatol": 1e-9, "maxfev": 2000},
        )
        for start in starts
    )  # fmt: skip
    best = min(fits, key=lambda fit: fit.fun)
    mean, more = np.exp(best.x)
    return Estimate(float(mean), _standard_error(misfit, best.x), 1 + float(more), len(issued), int(censored.sum()))


def completed(issued: np.ndarray, censored: np.ndarray) -> np.ndarray:
    """Demand day by day, int64: what was issued, and on censored days what is expected given that it is at least that.

    The fraction of a unit is carried to the next censored day. Such days vary less than real ones.
    """
    from scipy.stats import nbinom

    issued, censored = np.asarray(issued, dtype=np.int64), np.asarray(censored, dtype=bool)
    found = estimate(issued, censored)
    if found.mean == 0 or not censored.any():
        return issued
    n, p = _shape(found.mean, found.dispersion - 1)
    at_least = nbinom.sf(issued[censored] - 1, n, p)
    # the mean over x and above is m P(X' >= x - 1) / P(X >= x), X' of one more success
    expected = issued[censored].astype(float)
    above = found.mean * nbinom.sf(issued[censored] - 2, n + 1, p)
    np.divide(above, at_least, out=expected, where=at_least > 0)
    total = np.concatenate(([0.0], np.cumsum(np.maximum(expected, issued[censored]))))
    units = issued.copy()
    units[censored] = np.maximum(issued[censored], np.diff(np.floor(total + 0.5)).astype(np.int64))
    return units


def _shape(mean: float, more: float) -> tuple[float, float]:
    """n and p of numpy's and scipy's negative binomial, for a variance of (1 + more) x mean."""
    return mean / more, 1 / (1 + more)


def _log_likelihood(issued: np.ndarray, censored: np.ndarray, mean: float, more: float) -> float:
    from scipy.stats import nbinom

    n, p = _shape(mean, more)
    exact = nbinom.logpmf(issued[~censored], n, p).sum()
    return float(exact + nbinom.logsf(issued[censored] - 1, n, p).sum())


def _standard_error(misfit: object, at: np.ndarray) -> float:
    """Of the mean: from the curvature of the likelihood in log mean, the dispersion held at its estimate."""
    assert callable(misfit)
    step = np.array([STEP, 0.0])
    curvature = (misfit(at + step) - 2 * misfit(at) + misfit(at - step)) / STEP**2
    return float(np.exp(at[0]) / np.sqrt(curvature)) if curvature > 0 else np.inf
