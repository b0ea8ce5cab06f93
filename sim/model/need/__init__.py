"""Demand and where it comes from."""
