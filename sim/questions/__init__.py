"""Commands that ask further questions of a scenario or study: why, how resilient, how much is enough, what matters."""

from sim.questions import brief, explain, search, sensitivity, stress  # noqa: F401  (each files its commands)
from sim.questions.shared import COMMANDS

__all__ = ["COMMANDS"]
