"""A market's shares spread over its buyers: each has shares of its own, and together they are the market's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.rng import Streams

LEAST = 1e-6
"""Share of a buyer's orders below which no draw lies, so that every source can be weighed up."""
ROUNDS = 10_000
"""Rounds of weighing at most; a few dozen are usual."""
SMALLEST = 1e-290
"""Sum of gammas below which they have lost figures."""
CLOSE = 1e-12
"""Of the market's shares: how far off they may stay."""


def buyers_shares(
    market: Mapping[str, float], spread: float, names: Sequence[str], purpose: str, streams: Streams
) -> np.ndarray:
    """The shares that each buyer would have if it were drawn by itself; shape (buyers, sources), rows add up to 1.

    Dirichlet with the market's shares as means; a share p has the standard deviation `spread` x sqrt(p (1 - p)), which
    at 100% is that of buyers who order from one source each. Every buyer has a stream of its own.
    """
    means = np.array(list(market.values()))
    if spread == 0:
        return np.tile(means, (len(names), 1))
    alpha = means * (1 / spread**2 - 1)  # of a Dirichlet: variance = p (1 - p) / (sum of alpha + 1)
    drawn = np.array([_dirichlet(streams.named(f"{purpose}/{name}"), alpha) for name in names])
    drawn = np.where(means > 0, np.maximum(drawn, LEAST), 0.0)
    found: np.ndarray = drawn / drawn.sum(axis=1, keepdims=True)
    return found


def _dirichlet(generator: np.random.Generator, alpha: np.ndarray) -> np.ndarray:
    """One draw; where every `alpha` is so small that all of its gammas are too small for a number, by their logarithms.

    A gamma of shape a is one of shape a + 1 times a uniform to the power of 1 / a; shares do not depend on their sum.
    """
    drawn = generator.standard_gamma(alpha)
    if drawn.sum() < SMALLEST:
        logs = np.full(len(alpha), -np.inf)
        some = alpha > 0
        logs[some] = (
            np.log(generator.standard_gamma(alpha[some] + 1)) + np.log(generator.random(some.sum())) / alpha[some]
        )
        drawn = np.exp(logs - logs.max())
    shares: np.ndarray = drawn / drawn.sum()
    return shares


def weighed(shares: np.ndarray, weights: np.ndarray, market: np.ndarray) -> np.ndarray:
    """The shares nearest to these with which the buyers, by their weights, make up the market's; rows add up to 1.

    Iterative proportional fitting (Deming and Stephan 1940): the nearest in the sense of relative entropy. Buyers
    without weight keep their own.
    """
    if not weights.sum():
        return shares
    fitted, part = shares.copy(), weights / weights.sum()
    counted = weights > 0
    for _ in range(ROUNDS):
        now = part @ fitted
        if np.abs(now - market).max() <= CLOSE:
            break
        fitted[counted] *= np.divide(market, now, out=np.zeros_like(now), where=now > 0)
        fitted[counted] /= fitted[counted].sum(axis=1, keepdims=True)
    return fitted
