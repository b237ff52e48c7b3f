"""Lesson 8: incident.log and incident.csv, beside this file, are all that is left of an executor. What was it?"""

SPILLED = "E1"
ACCOUNTED = 40
STILL_HELD = 88
MODEL = "spark@2.2.1"
CUT = "SpillableIterator.upstream"
REPAIRED = "spark@2.4.0"
