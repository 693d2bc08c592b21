"""A checked expression: a small tree of our own, after the whitelist and before SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.rules.kinds import Kind
from engine.rules.names import Name


@dataclass(frozen=True)
class Expr:
    """A checked node.

    `op`: literal, name, call, and, or, not, is_null, is_true, is_false, in, like, case, neg, or an operator sign;
    `value`: the literal, the Name, the Function, the LIKE pattern; `at`: offset in the author's text.
    """

    op: str
    args: tuple["Expr", ...]
    kind: Kind
    value: Any = None
    at: int = 0

    def walk(self) -> Iterator["Expr"]:
        """Yield the node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def names(self) -> Iterator[Name]:
        """Yield every name used, in order, repeats included."""
        return (node.value for node in self.walk() if node.op == "name")


@dataclass(frozen=True)
class Fault:
    """What is wrong at which character of an expression."""

    at: int
    what: str
    fix: str
    code: str = "E-RULE-EXPRESSION"


def literal(value: object, kind: Kind, at: int = 0) -> Expr:
    """Return a literal node."""
    return Expr("literal", (), kind, value, at)
