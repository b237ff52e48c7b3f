"""Spark's `org.apache.spark.util.collection`: maps and sorters of objects that go to disk when memory is short."""
