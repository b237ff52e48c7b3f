"""Judge many generated models, with two processes: `python tests/fuzz/fuzz.py 0 10000`.

What was seen is appended to a file, a line a model, so that a second call goes on where the first was interrupted.
Each check has 2 s; on a machine that has other things to do, give it more by `SPILLPROOF_FUZZ_LIMIT`.
"""

from __future__ import annotations

import faulthandler
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHUNK = 50

sys.path.insert(0, str(HERE))

Line = dict[str, Any]

COUNTED = {"disagreements": "disagreements", "internal": "internal errors", "refused": "refused", "late": "late"}


def work(seeds: Iterable[int]) -> None:
    """Judge models in this process, and print what was seen, a line a model."""
    grammar, judge = import_module("grammar"), import_module("judge")
    for seed in seeds:
        faulthandler.dump_traceback_later(90, exit=True)
        source, features = grammar.written(seed)
        judgement = judge.judged(source, f"generated_{seed}", float(os.environ.get("SPILLPROOF_FUZZ_LIMIT", "2")))
        line = {**judgement.as_dict(), "seed": seed, "features": sorted(features), "kind": judgement.kind()}
        print(json.dumps(line), flush=True)
    faulthandler.cancel_dump_traceback_later()


def chunk(seeds: Sequence[int]) -> list[Line]:
    """Judge models in another process. One that it dies of is a finding, and the rest go on."""
    found: list[Line] = []
    while len(found) < len(seeds):
        rest = [str(seed) for seed in seeds[len(found) :]]
        command = [sys.executable, __file__, "--these", *rest]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        found += lines
        if len(lines) < len(rest):
            seed = seeds[len(found)]
            found.append({"seed": seed, "kind": "the process died", "internal": ended.stderr[-3000:], "verdicts": {},
                          "features": [], "seconds": 0.0, "refused": "", "late": 0.0, "disagreements": []})  # fmt: skip
    return found


def many(seeds: Sequence[int], kept: Path) -> Iterator[Line]:
    """Judge models, but for those that the file has already; yield what was seen of each."""
    known = {line["seed"]: line for line in map(json.loads, kept.read_text().splitlines())} if kept.exists() else {}
    yield from (known[seed] for seed in seeds if seed in known)
    left = [seed for seed in seeds if seed not in known]
    chunks = [left[start : start + CHUNK] for start in range(0, len(left), CHUNK)]
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool, kept.open("a") as file:
        for lines in pool.map(chunk, chunks):
            for line in lines:
                file.write(json.dumps(line) + "\n")
            file.flush()
            yield from lines


def summary(lines: Sequence[Line]) -> Iterator[str]:
    """What is to be known of many models."""
    seconds = sorted(line["seconds"] for line in lines)
    total = sum(seconds)
    median = seconds[len(seconds) // 2]
    yield f"{len(lines)} models, {total:.0f} s of processor time (median {median:.3f} s, most {seconds[-1]:.1f} s)"
    yield from (f"{sum(1 for line in lines if line[what]):5}  {words}" for what, words in COUNTED.items())
    words: Counter[str] = Counter()
    features: Counter[str] = Counter()
    kinds: dict[str, list[int]] = {}
    for line in lines:
        words.update(line["verdicts"])
        features.update(line["features"])
        if line["kind"]:
            kinds.setdefault(line["kind"], []).append(line["seed"])
    yield "verdicts: " + ", ".join(f"{word} {count}" for word, count in sorted(words.items()))
    yield f"features ({len(features)}): " + ", ".join(f"{name} {count}" for name, count in sorted(features.items()))
    for kind, seeds in sorted(kinds.items(), key=lambda each: -len(each[1])):
        yield f"{len(seeds):5}  {kind}  (seeds {', '.join(map(str, seeds[:8]))}{' …' if len(seeds) > 8 else ''})"


def main(arguments: Sequence[str]) -> int:
    """Judge the models of a range of numbers; the status is 1 when there was a finding."""
    if arguments[0] == "--these":
        work(map(int, arguments[1:]))
        return 0
    first, last = int(arguments[0]), int(arguments[1])
    kept = Path(arguments[2]) if len(arguments) > 2 else HERE / "judged.jsonl"
    lines: list[Line] = []
    shown = time.monotonic()
    for line in many(range(first, last), kept):
        lines.append(line)
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            bad = sum(1 for each in lines if each["kind"])
            print(f"{len(lines)} of {last - first} models, {bad} findings", file=sys.stderr, flush=True)
    print("\n".join(summary(lines)))
    return 1 if any(line["kind"] for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
