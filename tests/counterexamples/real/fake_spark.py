"""A stand-in for the Java process, so that what drives it can be tested without Java: `fake_spark.py [how it fails]`.

It knows one rule: a request that does not fit forces all others to spill. With `leaky` a collection that is spilled
while it is read stays in the heap until the next pull.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

MANNER = sys.argv[1] if len(sys.argv) > 1 else ""


class Pool:
    """A pool, its consumers, and what is in the heap."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used: dict[str, int] = {}
        self.opened: set[str] = set()
        self.kept: dict[str, int] = {}
        self.records: dict[str, int] = {}

    def insert(self, name: str, size: int) -> None:
        if sum(self.used.values()) + size > self.size:
            for other in self.used:
                if other != name:
                    self.spill(other)
        free = self.size - sum(self.used.values())
        if size > free:
            self.used[name] = 0
        else:
            self.used[name] += size
        self.records[name] = self.records.get(name, 0) + 1

    def spill(self, name: str) -> None:
        if name in self.opened and MANNER == "leaky":
            self.kept[name] = self.used[name]
        self.used[name] = 0

    def pull(self, name: str) -> int:
        self.kept.pop(name, None)
        self.records[name] -= 1
        if self.records[name] >= 0:
            return 8
        if MANNER == "leaky" and self.used[name]:
            self.kept[name] = self.used[name]
        self.used[name] = 0
        return 0

    def reach(self) -> dict[str, list[dict[str, Any]]]:
        counted = {
            name: [{"generation": 1, "current": True, "bytes": used}] for name, used in self.used.items() if used
        }
        kept = {name: [{"generation": 1, "current": False, "bytes": size}] for name, size in self.kept.items()}
        return {name: counted.get(name, []) + kept.get(name, []) for name in self.used}


def answer(pool: Pool, words: list[str]) -> dict[str, Any]:
    """Obey a command."""
    told: dict[str, Any] = {}
    match words:
        case ["new", name, *_]:
            pool.used[name] = 0
        case ["insert" | "again", name, size]:
            pool.insert(name, int(size))
            if MANNER == "throws" and len(pool.used) > 1:
                told = {
                    "raised": "java.lang.AssertionError: assertion failed",
                    "at": "ExternalAppendOnlyMap.forceSpill",
                }
        case ["open", name]:
            pool.opened.add(name)
        case ["pull", name]:
            told["result"] = pool.pull(name)
        case ["reach"]:
            told["result"] = pool.reach()
        case ["chain", name, _, whence]:
            told["result"] = [f"{whence}, holding {name}", "org.apache.spark.Holder.upstream", "org.apache.spark.Table"]
        case ["dump", *path]:
            Path(" ".join(path)).write_text("JAVA PROFILE 1.0.2", encoding="utf-8")
        case ["end"]:
            pool.used, pool.kept = {}, {}
    used = sum(pool.used.values())
    return told | {"accounts": {"pool": used, "task": used, "used": pool.used, "spills": []}}


def main() -> None:
    """Serve commands until there are none, or until it is time to fail."""
    if MANNER == "refuses":
        sys.exit("Exception in thread main: java.lang.NoClassDefFoundError: org/apache/spark/Nothing")
    if MANNER == "chatters":
        print("Welcome to Spark", flush=True)
    print(json.dumps({"version": "2.3.4", "java": "17.0.0", "heap": 1 << 28}), flush=True)
    pool = Pool(0)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "begin":
            pool = Pool(int(words[1]))
        if words[0] == "insert" and MANNER == "crashes":
            sys.exit(134)
        if words[0] == "insert" and MANNER == "hangs":
            time.sleep(60)
        print(json.dumps(answer(pool, words)), flush=True)


if __name__ == "__main__":
    main()
