"""theine's Cache that was full keeps nothing any more once it was emptied: its policy counts what there was."""


def main() -> int:
    from theine import Cache

    cache: Cache[str, int] = Cache(100)
    for number in range(100):
        cache.set(f"old {number}", number)
    cache.clear()
    for number in range(100):
        cache.set(f"new {number}", number)
    print(f"of 100 values, {len(cache)} are kept in a cache of 100 that was emptied before")
    kept = len(cache)
    cache.close()
    return 1 if kept < 100 else 0


if __name__ == "__main__":
    raise SystemExit(main())
