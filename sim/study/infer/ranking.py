"""Which strategy is best: Kim and Nelson's procedure, and the probability of being best by the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RESAMPLES = 2_000


@dataclass(frozen=True)
class Selection:
    """What the procedure came to: who is left in the race after `used` replications; `best` where it has decided."""

    best: int | None
    left: tuple[int, ...]
    used: int


def kim_nelson(values: np.ndarray, indifference: float, confidence: float, first_stage: int) -> Selection:
    """Fully sequential selection of the system with the largest mean (Kim and Nelson 2001, ACM TOMACS 11(3), c = 1).

    `values` has shape (replications, systems), a row for each replication on common random numbers, in order; they are
    looked at one by one as far as needed. With probability `confidence` or more the one selected is the best, if the
    values are normal and its mean is above the others' by at least `indifference`. Undecided (`best` None) where
    the rows do not suffice. Raises ValueError for fewer than two rows in the first stage.
    """
    rows, systems = values.shape
    if first_stage < 2:
        raise ValueError("a first stage of at least two replications")
    if systems == 1:
        return Selection(0, (0,), 0)
    if rows < first_stage:
        return Selection(None, tuple(range(systems)), rows)
    # a share (1 - confidence) / (k - 1) of the error for each rival, since common random numbers tie the systems
    error = (1 - confidence) / (systems - 1)
    h2 = (first_stage - 1) * ((2 * error) ** (-2 / (first_stage - 1)) - 1)
    start = values[:first_stage]
    gaps = start[:, :, None] - start[:, None, :]  # (row, i, l): system i minus system l
    reach = h2 * gaps.var(axis=0, ddof=1) / indifference**2  # N_il before it is cut to a whole number
    last = int(np.floor(reach).max())
    left = np.arange(systems)
    total = start.sum(axis=0)
    used = first_stage
    while True:
        if used > last:
            return Selection(int(left[np.argmax(total[left])]), tuple(left.tolist()), used)
        margin = np.maximum(0.0, indifference / (2 * used) * (reach[np.ix_(left, left)] - used))
        mean = total[left] / used
        left = left[(mean[:, None] >= mean[None, :] - margin).all(axis=1)]
        if len(left) == 1:
            return Selection(int(left[0]), (int(left[0]),), used)
        if used == rows:
            return Selection(None, tuple(left.tolist()), used)
        total = total + values[used]
        used += 1


def probability_best(values: np.ndarray) -> np.ndarray:
    """Share of bootstrap samples of replications in which a system's mean is the largest; ties are shared out.

    `values` (replications, systems); the result has shape (systems,). It says how sure the data are, not how
    much better the best is.
    """
    rows = len(values)
    generator = np.random.default_rng(rows)
    # how often each replication occurs in a resample is all that a mean needs
    weights = generator.multinomial(rows, np.full(rows, 1 / rows), size=RESAMPLES)
    scale = np.abs(values).max() or 1.0
    means = np.round(weights @ (values / scale), 9)
    best = means == means.max(axis=1, keepdims=True)
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))
