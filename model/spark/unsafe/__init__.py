"""Spark's sorters and maps of raw records: pages of bytes, and arrays of pointers into them."""
