"""A cachebox.Cache that is full refuses a larger value for a key that it has, and takes it all the same."""


def main() -> int:
    import cachebox

    cache = cachebox.Cache(6, getsizeof=lambda _key, value: value)
    cache["a"] = cache["b"] = 1
    try:
        cache["a"] = 6
    except OverflowError as error:
        print(f"OverflowError: {error}")
    print(f"there are {dict(cache.items())}, {cache.current_size()} of at most {cache.maxsize}")
    return 1 if cache.current_size() > cache.maxsize else 0


if __name__ == "__main__":
    raise SystemExit(main())
