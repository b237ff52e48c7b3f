"""Models to check, composed of Spark's classes: which parts are in play, and what may happen."""
