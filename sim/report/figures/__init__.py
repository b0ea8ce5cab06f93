"""The pictures of the report, one idea a file; every function returns a matplotlib Figure or None."""
