"""An audit as one page, and its first chart as a picture by itself: files that need no network, and may use none.

Names come from a log that anybody may have written: the template escapes them, and what could move text is replaced.
The pictures and the words are there without the script, which zooms.
"""

from __future__ import annotations

import json
from pathlib import Path

from markupsafe import Markup

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.audit_text import Beside, tell
from spillproof.counterexamples.audit.chart import Chart, Point, charts
from spillproof.counterexamples.audit.chart_svg import drawn
from spillproof.counterexamples.audit.interval import spell
from spillproof.counterexamples.audit.verdict import verdict
from spillproof.counterexamples.export.picture import printable
from spillproof.counterexamples.export.standalone import inline, policy, template
from spillproof.counterexamples.export.svg import finished, shipped
from spillproof.model.names import counted

FILES = 2
"""Names of files that stand in the title."""


def page(audit: Audit, beside: Beside) -> str:
    """Return the page."""
    css = shipped("picture.css") + shipped("page.css") + _own("chart.css") + _own("page.css")
    found = charts(audit)
    text = template(_own("page.html.jinja"), spell=spell).render(
        title=_title(audit), release=audit.evidence.told(), verdict=verdict(audit, beside.heap),
        charts=[(each, inline(drawn(each, f"chart-{number}"))) for number, each in enumerate(found, 1)],
        words=printable(tell(audit, beside)), data=Markup(_data(found)),  # noqa: S704 - ASCII, and no <, > or &
        css=Markup(css), js=Markup(_own("page.js")), policy=policy(css, _own("page.js")),  # noqa: S704 - our own files
    )  # fmt: skip
    return printable(text) + "\n"


def picture_of(audit: Audit) -> str | None:
    """Return the chart of the executor of which there is most to see, as the text of an SVG file; None for none."""
    found = charts(audit)
    return finished(drawn(found[0], "chart"), _own("chart.css")) if found else None


def _title(audit: Audit) -> str:
    names = [each.rpartition("/")[2] or each for each in audit.reading.files]
    more = f" and {len(names) - FILES} more" if len(names) > FILES else ""
    return f"{', '.join(names[:FILES])}{more}: {counted(audit.reading.lines, 'line')}"


def _data(found: list[Chart]) -> str:
    told = [
        {
            "begin": each.begin, "end": each.end, "clock": each.clock,
            "believed": _told(each.believed), "held": _told(each.held()),
        }
        for each in found
    ]  # fmt: skip
    return json.dumps(told).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _told(points: tuple[Point, ...]) -> list[tuple[float, str]]:
    return [(each.at, spell(each.size)) for each in points]


def _own(name: str) -> str:
    return (Path(__file__).with_name("page") / name).read_text(encoding="utf-8")
