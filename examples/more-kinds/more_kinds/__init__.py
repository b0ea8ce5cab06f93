"""Kinds for Tideover. One file a kind; each registers itself."""
