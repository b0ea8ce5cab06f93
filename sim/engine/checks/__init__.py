"""What can be run but is hardly meant. One file a check; each registers itself and yields notes with their places."""

from sim.discovery import import_all
from sim.engine.checks.base import CHECKS, Compiled, notes

import_all("sim.engine.checks")

__all__ = ["CHECKS", "Compiled", "notes"]
