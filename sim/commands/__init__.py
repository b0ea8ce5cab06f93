"""Commands, a file for those that belong together: most ask questions of a scenario or study, by `sim.ask`."""

from sim.commands import (  # noqa: F401  (each files its commands)
    brief,
    calibrate,
    compare,
    exercise,
    explain,
    joining,
    listing,
    replay,
    review,
    room,
    search,
    sensitivity,
    starting,
    stress,
    timeline,
    what_if,
)
from sim.commands.shared import COMMANDS

__all__ = ["COMMANDS"]
