"""Files of document kinds read and checked: every key, type, region and pattern must be known and safe.

Faults are collected with file:line:column; one faulty file never stops the others.
"""

from collections.abc import Sequence
from pathlib import Path

from engine import strict_yaml
from engine.errors import RuleError
from engine.extract.kinds import PICKS, TYPES, ArticleRule, Check, Field, Item, Kind, Kinds
from engine.extract.patterns import Pattern, PatternFault, compile_pattern
from engine.strict_yaml import File, Node, Scalar
from engine.text import fold

TOP_KEYS = ("title", "key", "recognise", "regions", "parties", "fields", "items", "checks", "x")
FIELD_KEYS = ("label", "type", "patterns", "otherwise", "finally", "in", "unless", "pick", "inside", "values",
              "together", "articles", "parts", "dated_by", "x")
ITEM_KEYS = ("in", "key", "kinds")
_LEVELS = ("patterns", "otherwise", "finally")
_UNTYPED = ("choice", "articles", "article_choice", "sum")
_CHECKS = ("order", "equal", "label")
_ARTICLE_KEYS = ("code", "law", "article", "paragraph", "since", "until")
_MOST_PATTERNS = 40
FIRST_REGION = "首部"


def read_kinds(folder: Path) -> Kinds:
    """Return the kinds of a folder's YAML files; a faulty file is left out and its faults are in `problems`."""
    done = [read_kind(path) for path in sorted(folder.glob("*.yaml"))]
    return Kinds([kind for kind, _ in done if kind], [problem for _, problems in done for problem in problems])


def read_kind(path: Path) -> tuple[Kind | None, list[RuleError]]:
    """Return the kind of one file, or None, and what is wrong with the file."""
    return _Reader(strict_yaml.read(path, path.name)).kind(path.stem)


class _Reader:
    """One file while it is being read."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.regions: list[str] = [FIRST_REGION]
        self.names: list[str] = []

    def kind(self, name: str) -> tuple[Kind | None, list[RuleError]]:
        """Return the kind, or None where the file has faults, and the faults."""
        file = self.file
        top = file.mapping(file.root, TOP_KEYS, ("title", "key", "recognise", "fields"))
        regions = self.parts(top.get("regions"))
        told = file.mapping(top.get("recognise"), ("titles", "numbers", "phrases"), ("titles",))
        self.names = [key.text for key, _ in file.entries(top.get("fields"))]
        fields = tuple(self.field(key, node) for key, node in file.entries(top.get("fields")))
        items = file.mapping(top.get("items"), ITEM_KEYS, ("kinds", "key"))
        made = Kind(
            name, file.text(top.get("title")) or "",
            tuple(map(fold, file.texts(told.get("titles")))), file.texts(told.get("numbers")),
            self.patterns(told.get("phrases")), regions, fields, self.patterns(top.get("parties")),
            tuple(self.item(key, node) for key, node in file.entries(items.get("kinds"))),
            self.some(items.get("in"), self.regions, "部分"), self.some(items.get("key"), self.names, "字段"),
            tuple(self.check(node) for node in file.items(top.get("checks"))),
            self.some(top.get("key"), self.names, "字段"),
        )
        return (None if file.problems else made), file.problems

    def parts(self, node: Node | None) -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
        """Return the parts of the document in order, each with the patterns it begins with."""
        made = tuple((key.text, self.patterns(value)) for key, value in self.file.entries(node))
        self.regions += [name for name, _ in made]
        return made

    def field(self, key: Scalar, node: Node) -> Field:
        """Return one field."""
        file = self.file
        keys = file.mapping(node, FIELD_KEYS, ("label", "type"))
        kind = file.choice(keys.get("type"), TYPES) or "text"
        wanted = "" if kind in _UNTYPED else kind
        before = self.names[:self.names.index(key.text)]
        levels = tuple(found for name in _LEVELS if (found := self.patterns(keys.get(name), wanted, before)))
        made = Field(
            key.text, file.text(keys.get("label")) or "", kind, levels,
            self.some(keys.get("in"), self.regions, "部分"), self.patterns(keys.get("unless")),
            file.choice(keys.get("pick"), PICKS) or "only",
            self.one(keys.get("inside"), before), self.values(keys.get("values")),
            file.text(keys.get("together")) or "",
            tuple(self.article(n) for n in file.items(keys.get("articles"))),
            self.some(keys.get("parts"), before, "字段"), self.one(keys.get("dated_by"), before),
        )
        self.complete(made, node)
        return made

    def complete(self, made: Field, node: Node) -> None:
        """Demand what the field's type cannot do without."""
        needs = {"choice": made.values, "article_choice": made.articles, "sum": made.parts, "articles": (1,)}
        if not needs.get(made.type, made.levels):
            key = {"choice": "values", "article_choice": "articles", "sum": "parts"}.get(made.type, "patterns")
            what = f"字段 {made.name} 缺少 {key}"
            self.file.problem(node, what, f"请补上 {key}", "E-YAML-MISSING")

    def patterns(self, node: Node | None, wanted: str = "", before: Sequence[str] = ()) -> tuple[Pattern, ...]:
        """Return compiled patterns; a faulty one is named with its place."""
        nodes = self.file.items(node)
        if len(nodes) > _MOST_PATTERNS:
            self.file.problem(node, f"模式超过{_MOST_PATTERNS}条", "请合并或删去", "E-PATTERN")
        return tuple(made for item in nodes if (made := self.pattern(item, wanted, before)))

    def pattern(self, node: Node, wanted: str, before: Sequence[str]) -> Pattern | None:
        """Return one compiled pattern, or None with its fault told."""
        source = self.file.text(node)
        if source is None:
            return None
        try:
            made = compile_pattern(source, wanted)
        except PatternFault as fault:
            self.file.problem(node, f"模式有误：{fault.what}", fault.fix, "E-PATTERN", fault.place)
            return None
        if made.refers_to and made.refers_to not in before:
            self.file.unknown(node, "在前的字段", made.refers_to, before)
        return made

    def values(self, node: Node | None) -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
        """Return the codes of a choice with the patterns that tell them."""
        return tuple((key.text, self.patterns(value)) for key, value in self.file.entries(node))

    def article(self, node: Node) -> ArticleRule:
        """Return one rule from article to code."""
        file = self.file
        keys = file.mapping(node, _ARTICLE_KEYS, ("code", "law", "article"))
        return ArticleRule(
            file.text(keys.get("code")) or "", file.text(keys.get("law")) or "",
            file.integer(keys.get("article")) or 0, file.integer(keys.get("paragraph")) or 0,
            file.day(keys.get("since")), file.day(keys.get("until")),
        )

    def item(self, key: Scalar, node: Node) -> Item:
        """Return one kind of item."""
        keys = self.file.mapping(node, ("label", "patterns"), ("label", "patterns"))
        return Item(key.text, self.file.text(keys.get("label")) or "", self.patterns(keys.get("patterns")))

    def check(self, node: Node) -> Check:
        """Return one demand on two fields, or on what stands behind a number."""
        file = self.file
        keys = file.mapping(node, ("kind", "first", "second", "words", "type", "say"), ("kind", "first"))
        kind = file.choice(keys.get("kind"), _CHECKS) or "order"
        if kind != "label" and "second" not in keys:
            file.problem(node, "缺少 second", "写明与哪个字段比较", "E-YAML-MISSING")
        return Check(kind, self.one(keys.get("first"), self.names), self.one(keys.get("second"), self.names),
                     tuple(map(fold, file.texts(keys.get("words")))), file.text(keys.get("type")) or "",
                     file.text(keys.get("say")) or "")

    def some(self, node: Node | None, known: Sequence[str], kind: str) -> tuple[str, ...]:
        """Return a list of known words."""
        found = []
        for item in self.file.items(node):
            word = self.file.text(item)
            if word is not None and word not in known:
                self.file.unknown(item, kind, word, known)
            found += [word] if word else []
        return tuple(found)

    def one(self, node: Node | None, known: Sequence[str]) -> str:
        """Return one field known before, or ''."""
        word = self.file.text(node) or ""
        if node is not None and word and word not in known:
            self.file.unknown(node, "字段", word, known)
        return word
