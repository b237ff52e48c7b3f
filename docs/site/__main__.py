"""Build the site and look for dead links: `python -m docs.site FOLDER`. Ends with status 1 where there are any.

With `--links` behind it the pages that run are left empty: for who looks at links only. With `--version` it becomes a
folder in FOLDER, beside those of other versions, with a menu to go from one to the other.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docs.site.build import build
from docs.site.dead import dead, foreign, pages
from docs.site.versions import current, write_list

folder, menu = Path(sys.argv[1]), "--version" in sys.argv[2:]
to = folder / current() if menu else folder
build(to, stubs="--links" in sys.argv[2:], menu=menu)
if menu:
    write_list(folder)
wrong = [*dead(to), *(f"{each}: of another host" for each in foreign(to))]
print(*wrong, sep="\n", end="\n" if wrong else "")
print(f"{to}: {len(pages(to))} pages, {len(wrong)} dead links or addresses of other hosts")
print(f"To look at it: python3 -m http.server --directory {folder}, and open the address that it prints")
sys.exit(bool(wrong))
