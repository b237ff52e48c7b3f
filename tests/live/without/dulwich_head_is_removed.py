"""dulwich's LRUSizeCache cannot be read any more after what was used last is replaced by what is too large."""


def main() -> int:
    from dulwich.lru_cache import LRUSizeCache

    cache: LRUSizeCache[str, bytes] = LRUSizeCache(max_size=10_000)
    cache["a"] = b"a"
    cache["b"] = b"b"
    cache["b"] = b"b" * 20_000  # too large: b is removed
    try:
        cache["a"]
    except AssertionError:
        print("reading 'a', which is there, raises AssertionError")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
