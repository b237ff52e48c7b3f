"""What the objects of a state are called: as the run does, or by how each is reached."""

from __future__ import annotations

from spillproof.model.heap import references
from spillproof.properties.engines.run import Moment


def names_of(moment: Moment) -> dict[int, str]:
    """Return a name for every object of a moment, by id: what the run calls it, or `E1.reading_iterator`.

    An object that the run never mentioned is named after the nearest object that refers to it. No two have one name.
    """
    names = {id(moment.state): type(moment.state).__name__}
    taken: dict[str, int] = {}
    for holder in moment.objects:
        prefix = "" if holder is moment.state else f"{names[id(holder)]}."
        for reference in references(holder):
            target = id(reference.target)
            if target not in names:
                name = moment.names.get(target) or f"{prefix}{reference.name}"
                taken[name] = taken.get(name, 0) + 1
                names[target] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return names
