"""When to order, and how much."""
