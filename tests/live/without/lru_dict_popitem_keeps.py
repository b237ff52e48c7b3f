"""`popitem` of lru-dict takes one reference too many: what it has returned is never freed."""

import weakref


class Weighed:
    """Something that can be watched."""


def main() -> int:
    from lru import LRU

    cache: LRU[str, Weighed] = LRU(2)
    value = Weighed()
    watched = weakref.ref(value)
    cache["a"] = value
    del value
    cache.popitem()
    print(f"the cache has {len(cache)} values; the one that it had is {'still there' if watched() else 'gone'}")
    return 1 if watched() else 0


if __name__ == "__main__":
    raise SystemExit(main())
