"""A counterexample as a page of Markdown, for an issue or a review: a diagram, the steps, why, and the model."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from spillproof.counterexamples.explain.explanation import Cut, Explanation
from spillproof.counterexamples.export import sequence
from spillproof.counterexamples.export.escapes import code, fenced, one_line, prose
from spillproof.counterexamples.export.events import happenings
from spillproof.counterexamples.trace import State, Trace
from spillproof.model.title import Title
from spillproof.properties.engines.evidence.evidence import Evidence, Reading
from spillproof.properties.engines.story.phrases import steps

MEASURES = ("accounted", "reachable", "free")


def markdown(trace: Trace, explanation: Explanation | None = None) -> str:
    """Return the page. What the explanation does not know is left out."""
    parts = [
        _head(trace, explanation),
        _diagram(trace),
        _table(trace),
        _both_sides(explanation.evidence if explanation else trace.evidence),
        _why(explanation),
        _contrast(explanation),
        _actions(trace),
        _again(trace),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(trace: Trace, explanation: Explanation | None) -> list[str]:
    does = "violates" if trace.violation else "shows"
    sentence = explanation.sentence if explanation else ""
    scope = [f"{prose(name)} {code(_spelled(value))}" for name, value in trace.scope]
    scoped = [", ".join(scope)] if scope else []
    return [
        f"# {code(trace.model)} {does} {', '.join(map(code, trace.claims)) or 'something'}",
        "",
        *([f"> {prose(sentence, 400)}", ""] if sentence else []),
        f"{' at '.join([steps(len(trace.states) - 1), *scoped])}.",
    ]


def _spelled(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _diagram(trace: Trace) -> list[str]:
    text = sequence.diagram(trace)
    if len(text) > sequence.MOST_CHARACTERS:
        return ["The run is too long for a sequence diagram; the table has all of it."]
    return ["```mermaid", text, "```"]


def _table(trace: Trace) -> list[str]:
    shown = [name for name in MEASURES if any(getattr(state, name) is not None for state in trace.states)]
    columns = [*shown, *(["gap"] if "reachable" in shown else [])]
    heads = ["", "step", "what is announced", *columns]
    return [
        "## Step by step",
        "",
        _row(heads),
        _row(["--:", "---", "---", *("--:" for _ in columns)]),
        *(_row(_cells(index, trace, columns)) for index in range(len(trace.states))),
        *(
            []
            if "gap" not in columns
            else ["", "Sizes are in bytes; *gap* is what is reachable, and neither accounted nor unclaimed."]
        ),
    ]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(index: int, trace: Trace, columns: list[str]) -> list[str]:
    state = trace.states[index]
    sizes = [_size(getattr(state, name)) for name in columns]
    cells = [str(index or ""), code(state.spelled), _announced(state), *sizes]
    if index != trace.guilty:
        return cells
    mark = f"▶ {index}" if index else "▶"
    return [f"**{cell}**" if cell else "" for cell in (mark, *cells[1:])]


def _size(size: int | None) -> str:
    return "" if size is None else prose(f"{size:,}")


def _announced(state: State) -> str:
    told = [prose(each.sentence, 120) for each in happenings(state)]
    raised = [f"raises {code(state.raised)}"] if state.raised else []
    return "; ".join([*told, *raised])


# Why


def _both_sides(evidence: Evidence | None) -> list[str]:
    """Return which comparison is false, and what the claim read before the guilty step and after it."""
    if evidence is None or not (evidence.compared or evidence.readings):
        return []
    lines = ["## What the claim reads"]
    if evidence.compared:
        lines += ["", f"{code(evidence.compared, 400)} is {code(evidence.values, 400)}."]
    if evidence.readings:
        heads = ["", "before", f"after step {evidence.step}"] if evidence.step else ["", "at first"]
        lines += ["", _row(heads), _row(["---"] * len(heads))]
        lines += [_row(_sides(each, evidence.step)) for each in (*evidence.read, *evidence.made_of)]
    return lines


def _sides(reading: Reading, step: int) -> list[str]:
    values = [reading.before(step), reading.after(step)] if step else [reading.after(0)]
    cells = ["–" if each is None else code(each, 160) for each in values]
    if reading.changes(step):
        cells[-1] = f"**{cells[-1]}**"
    meaning = f", {prose(reading.meaning, 160)}" if reading.meaning else ""
    return [f"{'↳ ' if reading.inner else ''}{code(reading.words, 80)}{meaning}", *cells]


def _why(explanation: Explanation | None) -> list[str]:
    if explanation is None or not explanation.paths:
        return []
    lines = ["## What keeps the bytes that are counted free", ""]
    lines += [f"{number}. {code(path.words, 400)}" for number, path in enumerate(explanation.paths, 1)]
    if explanation.more_paths:
        lines.append("\nThere are more paths than these.")
    return [*lines, *_promises(explanation), *(_cut(explanation.cut) if explanation.cut else [])]


def _promises(explanation: Explanation) -> Iterator[str]:
    """Yield what was released and not freed, and the lines of the model that released it."""
    promises = explanation.guilty.promises if explanation.guilty else ()
    for each in promises:
        yield ""
        yield (
            f"Step {each.step} released {each.size:,} B of {code(each.consumer)}, "
            f"of which {each.still_held:,} B are still held. It was released by:"
        )
        yield ""
        yield from (f"- {code(line)}" for line in each.lines)


def _cut(cut: Cut) -> Iterator[str]:
    many = len(cut.edges) > 1
    yield ""
    yield "## What to cut"
    yield ""
    these = "these references" if many else "this reference"
    smaller = "no smaller set of what a repair could clear" if 0 < cut.fewest < len(cut.edges) else "no smaller set"
    yield f"The claim would be true without {these}, and {smaller} is enough:"
    yield ""
    lines = cut.stored or [""] * len(cut.edges)
    for edge, line in zip(cut.edges, lines, strict=True):
        yield f"- {code(edge.words)}{f', stored at {code(line)}' if line else ''}"
    alone = [each for each in cut.alone if not each.enough]
    if alone:
        yield ""
        yield "Cutting one of these alone is not enough:"
        yield ""
        for each in alone:
            left = f"; there is still {code(each.other_path, 400)}" if each.other_path else ""
            yield f"- {code(each.edge.words)}: {each.reachable:,} B would be reachable{left}"


def _contrast(explanation: Explanation | None) -> list[str]:
    contrast = explanation.contrast if explanation else None
    if contrast is None:
        return []
    holds = "the claim holds" if contrast.holds else "the claim is violated as well"
    lines = [
        f"## The same run on {code(contrast.model)}",
        "",
        f"There {holds}{', as far as the run goes' if contrast.stopped else ''}.",
    ]
    if contrast.stopped:
        lines += ["", f"It cannot be taken to its end: {prose(contrast.stopped)}."]
    if contrast.first is None:
        differs = [f"- {code(each)}" for each in contrast.unobserved]
        same = "In each step both announce the same, and their bytes are the same"
        return [*lines, "", *([f"{same}; what differs is in the heap:", "", *differs] if differs else [f"{same}."])]
    return [
        *lines,
        "",
        f"The two first differ at step {contrast.first.step}:",
        "",
        *(f"- {code(each)}" for each in contrast.first.words),
    ]


# The model


def _actions(trace: Trace) -> list[str]:
    """Return the text of each action that the run takes, with its place."""
    lines: list[str] = []
    for source in trace.sources:
        if source.text:
            lines += ["", f"{code(source.action)}, {code(source.place)}:", "", *fenced("python", source.text)]
    return ["<details><summary>The actions in the model</summary>", *lines, "", "</details>"] if lines else []


def _again(trace: Trace) -> list[str]:
    """Return the command that finds the run, or one as short, again."""
    if not trace.violation or not trace.claims:
        return []
    if trace.is_of_running_code:
        command = "spillproof export run.itf.json --format pytest"
        return ["To have it as a test that needs nothing but the package:", "", *fenced("sh", command)]
    scope = [word for name, value in trace.scope if name in ("consumers", "capacity") and type(value) is int
             for word in (f"--{name}", str(value))]  # fmt: skip
    words = ["spillproof", "check", *Title.parse(trace.model).shell(), *scope, "--claim", trace.claims[0]]
    return ["To find it again:", "", *fenced("sh", shlex.join(map(one_line, words)))]
