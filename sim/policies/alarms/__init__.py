"""What warns of a shortage before it is there. One file a detector; each registers itself."""
