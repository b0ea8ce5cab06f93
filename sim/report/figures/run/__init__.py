"""Pictures of one run: stock, service, reserves, and what became of it."""
