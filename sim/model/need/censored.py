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
STARTS = (POISSON, 0.5, 5.0)
"""Dispersions above 1 of which the likeliest is where the search begins."""
BOUNDS = np.array([[-12.0, np.log1p(POISSON)], [25.0, np.log1p(LARGEST_DISPERSION)]])
"""Least and most of what is looked for: the logarithms of the mean and of the dispersion."""
NEAR = 1e-4
"""Step of the differences by which the search goes: its error is of the order of the square."""
MOST = 200
"""Steps of the search at most."""
FOUND = 1e-7
"""The search ends with a step shorter than this."""


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
    return estimates(issued, censored, np.zeros(len(issued), dtype=np.int64))[0]


def estimates(issued: np.ndarray, censored: np.ndarray, site: np.ndarray) -> list[Estimate]:
    """The same for many sites at once: rows in any order, each of the site numbered 0, 1, … in `site`."""
    issued, censored, site = _checked(issued, censored, site)
    likelihood = Likelihood.of(issued, censored, site)
    days, out, units = np.bincount(site), np.bincount(site, censored), np.bincount(site, issued)
    some = units > 0
    at = likelihood.highest(np.maximum(units, 1) / days)
    mean, dispersion = np.where(some, np.exp(at[:, 0]), 0.0), np.where(some, np.exp(at[:, 1]), 1.0)
    error = np.where(some, likelihood.standard_errors(at), 0.0)
    columns = (mean, error, dispersion, days, out.astype(np.int64))
    return [Estimate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def completed(issued: np.ndarray, censored: np.ndarray, site: np.ndarray | None = None) -> np.ndarray:
    """Demand day by day, int64: what was issued, and on censored days what is expected given that it is at least that.

    The fraction of a unit is carried to the next censored day. Such days vary less than real ones. Rows are of one
    site, or of the sites numbered in `site`, each in order of day.
    """
    site = np.zeros(len(issued), dtype=np.int64) if site is None else site
    issued, censored, site = _checked(issued, censored, site)
    found = estimates(issued, censored, site)
    mean, more = np.array([(e.mean, e.dispersion - 1) for e in found]).T
    rows = np.flatnonzero(censored & (mean[site] > 0))
    rows = rows[np.argsort(site[rows], kind="stable")]
    mean, more, least = mean[site[rows]], more[site[rows]], issued[rows]
    n, q = mean / more, more / (1 + more)
    at_least = _at_least(least, n, q)
    # the mean over x and above is m P(X' >= x - 1) / P(X >= x), X' of one more success
    expected = least.astype(float)
    np.divide(mean * _at_least(least - 1, n + 1, q), at_least, out=expected, where=at_least > 0)
    units = issued.copy()
    for mine in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(site[rows])) + 1):
        total = np.concatenate(([0.0], np.cumsum(np.maximum(expected[mine], least[mine]))))
        units[rows[mine]] = np.maximum(least[mine], np.diff(np.floor(total + 0.5)).astype(np.int64))
    return units


def _checked(issued: np.ndarray, censored: np.ndarray, site: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    issued, censored = np.asarray(issued, dtype=np.int64), np.asarray(censored, dtype=bool)
    if issued.shape != censored.shape or (issued < 0).any():
        raise ValueError("a mark for each day, and whole units of at least 0")
    if (np.bincount(site[~censored], minlength=site.max() + 1) == 0).any():
        raise ValueError("a record with some day on which stock did not run out")
    return issued, censored, site


def _at_least(x: np.ndarray, n: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Probability of x or more, negative binomial with n successes of probability 1 - q."""
    from scipy.special import betainc

    return np.where(x > 0, betainc(np.maximum(x, 1), n, q), 1.0)


Days = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Site, units issued, and on how many days."""


@dataclass(frozen=True)
class Likelihood:
    """What the records of many sites tell of their demand; days that are alike are counted, not repeated.

    A point is (log mean, log dispersion) for each site, shape (sites, 2). `exact` are days with stock, `least` those on
    which it ran out.
    """

    sites: int
    exact: Days
    least: Days

    @classmethod
    def of(cls, issued: np.ndarray, censored: np.ndarray, site: np.ndarray) -> Likelihood:
        """Of rows of one day each."""
        kinds, times = np.unique(np.stack([site, censored, issued]), axis=1, return_counts=True)
        exact, least = (
            (kinds[0, rows], kinds[2, rows], times[rows].astype(float))
            for rows in (kinds[1] == 0, (kinds[1] == 1) & (kinds[2] > 0))  # nothing or more is always true
        )
        return cls(int(site.max()) + 1, exact, least)

    def only(self, sites: np.ndarray) -> Likelihood:
        """Of some of the sites, which are numbered anew."""
        number = np.full(self.sites, -1)
        number[sites] = np.arange(len(sites))
        exact, least = (
            (number[site[mine]], x[mine], times[mine])
            for site, x, times in (self.exact, self.least)
            for mine in [number[site] >= 0]
        )
        return Likelihood(len(sites), exact, least)

    def misfit(self, at: np.ndarray) -> np.ndarray:
        """Minus the logarithm of the likelihood, over sites."""
        mean, more = np.exp(at[:, 0]), np.expm1(at[:, 1])
        n, q = mean / more, more / (1 + more)
        found = np.zeros(self.sites)
        for (site, x, times), log_of in ((self.exact, _log_exactly), (self.least, _log_at_least)):
            found -= np.bincount(site, times * log_of(x, n[site], q[site]), self.sites)
        return found

    def highest(self, start: np.ndarray) -> np.ndarray:
        """Where the likelihood is highest, beginning with means `start`: Newton's method with differences, all sites at
        once.

        Where the curvature is not that of a minimum of the misfit it counts as if it were; a step goes at most 1.5 in
        each direction, not beyond the bounds, and is cut until the misfit does not grow. A record that does not tell
        how much demand varies is taken as Poisson.
        """
        starts = np.stack([np.column_stack([np.log(start), np.full(self.sites, np.log1p(more))]) for more in STARTS])
        misfit = np.stack([self.misfit(at) for at in starts])
        misfit[1:] += 1e-9 * np.abs(misfit[1:])  # of two that are alike the first
        found = starts[np.argmin(misfit, axis=0), np.arange(self.sites)]
        left, ours = np.arange(self.sites), self
        for _ in range(MOST):
            there = ours._next(found[left])
            moves = np.abs(there - found[left]).max(axis=1) >= FOUND
            found[left] = there
            if not moves.any():
                break
            if moves.mean() < 0.5:
                left = left[moves]
                ours = self.only(left)
        return found

    def _next(self, at: np.ndarray) -> np.ndarray:
        """The next point of the search."""
        here, slope, curvature = self._around(at)
        step = _downhill(at, slope, curvature)
        for _ in range(20):
            there = np.clip(at + step, *BOUNDS)
            worse = self.misfit(there) > here + 1e-12 * np.abs(here)
            if not worse.any():
                return there
            step[worse] /= 4
        return np.where(worse[:, None], at, there)

    def standard_errors(self, at: np.ndarray) -> np.ndarray:
        """Of the means: from the curvature of the likelihood in log mean, the dispersion held at its estimate."""
        step = np.array([STEP, 0.0])
        curvature = (self.misfit(at + step) - 2 * self.misfit(at) + self.misfit(at - step)) / STEP**2
        error = np.full(self.sites, np.inf)
        np.divide(np.exp(at[:, 0]), np.sqrt(np.maximum(curvature, 0)), out=error, where=curvature > 0)
        return error

    def _around(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Misfit, its slope (sites, 2) and its curvature (sites, 2, 2)."""
        one, other = np.array([NEAR, 0.0]), np.array([0.0, NEAR])
        here = self.misfit(at)
        up, down = np.stack([[self.misfit(at + sign * d) for d in (one, other)] for sign in (1, -1)])
        both = self.misfit(at + one + other) + self.misfit(at - one - other)
        own = (up - 2 * here + down) / NEAR**2
        mixed = ((both - 2 * here) / NEAR**2 - own.sum(axis=0)) / 2
        curvature = np.stack([[own[0], mixed], [mixed, own[1]]]).transpose(2, 0, 1)
        return here, ((up - down) / (2 * NEAR)).T, curvature


def _downhill(at: np.ndarray, slope: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """A step of Newton's method; a coordinate that would leave its bounds stays."""
    stays = ((at <= BOUNDS[0]) & (slope > 0)) | ((at >= BOUNDS[1]) & (slope < 0))
    slope = np.where(stays, 0.0, slope)
    curvature = np.where(stays[:, :, None] | stays[:, None, :], np.eye(2), curvature)
    size, along = np.linalg.eigh(curvature)
    size = np.abs(size)
    size = np.maximum(size, np.maximum(1e-8 * size.max(axis=1, keepdims=True), 1e-12))
    step = -np.einsum("sij,sj->si", along, np.einsum("sij,si->sj", along, slope) / size)
    return np.asarray(np.clip(step, -1.5, 1.5))


def _log_exactly(x: np.ndarray, n: np.ndarray, q: np.ndarray) -> np.ndarray:
    from scipy.special import betaln, xlogy

    return np.asarray(n * np.log1p(-q) + xlogy(x, q) - np.log(n + x) - betaln(n, x + 1.0))


def _log_at_least(x: np.ndarray, n: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Where the probability is too small for a number, that of exactly as much stands for it."""
    found = _at_least(x, n, q)
    return np.where(found > 1e-280, np.log(np.maximum(found, 1e-280)), _log_exactly(x, n, q))
