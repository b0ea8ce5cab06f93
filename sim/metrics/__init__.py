"""Pure functions of a finished run."""
