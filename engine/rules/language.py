"""Expressions as checked trees: parsed by sqlglot, rebuilt node by node from a whitelist, with kinds.

An expression is scalar SQL in DuckDB's spelling. Only the node types and functions listed here exist; whatever the
parser may also know is refused by default, never by a list of what is forbidden. The database never sees the author's
text: `engine.rules.rendering` writes SQL from the tree built here.

Three-valued throughout: NULL is *unknown*. Unlike SQL, a CASE whose condition is unknown is unknown.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser

from engine.rules import kinds
from engine.rules.names import Scope
from engine.rules.tree import Expr, Fault
from engine.rules.whitelist import MAX_DEPTH, Reader

MAX_CHARACTERS = 4_000
MAX_NODES = 200

_SIGNS = re.compile(r"[A-Za-z0-9_ \t\r\n.,()<>=!+\-*/%\u3400-\u9fff]")
_HALF_WIDTH = {"“": "'", "”": "'", "‘": "'", "’": "'", "≥": ">=", "≤": "<=", "≠": "<>", "×": "*", "÷": "/", "。": ".",
               "、": ",", "—": "-", "－": "-", "−": "-", "\u3000": "空格"}


def read_expression(text: str, scope: Scope, wanted: str = "any") -> tuple[Expr | None, list[Fault]]:
    """Return the checked tree (None where there is none) and all faults found; `wanted` is the kind asked for."""
    faults = list(_sign_faults(text))
    if faults:
        return None, faults
    reader = Reader(scope)
    try:
        parsed = _Dialect().parse_into(exp.Condition, text)
    except (SqlglotError, RecursionError) as fault:
        return None, [_syntax(text, fault)]
    if len(parsed) != 1 or parsed[0] is None:
        return None, [Fault(0, "应为一个表达式", "请只写一个表达式")]
    size = sum(1 for _ in parsed[0].walk())
    if size > MAX_NODES:
        return None, [Fault(0, f"表达式过长（{size} 个节点，最多 {MAX_NODES}）", "请用 let 分步写")]
    tree = reader.read(parsed[0])
    if not reader.faults and not kinds.fits(tree.kind, wanted):
        reader.fault(tree.at, f"应为{kinds.LABEL.get(wanted, wanted)}，得到{tree.kind.label}", "请核对这个表达式")
    return (None if reader.faults else tree), reader.faults


def is_free_word(word: str) -> bool:
    """Return whether expressions read a word as a name; SQL keeps some, such as inner or case, for itself.

    >>> is_free_word("last_day"), is_free_word("inner")
    (True, False)
    """
    try:
        parsed = _Dialect().parse_into(exp.Condition, f"{word} = x.{word} + {word}.x")
    except SqlglotError:
        return False
    names = [] if parsed[0] is None else [node.sql() for node in parsed[0].find_all(exp.Column)]
    return sorted(names) == sorted((word, f"x.{word}", f"{word}.x"))


class _Parser(DuckDBParser):
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {"CASE": DuckDBParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}


class _Dialect(DuckDB):
    """DuckDB's spelling without any built-in function: each call stays a name for our registry to judge."""

    Parser = _Parser


def _sign_faults(text: str) -> Iterator[Fault]:
    """Find whatever stands outside string literals and is no plain sign; and what only looks like one."""
    if len(text) > MAX_CHARACTERS:
        yield Fault(0, f"表达式超过 {MAX_CHARACTERS} 个字符", "请用 let 分步写")
        return
    inside, opened, depth = False, 0, 0
    for at, sign in enumerate(text):
        if sign == "'":
            if not inside and at and re.match(r"[A-Za-z0-9_&]", text[at - 1]):
                yield Fault(at, "引号前不能直接接字母", "文字常量前留空格，不用前缀")
            inside, opened = not inside, at
        elif inside:
            if unicodedata.category(sign).startswith("C"):
                yield Fault(at, "文字常量里有控制符", "请删去")
        elif not _SIGNS.fullmatch(sign):
            yield _wrong_sign(at, sign)
        else:
            depth += (sign == "(") - (sign == ")")
            if depth > MAX_DEPTH:
                yield Fault(at, f"括号超过 {MAX_DEPTH} 层", "请用 let 分步写")
                return
            if text[at:at + 2] in ("--", "/*"):
                yield Fault(at, "表达式里不允许注释", "说明请写在 x: 下")
    if inside:
        yield Fault(opened, "文字常量的引号没有闭合", "请补上半角单引号 '")


def _wrong_sign(at: int, sign: str) -> Fault:
    half = _HALF_WIDTH.get(sign) or unicodedata.normalize("NFKC", sign)
    if sign == '"':
        return Fault(at, '表达式里不允许双引号 "', "文字常量用半角单引号 '…'，列名不加引号")
    if sign == "|":
        return Fault(at, "表达式里不允许 |", "文字相连请用 concat(…)")
    if half == "空格" or (half != sign and all(_SIGNS.fullmatch(s) or s == "'" for s in half)):
        return Fault(at, f"全角符号“{sign}”不能用", f"请改用半角 {half}")
    if sign in "〔〕【】[]{}":
        return Fault(at, f"表达式里不允许“{sign}”", "文字常量（如文号）整段加半角引号：'…〔2024〕1号'")
    return Fault(at, f"表达式里不允许“{sign}”", "只用列名、数字、'文字'、( ) , . 和比较、算术符号")


def _syntax(text: str, fault: BaseException) -> Fault:
    if isinstance(fault, RecursionError):
        return Fault(0, f"嵌套超过 {MAX_DEPTH} 层", "请用 let 分步写")
    details = (getattr(fault, "errors", None) or [{}])[0]
    at = max(0, min(len(text), int(details.get("col") or 1)) - len(str(details.get("highlight") or "")))
    word = str(details.get("highlight") or "").strip()
    near = f"“{word[:40]}”附近" if word else "表达式"
    return Fault(_offset(text, details, at), f"{near}语法不对", "请检查括号、逗号和运算符是否成对、齐全")


def _offset(text: str, details: dict[str, Any], column: int) -> int:
    """Turn the parser's line and column into an offset."""
    lines = text.split("\n")
    line = min(len(lines), int(details.get("line") or 1))
    return sum(len(part) + 1 for part in lines[: line - 1]) + column
