"""cachey.Cache raises from `put` of another key, and from `clear`, after a key was retired by hand."""


def main() -> int:
    from cachey import Cache

    cache = Cache(1_000, nbytes=len)
    cache.put("a", b"x" * 600, cost=1)
    cache.retire("a")
    cache.put("b", b"y" * 600, cost=2)
    try:
        cache.put("c", b"z" * 600, cost=3)
    except KeyError as error:
        print(f"put('c') raises KeyError: {error}; {sum(map(len, cache.data.values()))} B in a cache of 1,000 B")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
