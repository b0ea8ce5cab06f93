"""Everything a person reads: tables, pictures, the HTML report."""
