"""Spark's `org.apache.spark.memory`: pools, the manager of one task, and what consumes memory."""
