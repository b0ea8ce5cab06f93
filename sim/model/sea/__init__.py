"""Sea lanes, passages, and ways round what is closed."""
