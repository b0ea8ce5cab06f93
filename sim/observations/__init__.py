"""What a series of observed figures is held against. One file a model; each registers itself."""

from sim.discovery import import_all
from sim.observations.base import OBSERVATIONS, Observation

import_all("sim.observations")

__all__ = ["OBSERVATIONS", "Observation"]
