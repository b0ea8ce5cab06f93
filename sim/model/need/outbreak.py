"""An epidemic in one place as a compartment model: who is susceptible, exposed, infectious, removed (SEIR)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

Contact = tuple[float, float, float]
"""First day, first day after, and the share of transmission that goes on meanwhile."""


def seir(
    people: float,
    r0: float,
    latent: float,
    infectious: float,
    seeds: float,
    days: int,
    contacts: Sequence[Contact] = (),
) -> np.ndarray:
    """People who fall ill on each day; shape (days,).

    `seeds` people are infectious at the start, all others susceptible; `latent` and `infectious` are mean times in
    days, `r0` is how many one infectious person infects at first. dS = -r0/infectious S I/N, dE = -dS - E/latent,
    dI = E/latent - I/infectious (Kermack and McKendrick 1927, with an exposed state); to fall ill is to leave E.
    `contacts` multiply r0 while they hold; those that overlap multiply one another. The same epidemic is worked out
    once; nobody may change it in place.
    """
    return _solved(people, r0, latent, infectious, seeds, days, tuple(contacts))


@lru_cache(maxsize=256)
def _solved(
    people: float, r0: float, latent: float, infectious: float, seeds: float, days: int, contacts: tuple[Contact, ...]
) -> np.ndarray:
    from scipy.integrate import solve_ivp

    onset, recovery = 1 / latent, 1 / infectious

    def change(_: float, now: np.ndarray, beta: float) -> tuple[float, ...]:
        susceptible, exposed, ill, _total = now
        infected = beta * susceptible * ill / people
        return -infected, infected - onset * exposed, onset * exposed - recovery * ill, onset * exposed

    # the rate jumps where measures begin and end: each stretch between is solved for itself
    ends = sorted({0.0, float(days), *(t for first, over, _ in contacts for t in (first, over) if 0 < t < days)})
    now, total = np.array([people - seeds, 0.0, seeds, 0.0]), np.zeros(days + 1)
    for begin, end in pairwise(ends):
        share = math.prod(c for first, over, c in contacts if first <= begin < over)
        whole = np.arange(np.ceil(begin), np.floor(end) + 1)
        solved = solve_ivp(
            partial(change, beta=r0 / infectious * share), (begin, end), now, method="DOP853", rtol=1e-8,
            atol=people * 1e-12, t_eval=np.union1d(whole, [end]),
        )  # fmt: skip
        now = solved.y[:, -1]
        total[whole.astype(int)] = solved.y[3, : len(whole)]
    cases = np.maximum(0.0, np.diff(total))
    cases.flags.writeable = False
    return cases
