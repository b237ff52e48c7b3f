"""A SimpleCache says that it has set what cannot be pickled; whoever asks for it gets TypeError until it is deleted."""

import logging


class Nameless:
    """What `pickle` itself refuses, with PicklingError."""

    def __reduce__(self) -> str:
        return "no name of this module"


def main() -> int:
    from cachelib.simple import SimpleCache

    logging.disable()  # that it cannot be pickled is logged
    cache = SimpleCache()
    print(f"set returns {cache.set('a', Nameless())}, has returns {cache.has('a')}")
    try:
        print(f"get returns {cache.get('a')}")
    except TypeError as error:
        print(f"get raises TypeError: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
