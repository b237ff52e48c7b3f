"""Models with one call that does not come back: Python runs no handler and no thread meanwhile."""

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.claims import always


class Steps(Model):
    """In a step."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def spin(self) -> None:
        sum(range(10**12))

    def accounted(self) -> Bytes:
        return self.used


class Begins(Steps):
    """At the beginning."""

    def begin(self) -> None:
        self.used = 0
        sum(range(10**12))


class Claimed(Model):
    """In a claim."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        self.used += size


@always
def is_asked(now: Claimed) -> bool:
    """A claim that never answers."""
    return now.used < sum(range(10**12))


class Clings(Steps):
    """Catches whatever would end its step."""

    @action
    def spin(self) -> None:
        for _ in range(10**6):
            try:  # noqa: SIM105 - it is to be as bare as that
                sum(range(10**4))
            except:  # noqa: E722, S110 - that is what it does
                pass
