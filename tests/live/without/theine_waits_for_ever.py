"""Whoever asks a memoized function of theine again for what it failed for waits for ever."""

import os
from threading import Thread
from typing import Any


def main() -> int:
    from theine import Memoize

    def fails(key: str) -> None:
        raise ValueError(key)

    function: Any = Memoize(10, None)(fails)
    function.key(lambda key: key)

    def ask() -> None:
        try:
            function("a")
        except ValueError:
            print("it fails, as it should", flush=True)

    asking = Thread()
    for _ in range(2):
        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(2)
        print("and waits for ever" if asking.is_alive() else "and has ended", flush=True)
    return 1 if asking.is_alive() else 0


if __name__ == "__main__":
    os._exit(main())  # a thread that waits would keep the process
