"""Mapping files read and checked: every key, table, column, code and unit must be known.

Faults are collected with file:line:column; one faulty file never stops the others.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from engine import strict_yaml
from engine.errors import RuleError
from engine.records import BY_NAME, Column, Table
from engine.sources.headers import header_key
from engine.sources.mapping import (
    NULL_WORDS,
    PARSES,
    PARTY_NO,
    Condition,
    Coverage,
    Feed,
    Mapping,
    Mappings,
    Origin,
)
from engine.strict_yaml import File, Node, Scalar
from engine.text import UNITS, fold

FEED_KEYS = ("table", "rows", "columns", "constants", "optional_key")
TOP_KEYS = ("title", "supplier", "feeds", *FEED_KEYS, "ignore", "null_words", "priority", "merged",
             "quarantine_limit", "coverage", "x")
ORIGIN_KEYS = ("headers", "unit", "serial", "required", "on_bad", "values", "parse", "when", "join", "x")
_COVERAGE_KEYS = ("division", "covers_from", "covers_until", "exhaustive")

Merged = Literal["fill", "reject"]
OnBad = Literal["row", "empty"]


def read_mappings(folder: Path) -> Mappings:
    """Return the mappings of a folder's YAML files; a faulty file is left out and its faults are in `problems`."""
    done = [read_mapping(path) for path in sorted(folder.glob("*.yaml"))]
    return Mappings([m for m, _ in done if m is not None], [p for _, problems in done for p in problems])


def read_mapping(path: Path) -> tuple[Mapping | None, list[RuleError]]:
    """Return the mapping of one file, or None, and what is wrong with the file."""
    return _Reader(strict_yaml.read(path, path.name)).mapping(path.stem)


class _Reader:
    """One mapping file while it is being read."""

    def __init__(self, file: File) -> None:
        self.file = file

    def mapping(self, source_id: str) -> tuple[Mapping | None, list[RuleError]]:
        """Return the mapping, or None where the file has faults, and the faults."""
        file = self.file
        top = file.mapping(file.root, TOP_KEYS, ("title",))
        if "feeds" in top:
            feeds = tuple(self.feed(file.mapping(n, FEED_KEYS, ("table", "columns")), n) for n in
                          file.items(top["feeds"]))
        else:
            feeds = (self.feed(top, file.root),)
        rows, share = self.limit(top.get("quarantine_limit"))
        made = Mapping(
            source_id, file.text(top.get("title")) or "", tuple(f for f in feeds if f is not None),
            supplier=file.text(top.get("supplier")) or "",
            ignore=file.texts(top.get("ignore")),
            null_words=(*NULL_WORDS, *file.texts(top.get("null_words"))),
            priority=file.integer(top.get("priority")) or 0,
            merged=self.word(top.get("merged"), get_args(Merged)) or "reject",
            limit_rows=rows, limit_share=share,
            coverage=self.coverage(top.get("coverage")),
        )
        return (None if file.problems else made), file.problems

    def feed(self, keys: dict[str, Node], at: Node | None) -> Feed | None:
        """Return one feed, or None where its table is not known."""
        file = self.file
        name = file.choice(keys.get("table"), BY_NAME)
        if name is None or "columns" not in keys:
            if "table" not in keys or "columns" not in keys:
                file.problem(at, "缺少 table 或 columns", "写明入哪张表、哪些列来自哪些表头", "E-YAML-MISSING")
            return None
        table = BY_NAME[name]
        origins = [self.origin(table, key, node) for key, node in file.entries(keys["columns"])]
        constants = {key.text: self.constant(table, key, node) for key, node in file.entries(keys.get("constants"))}
        optional = file.texts(keys.get("optional_key"))
        made = Feed(table, tuple(o for o in origins if o is not None), self.conditions(keys.get("rows")), constants,
                    frozenset(optional))
        self.keys_delivered(made, keys["columns"], keys.get("optional_key"))
        self.headers_once(made, keys["columns"])
        return made

    def origin(self, table: Table, key: Scalar, node: Node) -> Origin | None:
        """Return where one column comes from, or None where we have no such column."""
        file = self.file
        column = self.column(table, key)
        if column is None:
            return None
        if not isinstance(node, strict_yaml.Mapping):
            return Origin(column, self.headers(node))
        keys = file.mapping(node, ORIGIN_KEYS, ("headers",))
        return Origin(
            column, self.headers(keys.get("headers")),
            unit=self.word(keys.get("unit"), UNITS),
            serial=bool(file.boolean(keys.get("serial"))),
            required=bool(file.boolean(keys.get("required"))),
            on_bad=self.word(keys.get("on_bad"), get_args(OnBad)) or "row",
            values=self.values(column, keys.get("values")),
            parse=self.word(keys.get("parse"), PARSES) or "",
            when=self.conditions(keys.get("when")),
            join=bool(file.boolean(keys.get("join"))),
        )

    def column(self, table: Table, key: Scalar) -> Column | None:
        """Return the column a key names; the fault names the nearest known one."""
        found = table.column(key.text)
        if found is None and key.text == PARTY_NO.name and table.column("resident_id"):
            return PARTY_NO
        if found is None:
            self.file.unknown(key, "列", key.text, [c.name for c in table.columns])
        return found

    def headers(self, node: Node | None) -> tuple[str, ...]:
        """Return header synonyms: a list, or a single name."""
        if isinstance(node, Scalar):
            alone = self.file.text(node)
            return (alone,) if alone else ()
        return self.file.texts(node)

    def values(self, column: Column, node: Node | None) -> dict[str, str]:
        """Return the supplier's words in comparable form with ours; '' means not recorded."""
        ours = {"true", "false"} if column.type == "bool" else {code for code, _ in column.values}
        found: dict[str, str] = {}
        for key, value in self.file.entries(node):
            text = value.text if isinstance(value, Scalar) else None
            if text is None or (ours and text and text not in ours):
                self.file.unknown(value, "代码", text or "", sorted(ours))
                continue
            found[fold(key.text)] = text
        return found

    def constant(self, table: Table, key: Scalar, node: Node) -> object:
        """Return the value of a constant in the column's type."""
        file = self.file
        column = self.column(table, key)
        if column is None:
            return None
        if column.values:
            return file.choice(node, [code for code, _ in column.values])
        decode: dict[str, Callable[[Node | None], Any]] = {
            "text": file.text, "date": file.day, "money": file.decimal, "int": file.integer, "bool": file.boolean,
        }
        return decode[column.type](node)

    def conditions(self, node: Node | None) -> tuple[Condition, ...]:
        """Return conditions on cells: header → the words that count."""
        return tuple(
            Condition(key.text, header_key(key.text), frozenset(fold(v) for v in self.words(value)))
            for key, value in self.file.entries(node)
        )

    def words(self, node: Node) -> tuple[str, ...]:
        """Return a list of words, or a single one; numbers and yes/no need no quotes here."""
        nodes = (node,) if isinstance(node, Scalar) else self.file.items(node)
        return tuple(n.text for n in nodes if isinstance(n, Scalar))

    def limit(self, node: Node | None) -> tuple[int, Decimal]:
        """Return the quarantine limit: rows and share of the rows of a file."""
        keys = self.file.mapping(node, ("rows", "share"))
        rows, share = self.file.integer(keys.get("rows")), self.file.decimal(keys.get("share"))
        return (20 if rows is None else rows), (Decimal("0.01") if share is None else share)

    def coverage(self, node: Node | None) -> Coverage | None:
        """Return the declared coverage, or None."""
        if node is None:
            return None
        keys = self.file.mapping(node, _COVERAGE_KEYS)
        days = {name: self.coverage_day(keys.get(name)) for name in ("covers_from", "covers_until")}
        whole = self.file.boolean(keys.get("exhaustive"))
        return Coverage(self.file.text(keys.get("division")) or "", days["covers_from"], days["covers_until"],
                        whole is not False)

    def coverage_day(self, node: Node | None) -> str:
        """Return a day in ISO form, the word today, or ''."""
        if isinstance(node, Scalar) and node.key == "covers_until" and node.text == "today":
            return "today"
        day: date | None = self.file.day(node)
        return day.isoformat() if day else ""

    def word(self, node: Node | None, known: Iterable[str]) -> Any:
        """Return one of the known words, or None."""
        return self.file.choice(node, tuple(known))

    def keys_delivered(self, feed: Feed, at: Node, optional: Node | None) -> None:
        """Demand an origin for every column of the natural key that has no constant."""
        lacking = [k for k in feed.required if feed.origin(k) is None]
        if lacking:
            what = f"表 {feed.table.name} 的自然键缺 {'、'.join(lacking)}"
            self.file.problem(at, what, "请在 columns 写明它来自哪个表头，或在 constants 给出", "E-MAPPING-KEY")
        for name in sorted(feed.optional_key - set(feed.table.key)):
            if optional is not None:
                self.file.unknown(optional, "键列", name, feed.table.key)

    def headers_once(self, feed: Feed, at: Node) -> None:
        """Refuse one header for two columns unless conditions tell them apart."""
        seen: dict[str, str] = {}
        for origin in feed.origins:
            for key in origin.keys:
                other = seen.setdefault(key, origin.column.name)
                if other != origin.column.name and not origin.when:
                    what = f"表头“{key}”同时写给 {other} 和 {origin.column.name}"
                    self.file.problem(at, what, "一个表头只给一列；确需分流时用 when 写明条件", "E-MAPPING-TWICE")
