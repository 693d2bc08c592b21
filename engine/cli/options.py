"""The options commands share: folders, as-of date, memory, JSON; and the Plan made of them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.clock import now
from engine.run import MEMORY, ROOT, Plan

PARTLY = 4
"""Exit code where a file or a rule was refused and the rest was done."""


class Day(click.ParamType[date]):
    """A date written YYYY-MM-DD."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or fail with a Chinese message."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} 不是日期，应写作 2026-10-31", param, ctx)


def today() -> date:
    """Return the day it is in Beijing."""
    return now().date()


FOLDERS: tuple[tuple[str, str, str, str], ...] = (
    ("home", "XIEZHI_HOME", "data", "数据文件夹：收到的原件、数据仓"),
    ("out", "XIEZHI_OUT", "out", "清单写到哪里"),
    ("rules", "XIEZHI_RULES", str(ROOT / "rules"), "规则文件夹"),
    ("sources", "XIEZHI_SOURCES", str(ROOT / "pipelines" / "sources"), "来源映射文件夹"),
)


review_option = click.option(
    "--review", envvar="XIEZHI_REVIEW_URL", default=None, metavar="地址",
    help="研判数据库的地址，默认数据文件夹里的 review.db",
)

memory_option = click.option(
    "--memory", envvar="XIEZHI_MEMORY", default=MEMORY, show_default=True, metavar="上限",
    help="数据仓的内存上限，超出时写到磁盘",
)


def with_folders(command: Callable[..., Any], *, own_out: bool = False) -> Callable[..., Any]:
    """Give a command the folder options; `own_out`: it declares an `--out` of its own."""
    folder = click.Path(path_type=Path, file_okay=False)
    for name, variable, default, words in FOLDERS:
        if name != "out" or not own_out:
            option = click.option(
                f"--{name}", envvar=variable, default=default, type=folder, metavar="文件夹", help=words)
            command = option(command)
    return command


def planned(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options and hand it one Plan."""

    def build(home: Path, out: Path, rules: Path, sources: Path, **rest: Any) -> Any:
        chosen = {name: rest.pop(name) for name in ("as_of", "memory", "review")}
        plan = Plan(home, out, chosen["as_of"] or today(), today(), rules, sources, chosen["memory"], chosen["review"])
        return command(plan, **rest)

    build.__name__, build.__doc__ = command.__name__, command.__doc__
    # reason: options declared below `planned` are kept on the function by click under this name
    build.__dict__["__click_params__"] = getattr(command, "__click_params__", [])
    wrapped: Callable[..., Any] = build
    wrapped = with_folders(wrapped)
    words = "以哪一天为准判断期限，默认当天（北京时间）"
    wrapped = click.option("--as-of", type=Day(), metavar="日期", help=words)(wrapped)
    return review_option(memory_option(wrapped))


json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
