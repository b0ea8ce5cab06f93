"""What a study runs: strategies, scenarios, parameters."""
