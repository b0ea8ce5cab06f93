"""Commands that ask further questions of a scenario or study: options for `sim.ask`, whose answers they print."""

from sim.commands import brief, explain, search, sensitivity, stress  # noqa: F401  (each files its commands)
from sim.commands.shared import COMMANDS

__all__ = ["COMMANDS"]
