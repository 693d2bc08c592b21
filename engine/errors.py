"""Errors a person must act on: where, what, and what to do next.

A bad cell or row never raises: it becomes a row of `reject`. These errors are for what stops a whole file, rule or run.
The text is Chinese, because a data clerk, rule author or prosecutor reads it; a programmer's mistake stays an ordinary
English exception. Values must already be masked (`engine.text.mask`) when they enter a message.

>>> str(SourceError("a.csv 第3行", "引号没有闭合", "请重新导出该文件", code="E-QUOTE"))
'a.csv 第3行：引号没有闭合。请重新导出该文件 [E-QUOTE]'
"""


class EngineError(Exception):
    """A fault with its place, its meaning, the next step and a stable code (`E-…`)."""

    exit_code = 1

    def __init__(self, where: str, what: str, fix: str, code: str = "E-GENERAL") -> None:
        super().__init__(where, what, fix, code)
        self.where = where
        self.what = what
        self.fix = fix
        self.code = code

    def __str__(self) -> str:
        return f"{self.where}：{self.what}。{self.fix} [{self.code}]"


class SourceError(EngineError):
    """A delivered file is refused as a whole; nothing of it became visible."""


class RuleError(EngineError):
    """A rule, fact, link or law file cannot be used; `where` is file:line:column."""


class BusyError(EngineError):
    """Another run holds the warehouse."""

    exit_code = 3
