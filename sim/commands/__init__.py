"""Commands, a file for those that belong together: most ask questions of a scenario or study, by `sim.ask`."""

from sim.commands import brief, compare, exercise, explain, listing, search, sensitivity, starting, stress  # noqa: F401  (each files its commands)
from sim.commands.shared import COMMANDS

__all__ = ["COMMANDS"]
