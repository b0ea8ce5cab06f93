"""The exercise session: its log, its branches, its views, its list of injects."""
