"""Checked by mypy and pyright, never run: the type checkers see spillproof's types.

Each assignment below is a deliberate error, and says which. A checker that is blind to spillproof takes its names for
Any, reports nothing, and then complains that there was nothing to ignore: "no error" cannot be mistaken for "no types".
"""

from spillproof.counterexamples.command import main
from spillproof.model.heap import HeapObject

a_class_is_no_number: int = HeapObject  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
a_command_is_no_word: str = main  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
