"""cachey.Cache counts a key that is put again twice, and never gives the first back."""


def main() -> int:
    from cachey import Cache

    cache = Cache(1_000, nbytes=len)
    cache.put("a", b"x" * 300, cost=1)
    cache.put("a", b"y" * 300, cost=1)
    print(f"{sum(map(len, cache.data.values()))} B in the cache, {cache.total_bytes} B accounted")
    cache.clear()
    print(f"cleared: {len(cache.data)} values, {cache.total_bytes} B accounted")
    return 1 if cache.total_bytes else 0


if __name__ == "__main__":
    raise SystemExit(main())
