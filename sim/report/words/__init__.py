"""Words that readers meet: phrases, names of values, labels."""
