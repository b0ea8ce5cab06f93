"""Disruptions by chance: an ordinary disruption, and a process that says when it strikes."""

from sim.hazards.hazard import Hazard
from sim.hazards.processes import PROCESSES, Process

__all__ = ["PROCESSES", "Hazard", "Process"]
