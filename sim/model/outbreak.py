"""An epidemic in one place as a compartment model: who is susceptible, exposed, infectious, removed (SEIR)."""

from __future__ import annotations

import numpy as np


def seir(people: float, r0: float, latent: float, infectious: float, seeds: float, days: int) -> np.ndarray:
    """People who fall ill on each day; shape (days,).

    `seeds` people are infectious at the start, all others susceptible; `latent` and `infectious` are mean times in
    days, `r0` is how many one infectious person infects at first. dS = -r0/infectious S I/N, dE = -dS - E/latent,
    dI = E/latent - I/infectious (Kermack and McKendrick 1927, with an exposed state); to fall ill is to leave E.
    """
    from scipy.integrate import solve_ivp

    beta, onset, recovery = r0 / infectious, 1 / latent, 1 / infectious

    def change(_: float, now: np.ndarray) -> tuple[float, ...]:
        susceptible, exposed, ill, _total = now
        infected = beta * susceptible * ill / people
        return -infected, infected - onset * exposed, onset * exposed - recovery * ill, onset * exposed

    solved = solve_ivp(
        change, (0.0, float(days)), (people - seeds, 0.0, seeds, 0.0), method="DOP853", rtol=1e-8, atol=people * 1e-12,
        t_eval=np.arange(days + 1.0),
    )  # fmt: skip
    return np.maximum(0.0, np.diff(solved.y[3]))
