"""The stories of the gallery about running code: what was found in maintained packages, judged, and repaired on trial.

The committed trace is the run as it was found, on the versions that it names; on other versions it may come out
otherwise, so that the page is made from the trace and not from the package. `taken` takes the run anew.
"""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass
from pathlib import Path

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.escapes import fenced
from spillproof.counterexamples.replay.live import without
from spillproof.counterexamples.replay.live.judgements import TARGETS, Judgement, Target
from spillproof.counterexamples.replay.live.live_trace import name_of, trace
from spillproof.counterexamples.stories import Story
from spillproof.counterexamples.trace import Trace
from spillproof.properties.claims import Claim
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.search import versions

GALLERY = Path(__file__).parent / "gallery"


@dataclass(frozen=True)
class LiveStory(Story):
    """A violation on a maintained package. `model` is the adapter, as a trace names it."""

    target: str = ""

    @property
    def subject(self) -> str:
        return self.target

    def about(self) -> tuple[Target, Judgement]:
        """Return the target, and how the violation was judged."""
        target = next(each for each in TARGETS if each.name == self.target)
        return target, next(each for each in target.judgements if each.claim == self.claim)

    def explained(self) -> Explanation:
        """Return the explanation of the committed run."""
        return explain(itf.read(GALLERY / self.folder / "run.itf.json"))

    def taken(self) -> Trace:
        """Take the run again, and return its trace. The package must be installed."""
        target, judgement = self.about()
        return trace(target.load(), judgement.run, (_claim(self.claim),))

    def is_installed(self, committed: Trace) -> bool:
        """Return whether what is installed here is what a trace was taken on."""
        return dict(committed.scope) == versions(self.about()[0].load())

    def aside(self, explanation: Explanation) -> list[str]:
        """Return what stands on the page besides the run: the judgement, the script, and the repair."""
        target, judgement = self.about()
        script = (Path(without.__file__).parent / f"{judgement.reproduced}.py").read_text(encoding="utf-8")
        repaired = inspect.getsource(target.load_repaired())
        upstream = f"<{judgement.upstream}>" if judgement.upstream else "a search found no issue about it"
        words = f"A {judgement.word}: {judgement.why}. Upstream: {upstream}."
        tried = (
            "Tried: with this in the adapter's place the same run keeps the claim, and random runs find nothing new."
        )
        return [
            "## How it is judged",
            textwrap.fill(words, 120, break_on_hyphens=False, break_long_words=False),
            *_holders(explanation),
            "## Without this project",
            "This script needs the package only. It ends with status 1 as long as the fault is there.",
            "\n".join(fenced("python", script.rstrip())),
            "## What would repair it",
            tried,
            "\n".join(fenced("python", repaired.rstrip())),
        ]


def _holders(explanation: Explanation) -> list[str]:
    """Return who holds what is counted free, with the class of what is held."""
    state = explanation.trace.states[-1]
    free = [each for each in state.heap if each.number in explanation.counted_free]
    chains = [f"`{each.name.replace('.', ' ▸ ')}`, a `{each.kind}` of {each.shallow:,} B" for each in free]
    return [f"Held, of what is counted free: {'; '.join(chains)}."] if chains else []


def _claim(name: str) -> Claim:
    return next(each for each in ASKED if each.name == name)


def _story(folder: str, title: str, target: str, claim: str, words: str) -> LiveStory:
    found = next(each for each in TARGETS if each.name == target)
    return LiveStory(folder, title, name_of(found.load()), claim, words, target)


LIVE_STORIES: tuple[LiveStory, ...] = (
    _story(
        "python-spooled-iterator",
        "Python: a temporary file rolls over to disk, and its iterator keeps it in memory",
        "tempfile.SpooledTemporaryFile",
        "free_is_unreachable",
        """
Something is written to a `SpooledTemporaryFile`, and is kept in memory. Somebody asks for an iterator and does not
read from it yet. Then the file rolls over, because it has become too large or because somebody asked for its
descriptor.

The file has given up its buffer: {accounted} is accounted. But `iter(file)` had handed out the buffer itself, so
that {reachable} is reachable for as long as the iterator exists. It is SPARK-22713 in the standard library, in
three steps: an iterator that was made before a spill, and is not told of it.
""",
    ),
    _story(
        "zict-partial-file",
        "zict: a write that fails on a full disk leaves its file behind",
        "zict.Buffer",
        "disk_is_accounted",
        """
The disk is full. A value is evicted; its write fails half-way, and the value stays in memory, as is documented.
What was written until then stays as well: a file that no mapping knows of, and that nothing removes before the
folder goes. Every further try leaves another one. On a full disk this keeps the disk full.

The same happens below `zict.AsyncBuffer` and `distributed.spill.SpillBuffer`, which write through `zict.File`.
""",
    ),
    _story(
        "dask-read-raises",
        "Dask: reading one key raises because another key cannot be spilled",
        "distributed.spill.SpillBuffer",
        "no_exception",
        """
A value is on disk. Another is in memory and cannot be written: it cannot be pickled, or the disk is full, or
`max_spill` is reached. Reading the first brings it back into memory, which pushes the other out, which fails. The
read raises, with the *other* key's error, though what was asked for had been read.

Putting a value meets the same failures, logs them, and goes on: `__setitem__` handles them, `__getitem__` does not.
""",
    ),
    _story(
        "partd-order",
        "partd: what was appended last is read before what was flushed",
        "partd.Buffer",
        "no_record_lost_or_repeated",
        """
Bytes are appended under a key, and flushed to a file. More are appended under the same key. Reading gives what is
in memory first, and what is in the file after it: the parts come back in the wrong order. Nothing is lost, and a
reader that relies on the order of what it appended reads something else.
""",
    ),
    _story(
        "partd-keeps-account",
        "partd: what was deleted stays on the account",
        "partd.Buffer",
        "empty_means_nothing_left",
        """
A key is deleted, and nothing is in memory any more; {accounted} is still accounted, and will be until a flush
writes nothing and takes it off. The account errs to the safe side: memory that is free is counted used, and buffers
are flushed before they need to be.
""",
    ),
)
