"""How buyers with several sources choose among them. One file a rule; each registers itself."""
