"""The stories of the gallery about running code: what was found in maintained packages, judged, and repaired on trial.

The committed trace is the run as it was found, on the versions that it names; on other versions it may come out
otherwise, so that the page is made from the trace and not from the package. `taken` takes the run anew.
"""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass
from pathlib import Path

from docs.pages.stories import GALLERY, Story, numbers, written
from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.escapes import fenced
from spillproof.counterexamples.replay.live.live_trace import name_of, trace
from spillproof.counterexamples.trace import Trace
from spillproof.properties.claims import Claim
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.findings import versions
from tests.live import without
from tests.live.judged.judgements import TARGETS
from tests.live.judged.target import Judgement, Target


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
            *(self._report(judgement, explanation) if judgement.word == "defect" else ()),
        ]

    def _report(self, judgement: Judgement, explanation: Explanation) -> list[str]:
        """Return the section about it; what the maintainers have documented need not be told them."""
        return [
            "## A report for the maintainers",
            "Ready to paste, with the script above.",
            "\n".join(fenced("markdown", self.report(judgement, explanation))),
        ]

    def report(self, judgement: Judgement, explanation: Explanation) -> str:
        """Return what is to be told the maintainers: what happens, on which versions, and how it was found."""
        on = ", ".join(f"{name} {version}" for name, version in explanation.trace.scope)
        words = " ".join(self.words.split("\n\n", maxsplit=1)[0].format(**numbers(explanation)).split())
        paragraphs = [
            f"**{_capital(self.title.partition(': ')[2])}**",
            textwrap.fill(words, 120, break_on_hyphens=False, break_long_words=False),
            f"Seen on {on}. The script needs nothing else, and ends with status 1 where it is so.",
            textwrap.fill(
                f"Where it lies: {judgement.why}. Found by random runs of a checker of memory accounting, shortened "
                f"to {len(judgement.run)} step{'' if len(judgement.run) == 1 else 's'}, and reproduced by the script.",
                120,
                break_on_hyphens=False,
                break_long_words=False,
            ),
        ]
        return "\n\n".join(paragraphs)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _holders(explanation: Explanation) -> list[str]:
    """Return who holds what is counted free, with the class of what is held."""
    state = explanation.trace.states[-1]
    free = [each for each in state.heap if each.number in explanation.counted_free]
    chains = [f"`{each.name.replace('.', ' ▸ ')}`, a `{each.kind}` of {each.shallow:,} B" for each in free]
    return [f"Held, of what is counted free: {'; '.join(chains)}."] if chains else []


def _claim(name: str) -> Claim:
    return next(each for each in ASKED if each.name == name)


def live_story(folder: Path) -> LiveStory:
    """Return the story of a folder that is about running code."""
    said, words = written(folder)
    target = next(each for each in TARGETS if each.name == said["target"])
    return LiveStory(
        folder.name, said["title"], name_of(target.load()), said["claim"], words, said["what"], target.name
    )
