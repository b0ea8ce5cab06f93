"""Who gets what when there is not enough. One file a rule; each registers itself."""
