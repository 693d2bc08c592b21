"""Templates: Word documents with {{字段}} and repeated blocks {{#块}} … {{/块}}, filled without touching anything else.

Only the text of the body, headers and footers is changed (ECMA-376 part 1, 17.2–17.3); every other part is copied. A
value is put in as text after the fields were found, so a value that looks like a field, a tag or an entity stays what
it is. A block's two marks stand alone in a paragraph or a table row each, both in the same place (body, cell, table).
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from engine.documents.words import BLOCKS, CONDITIONS, FIELDS, known
from engine.errors import EngineError
from engine.text import visible
from engine.zips import damaged, opened, pack, read_member

_TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_FIELD = re.compile(r"\{\{\s*([^{}#/\s][^{}]*?)\s*\}\}")
_MARK = re.compile(r"\{\{\s*([#/])\s*([^{}\s]+)\s*\}\}")
_LIVE = re.compile(rb'TargetMode\s*=\s*"External"')
_MOST_PART = 16 << 20
_SAVE = "请用文字软件打开模板，改正后另存为docx"
Node = Any
"""A node of the tree; its published types know neither owners nor parents that are surely there."""


@dataclass(frozen=True)
class Template:
    """A template as read and checked: its file name, and its parts in order."""

    name: str
    parts: Mapping[str, bytes]


def read_template(path: Path) -> Template:
    """Return the template. Raises EngineError for a file not safe, and for words it uses that there are not."""
    with opened(path) as archive:
        parts = {item.filename: read_member(archive, item, path.name, _MOST_PART)
                 for item in archive.infolist() if not item.is_dir()}
    if "word/document.xml" not in parts:
        raise damaged(path.name, "不是Word文档（缺少正文部件）", "E-TEMPLATE")
    for name, content in parts.items():
        # reason: opening such a draft would fetch something, or run it
        if (name.endswith(".rels") and _LIVE.search(content)) or "vbaProject" in name:
            raise EngineError(path.name, "模板引用外部文件或者含有宏", "请删去外部链接和宏", code="E-TEMPLATE-LIVE")
    template = Template(path.name, parts)
    for name in _text_parts(template):
        _check(_parse(template, name), template.name)
    return template


def fill(template: Template, data: Mapping[str, Any]) -> bytes:
    """Return the document with its fields filled in; the same template and data give the same bytes."""
    made = dict(template.parts)
    for name in _text_parts(template):
        part = _parse(template, name)
        _expand(part.documentElement, (data,))
        made[name] = part.toxml(encoding="UTF-8", standalone=True)
    return pack(made)


def _text_parts(template: Template) -> list[str]:
    return [name for name in template.parts if _TEXT_PARTS.fullmatch(name)]


def _parse(template: Template, name: str) -> Node:
    content = template.parts[name]
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise EngineError(template.name, "含不允许的XML实体声明", _SAVE, code="E-TEMPLATE")
    try:
        return minidom.parseString(content)
    except (ExpatError, RecursionError, ValueError) as fault:
        raise damaged(template.name, "文件已损坏，无法解析", "E-TEMPLATE") from fault


def _name(node: Node) -> str:
    return node.localName or "" if isinstance(node, minidom.Element) else ""


def _elements(node: Node) -> list[Node]:
    return [child for child in node.childNodes if isinstance(child, minidom.Element)]


def _texts(node: Node) -> Iterator[Node]:
    """Yield the text elements of a paragraph or row in order, those of a text box inside it left out."""
    for child in _elements(node):
        if _name(child) == "t":
            yield child
        elif _name(child) != "txbxContent":
            yield from _texts(child)


def _read(text: Node) -> str:
    return "".join(child.data for child in text.childNodes if isinstance(child, minidom.Text))


def _mark(node: Node) -> tuple[str, str]:
    """Return ('#' or '/', block) of an element that holds a mark and nothing else, else ('', '')."""
    if _name(node) not in ("p", "tr"):
        return "", ""
    found = _MARK.fullmatch("".join(map(_read, _texts(node))).strip())
    return (found[1], found[2]) if found else ("", "")


def _end(children: Sequence[Node], start: int, block: str) -> int:
    """Return the place of the mark that closes the block opened at `start`; -1 where there is none."""
    depth = 0
    for place in range(start, len(children)):
        sign, name = _mark(children[place])
        depth += (name == block) * (1 if sign == "#" else -1 if sign == "/" else 0)
        if depth == 0:
            return place
    return -1


def _expand(parent: Node, scopes: tuple[Mapping[str, Any], ...]) -> None:
    children, place = _elements(parent), 0
    while place < len(children):
        child = children[place]
        sign, block = _mark(child)
        if sign:
            end = _end(children, place, block)
            inner, after = children[place + 1:end], children[end]
            for entry in _value(block, scopes):
                holder = child.ownerDocument.createElement("holder")
                for node in inner:
                    holder.appendChild(node.cloneNode(True))
                _expand(holder, (entry, *scopes))
                for node in list(holder.childNodes):
                    parent.insertBefore(node, after)
            for node in children[place:end + 1]:
                parent.removeChild(node)
            place = end
        elif _name(child) == "p":
            _fill_paragraph(child, scopes)
        else:
            _expand(child, scopes)
        place += 1


def _value(name: str, scopes: tuple[Mapping[str, Any], ...]) -> Any:
    return next(scope[name] for scope in scopes if name in scope)


def _fill_paragraph(paragraph: Node, scopes: tuple[Mapping[str, Any], ...]) -> None:
    for box in (node for child in _elements(paragraph) for node in child.getElementsByTagName("w:txbxContent")):
        _expand(box, scopes)
    texts = list(_texts(paragraph))
    pieces = [_read(text) for text in texts]
    starts = [sum(map(len, pieces[:n])) for n in range(len(pieces))]
    fields = list(_FIELD.finditer("".join(pieces)))
    for field in reversed(fields):      # from the end, so that a value is never looked at again
        value = visible(str(_value(field[1], scopes)))
        for n in reversed(range(len(pieces))):
            low, high = max(field.start() - starts[n], 0), min(field.end() - starts[n], len(_read(texts[n])))
            if low < high:
                first = field.start() >= starts[n]
                pieces[n] = pieces[n][:low] + (value if first else "") + pieces[n][high:]
    if fields:
        for text, piece in zip(texts, pieces, strict=True):
            _write(text, piece)


def _write(text: Node, value: str) -> None:
    """Put a value into a text element; line breaks and tabs become elements of their own."""
    owner, run, tag = text.ownerDocument, text.parentNode, text.tagName
    prefix = tag.rpartition(":")[0]
    for part in re.split(r"([\n\t])", value):
        if part in ("\n", "\t"):
            node = owner.createElement(f"{prefix}:{'br' if part == chr(10) else 'tab'}" if prefix else "br")
        else:
            node = text.cloneNode(False)
            node.setAttribute("xml:space", "preserve")
            node.appendChild(owner.createTextNode(part))
        run.insertBefore(node, text)
    run.removeChild(text)


def _check(part: Node, where: str) -> None:
    """Return if every field and block of a part is known and closed; raise EngineError for one that is not."""
    faults = sorted(_faults(part.documentElement, (), where), key=lambda fault: fault[2])
    if faults:
        what, fix, code = faults[0]
        rest = f"（另有{len(faults) - 1}处）" if len(faults) > 1 else ""
        raise EngineError(f"模板 {where}", what + rest, fix, code=code)


Fault = tuple[str, str, str]


def _faults(parent: Node, inside: tuple[str, ...], where: str) -> Iterator[Fault]:
    children, place = _elements(parent), 0
    while place < len(children):
        child = children[place]
        sign, block = _mark(child)
        if sign:
            end = _end(children, place, block) if sign == "#" else -1
            yield from _block_faults(sign, block, end)
            if end > place:
                held = child.ownerDocument.createElement("holder")
                for node in children[place + 1:end]:
                    held.appendChild(node.cloneNode(True))
                yield from _faults(held, (*inside, block), where)
                place = end
        elif _name(child) == "p":
            yield from _field_faults("".join(map(_read, _texts(child))), inside)
        yield from _faults(child, inside, where) if not sign else ()
        place += 1


def _block_faults(sign: str, block: str, end: int) -> Iterator[Fault]:
    if block not in BLOCKS and block not in CONDITIONS:
        fix = f"可以用：{'、'.join(BLOCKS)}，前面可以加“有”“无”"
        yield _unlike("重复块", block, [*BLOCKS, *CONDITIONS]), fix, "E-TEMPLATE-BLOCK"
    elif end < 0:
        other = "/" if sign == "#" else "#"
        what = f"重复块“{{{{{sign}{block}}}}}”没有对应的“{{{{{other}{block}}}}}”"
        yield what, "起止标记各独占一段（或表格的一行），并且在同一处", "E-TEMPLATE-BLOCK"


def _field_faults(text: str, inside: tuple[str, ...]) -> Iterator[Fault]:
    words = known(inside)
    for field in _FIELD.finditer(text):
        if field[1] not in words:
            fix = f"可以用的字段见 docs/documents.md；正文字段：{'、'.join(FIELDS)}"
            yield _unknown(field[1], words), fix, "E-TEMPLATE-FIELD"
    left = _FIELD.sub("", text)
    if "{{" in left or "}}" in left:
        shown = visible(left[max(left.find("{{"), 0):][:20])
        what = f"“{shown}”不是完整的字段或者标记"
        yield what, "字段写成 {{字段}}；重复块的起止标记各独占一段", "E-TEMPLATE-FIELD"


def _unknown(word: str, words: set[str]) -> str:
    blocks = [block for block, fields in BLOCKS.items() if word in fields]
    if blocks:
        return f"字段“{word}”只能用在重复块 {'、'.join(blocks)} 里"
    return _unlike("字段", word, sorted(words))


def _unlike(kind: str, word: str, words: Sequence[str]) -> str:
    """Return the message for a word there is not; words have two or three characters, so one in two may differ."""
    shown = visible(word)[:40]
    near = difflib.get_close_matches(shown, words, n=1, cutoff=0.5)
    return f"没有{kind}“{shown}”" + (f"，是否指“{near[0]}”" if near else "")
