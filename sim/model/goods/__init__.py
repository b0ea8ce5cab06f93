"""Goods: lots, ages, shipments, bills of materials."""
