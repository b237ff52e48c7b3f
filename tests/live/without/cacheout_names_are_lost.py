"""`memoize` of cacheout makes one key of the values that are given by name, and none of their names."""

from cacheout import Cache


def asked() -> bool:
    @Cache().memoize()
    def told(a: int = 0, b: int = 0) -> tuple[int, int]:
        return a, b

    first, second = told(b=1), told(a=1)
    print(f"b=1 is given {first}, and a=1 is given {second}")
    return second == (1, 0)


if __name__ == "__main__":
    raise SystemExit(0 if asked() else 1)
