"""Pure functions of a finished run, by what they are about; each registers itself."""

from sim.discovery import import_all

import_all("sim.metrics")  # all of them, in order of name, whichever module is wanted first
