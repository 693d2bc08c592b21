"""The worked examples of a rule file: rows by table, links between them, the expected answers."""

import re
from datetime import date
from typing import Any

from engine.columns import Column
from engine.records import BY_NAME
from engine.rules.model import ANSWERS, Case, LinkShape
from engine.strict_yaml import File, Node, is_null, listed, unknown_word

DEFAULT_AS_OF = date(2026, 6, 30)
"""The as-of date of cases that name none."""

CASE_KEYS = ("name", "like", "given", "change", "as_of", "then", "todo", "note")
LINK_KEYS = ("use", "from", "to", "confidence", "step", "candidates")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}", re.ASCII)


def read_cases(file: File, node: Node | None, subject: str, shapes: dict[str, LinkShape]) -> tuple[Case, ...]:
    """Return the cases; every row of the subject's table must have one expected answer."""
    found: dict[str, Case] = {}
    for item in file.items(node):
        keys = file.mapping(item, CASE_KEYS, required=("name", "then"))
        name = file.text(keys.get("name"))
        file.text(keys.get("note"))
        like = _like(file, item, keys, found)
        given, links, taken = _given(file, keys.get("given"), shapes, like)
        given = _changed(file, keys.get("change"), given, taken)
        as_of = file.day(keys.get("as_of")) or (like.as_of if like else DEFAULT_AS_OF)
        then = _then(file, keys.get("then"), given, subject)
        if name is not None and name in found:
            file.problem(keys["name"], f"用例“{name}”重名", "请换一个名字", "E-RULE-CASE")
        elif name is not None:
            found[name] = Case(name, file.place(item), as_of, given, links, then, file.text(keys.get("todo")) or "")
    return tuple(found.values())


def _like(file: File, item: Node, keys: dict[str, Node], earlier: dict[str, Case]) -> Case | None:
    """Return the earlier case this one starts from."""
    if "like" not in keys:
        if "given" not in keys:
            fix = "写 given 列出各行；与前面某个用例相近的，写 like 和 change"
            file.problem(item, "缺少键“given”", fix, "E-YAML-MISSING")
        if "change" in keys:
            file.problem(keys["change"], "写了 change，却没有 like", "请用 like 写明以哪个用例为底", "E-RULE-CASE")
        return None
    name = file.text(keys["like"])
    if name is not None and name not in earlier:
        fix = f"like 只能引用同一文件里前面的用例：{listed(list(earlier))}"
        file.problem(keys["like"], unknown_word("用例", name, earlier), fix, "E-RULE-CASE")
    return earlier.get(name or "")


def rows_given(file: File, node: Node | None, tables: tuple[str, ...]) -> "Rows":
    """Return the rows of a case that has rows of these tables only, and no links."""
    for key, _ in file.entries(node):
        if key.text not in tables:
            file.problem(key, unknown_word("表", key.text, tables), f"可用的表：{listed(tables)}", "E-RULE-CASE")
    return {table: rows for table, rows in _given(file, node, {}, None)[0].items() if table in tables}


Rows = dict[str, tuple[tuple[str, dict[str, Any]], ...]]
Taken = dict[str, tuple[str, int]]


def _given(
    file: File, node: Node | None, shapes: dict[str, LinkShape], like: Case | None
) -> tuple[Rows, tuple[dict[str, Any], ...], Taken]:
    """Return rows and links, those of the case `like` first; and which table and line each row's key belongs to."""
    rows: Rows = dict(like.given) if like else {}
    links = list(like.links) if like else []
    taken: Taken = {ident: (table, node.line if node else 0) for table in rows for ident, _ in rows[table]}
    for key, value in file.entries(node):
        if key.text == "links":
            continue
        if key.text not in BY_NAME:
            fix = f"可用的表：{listed(list(BY_NAME))}"
            file.problem(key, unknown_word("表", key.text, [*BY_NAME, "links"]), fix, "E-RULE-CASE")
            continue
        new = tuple(_row(file, item, key.text, taken) for item in file.items(value))
        rows[key.text] = rows.get(key.text, ()) + new
    for key, value in file.entries(node):
        if key.text == "links":
            links += [_link(file, item, taken, shapes) for item in file.items(value)]
    return rows, tuple(links), taken


def _changed(file: File, node: Node | None, given: Rows, taken: Taken) -> Rows:
    """Return the rows with single values replaced; an empty value means that the source does not tell."""
    changed = {table: dict(rows) for table, rows in given.items()}
    for key, value in file.entries(node):
        if key.text not in taken:
            fix = f"可改的行：{listed(list(taken))}"
            file.problem(key, unknown_word("行", key.text, taken), fix, "E-RULE-CASE")
            continue
        rows = changed[taken[key.text][0]]
        rows[key.text] = rows[key.text] | _cells(file, value, taken[key.text][0])
    return {table: tuple(rows.items()) for table, rows in changed.items()}


def _row(file: File, node: Node, table: str, taken: Taken) -> tuple[str, dict[str, Any]]:
    """Return the row's key and its values; a row nothing refers to needs no key."""
    entries = {key.text: value for key, value in file.entries(node)}
    ident = file.text(entries.get("id")) or f"row{len(taken) + 1}"
    if not _KEY.fullmatch(ident) or ident in taken:
        fault = f"与第{taken[ident][1]}行的重复" if ident in taken else "写法不对"
        fix = "用字母开头的编号，同一用例里不重复"
        file.problem(node, f"行的 id “{ident[:40]}”{fault}", fix, "E-RULE-CASE")
    taken.setdefault(ident, (table, node.line))
    return ident, _cells(file, node, table, ("id",))


def _cells(file: File, node: Node, table: str, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the values of a row by column; `besides`: keys that are no column."""
    declared = BY_NAME[table]
    columns = {c.name: c for c in (*declared.columns, *declared.key_columns)}
    if declared.has_party:
        columns["party_id"] = Column("party_id", "int", "主体编号")
    keys = file.mapping(node, [*besides, *columns])
    return {name: _cell(file, value, columns[name]) for name, value in keys.items() if name in columns}


def _cell(file: File, node: Node, column: Column) -> Any:
    if is_null(node):
        return None
    if column.values:
        return file.choice(node, dict(column.values))
    decode = {"date": file.day, "money": file.decimal, "int": file.integer, "bool": file.boolean}
    return decode.get(column.type, file.text)(node)


def _link(file: File, node: Node, taken: Taken, shapes: dict[str, LinkShape]) -> dict[str, Any]:
    keys = file.mapping(node, LINK_KEYS, required=("use", "from", "to"))
    link = file.text(keys.get("use")) or ""
    shape = shapes.get(link)
    if shape is None and link and not any(f"“{link}”" in p.what for p in file.problems):
        file.unknown(keys["use"], "关联", link, shapes)
    ends = {"from": shape.from_table, "to": shape.to_table} if shape else {}
    for end, table in ends.items():
        rows = [ident for ident, (owner, _) in taken.items() if owner == table]
        ident = file.text(keys.get(end))
        if ident is not None and ident not in rows:
            fix = f"{table} 的行：{listed(rows)}"
            file.problem(keys[end], unknown_word(f"{table} 的行", ident, rows), fix, "E-RULE-CASE")
    confidence = file.decimal(keys.get("confidence"))
    return {
        "use": link, "from": file.text(keys.get("from")), "to": file.text(keys.get("to")),
        "confidence": 1.0 if confidence is None else float(confidence),
        "step": file.text(keys.get("step")) or "given", "candidates": file.integer(keys.get("candidates")) or 1,
    }


def _then(file: File, node: Node | None, given: Rows, subject: str) -> dict[str, str]:
    rows = [ident for ident, _ in given.get(subject, ())]
    expected: dict[str, str] = {}
    for key, value in file.entries(node):
        if key.text not in ANSWERS:
            file.unknown(key, "答案", key.text, ANSWERS)
            continue
        for item in file.items(value):
            ident = file.text(item)
            if ident is None:
                continue
            if ident not in rows or ident in expected:
                what = f"“{ident}”写了两个答案" if ident in expected else unknown_word(f"{subject} 的行", ident, rows)
                file.problem(item, what, "then 里每个主体行恰好写一次", "E-RULE-CASE")
            expected.setdefault(ident, key.text)
    left = [ident for ident in rows if ident not in expected]
    if left and isinstance(node, Node):
        file.problem(node, f"没有写预期答案的行：{listed(left)}", "then 里每个主体行恰好写一次", "E-RULE-CASE")
    return expected


