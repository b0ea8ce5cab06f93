"""The exercise session: a scenario, its injects and a log of what was done, which say all there is. No web in it."""
