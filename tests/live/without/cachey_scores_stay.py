"""cachey.Cache keeps the cost and the score of every key that it ever had."""


def main() -> int:
    from cachey import Cache

    cache = Cache(1_000, nbytes=len)
    for number in range(10_000):
        cache.put(f"key-{number}", b"x" * 600, cost=1)
    cache.clear()
    print(
        f"{len(cache.data)} values, and of {len(cache.scorer.cost):,} keys the cost, {len(cache.scorer.time):,} times"
    )
    return 1 if cache.scorer.cost else 0


if __name__ == "__main__":
    raise SystemExit(main())
