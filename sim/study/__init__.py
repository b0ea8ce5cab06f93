"""Many runs at once: strategies x scenarios x replications on the same draws, and what may be concluded from them."""
