"""Demand and how it is met."""
