"""dulwich's LRUSizeCache, given another value for a key, keeps the old one, and counts the size of the new one."""


def main() -> int:
    from dulwich.lru_cache import LRUSizeCache

    cache: LRUSizeCache[str, bytes] = LRUSizeCache(max_size=10_000)
    cache["a"] = b"old" * 1_000
    cache["a"] = b"new"
    print(f"a is {cache['a'][:3]!r}, {len(cache['a']):,} B; {cache._value_size:,} B accounted")
    return 1 if cache["a"] != b"new" else 0


if __name__ == "__main__":
    raise SystemExit(main())
