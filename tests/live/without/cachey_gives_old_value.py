"""cachey.Cache goes on giving out the old value of a key whose new value was too large to be kept."""


def main() -> int:
    from cachey import Cache

    cache = Cache(1_000, nbytes=len)
    cache.put("a", b"old", cost=1)
    cache.put("a", b"new" * 1_000, cost=1)
    print(f"a is {cache.get('a')[:3]!r}")
    return 1 if cache.get("a") == b"old" else 0


if __name__ == "__main__":
    raise SystemExit(main())
