"""Freight in the words of a scenario: shipments that are paid whole, and carriers that are verified."""

from __future__ import annotations

from typing import Literal

from sim.registry import Model
from sim.units import NonNegative, Positive, Share


class Loads(Model):
    """Shipments that are paid whole, however full: what sets out on one day goes in as few as it takes."""

    cost: NonNegative
    """of each, on top of the lane's cost per unit"""
    carries: Positive | None = None
    """handling units that one takes; left out: everything fits into one"""
    of: Literal["all", "party", "order"] = "all"
    """whose goods go in one: all of them (consolidated freight); those for each party by themselves, and for each site
    of nobody; or those of each buyer and product"""


class Verified(Model):
    """Carriers that are chosen and watched: journeys are of the same mean and vary less."""

    spread: Share = 0.5
    """how much of each journey's deviation from the mean is left (assumed)"""
    cost: NonNegative = 0.0
    """per unit, on top of the lane's"""
