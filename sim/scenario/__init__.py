"""The scenario language: files to a checked specification."""
