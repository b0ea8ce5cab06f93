"""Distributions, and values that are drawn."""
