"""Where runs of a study happen, and what is kept of them."""
