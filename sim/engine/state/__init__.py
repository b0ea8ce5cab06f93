"""What changes during a run."""
