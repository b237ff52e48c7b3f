"""Lesson 8: incident.log and incident.csv, beside this file, are all that is left of an executor. What was it?"""

# Your turn.

SPILLED = ""  # who was spilled while it was read: "E1" for the first consumer in the log, "E2" for the second
ACCOUNTED = 0  # MB that were accounted when it died, for both together
STILL_HELD = 0  # MB that were counted free, and were in the heap all the same
MODEL = ""  # the model that takes these steps, as `spillproof list` has it: "spark@1.6.3"
CUT = ""  # a reference that a repair has to cut, as `spillproof explain` has it: "Class.field"
REPAIRED = ""  # a model of the catalogue, for spark@…, in which it is repaired and no record is lost
