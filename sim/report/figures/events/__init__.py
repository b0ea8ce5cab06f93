"""Pictures of what happened in a run, where and when."""
