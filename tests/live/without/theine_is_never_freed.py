"""A theine.Cache that nobody refers to stays, with all its values: the coroutine that removes what expires keeps it."""

import gc
import time
import weakref


class Value:
    """Something that can be watched."""


def main() -> int:
    from theine import Cache

    cache: Cache[str, Value] = Cache(100)
    value = Value()
    cache.set("a", value)
    watched = weakref.ref(value)
    del cache, value  # `__del__` would clear and close the cache
    time.sleep(2.5)  # the coroutine wakes up every second
    gc.collect()
    print("the value is still there" if watched() else "the value is gone")
    return 1 if watched() else 0


if __name__ == "__main__":
    raise SystemExit(main())
