"""Questions that take many runs: causes, stress, searches, tipping points."""
