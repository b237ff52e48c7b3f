"""Write the slides: `python -m docs.slides FOLDER`, after `npm install` in this folder (`make slides` does both)."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.slides.deck import Reveal, deck
from docs.slides.plan import LECTURES

to = Path(sys.argv[1])
reveal = Reveal.installed()
if reveal is None:
    sys.exit("docs.slides: reveal.js is not installed: run `npm install` in docs/slides, or say `make slides`")
to.mkdir(parents=True, exist_ok=True)
for lecture in LECTURES:
    file = to / f"{lecture.name}.html"
    file.write_text(deck(lecture, reveal), encoding="utf-8")
    print(f"{file}: {len(lecture.slides)} slides, {file.stat().st_size / 1000:,.0f} kB, which load nothing")
