"""What opens a reserve."""
