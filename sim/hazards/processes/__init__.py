"""When a hazard strikes. One file a process; each registers itself and draws shocks."""

from sim.discovery import import_all
from sim.hazards.processes.base import PROCESSES, Process

import_all("sim.hazards.processes")

__all__ = ["PROCESSES", "Process"]
