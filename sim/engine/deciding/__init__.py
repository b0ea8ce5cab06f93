"""What is ordered, who gets what, and when reserves give."""
