"""What a dump says, at 80 columns: what was read, who accounts for what and who holds it, and last the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spillproof.counterexamples.audit.interval import spell
from spillproof.counterexamples.audit.sentences import plain
from spillproof.counterexamples.heap.paths import Step, Way
from spillproof.counterexamples.heap.result import Account, Branch, Consumer, Found, PoolState, Result
from spillproof.properties.engines.story.phrases import paragraph

SHOWN = 12
"""Consumers of an accountant, and rows of a histogram, that are shown."""

NAMED = 4
"""Accountants that are shown in full."""


def tell(result: Result, written: str = "") -> str:
    """Return what was found; `written` is where the run of the model that matches was left."""
    lines: list[str] = []
    for part in (
        _read(result), _pools(result), _accounts(result), _found(result), _moments(result), _tree(result),
        _classes(result), _left(written),
    ):  # fmt: skip
        found = list(part)
        lines += [*found, ""] if found else []
    return "\n".join([*lines, *paragraph(verdict(result), "")])


def simple(name: str, most: int = 60) -> str:
    """Return a class without its package, so that it can be shown.

    >>> simple("org.example.Pool$Entry[]"), simple("class org.example.Pool")
    ('Pool$Entry[]', 'class Pool')
    """
    before = "class " if name.startswith("class ") else ""
    return plain(f"{before}{name.rpartition('.')[2].removeprefix('class ')}", most)


# What was read


def _read(result: Result) -> Iterator[str]:
    java = f", Java {plain(result.java, 20)}" if result.java else ""
    program = f"; {plain(result.program, 60)}" if result.program else ""
    yield from paragraph(
        f"{plain(result.file.rpartition('/')[2], 60)}: {result.objects:,} objects, {spell(result.total)}, written "
        f"{result.written}{java}{program}",
        "",
        "  ",
    )
    yield ""
    rest = result.total - result.live - result.softly - result.weakly
    yield from paragraph(
        f"Strongly reachable {spell(result.live)}, softly {spell(result.softly)}, weakly {spell(result.weakly)}; "
        f"{spell(rest)} are held by nothing that the dump has. By the distances between objects: {result.layout}."
    )
    for each in result.troubles:
        yield from paragraph(f"Missing: {plain(each, 300)}.")


# Accounts


def _pools(result: Result) -> Iterator[str]:
    for each in result.pools:
        if each.accounted or each.held:
            yield from _pool(each)


def _pool(pool: PoolState) -> Iterator[str]:
    yield f"  {'pool of ' + spell(pool.capacity):<28}{'believed':>14}{'true':>14}"
    yield f"  {'  used':<28}{signed(pool.accounted):>14}{signed(pool.held):>14}"
    yield f"  {'  free':<28}{signed(pool.believed):>14}{signed(pool.free):>14}"


def signed(size: int) -> str:
    """Return a size that may be less than nothing.

    >>> signed(-3 << 20)
    '-3.0 MB'
    """
    return f"-{spell(-size)}" if size < 0 else spell(size)


def _accounts(result: Result) -> Iterator[str]:
    told = [each for each in result.accounts if each.consumers]
    for each in told[:NAMED]:
        yield from _account(each)
    if len(told) > NAMED:
        yield f"  and {len(told) - NAMED:,} more accountants"
    names = ", ".join(dict.fromkeys(each.class_ for each in result.accounting.accountants))
    if not result.accounts:
        yield from paragraph(f"No object of {names} is reachable: there is no such accountant in this heap.", "")
    elif not told:
        yield from paragraph("The accountants in this heap have no consumers.", "")
    if result.strays:
        words = "no collection that the accountant's file names leads to them; say in it where they are"
        yield from paragraph(f"Reachable are {plain(result.strays, 200)}, and {words}.", "")
    if told:
        yield from paragraph(f"Reachable, and on nobody's account: {spell(max(0, result.unowned))}.", "")


def _account(account: Account) -> Iterator[str]:
    yield f"{plain(account.label, 60)}: accounted {spell(account.accounted)}, held {spell(account.held)}"
    yield ""
    yield f"  {'consumer':<34}{'accounted':>11}{'held':>11}{'exclusive':>11}{'shared':>11}"
    for each in account.consumers[:SHOWN]:
        yield _consumer(each)
    if len(account.consumers) > SHOWN:
        yield f"  and {len(account.consumers) - SHOWN:,} more"
    yield ""


def _consumer(consumer: Consumer) -> str:
    accounted = "?" if consumer.accounted is None else spell(consumer.accounted)
    if consumer.elsewhere:
        return f"  {plain(consumer.label, 33):<34}{accounted:>11}  off the heap: not in a dump"
    sizes = (spell(consumer.held), spell(consumer.exclusive), spell(consumer.shared))
    mark = "✗" if consumer.excess else " "
    return f"{mark} {plain(consumer.label, 33):<34}{accounted:>11}" + "".join(f"{each:>11}" for each in sizes)


# What is counted free and held


def _found(result: Result) -> Iterator[str]:
    if result.found:
        yield "Counted free, and still held"
    for each in result.found[:SHOWN]:
        yield ""
        yield from paragraph(f"{spell(each.bytes)}  {plain(each.holder, 60)}: {_what(each)}", "  ", "      ")
        yield from paragraph(f"held by {' ▸ '.join([*each.path[:-1], simple(each.path[-1])])}", "      ", "      ")
        if each.fault is not None and each.fault.cut:
            yield from paragraph(f"cut {plain(each.fault.cut, 80)}", "      ", "      ")
        yield from merged(each.ways)


def _what(found: Found) -> str:
    if found.fault is None:
        return "more than its account; no fault of this shape is known"
    release = f", repaired in {found.fault.fixed}" if found.fault.fixed else ""
    fix = f" ({found.fault.fix})" if found.fault.fix else ""
    return plain(f"{found.fault.name}: {found.fault.title}{release}{fix}", 300)


def merged(ways: Sequence[Way]) -> Iterator[str]:
    """Yield ways as lines, from what is held upwards: what all have in common once, then each by itself."""
    if not ways:
        return
    common = _common(ways)
    yield from paragraph("from what is held up to the roots:", "      ", "      ")
    for step in reversed(common):
        yield from paragraph(_step(step), "        ", "          ")
    for each in ways:
        rest = each.steps[: len(each.steps) - len(common)]
        frame = f", {plain(each.frame, 70)}" if each.frame else ""
        for step in reversed(rest):
            yield from paragraph(_step(step), "        │ ", "        │   ")
        yield from paragraph(f"╰ {plain(each.root, 60)}{frame}", "        ", "          ")


def _common(ways: Sequence[Way]) -> list[Step]:
    """Return the last steps that all ways share."""
    found: list[Step] = []
    for steps in zip(*(reversed(each.steps) for each in ways), strict=False):
        if len({each.node for each in steps}) > 1 or len({each.by for each in steps}) > 1:
            break
        found.insert(0, steps[0])
    return found


def _step(step: Step) -> str:
    return f"{simple(step.name)}{'.' + plain(step.by, 40) if step.by else ''}"


# The log beside


def _moments(result: Result) -> Iterator[str]:
    if result.logged:
        yield from paragraph(f"The log beside it: {result.logged}", "")
    if result.moments:
        yield ""
        yield f"  {'in the log':<34}{'believed':>10}  {'in the heap':<14}{'account':>9}{'held':>9}"
    for each in result.moments[:SHOWN]:
        accounted = "–" if each.accounted is None else spell(each.accounted)
        name = plain(each.logged.replace("ExternalAppendOnlyMap", "EAOMap"), 33) or "–"
        consumer = plain("#" + each.consumer.rpartition("#")[2] if each.consumer else "not found", 13)
        yield f"  {name:<34}{each.believed or '–':>10}  {consumer:<14}{accounted:>9}{spell(each.held):>9}"
        if each.words:
            yield from paragraph(each.words, "      ", "      ")


# The dominator tree, and the classes


def _tree(result: Result) -> Iterator[str]:
    yield f"{'Dominator tree':<56}{'shallow':>12}{'retained':>12}"
    for each in result.tree[:4]:
        yield from _branch(each, 0)


def _branch(branch: Branch, depth: int) -> Iterator[str]:
    by = f"{plain(branch.by, 24)}{'*' * (branch.times > 1)} " if branch.by else ""
    words = f"{'  ' * min(depth, 12)}{'└ ' if depth else ''}{by}{simple(branch.name, 40)}{branch.in_a_row()}"
    yield f"  {plain(words, 53):<54}{spell(branch.shallow):>12}{spell(branch.retained):>12}"
    for each in branch.below:
        yield from _branch(each, depth + 1)


def _classes(result: Result) -> Iterator[str]:
    yield f"{'Classes':<54}{'objects':>12}{'bytes':>14}"
    for each in result.classes[:8]:
        yield f"  {plain(each.name, 51):<52}{each.objects:>12,}{each.bytes:>14,}"


def _left(written: str) -> Iterator[str]:
    if written:
        yield from paragraph(f"A run of the model that matches: {written}; spillproof replay and export take it.", "")


# The verdict


def verdict(result: Result) -> str:
    """Return in a sentence what was found."""
    if result.found:
        total = spell(sum(each.bytes for each in result.found))
        names = list(dict.fromkeys(each.fault.name for each in result.found if each.fault is not None))
        named = f" by {', '.join(names)}" if names else ""
        return f"✗ {total} are counted free and still held{plain(named, 200)}."
    missing = " The dump is not whole: what is missing may hold more." if result.troubles else ""
    if not any(each.consumers for each in result.accounts):
        return f"? There is nobody here whose account could be compared with what is held.{missing}"
    consumers = sum(len(each.consumers) for each in result.accounts)
    mark = "?" if result.troubles else "✓"
    return (
        f"{mark} None of the {consumers:,} consumers holds more than its account allows, and no known fault is in this "
        f"heap.{missing} That says nothing of other moments."
    )
