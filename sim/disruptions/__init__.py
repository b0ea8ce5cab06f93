"""What goes wrong. One file a kind; each registers itself and says what it does as effects."""

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.registry import import_all

import_all("sim.disruptions")

__all__ = ["DISRUPTIONS", "Disruption"]
