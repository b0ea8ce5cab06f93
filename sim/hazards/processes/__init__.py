"""When a hazard strikes. One file a process; each registers itself and draws shocks."""

from sim.hazards.processes.base import PROCESSES, Process
from sim.registry import import_all

import_all("sim.hazards.processes")

__all__ = ["PROCESSES", "Process"]
