"""Making: from materials, in time, good or scrapped; and what becomes of goods by age and quality."""
