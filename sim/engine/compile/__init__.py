"""From a checked scenario to the arrays a run works on."""
