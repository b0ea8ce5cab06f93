"""How those who lack goods choose among those who can spare some. One file a rule; each registers itself."""
