"""What a shell offers for a word that is being typed: models, claims, fixes, and the scope of a model.

It has to be there before the finger has left the key: no solver is imported, and no file of a model is executed, but
only read.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

if TYPE_CHECKING:
    Items = list[CompletionItem[str]]

KINDS = ("models", "claims", "fixes")


def models(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Offer the models of the catalogue, files, and the classes in a file."""
    file, colon, start = incomplete.rpartition(":")
    if colon and file.endswith(".py"):
        return [CompletionItem(f"{file}:{name}") for name in _classes(Path(file)) if name.startswith(start)]
    from spillproof.model.catalogue import CATALOGUE

    found = _beginning(incomplete, ((entry.name, entry.summary) for entry in CATALOGUE.values()))
    return found or [CompletionItem(incomplete, type="file")]


def anything(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Offer what `list` takes."""
    kinds = _beginning(incomplete, ((kind, f"all {kind}") for kind in KINDS))
    return kinds + [each for each in models(context, parameter, incomplete) if not kinds or each.type == "plain"]


def claims(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Offer the claims about the model that was typed, or all where it is in a file."""
    from spillproof.model.catalogue import CATALOGUE
    from spillproof.properties.catalogue import CLAIMS, WITNESSES, claims_about

    entry = CATALOGUE.get(_model(context))
    always, sometimes = claims_about(entry.model) if entry else (CLAIMS, WITNESSES)
    return _beginning(incomplete, ((claim.name, claim.sentence) for claim in (*always, *sometimes)))


def fixes(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Offer the fixes that the model lacks for `--with`, and those that it has for `--without`."""
    from spillproof.model.catalogue import CATALOGUE

    entry = CATALOGUE.get(_model(context))
    if entry is None:
        return []
    present = entry.scope.get("fixes", frozenset())
    assert isinstance(present, frozenset)
    wanted = [name for name in entry.fixes if (name in present) is ("--without" in parameter.opts)]
    return _beginning(incomplete, ((name, "") for name in wanted))


def settings(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Offer `NAME=` for each argument of the model's `begin`, and then its values where they have names."""
    from spillproof.model.catalogue import CATALOGUE
    from spillproof.model.scope import settings as known

    name = _model(context)
    if name not in CATALOGUE:
        file, _, model = name.rpartition(":")
        return _beginning(incomplete, ((f"{each}=", "") for each in _arguments(Path(file), model)))
    found = known(CATALOGUE[name].model)
    word, equals, _ = incomplete.partition("=")
    if equals and word in found:
        return _beginning(incomplete, ((f"{word}={value}", "") for value in found[word].names()))
    return _beginning(incomplete, ((f"{each.name}=", each.words()) for each in found.values() if each.name != "fixes"))


def _model(context: click.Context) -> str:
    """Return the model that was typed; where an option has no value yet, click has not told which word it is."""
    return str(context.params.get("name") or next(iter(context.args), ""))


def _beginning(incomplete: str, names: Iterable[tuple[str, str]]) -> Items:
    return [CompletionItem(name, help=words) for name, words in names if name.startswith(incomplete)]


# What is in a file, without running it


def _classes(file: Path) -> list[str]:
    """Return the names of the classes in a file that may be models: they inherit from something, and have methods."""
    return [each.name for each in _statements(file) if each.bases and _methods(each)]


def _arguments(file: Path, model: str) -> list[str]:
    """Return the names of the arguments of a model's own `begin`."""
    begins = [each for cls in _statements(file) if cls.name == model for each in _methods(cls) if each.name == "begin"]
    return [each.arg for begin in begins for each in (*begin.args.args[1:], *begin.args.kwonlyargs)]


def _statements(file: Path) -> Iterator[ast.ClassDef]:
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return
    yield from (each for each in body if isinstance(each, ast.ClassDef))


def _methods(cls: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in cls.body if isinstance(each, ast.FunctionDef)]


# Bash, for which a colon and an at sign end a word


class Bash(BashComplete):
    """Completes names such as `spark:raw-map@2.0.0`, of which Bash takes the part after the last `:` or `@` for a word.

    The whole line is looked at, and what stands before that part is left out of what is offered.
    """

    source_template = BashComplete.source_template.replace(
        "COMP_CWORD=$COMP_CWORD",
        'COMP_CWORD=$COMP_CWORD COMP_LINE="$COMP_LINE" COMP_POINT=$COMP_POINT COMP_WORDBREAKS="$COMP_WORDBREAKS"',
    )
    typed = ""
    """What stands of the word before the part that Bash completes."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is typed, and that one as far as it is."""
        if "COMP_LINE" not in os.environ:
            return super().get_completion_args()
        line = os.environ["COMP_LINE"][: int(os.environ.get("COMP_POINT") or len(os.environ["COMP_LINE"]))]
        words = split_arg_string(line)
        incomplete = "" if not words or line[-1].isspace() else words.pop()
        ends = [incomplete.rfind(mark) + 1 for mark in ":@=" if mark in os.environ.get("COMP_WORDBREAKS", "")]
        self.typed = incomplete[: max(ends, default=0)]
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Return what Bash is to put in the place of the part that it completes."""
        return f"{item.type},{item.value.removeprefix(self.typed)}"


add_completion_class(Bash)
