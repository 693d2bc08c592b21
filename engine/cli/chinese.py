"""Click in Chinese: help pages and usage errors, for people who do not read English."""

from typing import Any

import click


class ChineseCommand(click.Command):
    """A command whose help page has Chinese headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _options(self, ctx, formatter)


class ChineseGroup(click.Group):
    """A group whose help page has Chinese headings, and whose commands are ChineseCommands."""

    command_class = ChineseCommand

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        _options(self, ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str(90)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order they were declared."""
        return list(self.commands)


def _usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")


def _options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    records = [record for record in (p.get_help_record(ctx) for p in command.get_params(ctx)) if record]
    rows = [(names, "显示本页" if "--help" in names else words) for names, words in records]
    with formatter.section("选项"):
        formatter.write_dl(rows)


def explain(fault: click.ClickException) -> str:
    """Return a usage error as one Chinese sentence with the next step."""
    command = fault.ctx.command_path if isinstance(fault, click.UsageError) and fault.ctx else "xiezhi"
    return f"{_what(fault)}。请看 {command} --help"


def _what(fault: click.ClickException) -> str:
    match fault:
        case click.NoSuchOption():
            near = f"，是否 {'、'.join(fault.possibilities)}" if fault.possibilities else ""
            return f"没有选项 {fault.option_name}{near}"
        case click.MissingParameter():
            return f"缺少 {_name(fault.param)}"
        case click.BadParameter():
            return f"{_name(fault.param)} 的值不对（{fault.message}）"
        case click.BadOptionUsage():
            return f"选项 {fault.option_name} 的用法不对"
        case click.UsageError() if "No such command" in fault.message:
            return f"没有命令 {fault.message.split(chr(39))[1]}"
        case click.UsageError() if "unexpected extra" in fault.message:
            return "参数太多"
        case _:
            return f"用法不对（{fault.format_message()}）"


def _name(param: Any) -> str:
    if isinstance(param, click.Option):
        return param.opts[0]
    return str(param.human_readable_name) if param is not None else "参数"
