"""An action that only ever raises was said to be seen, in a run in which another one is taken. Right: it never is."""

from spillproof.model import Bytes, Model, action


class M(Model):
    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def fails(self) -> None:
        raise RuntimeError

    @action
    def grows(self, size: Bytes) -> None:
        self.used += size


NEVER = ("fails_is_taken",)
