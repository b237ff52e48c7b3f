"""The `spillproof` command, thin: it parses, calls, prints.

Exit status: 0 all hold, 1 something is violated, 2 what was asked cannot be done, 3 nothing is violated but something
is unknown, refused or not asked (`Report.exit_status` says it exactly), 70 a defect of spillproof itself. Ctrl-C and
SIGTERM end a check with what is known so far, and with 1 or 3; before anything is known, or the second time, with 130
and 143 (docs/reference/exit-status.md).

Which commands there are, and where each is, stands in `commands/__init__.py`.
"""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from spillproof.counterexamples import files, interrupts, screen, supervisor
from spillproof.counterexamples.group import Table

USAGE, DEFECT = 2, 70


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit. A signal ends it as `interrupts.py` says."""
    try:
        with interrupts.Signals():
            status = run(arguments)
            interrupts.hold()
    except KeyboardInterrupt:  # before the first word was said, or while the last were
        status = interrupts.status()
    status = screen.close(status)
    supervisor.ends_with(status)
    sys.stdout = sys.stderr  # for what a model prints at the very end
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status. What is wrong is said in one line on stderr."""
    from spillproof.model.errors import ModelError

    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        status = cli.main(given or ["--help"], prog_name="spillproof", standalone_mode=False)
        return int(status or 0) if given else USAGE
    except click.MissingParameter as error:
        path = error.ctx.command_path if error.ctx else "spillproof"
        return _refuse(f"{error.format_message().rstrip('.')}; `{path} --help` says what it takes")
    except click.ClickException as error:
        return _refuse(error.format_message())
    except ModelError as error:
        return _refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        interrupts.hold()
        screen.complain("interrupted before anything was known")
        return interrupts.status()
    except SystemExit:  # by click, when whoever read its help has gone away
        return 0
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must not look like a violation to a script
        if isinstance(error, OSError) and files.is_full(error):  # below what click itself prints
            screen.mute()
            return _refuse(f"standard output: {error.strerror}")
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # which `exists` raises as well
            return _refuse(f"{str(error.filename)[:60]!r}…: {error.strerror}")
        traceback.print_exc()
        return DEFECT


def _refuse(message: str) -> int:
    screen.complain(message)
    return USAGE


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="spillproof", message="%(package)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check memory accounting: every byte that is counted free ought to be unreachable."""
    if context.invoked_subcommand == "check":
        from spillproof.counterexamples.commands.check import check
        from spillproof.counterexamples.defaults import Defaults

        context.default_map = {"check": Defaults(check, Path.cwd())}
