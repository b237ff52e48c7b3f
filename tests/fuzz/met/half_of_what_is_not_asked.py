"""A way back gave a size of which nothing is asked but its half, and did not say of which number that is the half."""

from spillproof.model import Bytes, Model, action
from spillproof.properties.claims import recoverable

PROVED = ("back",)


class M(Model):
    used: Bytes
    pages: Bytes

    def begin(self) -> None:
        self.used = self.pages = 0

    @action
    def grow(self, size: Bytes) -> None:
        self.pages = size // 2
        self.used = 1

    @action
    def drop(self) -> None:
        self.used = 0


@recoverable
def back(now: M) -> bool:
    """Something can be used again."""
    return now.used > 0
