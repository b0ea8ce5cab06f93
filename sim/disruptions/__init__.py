"""What goes wrong. One file a kind; each registers itself and says what it does as effects."""

from sim.discovery import import_all
from sim.disruptions.base import DISRUPTIONS, Disruption

import_all("sim.disruptions")

__all__ = ["DISRUPTIONS", "Disruption"]
