"""Nodes with positions, and the decoding methods the schemas use."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.errors import RuleError
from engine.strict_yaml.words import listed, unknown_word

MAX_PROBLEMS = 100
MAX_ENTRIES = 2_000
"""Most entries of one list or mapping, unless a schema says less."""

_GUESSED = re.compile(
    r"(?:true|false|yes|no|on|off|null|~|[-+]?\.(?:inf|nan)|[-+]?0[0-9_]+|[-+]?0[xob][0-9a-f_]+|[-+]?\d[\d_]*_[\d_]*)",
    re.IGNORECASE,
)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True)
class Node:
    """A place in the file; `key` is the mapping key the node stands under ('' for the root)."""

    key: str
    line: int
    column: int


@dataclass(frozen=True)
class Scalar(Node):
    """A piece of text; `source` is how it stands in the file, with its quotes."""

    text: str
    quoted: bool
    flow: bool
    source: str


@dataclass(frozen=True)
class Items(Node):
    """A list of nodes."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping(Node):
    """Keys and values in file order; keys are unique."""

    entries: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        """Return the value under a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


@dataclass
class File:
    """A parsed file with its faults; `root` is None where nothing could be parsed. `notes` stop nothing.
    `read`: characters of expressions read so far.

    The decoding methods take a node or None (an absent optional key) and return None, or an empty collection, after
    adding a problem; so one reading finds all faults of a file.
    """

    name: str
    root: Node | None = None
    problems: list[RuleError] = field(default_factory=list)
    notes: list[RuleError] = field(default_factory=list)
    read: int = 0

    def place(self, node: Node | None, offset: int = 0) -> str:
        """Return file:line:column of a node, or of the `offset`-th character of a scalar's text where that is exact."""
        if node is None:
            return f"{self.name}:1:1"
        line, column = node.line, node.column
        if isinstance(node, Scalar) and offset:
            line, column = _inside(node, offset)
        return f"{self.name}:{line}:{column}"

    @property
    def is_full(self) -> bool:
        """Whether no further fault will be told: looking for more would only take time."""
        return len(self.problems) >= MAX_PROBLEMS

    def problem(self, node: Node | None, what: str, fix: str, code: str, offset: int = 0) -> None:
        """Add a fault at a node."""
        if not self.is_full:
            self.problems.append(RuleError(self.place(node, offset), what, fix, code))

    def note(self, node: Node | None, what: str, fix: str, code: str, offset: int = 0) -> None:
        """Add what may well be a slip but need not be one."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(RuleError(self.place(node, offset), what, fix, code))

    def mapping(self, node: Node | None, known: Collection[str], required: Collection[str] = ()) -> dict[str, Node]:
        """Return the values by key; unknown keys (the nearest known word is named) and missing ones are faults."""
        entries = self.entries(node)
        found: dict[str, Node] = {}
        for key, value in entries:
            if key.text in known:
                found[key.text] = value
            elif key.flow and isinstance(value, Scalar) and not value.source:
                self.problem(key, f"没有键“{key.text[:60]}”", "花括号里含逗号的文字要加引号", "E-YAML-KEY")
            else:
                self.unknown(key, "键", key.text, known)
        for name in required:
            if node is not None and isinstance(node, Mapping) and name not in found:
                self.problem(node, f"缺少键“{name}”", f"请补上 {name}", "E-YAML-MISSING")
        return found

    def entries(self, node: Node | None, most: int = MAX_ENTRIES) -> tuple[tuple[Scalar, Node], ...]:
        """Return key-value pairs of a mapping whose keys are the author's own names; none if they are too many."""
        if isinstance(node, Mapping):
            return node.entries if self._few(node, len(node.entries), most) else ()
        if node is not None:
            self._shape(node, "键值对（键: 值）")
        return ()

    def items(self, node: Node | None, most: int = MAX_ENTRIES) -> tuple[Node, ...]:
        """Return the nodes of a list; none where they are too many."""
        if isinstance(node, Items):
            return node.items if self._few(node, len(node.items), most) else ()
        if node is not None:
            self._shape(node, "列表（[甲, 乙] 或每行以“- ”开头）")
        return ()

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """Return the texts of a list of texts."""
        return tuple(found for item in self.items(node) if (found := self.text(item)) is not None)

    def text(self, node: Node | None) -> str | None:
        """Return text; a plain scalar that YAML would read as another type (NO, 0123, yes) must be quoted."""
        scalar = self._scalar(node, "文字")
        if scalar is None:
            return None
        if not scalar.quoted and _GUESSED.fullmatch(scalar.text):
            what = f"{_named(scalar)}应为文字，得到{_guess(scalar.text)}“{scalar.text}”"
            self.problem(scalar, what, f'请加引号："{scalar.text}"', "E-YAML-QUOTE")
            return None
        return scalar.text

    def choice(self, node: Node | None, known: Collection[str]) -> str | None:
        """Return a text that is one of the known words."""
        found = self.text(node)
        if node is None or found is None or found in known:
            return found
        self.unknown(node, "取值", found, known)
        return None

    def integer(self, node: Node | None) -> int | None:
        """Return a whole number."""
        scalar = self._scalar(node, "整数")
        if scalar is None:
            return None
        if re.fullmatch(r"-?(?:0|[1-9]\d{0,17})", scalar.text, re.ASCII):
            return int(scalar.text)
        self.problem(scalar, f"{_named(scalar)}应为整数，得到“{scalar.text[:40]}”", "只写数字，例如 90", "E-YAML-TYPE")
        return None

    def decimal(self, node: Node | None) -> Decimal | None:
        """Return a number with or without decimals."""
        scalar = self._scalar(node, "数字")
        if scalar is None:
            return None
        if re.fullmatch(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,10})?", scalar.text, re.ASCII):
            return Decimal(scalar.text)
        self.problem(scalar, f"{_named(scalar)}应为数字，得到“{scalar.text[:40]}”", "例如 12500.50", "E-YAML-TYPE")
        return None

    def day(self, node: Node | None) -> date | None:
        """Return a date written YYYY-MM-DD."""
        scalar = self._scalar(node, "日期")
        if scalar is None:
            return None
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", scalar.text, re.ASCII):
            try:
                return date.fromisoformat(scalar.text)
            except ValueError:
                self.problem(scalar, f"没有这一天：{scalar.text}", "请核对年月日", "E-YAML-TYPE")
                return None
        what = f"{_named(scalar)}应为日期，得到“{scalar.text[:40]}”"
        self.problem(scalar, what, "写成 2024-03-01 的形式", "E-YAML-TYPE")
        return None

    def boolean(self, node: Node | None) -> bool | None:
        """Return true or false; no other spelling."""
        scalar = self._scalar(node, "true 或 false")
        if scalar is None:
            return None
        if scalar.text in ("true", "false"):
            return scalar.text == "true"
        what = f"{_named(scalar)}应为 true 或 false，得到“{scalar.text[:40]}”"
        self.problem(scalar, what, "写 true 或 false", "E-YAML-TYPE")
        return None

    def unknown(self, node: Node, kind: str, word: str, known: Iterable[str], offset: int = 0) -> None:
        """Add the fault for an unknown word, with the nearest known one."""
        if self.is_full:
            return
        words = list(known)
        self.problem(node, unknown_word(kind, word, words), f"可用的{kind}：{listed(words)}", "E-YAML-KEY", offset)

    def _few(self, node: Node, count: int, most: int) -> bool:
        what = f"{_named(node)}有 {count} 项，最多 {most} 项"
        if count > most and not any(p.what == what for p in self.problems):
            self.problem(node, what, "请精简，或拆成多个文件", "E-YAML-MANY")
        return count <= most

    def _scalar(self, node: Node | None, wanted: str) -> Scalar | None:
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self._shape(node, wanted)
            return None
        if is_null(node):
            self.problem(node, f"{_named(node)}没有内容", f"请填写{wanted}，或删去这个键", "E-YAML-EMPTY")
            return None
        return node

    def _shape(self, node: Node, wanted: str) -> None:
        got = {Scalar: "文字", Items: "列表", Mapping: "键值对"}[type(node)]
        fix = f"请写成{wanted}"
        if isinstance(node, Scalar) and "：" in node.text:
            fix = "冒号写成了全角“：”，请改用半角冒号加空格“: ”"
        elif isinstance(node, Scalar) and is_null(node):
            got = "空"
        self.problem(node, f"{_named(node)}应为{wanted}，得到{got}", fix, "E-YAML-SHAPE")


def is_null(node: Node) -> bool:
    """Return whether the node is an unquoted nothing (empty, ~ or null)."""
    return isinstance(node, Scalar) and not node.quoted and node.text in _NULL


def _inside(node: Scalar, offset: int) -> tuple[int, int]:
    """Return line and column of a character of the scalar; the node's own place where escapes or folding hide it."""
    opening = 1 if node.source[:1] in ("'", '"') else 0
    if node.source[opening:opening + len(node.text)] == node.text:
        before = node.source[: opening + offset]
        if "\n" not in before:
            return node.line, node.column + len(before)
    head, _, body = node.source.partition("\n")
    if head[:1] in ("|", ">") and offset <= len(node.text):
        return _inside_block(node, body, offset)
    return node.line, node.column


def _inside_block(node: Scalar, body: str, offset: int) -> tuple[int, int]:
    """Count the characters of a block scalar that are not white space; folding changes white space only."""
    wanted = len(re.sub(r"\s", "", node.text[:offset]))
    for line, content in enumerate(body.split("\n"), start=node.line + 1):
        for column, sign in enumerate(content, start=1):
            if sign.isspace():
                continue
            if wanted == 0:
                return line, column
            wanted -= 1
    return node.line, node.column


def _named(node: Node) -> str:
    return node.key or "此处"


def _guess(text: str) -> str:
    if text.lower() in ("true", "false", "yes", "no", "on", "off"):
        return "布尔"
    if text.lower() in ("null", "~"):
        return "空值"
    return "数字"
