"""The files with holes, as `spillproof new exercise NAME` writes them. What is not a hole stays as it is."""
