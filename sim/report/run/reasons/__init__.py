"""Why it came so: chains of events in words."""
