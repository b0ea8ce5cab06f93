"""Goods under way: lanes, vehicles, ports, passages, borders."""
