"""Codes of the quantity `cell.blackout`: what becomes of the orders of sites whose systems are down."""

ORDERS = {"frozen": 1.0, "late": 2.0, "none": 3.0}
"""By the word for it; the worst of several counts."""
