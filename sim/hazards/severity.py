"""Severity: what is drawn for a shock goes together, and with what is drawn for the shocks of other hazards."""

from __future__ import annotations

import math
from statistics import NormalDist

from sim.hazards.processes.base import Draws
from sim.registry import Model
from sim.units import Share, Text

NORMAL = NormalDist()
INSIDE = 1e-12
"""Shares are kept this far from 0 and 1, where a quantile may be infinite."""


class Severity(Model):
    """Length and amounts of a shock by a one-factor Gaussian copula.

    Each drawn amount and length has the score sqrt(c) F + sqrt(1 - c) E with the `correlation` c, a standard normal F
    that they have in common and an E of its own. It is the value of its distribution at the share 1 - Phi(score), so
    that each keeps the distribution that is written, and two of them have scores with the correlation c.
    """

    correlation: Share
    """how strongly a common cause decides; 100%: a shock that lasts long has all its amounts high as well"""
    factor: Text | None = None
    """name of the common cause, shared with hazards that name it: their first shocks are severe together, and so are
    their second; a `window` of this factor happens where it is bad, and is then severe; left out: its own"""

    def share(self, common: Draws, own: Draws, purpose: str, number: int) -> float:
        """The share of a distribution's draws below that of shock `number`; `common` draws F where no factor does."""
        name = f"{common.prefix}/severity" if self.factor is None else f"hazard-factor/{self.factor}"
        shared = common.streams.named(name, number).standard_normal()
        alone = own.streams.named(f"{own.prefix}/{purpose}", number).standard_normal()
        score = math.sqrt(self.correlation) * shared + math.sqrt(1 - self.correlation) * alone
        return min(max(NORMAL.cdf(-score), INSIDE), 1 - INSIDE)
