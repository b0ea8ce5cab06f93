"""Pictures of studies and questions."""
