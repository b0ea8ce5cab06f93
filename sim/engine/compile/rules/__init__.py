"""Rules, reserves, parties and what they agreed on, bound to the network."""
