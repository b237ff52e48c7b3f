"""What was found in a dump, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from spillproof.counterexamples.heap.heap_text import verdict
from spillproof.counterexamples.heap.paths import Way
from spillproof.counterexamples.heap.result import Account, Found, Result


def recorded(result: Result, written: str = "") -> dict[str, Any]:
    """Return the result as JSON has it; sizes are bytes, addresses as in the dump."""
    return {
        "file": result.file,
        "bytes": result.size,
        "written": result.written,
        "java": result.java,
        "layout": result.layout,
        "program": result.program,
        "accountant": result.accounting.source,
        "objects": result.objects,
        "reachable": {"strongly": result.live, "softly": result.softly, "weakly": result.weakly},
        "total": result.total,
        "on_no_account": max(0, result.unowned),
        "missing": list(result.troubles),
        "strays": result.strays,
        "accounts": [_account(each) for each in result.accounts],
        "pools": [{**asdict(each), "believed_free": each.believed, "truly_free": each.free} for each in result.pools],
        "counted_free_and_held": [_found(each) for each in result.found],
        "dominators": [asdict(each) for each in result.tree],
        "rest": [asdict(each) for each in result.rest],
        "classes": [asdict(each) for each in result.classes],
        "log": result.logged,
        "moments": [asdict(each) for each in result.moments],
        "trace": written,
        "verdict": verdict(result),
        "status": result.exit_status(),
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "accountant": account.accountant.class_,
        "label": account.label,
        "accounted": account.accounted,
        "held": account.held,
        "consumers": [
            {
                "class": each.class_, "label": each.label, "address": f"{each.address:#x}", "accounted": each.accounted,
                "held": each.held, "exclusive": each.exclusive, "shared": each.shared, "off_heap": each.elsewhere,
                "excess": each.excess,
            }
            for each in account.consumers
        ],
    }  # fmt: skip


def _found(found: Found) -> dict[str, Any]:
    fault = found.fault
    return {
        "holder": found.holder,
        "bytes": found.bytes,
        "path": list(found.path),
        "fault": None if fault is None else {
            "name": fault.name, "title": fault.title, "fixed": fault.fixed, "fix": fault.fix, "cut": fault.cut,
            "story": fault.story,
        },
        "ways": [_way(each) for each in found.ways],
    }  # fmt: skip


def _way(way: Way) -> dict[str, Any]:
    return {
        "root": way.root,
        "frame": way.frame,
        "steps": [{"class": each.name, "field": each.by} for each in way.steps],
    }
