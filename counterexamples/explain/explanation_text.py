"""An explanation told to a person at a terminal: at most 80 columns, and everything said without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spillproof.counterexamples.explain.explanation import (
    Contrast,
    Cut,
    Dominated,
    Entry,
    Explanation,
    Guilty,
    Left,
    Path,
    WithoutReference,
)
from spillproof.counterexamples.trace import State
from spillproof.model.names import counted
from spillproof.properties.engines.recovery.obstacles import Obstacle
from spillproof.properties.engines.story.alike import Alike, alike
from spillproof.properties.engines.story.counterexample_text import MANY
from spillproof.properties.engines.story.evidence_text import both_sides
from spillproof.properties.engines.story.phrases import exactly

CUT = "✂"
GUILTY = "▶"
FREE = "◀ counted free"

WIDTH = 80
INDENTED = (0, 0, 0, 2)
"""Room around what is two columns further in."""


def tell(explanation: Explanation) -> str:
    """Return an explanation as text, each part under its title; what could not be computed is left out."""
    console = Console(file=StringIO(), width=WIDTH, color_system=None)
    with console.capture() as captured:
        for part in parts(explanation):
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def parts(explanation: Explanation) -> Iterator[RenderableType]:
    """Yield the parts of what is told."""
    yield _headline(explanation)
    if explanation.guilty is not None:
        yield _part("The guilty step", *_guilty(explanation.guilty, explanation.cut, explanation))
    if explanation.obstacles:
        yield _part("What is in the way back", *_obstacles(explanation.obstacles))
    if explanation.evidence is not None and both_sides([explanation.evidence]):
        yield _part(
            "What the claim reads, before the guilty step and after it",
            Text("\n".join(both_sides([explanation.evidence]))),
        )
    if explanation.paths:
        yield _part("What keeps the bytes that are counted free", *_paths(explanation))
    if explanation.cut is not None:
        yield _part("What to cut", *_cut(explanation.cut, explanation.paths))
    if explanation.tree:
        yield _part("Dominator tree, after the guilty step", _tree(explanation.tree))
    if any(entry.accounted is not None for entry in explanation.ledger):
        yield _part("What the accountant believes, and what is true", _ledger(explanation))
    if any(entry.shares for entry in explanation.ledger):
        yield _part("Who claims which bytes, and what hangs on whom", _shares(explanation.ledger))
    if explanation.needed:
        yield _part("Why each step is needed", _needed(explanation.needed))
    if explanation.contrast is not None:
        yield _part(f"The same run on {explanation.contrast.model}", *_contrast(explanation.contrast, explanation))


def _part(title: str, *content: RenderableType) -> RenderableType:
    return Group("", Text(title, style="bold"), "", *(Padding(each, INDENTED) for each in content))


def _headline(explanation: Explanation) -> RenderableType:
    trace = explanation.trace
    verb = "violates" if trace.violation else "shows"
    words = f"{trace.model} {verb} {explanation.claim} in {counted(len(trace.states) - 1, 'step')}"
    return Group(Text(words, style="bold"), Text(explanation.sentence))


def _guilty(guilty: Guilty, cut: Cut | None, explanation: Explanation) -> Iterator[RenderableType]:
    if explanation.trace.states[guilty.step].raised:
        yield Text(
            f"{GUILTY} Step {guilty.step}, {guilty.spelled}, raises {explanation.trace.states[guilty.step].raised}"
        )
        return
    since = "no run leads back" if explanation.obstacles else "the claim is false for the first time"
    yield Text(f"{GUILTY} Step {guilty.step}, {guilty.spelled}: after it {since}.")
    for each in guilty.promises:
        when = "in it" if each.step == guilty.step else f"in step {each.step}"
        yield Text(
            f"{each.consumer} released {exactly(each.size)} {when}, and still holds {exactly(each.still_held)} that "
            "nobody claims."
        )
        yield Padding(Text("\n".join(("released at", *(f"  {line}" for line in reversed(each.lines[-3:]))))), INDENTED)
    if cut is not None:
        yield Text(f"It should have unlinked {' and '.join(edge.words for edge in cut.edges)}.")


def _obstacles(found: Sequence[Obstacle]) -> Iterator[RenderableType]:
    alone = [each for each in found if each.is_in_the_way]
    yield Text(
        "Each of these guards alone is in the way of a run back:"
        if alone
        else "No guard alone is in the way of a run back. Refused are:"
    )
    for each in alone or found:
        back = "" if each.steps is None else f", {each.steps} more steps lead back" if each.steps else ", and is back"
        yield Padding(Text(f"{each.step} is refused by {each.guard} ({each.place}){back}"), INDENTED)


def _paths(explanation: Explanation) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 1))
    many = {group.places[0]: group for group in _alike(explanation) if len(group.places) >= MANY}
    told = {place for group in many.values() for place in group.places[1:]}
    for place, path in enumerate(explanation.paths):
        words = _cut_marked(path, explanation.cut)
        if place in many:
            group = many[place]
            table.add_row(_numbers(group.places), f"{len(group.places)} × {group.kind} by {group.words}, such as")
            table.add_row("", words)
        elif place not in told:
            table.add_row(f"{place + 1}", words)
    yield table
    if explanation.more_paths:
        yield Text("… and more.")


def _alike(explanation: Explanation) -> list[Alike]:
    """Return the paths with those together that differ in nothing but how often a part is repeated."""
    guilty = explanation.guilty
    heap = explanation.trace.states[0 if guilty is None else guilty.step].heap
    kinds = {each.number: each.kind for each in heap}
    return alike([(_fields(path), kinds.get(path.edges[-1].target, "object")) for path in explanation.paths])


def _fields(path: Path) -> list[str]:
    """Return the words of a path without the names of objects on it, but for those that are meant to stay."""
    words, fields = path.words.split(" ▸ "), [edge.field for edge in path.edges]
    return [*words[: words.index(fields[0])], *fields]


def _numbers(places: Sequence[int]) -> str:
    """Return the numbers of paths: `1-12`, or `1, 3, 4` where others are between them."""
    if places[-1] - places[0] == len(places) - 1:
        return f"{places[0] + 1}-{places[-1] + 1}"
    return ", ".join(str(place + 1) for place in places)


def _cut_marked(path: Path, cut: Cut | None) -> str:
    """Return the words of a path, with the references that the cut removes marked."""
    words = path.words.split(" ▸ ")
    fields = [edge.field for edge in path.edges]
    for edge in () if cut is None else cut.edges:
        if edge in path.edges:
            later = sum(1 for field in fields[path.edges.index(edge) + 1 :] if field == edge.field)
            place = [at for at, word in enumerate(words) if word == edge.field][-1 - later]
            words[place] = f"{CUT} {edge.field}"
    return " ▸ ".join(words)


def _cut(cut: Cut, paths: Sequence[Path]) -> Iterator[RenderableType]:
    fewest = (
        "One reference is enough" if len(cut.edges) == 1 else f"No fewer than {len(cut.edges)} references are enough"
    )
    yield Text("\n".join(f"{CUT} {words}" for words in stored(cut)))
    without = "it" if len(cut.edges) == 1 else "them"
    yield Text(f"{fewest}: {exactly(cut.reachable)} is reachable without {without}, and the claim is true.")
    if 0 < cut.fewest < len(cut.edges):
        yield Text(f"{cut.fewest} would do only where a root, or what was there at the beginning, is cut.")
    yield Text("")
    numbers = {path.words: number for number, path in enumerate(paths, 1)}
    table = _table("if only this is cut", "reachable", "the claim is", right=("reachable",))
    same: dict[tuple[str, int, bool], list[WithoutReference]] = {}
    for each in cut.alone:
        same.setdefault((each.edge.words, each.reachable, each.enough), []).append(each)
    for each in cut.alone:
        group = same[each.edge.words, each.reachable, each.enough]
        if len(group) >= MANY and each is not group[0]:
            continue
        name = f"{each.edge.words} (each of {len(group)})" if len(group) >= MANY else each.edge.words
        left = f"false: path {numbers[each.other_path]} is left" if each.other_path in numbers else "false"
        table.add_row(name, f"{each.reachable:,}", "true" if each.enough else left)
    yield table


def stored(cut: Cut) -> list[str]:
    """Return each reference of a cut with the line that stored it, as far as that is known."""
    lines = cut.stored or [""] * len(cut.edges)
    return [
        f"{edge.words}{f'  (stored at {line})' if line else ''}" for edge, line in zip(cut.edges, lines, strict=True)
    ]


def _tree(nodes: Sequence[Dominated]) -> RenderableType:
    table = _table("object", "shallow", "retained", "%", right=("shallow", "retained", "%"))
    for words, node in _lines(nodes, 0):
        table.add_row(words, f"{node.shallow:,}", f"{node.retained:,}", f"{node.percent:.1f}")
    return table


def _lines(nodes: Sequence[Dominated], depth: int) -> Iterator[tuple[str, Dominated]]:
    for node in nodes:
        mark = f"  {FREE}" if node.counted_free else ""
        yield f"{'  ' * (depth - 1)}{'└ ' if depth else ''}{node.words}{mark}", node
        yield from _lines(node.children, depth + 1)


def _ledger(explanation: Explanation) -> RenderableType:
    entries, guilty = explanation.ledger, explanation.guilty
    pooled = any(entry.free is not None for entry in entries)
    believed = ("accounted", "free") if pooled else ("accounted",)
    true = ("reachable", "truly free") if pooled else ("reachable",)
    table = _table("", "step", *believed, *true, "gap", right=(*believed, *true, "gap"))
    for entry in entries:
        numbers = [entry.accounted, *([entry.free] if pooled else []), entry.reachable]
        numbers += [*([entry.unreachable] if pooled else []), entry.gap]
        mark = GUILTY if guilty is not None and entry.step == guilty.step else ""
        table.add_row(f"{mark}{entry.step or ''}", entry.spelled, *map(_number, numbers))
    return table


def _number(size: int | None) -> str:
    return "" if size is None else f"{size:,}"


def _shares(entries: Sequence[Entry]) -> RenderableType:
    names = sorted({share.consumer for entry in entries for share in entry.shares})
    table = _table("", "step", *(f"{name} claims / holds" for name in names))
    for entry in entries:
        found = {share.consumer: share for share in entry.shares}
        cells = [f"{found[name].claims:,} / {found[name].holds:,}" if name in found else "" for name in names]
        table.add_row(f"{entry.step or ''}", entry.spelled, *cells)
    return table


def _needed(steps: Sequence[Left]) -> RenderableType:
    table = _table("", "left out", "then")
    for each in steps:
        then = "the claim holds" if each.holds else "the claim is still false"
        noun = "step" if len(each.skipped) == 1 else "steps"
        rest = f" ({noun} {', '.join(map(str, each.skipped))} cannot be taken: {each.why})" if each.skipped else ""
        table.add_row(str(each.step), each.spelled, f"{then}{rest}")
    return table


def _contrast(contrast: Contrast, explanation: Explanation) -> Iterator[RenderableType]:
    yield Text("The claim holds there." if contrast.holds else "The claim is false there as well.")
    if contrast.cuts:
        yield Text(f"{CUT} It cuts {' and '.join(edge.words for edge in contrast.cuts)}.")
    if contrast.first is None:
        yield Text("In each step both announce the same, and their bytes are the same.")
        if contrast.unobserved:
            yield Text("What differs is in the heap, after the last step:")
            yield Padding(Text("\n".join(contrast.unobserved)), INDENTED)
    else:
        yield Text(f"They part at step {contrast.first.step}:")
        yield Padding(Text("\n".join(contrast.first.words)), INDENTED)
    if any(state.reachable is not None for state in explanation.trace.states):
        yield Text("")
        yield _beside(explanation.trace.states, contrast)


def _beside(here: Sequence[State], contrast: Contrast) -> RenderableType:
    there = contrast.trace.states
    right = ("reachable", "there", "free", "there ")
    table = _table("", "step", *right, right=right)
    for step, state in enumerate(here):
        mark = GUILTY if contrast.first is not None and contrast.first.step == step else ""
        other = (there[step].reachable, there[step].free) if step < len(there) else (None, None)
        numbers = (state.reachable, other[0], state.free, other[1])
        table.add_row(f"{mark}{step or ''}", state.spelled, *map(_number, numbers))
    return table


def _table(*titles: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for title in titles:
        table.add_column(title.strip(), justify="right" if title in right else "left", overflow="fold")
    return table
