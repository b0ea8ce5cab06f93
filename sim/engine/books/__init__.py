"""The evening: what is recorded, counted and checked."""
