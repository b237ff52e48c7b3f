"""Which rests there are for a model, and whether they say rightly how consumers are counted."""

from __future__ import annotations

from spillproof.model.errors import ModelError
from spillproof.model.names import instead
from spillproof.model.place import class_place
from spillproof.model.rest import WithRest, with_rests
from spillproof.model.system import Model


def rests_of(model: Model) -> list[type[WithRest]]:
    """Return the models with a rest for a model. Raises `ModelError` where there is none."""
    if type(model).__module__.startswith("spillproof.model.spark."):
        import spillproof.model.spark.scenario.many  # noqa: F401 - it writes the rests of Spark's scenarios
    found = with_rests(type(model))
    if not found:
        name = type(model).__name__
        message = (
            f"{name} has no rest, so that nothing can be said of any number of consumers: write class "
            f"Many{name}(WithRest, {name}), as docs/how-to/prove-any-number.md shows; or give a number"
        )
        raise ModelError(message)
    for each in found:
        _refuse_count(each, model)
    return found


def _refuse_count(many: type[WithRest], model: Model) -> None:
    """Raise `ModelError` where a rest says wrongly how consumers are counted, or how many stand beside it."""
    if type(model.scope.get(many.counted_by)) is not int:
        numbers = [name for name, value in model.scope.items() if type(value) is int]
        message = (
            f"{class_place(many)}: {many.__name__} counts by {many.counted_by!r}, which is no number in the scope of "
            f"{type(model).__name__}; {instead(many.counted_by, numbers)}"
        )
        raise ModelError(message)
    if many.alone not in (0, 1):
        message = f"{class_place(many)}: {many.__name__}.alone is {many.alone!r}; it is 1, or 0 where none stands alone"
        raise ModelError(message)
