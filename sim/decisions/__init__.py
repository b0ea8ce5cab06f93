"""What a party does during a run, on a condition. One file a kind; each registers itself and says what it does."""

from sim.decisions.base import DECISIONS, Decision
from sim.discovery import import_all

import_all("sim.decisions")

__all__ = ["DECISIONS", "Decision"]
