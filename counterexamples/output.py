"""One trace in one format: which one is asked for, whether it can be had, and where it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spillproof.counterexamples import files
from spillproof.counterexamples.export import FORMATS, MODEL_FORMATS, Format, ModelFormat
from spillproof.counterexamples.export.escapes import one_line
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown

MOST_EXPLAINED = 500
"""Of a longer run the explanation is left out: it takes the square of the steps."""

if TYPE_CHECKING:
    from spillproof.counterexamples.explain.explanation import Explanation
    from spillproof.counterexamples.trace import Trace


def model_format(name: str | None, out: Path | None) -> ModelFormat | None:
    """Return the format of a whole model of that name, or that a file's suffix says; None where a run is asked for."""
    if name is not None:
        return MODEL_FORMATS.get(name)
    ends = [each for each in MODEL_FORMATS.values() if out is not None and out.name.lower().endswith(each.suffix)]
    return ends[0] if ends else None


def chosen(name: str | None, out: Path | None) -> Format:
    """Return the format of that name, or the one that a file's suffix says. Raises `ModelError` where there is none."""
    if name is not None:
        if name not in FORMATS:
            raise ModelError(unknown("format", name, FORMATS))
        return FORMATS[name]
    if out is None:
        raise ModelError(
            f"which format? say --format, one of {', '.join(FORMATS)}; or --out with a suffix that says it"
        )
    ending = [each for each in FORMATS.values() if out.name.lower().endswith(each.suffix)]
    if not ending:
        known = ", ".join(f"{each.suffix} ({each.name})" for each in FORMATS.values())
        raise ModelError(
            f"the suffix of {one_line(out.name, 60)} says no format: say --format; the suffixes are {known}"
        )
    return max(ending, key=lambda each: len(each.suffix))


def fits(trace: Trace, wanted: Format, step: int | None = None) -> None:
    """Raise `ModelError` for a run that is too long for a format, and for a step that cannot be chosen."""
    last = len(trace.states) - 1
    if wanted.most_steps is not None and last > wanted.most_steps:
        endless = ", ".join(each.name for each in FORMATS.values() if each.most_steps is None and not each.by_step)
        raise ModelError(
            f"{wanted.name} shows runs of at most {wanted.most_steps:,} steps, and this one has {last:,}; "
            f"for runs of any length there are {endless}"
        )
    if step is not None and not wanted.by_step:
        single = ", ".join(each.name for each in FORMATS.values() if each.by_step)
        raise ModelError(f"{wanted.name} shows the whole run, so that --step does not apply; it is for {single}")
    if step is not None and not 0 <= step <= last:
        raise ModelError(f"there is no step {step}: this run has the steps 0 (its beginning) to {last}")


def exported(trace: Trace, wanted: Format, explanation: Explanation | None = None, step: int | None = None) -> str:
    """Return a trace in a format. Raises `ModelError` where it cannot be had."""
    fits(trace, wanted, step)
    return wanted.write(trace, explanation, step)


def explained(trace: Trace, *, briefly: bool = True) -> tuple[Explanation | None, str]:
    """Return the explanation of a trace, and what it lacks: nothing where the model was there, all for a long run.

    `briefly` leaves out why each step is needed, which takes longer than all the rest.
    """
    from spillproof.counterexamples import variants
    from spillproof.counterexamples.explain.explain import explain

    if len(trace.states) > MOST_EXPLAINED:
        return None, f"a run of more than {MOST_EXPLAINED:,} steps is not explained"
    try:
        return variants.explained(trace, briefly=briefly), ""
    except ModelError as error:
        return explain(trace), f"shown from the trace alone: {error}"


def save(text: str, out: Path, *, force: bool, there: str = "it is there already") -> None:
    """Write a text into a file. Raises `ModelError` where it cannot be, or where it is there and not to be replaced."""
    files.sweep(out.parent)
    try:
        files.write(out, text, replace=force)
    except FileExistsError:
        raise ModelError(f"--out {one_line(out)}: {there}; say --force to overwrite it") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ModelError(f"--out {one_line(out)}: {files.why(error)}") from None
