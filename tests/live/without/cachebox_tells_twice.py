"""Where the callback of cachebox's `cached` raises KeyError, it is told of the same call a second time."""

from contextlib import suppress
from typing import Any

import cachebox


def told() -> bool:
    heard: list[object] = []

    def callback(event: object, *_: object) -> None:
        heard.append(event)
        if len(heard) > 1:
            raise KeyError

    def answer() -> int:
        return 1

    one: Any = cachebox.cached(cachebox.LRUCache(2), callback=callback)(answer)
    one()
    with suppress(KeyError):
        one()
    print(f"of two calls is told {len(heard)} times, and {one.cache_info().hits} hits are counted")
    return len(heard) == 2


if __name__ == "__main__":
    raise SystemExit(0 if told() else 1)
