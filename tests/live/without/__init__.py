"""What was found, reproduced without this project: each file is a script that needs the target only.

A script prints what it sees, and ends with status 1 where the fault is there and 0 where it is not.
"""
