"""Intervals for a mean of independent replications: Student's t, the studentised bootstrap and BCa, and which to show.

Unmet demand is often zero and sometimes large. Its means are skewed at the numbers of replications one can afford, and
Student's interval then misses the truth more often than it says. Which interval is the headline is decided by Cochran's
rule on the data, from eight values on; `docs/decisions/0009-intervals.md` gives the reasons and the coverage measured.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 4999
COCHRAN = 25
"""Student's interval for a mean is trusted from n = 25 x skewness² on (Cochran, Sampling Techniques, 1977, § 2.15)."""
FEWEST = 8
"""Values from which resampling is trusted: of fewer, a resample often has nearly one value only, and its studentised
mean is then wild. Student's interval does not see the skewness of so few values either, but is never absurd."""
FARTHEST = 5
"""How far an end may lie beyond the values, in lengths of their range. A resample of nearly equal values has next to no
spread, and its studentised mean is then as large as one likes; coverage hardly depends on where the line is drawn."""
BLOCK = 1_000_000
"""Numbers drawn at a time when resampling."""


@dataclass(frozen=True)
class Interval:
    """A mean with its intervals, all in the unit of the values.

    `low` and `high` are the headline's, which `method` names: `t`, `bootstrap-t`, or `exact` where all values are
    equal; NaN where fewer than two values are there. `p` is the two-sided p-value of a mean of 0 by the same method.
    """

    n: int
    mean: float
    sd: float
    skewness: float
    method: str
    low: float
    high: float
    p: float
    t: tuple[float, float]
    bca: tuple[float, float]

    @property
    def half_width(self) -> float:
        """Half the width of the headline's interval."""
        return (self.high - self.low) / 2


NAN = (np.nan, np.nan)


def interval(values: np.ndarray, confidence: float = 0.95, bca: bool = True) -> Interval:
    """Intervals for the mean of independent values; shape (n,). `bca=False` saves the time for BCa.

    Resampling draws from a generator of its own, so that the same values give the same interval.
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    mean = float(x.mean()) if n else np.nan
    if n < 2:
        return Interval(n, mean, np.nan, np.nan, "too few", *NAN, np.nan, NAN, NAN)
    if (x == x[0]).all():
        mean = float(x[0])
        exact = (mean, mean)
        return Interval(n, mean, 0.0, 0.0, "exact", *exact, float(mean == 0), exact, exact)
    sd = float(x.std(ddof=1))
    skewness = float(((x - mean) ** 3).mean() / x.var() ** 1.5)
    student = _student(x, mean, sd, confidence)
    generator = np.random.default_rng(n)
    skewed = _bootstrap_t(x, mean, sd, confidence, generator) if FEWEST <= n < COCHRAN * skewness**2 else None
    method, (low, high), p = ("bootstrap-t", *skewed) if skewed else ("t", *student)
    corrected = _bca(x, confidence, generator) if bca else NAN
    return Interval(n, mean, sd, skewness, method, low, high, p, student[0], corrected)


def share_interval(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a share, seen as `count` of n (Wilson 1927): it also holds with few draws and near 0 or 1."""
    from scipy.stats import binomtest  # here and below: slow to import, and every report comes by this file

    found = binomtest(count, n).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def ratio_interval(counts: np.ndarray, n: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a share of all that many draws had, seen as `counts` of `n` in each; NaN where there is nothing.

    Wilson's, of as many independent ones as tell as much (Korn and Graubard 1998): what is seen in one draw goes
    together, so that ten sites that run short at once count for less than ten. With one in each draw it is Wilson's
    itself; where all or none were seen every draw that had any counts for one.
    """
    from scipy.stats import norm

    total = float(n.sum())
    if not total:
        return NAN
    share = float(counts.sum()) / total
    if 0 < share < 1:
        variance = float(((counts - share * n) ** 2).sum()) / total**2  # of the ratio, by linearisation
        alike = share * (1 - share) / variance if variance else total
    else:
        alike = float(np.count_nonzero(n))
    size, z = min(alike, total), float(norm.ppf((1 + confidence) / 2))
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return max(0.0, middle - half), min(1.0, middle + half)


Ends = tuple[tuple[float, float], float]
"""An interval and the p-value of a mean of 0."""


def _student(x: np.ndarray, mean: float, sd: float, confidence: float) -> Ends:
    from scipy.stats import t as student

    error = sd / np.sqrt(len(x))
    half = float(student.ppf((1 + confidence) / 2, len(x) - 1) * error)
    return (mean - half, mean + half), float(2 * student.sf(abs(mean) / error, len(x) - 1))


def _bootstrap_t(
    x: np.ndarray, mean: float, sd: float, confidence: float, generator: np.random.Generator
) -> Ends | None:
    """Studentised bootstrap (Efron and Tibshirani 1993, § 12.5); None where resamples of one value only prevent it, or
    those of nearly one value stretch an end beyond all reason."""
    n, error = len(x), sd / np.sqrt(len(x))
    ratios = []
    for begin in range(0, RESAMPLES, rows := max(1, BLOCK // n)):
        sample = x[generator.integers(0, n, (min(rows, RESAMPLES - begin), n))]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios.append((sample.mean(axis=1) - mean) / (sample.std(axis=1, ddof=1) / np.sqrt(n)))
    t = np.concatenate(ratios)  # infinite where a resample has one value only
    low, high = np.quantile(t, [(1 - confidence) / 2, (1 + confidence) / 2], method="closest_observation")
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    ends = (mean - high * error, mean - low * error)
    least, most = float(x.min()), float(x.max())
    if max(least - ends[0], ends[1] - most) > FARTHEST * (most - least):
        return None
    beyond = min(int((t >= mean / error).sum()), int((t <= mean / error).sum()))
    p = min(1.0, 2 * (1 + beyond) / (1 + RESAMPLES))
    return ends, p


def _bca(x: np.ndarray, confidence: float, generator: np.random.Generator) -> tuple[float, float]:
    """Bias-corrected and accelerated bootstrap (Efron 1987), by scipy."""
    from scipy import stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            (x,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="BCa", rng=generator,
            batch=max(1, BLOCK // len(x)),
        ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)


def next_below(values: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """What the next of n independent values lies below with these probabilities; shape (…, shares) of (…, n).

    The p-quantile is in place (n + 1) p, between neighbours in proportion (Weibull 1939; type 6 of Hyndman and Fan
    1996). Plain quantiles lie too near to one another: those of 40 values for 80 % hold 76 % of what comes next. Beyond
    the smallest and the largest value there is none to give. NaN where a value is.
    """
    found: np.ndarray = np.moveaxis(np.quantile(values, np.array(shares), axis=-1, method="weibull"), 0, -1)
    return found


def holm(p: np.ndarray) -> np.ndarray:
    """p-values adjusted for their number by Holm's step-down method (1979); shape (m,), NaN stay out of the count."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return adjusted
