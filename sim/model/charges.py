"""What a decision costs by itself, beside what is bought, moved and kept because of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Charges:
    """In the scenario's currency: `once` each time that it is taken, `a_day` on each day on which it is in force.

    `premium` is paid on what it orders, as a share of the purchase cost.
    """

    once: float = 0.0
    a_day: float = 0.0
    premium: float = 0.0

    @property
    def any(self) -> bool:
        """Whether it costs anything."""
        return self != FREE


FREE = Charges()
