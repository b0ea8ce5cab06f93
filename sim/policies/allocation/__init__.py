"""Who gets what when there is not enough."""
