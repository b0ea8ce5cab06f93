"""When to order, and how much. One file a policy; each registers itself."""
