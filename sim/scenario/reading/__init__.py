"""From files to checked text: YAML, tables, numbers, places, and what was wrong."""
