"""What a spill can fail with, and what the task's memory manager makes of it.

Source: `core/src/main/java/org/apache/spark/memory/TaskMemoryManager.java` at v2.0.0, v2.2.0, v2.4.0 and master of
April 2025; `core/src/main/java/org/apache/spark/memory/SparkOutOfMemoryError.java` at v2.3.0 and master of April 2025.
Before v2.3.0 SparkOutOfMemoryError was Java's OutOfMemoryError. The other exceptions are Java's own.
"""

from __future__ import annotations

from spillproof.model.quantity import Bytes


class IOException(Exception):
    """Java's: the disk is full, or the file system is gone."""


class ClosedByInterruptException(IOException):
    """Java's: the task was killed while it wrote to a file."""


class InterruptedIOException(IOException):
    """Java's: the task was killed while it wrote to a stream, such as one of HDFS."""


class RuntimeException(Exception):
    """Java's. How a kill during a spill is passed on, so that the task ends as killed."""


class SparkOutOfMemoryError(Exception):
    """Spark's: a task could not get the memory that it needs. Some consumers catch it and go on with what they have."""

    def __init__(self, message: str, required: Bytes = 0) -> None:
        super().__init__(message)
        self.required = required
        """What was asked for and refused, if that is why."""


class TooLargePageException(Exception):
    """Spark's: no page can be so large. Before SPARK-21033 it was an IllegalArgumentException."""

    def __init__(self) -> None:
        super().__init__("cannot allocate a page of so many bytes")
