"""Pages of a look back: counterfactuals, and the timeline of what happened."""
