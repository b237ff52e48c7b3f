"""What the commands have in common, however they are grouped."""

from __future__ import annotations

from typing import Any

import click

from spillproof.counterexamples import commands, screen
from spillproof.model.names import unknown


class Command(click.Command):
    """A command whose standard output is its answer, and nothing that a model prints."""

    def invoke(self, ctx: click.Context) -> Any:
        with screen.aside():
            return super().invoke(ctx)

    def get_help(self, ctx: click.Context) -> str:
        ctx.default_map = None  # the help is there whatever is wrong with a project's file
        return super().get_help(ctx)


class Group(click.Group):
    """Commands below one name."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            words = " or ".join(f"`{ctx.command_path} {each}`" for each in self.list_commands(ctx))
            ctx.fail(f"which one? write {words}")
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(unknown("command", args[0], known))
        return super().resolve_command(ctx, args)


class Table(Group):
    """The commands of the table: each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the name is click's
        return sorted(commands.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        return commands.command(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(sorted(commands.COMMANDS.items()))
