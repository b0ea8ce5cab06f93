"""The documents of an after-action review."""
