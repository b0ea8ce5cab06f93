"""What the engine is told of a scenario, bound to its network: arrays that never change during a run."""
