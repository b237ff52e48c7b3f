"""Spark's memory manager, one module per class of the real thing, named as there."""
