"""Spark's `org.apache.spark.storage`: cached blocks, and blocks that are being unrolled to be cached."""
