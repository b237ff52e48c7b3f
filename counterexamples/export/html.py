"""A run as one page to open in a lecture: a single file that needs no network, and is forbidden to use any.

The words and the pictures of every step are on the page; the script shows one step at a time. Names come from a trace
that anybody may have written, so they are escaped by the template, and stand in the data of the script as ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from spillproof.counterexamples.explain.explanation import Dominated, Entry, Explanation
from spillproof.counterexamples.explain.ledger import ledger
from spillproof.counterexamples.export import bars, timeline
from spillproof.counterexamples.export.announced import Announced, announced
from spillproof.counterexamples.export.layout import layout
from spillproof.counterexamples.export.measures import measures, scale_of
from spillproof.counterexamples.export.picture import heap, printable
from spillproof.counterexamples.export.scene import guilty_step, is_crowded, panels_of, together
from spillproof.counterexamples.export.shared_places import shared
from spillproof.counterexamples.export.standalone import inline, policy, template
from spillproof.counterexamples.export.svg import picture, shipped, title
from spillproof.counterexamples.export.viewer_page import in_words, opening_step, told
from spillproof.counterexamples.moments import revive
from spillproof.counterexamples.trace import Constant, Source, State, Trace
from spillproof.properties.engines.evidence.evidence import Evidence

BARS = 420
"""How wide the two bars of a step are drawn; the page stretches them."""
MOST_ROWS = 30
"""So many rows of the dominator tree are shown."""


def html(trace: Trace, explanation: Explanation | None = None) -> str:
    """Return a run as the text of an HTML page. Raises `ModelError` where it is too long to be drawn."""
    traces = {"run": trace}
    if explanation is not None and explanation.contrast is not None:
        traces["contrast"] = explanation.contrast.trace
    panels = {name: panels_of(each, explanation if name == "run" else None) for name, each in traces.items()}
    panels = shared(panels) if is_crowded(panels.values()) else panels
    whole = together(panels.values())
    guilty = guilty_step(trace, explanation)
    opening = opening_step(trace, guilty)
    places = layout(whole)
    drawn = picture(
        places.width, places.height, "The heap", "Objects and references. The words beside it say what is lit."
    )
    heap(drawn, whole, places, whole.panels[opening])
    css = shipped("picture.css") + shipped("page.css") + f":root {{ --natural: {places.width:.0f}px; }}\n"
    js = shipped("facts.js") + shipped("page.js")
    page = template(
        shipped("page.html.jinja"), signed=bars.signed
    ).render(
        title=title(trace),
        model=trace.model,
        posed="" if explanation is None else explanation.sentence,
        policy=policy(css, js),
        css=Markup(css),  # noqa: S704 - our own file
        js=Markup(js),  # noqa: S704 - likewise
        data=Markup(told(traces, panels, whole, guilty)),  # noqa: S704 - ASCII, and no <, > or &
        graph=inline(drawn),
        lit=any(panel.lit for panel in whole.panels),
        cut=any(panel.cut for panel in whole.panels),
        back=bool(whole.back),
        sides=[_side(name, each, explanation, scale_of(*traces.values())) for name, each in traces.items()],
        opening=opening,
        explanation=explanation,
        contrast=None if explanation is None else explanation.contrast,
        tree=[] if explanation is None else list(_rows(explanation.tree))[:MOST_ROWS],
        scope=", ".join(f"{name}={_spelled(value)}" for name, value in trace.scope),
    )
    return printable(page) + "\n"


def _spelled(value: Constant) -> str:
    return " + ".join(value) if isinstance(value, tuple) else str(value)


# What a step shows


@dataclass(frozen=True)
class ValueRead:
    """A value that the claim reads, before a step and after it."""

    words: str
    meaning: str
    before: str | None
    after: str | None
    changed: bool
    inner: bool


@dataclass(frozen=True)
class _Step:
    spelled: str
    guilty: bool
    bars: Markup | None
    entry: Entry
    evidence: list[ValueRead]
    decides: bool
    elsewhere: int
    raised: str
    events: list[Announced]
    parting: tuple[str, ...]
    stopped: str


def _side(name: str, trace: Trace, explanation: Explanation | None, scale: int) -> dict[str, Any]:
    entries = explanation.ledger if explanation is not None and name == "run" else ledger(trace, revive(trace))
    return {
        "name": name,
        "model": trace.model,
        "timeline": inline(timeline.drawn(trace, explanation if name == "run" else None, scale)),
        "steps": [_step(at, trace, entry, explanation, scale) for at, entry in enumerate(entries)],
        "sources": [_source(each) for each in trace.sources if each.text],
    }


def _step(at: int, trace: Trace, entry: Entry, explanation: Explanation | None, scale: int) -> _Step:
    state = trace.states[at]
    contrast = None if explanation is None else explanation.contrast
    evidence = None if explanation is None or explanation.trace is not trace else explanation.evidence
    parts = contrast is not None and contrast.first is not None and contrast.first.step == at
    ends = contrast is not None and contrast.trace is trace and at == len(trace.states) - 1
    return _Step(
        spelled=state.spelled,
        guilty=explanation is not None and explanation.trace is trace and at == guilty_step(trace, explanation),
        bars=_bars(state, scale),
        entry=entry,
        evidence=_sides(evidence, at),
        decides=evidence is not None and evidence.step == at,
        elsewhere=(entry.reachable or 0) - sum(share.holds for share in entry.shares),
        raised=state.raised,
        events=announced(state),
        parting=contrast.first.words if parts and contrast is not None and contrast.first is not None else (),
        stopped=contrast.stopped if ends and contrast is not None else "",
    )


def _sides(evidence: Evidence | None, at: int) -> list[ValueRead]:
    """Return what the claim reads before a step and after it; what it reads by way of the model is marked."""
    return [
        ValueRead(each.words, each.meaning, each.before(at), each.after(at), each.changes(at), each.inner)
        for each in (() if evidence is None else (*evidence.read, *evidence.made_of))
    ]


def _bars(state: State, scale: int) -> Markup | None:
    found = measures(state)
    if found is None:
        return None
    drawn = picture(BARS, bars.HEIGHT, "Accounted free, and truly free", in_words(state))
    bars.bars(drawn, found, scale, BARS)
    return inline(drawn)


def _source(source: Source) -> dict[str, Any]:
    first = source.place.rpartition(":")[2]
    start = int(first) if first.isascii() and first.isdecimal() else 1
    lines = source.text.expandtabs(4).rstrip("\n").split("\n")
    return {"action": source.action, "place": source.place, "lines": list(enumerate(lines, start))}


def _rows(nodes: tuple[Dominated, ...], depth: int = 0) -> Iterator[tuple[int, Dominated]]:
    """Yield the nodes of the dominator tree that retain anything, each with its depth."""
    for each in nodes:
        if each.retained:
            yield depth, each
            yield from _rows(each.children, depth + 1)
