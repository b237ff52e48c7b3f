"""The table of a survey in Markdown, in HTML and in JSON. Without times it is the same on every machine and day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.survey.job import Json
from spillproof.counterexamples.survey.table import Answers
from spillproof.model.errors import ModelError
from spillproof.model.names import counted, unknown

NOTHING = "–"

LONGEST = 100_000
"""Signs in a cell."""

FOOT = (
    "A claim that is violated is followed by the number of steps of its shortest run: “known”, that a shorter one may "
    "exist; “never”, that no run shows the witness. Proved is what holds for all sizes and any number of steps, and a "
    "witness that is seen; within bounds is what no run within the bounds violates that the command check names."
)

CSS = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
th { position: sticky; top: 0; background: #f2f2f2; text-align: left; }
th, td { border: 1px solid #d0d0d0; padding: .3rem .5rem; vertical-align: top; overflow-wrap: anywhere; }
tr.violated td:first-child { border-left: 4px solid #b3261e; }
tr.open td:first-child { border-left: 4px solid #b58900; }
tr.holds td:first-child { border-left: 4px solid #2e7d32; }
"""

KIND = {0: "holds", 1: "violated"}
"""By exit status, how a row is marked; all others are open."""


def heads(rows: Sequence[Answers], *, times: bool) -> list[str]:
    """Return the heads of the columns: how it was asked is one where that is not as usual."""
    asked = ["asked"] if any(_asked(row) for row in rows) else []
    within = ["within bounds"] if any(row.verdicts.bounded for row in rows) else []
    return ["model", "scope", *asked, "violated", "not found out", "proved", *within, *(["seconds"] if times else [])]


def cells(row: Answers, wanted: Sequence[str]) -> list[str]:
    """Return the cells of a row."""
    found = row.verdicts
    known = {
        "model": row.called,
        "scope": row.scope,
        "asked": _asked(row),
        "violated": ", ".join(found.violated),
        "not found out": found.error or ", ".join(found.left_open),
        "proved": str(found.proved) if not found.error else "",
        "within bounds": str(found.bounded) if not found.error else "",
        "seconds": f"{row.seconds:.1f}",
    }
    return [known[name] or NOTHING for name in wanted]


def _asked(row: Answers) -> str:
    seeds = "" if row.seeds == (0,) else f"seed{'' if len(row.seeds) == 1 else 's'} {_drawn_together(row.seeds)}"
    return ", ".join(each for each in (row.asked, seeds) if each)


def _drawn_together(seeds: Sequence[int]) -> str:
    """Return numbers in words: `0–19`, `1, 5`."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):  # noqa: PLR2004 - two are as short
        return f"{seeds[0]}–{seeds[-1]}"
    return ", ".join(map(str, seeds))


def summary(rows: Sequence[Answers], questions: int) -> str:
    """Return in a sentence in how many questions all holds, and in how many not. `questions` is how many differ."""
    status = [(len(row.models) * len(row.seeds), row.verdicts.status, bool(row.verdicts.error)) for row in rows]
    violated = sum(count for count, code, _ in status if code == 1)
    hold = sum(count for count, code, _ in status if code == 0)
    failed = sum(count for count, _, error in status if error)
    left = sum(count for count, _, _ in status) - violated - hold - failed
    parts = [f"{violated} with a violation", f"{hold} in which all holds"]
    parts += [f"{left} with something not found out"] if left else []
    parts += [f"{failed} without an answer"] if failed else []
    count = len([*_all(rows)])
    differ = "" if questions == count else f" ({questions} that differ)"
    return f"{counted(count, 'question')}{differ}: {', '.join(parts)}"


def _all(rows: Sequence[Answers]) -> Iterator[str]:
    for row in rows:
        yield from (model for model in row.models for _ in row.seeds)


def markdown(rows: Sequence[Answers], questions: int, *, times: bool = False) -> str:
    """Return a page in Markdown."""
    wanted = heads(rows, times=times)
    lines = [f"| {' | '.join(_plain(cell) for cell in cells(row, wanted))} |" for row in rows]
    table = [f"| {' | '.join(wanted)} |", f"|{'---|' * len(wanted)}", *lines]
    return "\n".join(["# Survey", "", f"{summary(rows, questions)}.", "", *table, "", FOOT, ""])


def _plain(cell: str) -> str:
    """Return a cell in one line, in which no sign has a meaning for Markdown."""
    return "".join(f"\\{sign}" if sign in "|\\`*<>[]" else sign for sign in one_line(cell, LONGEST))


def html(rows: Sequence[Answers], questions: int, *, times: bool = False) -> str:
    """Return a page in HTML, which loads nothing."""
    wanted = heads(rows, times=times)
    lines = [
        f'<tr class="{KIND.get(row.verdicts.status, "open")}">{_tagged("td", cells(row, wanted))}</tr>' for row in rows
    ]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Survey</title>',
            f"<style>{CSS}</style>\n<h1>Survey</h1>\n<p>{escape(summary(rows, questions))}.</p>",
            f"<table>\n<thead><tr>{_tagged('th', wanted)}</tr></thead>\n<tbody>",
            *lines,
            f"</tbody>\n</table>\n<p>{escape(FOOT)}</p>\n</html>\n",
        ]
    )


def _tagged(tag: str, texts: Sequence[str]) -> str:
    return "".join(f"<{tag}>{escape(one_line(text, LONGEST))}</{tag}>" for text in texts)


def as_json(rows: Sequence[Answers], questions: int, *, times: bool = False) -> str:
    """Return one JSON object."""
    return json.dumps({"questions": questions, "rows": [_object(row, times=times) for row in rows]}, indent=1) + "\n"


def _object(row: Answers, *, times: bool) -> Json:
    found = row.verdicts
    return {
        "models": list(row.models),
        "scope": row.scope,
        "asked": row.asked,
        "seeds": list(row.seeds),
        "status": found.status,
        "error": found.error,
        "results": [dict(each) for each in found.results],
        **({"seconds": round(row.seconds, 3)} if times else {}),
    }


Write = Callable[..., str]

FORMATS: dict[str, tuple[str, Write]] = {
    "markdown": (".md", markdown),
    "html": (".html", html),
    "json": (".json", as_json),
}
"""By name, the suffix that says it, and what writes it."""


def chosen(name: str | None, out: Path) -> Write:
    """Return what writes the format of that name, or the one that a suffix says. Raises `ModelError` for another."""
    if name is not None:
        if name not in FORMATS:
            raise ModelError(unknown("format of a survey", name, FORMATS))
        return FORMATS[name][1]
    for suffix, write in FORMATS.values():
        if out.name.lower().endswith(suffix):
            return write
    known = ", ".join(f"{suffix} ({each})" for each, (suffix, _) in FORMATS.items())
    raise ModelError(
        f"--out {one_line(out.name, 60)}: its suffix says no format; the suffixes are {known}, or say --format"
    )
