"""Files into nodes: the parser's events only, within limits, with look-alike punctuation refused."""

import re
from pathlib import Path
from typing import Any

import yaml

from engine.errors import RuleError
from engine.strict_yaml.nodes import File, Items, Mapping, Node, Scalar

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INVISIBLE = re.compile(r"[\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LOOKALIKE = {"：": ":", "，": ",", "“": '"', "”": '"', "‘": "'", "’": "'", "＂": '"', "＇": "'", "　": " ",
              "｛": "{", "｝": "}", "［": "[", "］": "]", "﹕": ":", "︰": ":"}
_OPENING_QUOTES = "“”‘’＂＇"


def read(path: Path, name: str = "") -> File:
    """Return the parsed file; `name` is how messages call it (default: the path as given)."""
    shown = name or path.as_posix()
    try:
        with path.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        return _refused(shown, RuleError(shown, f"文件读不了（{reason}）", "请核对文件和权限", "E-YAML-FILE"))
    return parse(content, shown)


def parse(content: bytes | str, name: str) -> File:
    """Return the parsed content of a file called `name`."""
    file = File(name)
    text = _decoded(content, file)
    if text is None:
        return file
    for found in (*_CONTROL.finditer(text), *_INVISIBLE.finditer(text)):
        line, column = _position(text, found.start())
        what = f"含不可见字符 U+{ord(found.group()):04X}"
        error = RuleError(f"{name}:{line}:{column}", what, "请删去，空格只用半角空格", "E-YAML-INVISIBLE")
        return _refused(name, error)
    try:
        file.root = _Builder(file, text).build()
    except yaml.YAMLError as fault:
        file.problems.append(_syntax(name, text, fault))
        file.root = None
    except RuleError as fault:
        file.problems.append(fault)
        file.root = None
    if file.root is None and not file.problems:
        file.problem(None, "文件是空的", "请填写，或删去这个文件", "E-YAML-EMPTY")
    return file


class _Builder:
    """Turns events into nodes; iterative, so depth costs nothing."""

    def __init__(self, file: File, text: str) -> None:
        self.file = file
        self.text = text
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def build(self) -> Node | None:
        """Return the root node; raise RuleError where the file as a whole is refused."""
        documents = 0
        for event in yaml.parse(self.text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1 or event.version or event.tags:
                    what = "一个文件只能有一份文档，不允许 % 指令"
                    raise self._refusal(event, what, "请拆成多个文件", "E-YAML-DOCUMENT")
            self._take(event)
        return self.root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._refusal(event, "不允许别名（*）", "请把内容直接写在这里", "E-YAML-ALIAS")
        if isinstance(event, yaml.NodeEvent):
            self._plain_only(event)
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self.stack) >= MAX_DEPTH:
                raise self._refusal(event, f"嵌套超过 {MAX_DEPTH} 层", "请减少层次", "E-YAML-DEPTH")
            self.stack.append(_Open(event, self._key(event)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._add(self.stack.pop().closed())

    def _plain_only(self, event: yaml.NodeEvent) -> None:
        if event.anchor:
            raise self._refusal(event, "不允许锚点（&）", "请删去锚点，内容重复写出", "E-YAML-ANCHOR")
        if getattr(event, "tag", None):
            raise self._refusal(event, "不允许标签（!）", "请删去标签", "E-YAML-TAG")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = _mark(event), event.end_mark
        flow = any(o.flow for o in self.stack)
        scalar = Scalar(self._key(event), start.line + 1, start.column + 1, event.value, bool(event.style), flow,
                        self.text[start.index:end.index if end else None])
        if not scalar.quoted:
            self._look_alike(scalar)
        return scalar

    def _look_alike(self, scalar: Scalar) -> None:
        """Refuse full-width characters standing where YAML wants the half-width ones."""
        separators = set(_LOOKALIKE) if self._expects_key() else set("：，　｛｝［］") if scalar.flow else set("　")
        if scalar.text[:1] in _OPENING_QUOTES:
            separators |= set(_OPENING_QUOTES)
        for offset, sign in enumerate(scalar.text):
            if sign in separators:
                fix = f"请改用半角“{_LOOKALIKE[sign]}”；若是内容的一部分，请给整段加半角引号"
                self.file.problem(scalar, f"全角符号“{sign}”不起分隔作用", fix, "E-YAML-WIDTH", offset)
                return

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        if self._expects_key():
            self._new_key(node)
            return
        holder = self.stack[-1]
        if holder.mapping and holder.name is not None:
            if holder.keep:
                holder.entries.append((holder.name, node))
            holder.name = None
        else:
            holder.items.append(node)

    def _new_key(self, node: Node) -> None:
        holder = self.stack[-1]
        if not isinstance(node, Scalar):
            raise RuleError(self.file.place(node), "键只能是文字", "请用简单的词作键", "E-YAML-KEY")
        if node.text == "<<":
            raise RuleError(self.file.place(node), "不允许合并键（<<）", "请把内容直接写出", "E-YAML-MERGE")
        first = holder.lines.get(node.text)
        if first is not None:
            what = f"键“{node.text[:60]}”重复：第{first}行与第{node.line}行重复"
            self.file.problem(node, what, "请只留一个", "E-YAML-DUPLICATE")
        holder.lines.setdefault(node.text, node.line)
        holder.keep = first is None
        holder.name = node

    def _expects_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].mapping and self.stack[-1].name is None

    def _key(self, event: yaml.Event) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        return top.name.text if top.name is not None else top.key

    def _refusal(self, event: yaml.Event, what: str, fix: str, code: str) -> RuleError:
        mark = _mark(event)
        return RuleError(f"{self.file.name}:{mark.line + 1}:{mark.column + 1}", what, fix, code)


class _Open:
    """A list or mapping whose end has not come yet."""

    def __init__(self, event: yaml.CollectionStartEvent, key: str) -> None:
        self.mapping = isinstance(event, yaml.MappingStartEvent)
        self.flow = bool(event.flow_style)
        self.key = key
        self.line = _mark(event).line + 1
        self.column = _mark(event).column + 1
        self.items: list[Node] = []
        self.entries: list[tuple[Scalar, Node]] = []
        self.lines: dict[str, int] = {}
        self.name: Scalar | None = None
        self.keep = True

    def closed(self) -> Node:
        """Return the finished node."""
        if self.mapping:
            return Mapping(self.key, self.line, self.column, tuple(self.entries))
        return Items(self.key, self.line, self.column, tuple(self.items))


def _decoded(content: bytes | str, file: File) -> str | None:
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        what = f"文件超过 {MAX_BYTES // 1024} KB"
        file.problems.append(RuleError(f"{file.name}:1:1", what, "请拆成多个文件", "E-YAML-SIZE"))
        return None
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        error = RuleError(f"{file.name}:{line}:1", "不是 UTF-8 编码", "请另存为 UTF-8", "E-YAML-ENCODING")
        file.problems.append(error)
        return None


def _refused(name: str, error: RuleError) -> File:
    return File(name, None, [error])


def _syntax(name: str, text: str, fault: yaml.YAMLError) -> RuleError:
    """Return the parser's complaint in Chinese, with the likeliest cause on that line."""
    mark = getattr(fault, "problem_mark", None)
    if any(word in str(getattr(fault, "context", "")) for word in ("simple key", "quoted scalar")):
        mark = getattr(fault, "context_mark", None) or mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    content = lines[line - 1] if line <= len(lines) else ""
    problem = str(getattr(fault, "problem", ""))
    what, fix = _cause(content, problem)
    return RuleError(f"{name}:{line}:{column}", what, fix, "E-YAML-SYNTAX")


def _cause(content: str, problem: str) -> tuple[str, str]:
    sign = next((s for s in content if s in _LOOKALIKE), None)
    if content.startswith("\t") or "\t" in content[: len(content) - len(content.lstrip())] or "tab" in problem:
        return "缩进用了制表符", "缩进只用空格"
    if "quoted scalar" in problem or "end of stream" in problem:
        return "引号没有闭合", "请补上另一半引号"
    if "escape" in problem:
        return "双引号里有不认识的反斜杠", "请改用单引号，或写成 \\\\"
    if "',' or" in problem:
        return "括号没有闭合或缺少逗号", "请检查 [ ] { } 和其中的半角逗号、半角冒号；含 [ ] 的文字（如文号）要加引号"
    if sign and sign != "　":
        return f"语法不对，这一行有全角符号“{sign}”", f"请改用半角“{_LOOKALIKE[sign]}”（冒号后加一个空格）"
    if "mapping values" in problem:
        return "冒号位置不对或缩进不一致", "同级的键左边对齐；含半角冒号的文字请加引号"
    if "cannot start" in problem:
        return "文字以特殊符号开头", "请给整段加引号"
    return "缩进或写法不对", "同级的键左边对齐，冒号后加一个空格，含特殊符号的文字加引号"


def _position(text: str, index: int) -> tuple[int, int]:
    line = text.count("\n", 0, index) + 1
    return line, index - text.rfind("\n", 0, index)


def _mark(event: yaml.Event) -> Any:
    mark = event.start_mark
    if mark is None:
        raise ValueError("the parser gave an event without a place")
    return mark
