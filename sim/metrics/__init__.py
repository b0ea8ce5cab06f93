"""Pure functions of a finished run."""

from sim.discovery import import_all

import_all("sim.metrics")  # all of them, in order of name, whichever module is wanted first
