"""Stock set apart for bad times."""
