"""The simulation: arrays, the clock, what happens in a day, and the journal."""
