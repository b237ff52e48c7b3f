"""The course: exercises, and a grader that accepts any answer whose claims are proved and whose witnesses are seen."""
