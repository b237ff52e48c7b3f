"""cachey's Cache that has counted a key three times never ends when it is made smaller: nothing is left to remove."""

import os
from threading import Thread


def main() -> int:
    from cachey import Cache

    cache = Cache(6_000, nbytes=len)
    for _ in range(3):
        cache.put("a", b"x" * 3_000, cost=1)
    print(f"{len(cache.data)} values, and {cache.total_bytes:,} B accounted", flush=True)
    making = Thread(target=cache.resize, args=(3_000,), daemon=True)
    making.start()
    making.join(2)
    print("and goes on for ever" if making.is_alive() else "and has ended", flush=True)
    return 1 if making.is_alive() else 0


if __name__ == "__main__":
    os._exit(main())  # a thread that goes on would keep the process
