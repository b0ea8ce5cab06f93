"""Conditions that reserves, use levels and decisions act on."""
