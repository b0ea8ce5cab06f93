"""The words of the language: what may stand in a scenario, as frozen models."""
