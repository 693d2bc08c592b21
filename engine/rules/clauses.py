"""The clauses rules and facts share: articles, values of law, lets, conditions, links; YAML nodes into bound parts."""

import re
from dataclasses import replace

from engine.law import Law, Parameter
from engine.records import BY_NAME
from engine.rules import kinds
from engine.rules.language import is_free_word, read_expression
from engine.rules.model import (
    WHEN_UNLINKED,
    Basis,
    Condition,
    Coverage,
    Fact,
    LawUse,
    Let,
    LinkShape,
    LinkUse,
    Point,
    Template,
)
from engine.rules.names import RESERVED, Name, Scope, about_link, columns_of
from engine.rules.reach import notes_of
from engine.rules.templates import read_template
from engine.rules.tree import Expr
from engine.strict_yaml import File, Mapping, Node, Scalar, listed, unknown_word

BASIS_KEYS = ("law", "article", "from", "to", "note")
CONDITION_KEYS = ("is", "title", "expr", "say")
EXCLUSION_KEYS = (*CONDITION_KEYS, "unknown")
POINT_KEYS = ("is", "title", "expr", "add", "say")
LAW_KEYS = ("use", "on")
LET_KEYS = ("expr", "title")
LINK_USE_KEYS = ("use", "none", "pick", "from", "min_confidence", "coverage")
COVERAGE_KEYS = ("table", "division", "from", "until")
NAME = r"[a-z][a-z0-9_]{0,59}"
"""How a name the author chooses is spelt."""

MOST = 100
"""Most lets, values of law, conditions, exclusions, points."""

MOST_LINKS = 20
MAX_EXPRESSIONS = 60_000
"""Most characters of all expressions and sentences of a file, each counted as WEIGHT more than it has."""

WEIGHT = 40

_NAME = re.compile(NAME, re.ASCII)


class Clauses:
    """Reads the clauses of one file into its scope; faults go to the file."""

    def __init__(self, file: File, scope: Scope, law: Law) -> None:
        """Bind the file, the names known so far, and the law."""
        self.file = file
        self.scope = scope
        self.law = law

    def expression(self, node: Node | None, wanted: str = "any") -> tuple[Expr | None, str]:
        """Return the checked expression and its text."""
        text = self._expression_text(node)
        if node is None or text is None or self._too_much(node, text):
            return None, ""
        expr, faults = read_expression(text, self.scope, wanted)
        for fault in faults:
            self.file.problem(node, fault.what, fault.fix, fault.code, fault.at)
        for doubt in notes_of(expr) if expr is not None else ():
            self.file.note(node, doubt.what, doubt.fix, doubt.code, doubt.at)
        return expr, text

    def template(self, node: Node | None) -> Template | None:
        """Return the checked sentence."""
        text = self.file.text(node)
        if node is None or text is None or self._too_much(node, text):
            return None
        template, faults = read_template(text, self.scope)
        for fault in faults:
            self.file.problem(node, fault.what, fault.fix, fault.code, fault.at)
        return template

    def basis(self, node: Node | None) -> tuple[Basis, ...]:
        """Return the articles."""
        found = []
        for item in self.file.items(node):
            keys = self.file.mapping(item, BASIS_KEYS, required=("law", "article"))
            law, article = self.file.text(keys.get("law")), self.file.text(keys.get("article"))
            from_on, to_on = self.file.day(keys.get("from")), self.file.day(keys.get("to"))
            note = self.file.text(keys.get("note")) or ""
            if law and article:
                found.append(Basis(law, article, from_on, to_on, note))
        return tuple(found)

    def name(self, node: Scalar, taken: str = "") -> str | None:
        """Return a name the author chose, when it is one and free."""
        if not _NAME.fullmatch(node.text):
            self.file.problem(node, f"名称“{node.text[:60]}”写法不对", "用小写英文字母、数字和下划线，以字母开头",
                              "E-RULE-NAME")
            return None
        if node.text in RESERVED or taken + node.text in self.scope.names:
            self.file.problem(node, f"名称“{node.text}”已有他用", "请换一个名称", "E-RULE-NAME")
            return None
        if not is_free_word(node.text):
            self.file.problem(node, f"名称“{node.text}”是表达式的保留字", "请换一个名称", "E-RULE-NAME")
            return None
        return node.text

    def law_and_let(self, law: Node | None, let: Node | None, owner: str = "") -> tuple[list[LawUse], list[Let]]:
        """Return the values of law and the lets, read in an order in which each finds the names it uses.

        A value of law is read once no let its date names is still to come. `owner` is the fact they belong to: their
        names are then its own.
        """
        waiting = list(self.file.entries(law, MOST))
        lets = list(self.file.entries(let, MOST))
        uses: list[LawUse | None] = []
        found: list[Let | None] = []
        for i in range(len(lets) + 1):
            to_come = self.scope.later = {key.text for key, _ in lets[i:]}
            ready = [pair for pair in waiting if not to_come & _words(_date_of(pair[1]))]
            waiting = [pair for pair in waiting if pair not in ready]
            uses += [self._law_use(key, value, owner) for key, value in ready]
            found += [self._let(*lets[i], owner)] if i < len(lets) else []
        return [u for u in uses if u is not None], [x for x in found if x is not None]

    def conditions(self, node: Node | None, exclusions: bool = False) -> tuple[Condition, ...]:
        """Return the conditions of `when` or `unless`."""
        known = EXCLUSION_KEYS if exclusions else CONDITION_KEYS
        found = []
        for item, keys, ident in self._identified(node, known):
            expr, text = self.expression(keys.get("expr"), "bool")
            unknown, _ = self.expression(keys.get("unknown"), "bool")
            say = self.template(keys.get("say"))
            if expr is None:
                continue
            if not any(True for _ in expr.names()):
                self.file.problem(item, "条件里没有用到任何列，结果永远一样", "请核对条件", "E-RULE-CONSTANT")
            found.append(Condition(ident, expr, text, say, unknown, self.file.text(keys.get("title")) or ""))
        return tuple(found)

    def points(self, node: Node | None) -> tuple[Point, ...]:
        """Return what makes a hit weigh more or less."""
        found = []
        for _, keys, ident in self._identified(node, POINT_KEYS, ("is", "expr", "add")):
            expr, text = self.expression(keys.get("expr"), "bool")
            add, say = self.file.integer(keys.get("add")), self.template(keys.get("say"))
            if add is not None and not -100 <= add <= 100:
                self.file.problem(keys["add"], "加减分应在 -100 到 100 之间", "请核对", "E-RULE-POINTS")
            elif expr is not None and add is not None:
                found.append(Point(ident, expr, text, add, say, self.file.text(keys.get("title")) or ""))
        return tuple(found)

    def evidence(self, node: Node | None) -> tuple[Name, ...]:
        """Return the names listed as evidence."""
        found = []
        for item in self.file.items(node):
            written = self.file.text(item)
            if written is None or self.file.is_full:
                continue
            name = self.scope.find(written)
            if name is None:
                what, fix = self.scope.complaint(written)
                self.file.problem(item, what, fix, "E-RULE-NAME")
            else:
                found.append(name)
        return tuple(found)

    def _too_much(self, node: Node, text: str) -> bool:
        """Return whether the file holds more than anyone reads, and say so once; or more faults than are told."""
        before, self.file.read = self.file.read, self.file.read + len(text) + WEIGHT
        if before <= MAX_EXPRESSIONS < self.file.read:
            what = f"表达式和句子合计超过 {MAX_EXPRESSIONS} 字"
            self.file.problem(node, what, "请精简，或拆成多条规则", "E-RULE-LONG")
        return self.file.read > MAX_EXPRESSIONS or self.file.is_full

    def _expression_text(self, node: Node | None) -> str | None:
        """Return an expression's text; a plain number or truth word is one too."""
        if isinstance(node, Scalar) and not node.quoted and re.fullmatch(r"true|false|-?\d+(\.\d+)?", node.text):
            return node.text
        return self.file.text(node)

    def _identified(
        self, node: Node | None, known: tuple[str, ...], required: tuple[str, ...] = ("is", "expr")
    ) -> list[tuple[Node, dict[str, Node], str]]:
        """Return each item with its keys and its name, which is unique in the list."""
        found: list[tuple[Node, dict[str, Node], str]] = []
        seen: set[str] = set()
        for item in self.file.items(node, MOST):
            keys = self.file.mapping(item, known, required=required)
            ident = self.file.text(keys.get("is"))
            if ident is not None and not _NAME.fullmatch(ident):
                what = f"名称“{ident[:60]}”写法不对"
                self.file.problem(keys["is"], what, "用小写英文字母、数字和下划线", "E-RULE-NAME")
            elif ident is not None and ident in seen:
                self.file.problem(keys["is"], f"名称“{ident}”重复", "同一列表里名称不能重复", "E-RULE-NAME")
            elif ident is not None:
                seen.add(ident)
                found.append((item, keys, ident))
        return found

    def _law_use(self, key: Scalar, value: Node, owner: str) -> LawUse | None:
        ident = self.name(key, "law.")
        keys = self.file.mapping(value, LAW_KEYS, required=LAW_KEYS)
        parameter = self._parameter(keys.get("use"))
        on, text = self.expression(keys.get("on"), "date")
        if ident is None or parameter is None or on is None:
            if ident is not None:
                self.scope.add(Name(f"law.{ident}", kinds.UNKNOWN, ident, "law"))
            return None
        path = f"{owner}/law.{ident}" if owner else f"law.{ident}"
        name = Name(path, _law_kind(parameter), parameter.title, "law", parameter=parameter)
        self.scope.add(name, f"law.{ident}")
        return LawUse(name, parameter, on, text)

    def _parameter(self, node: Node | None) -> Parameter | None:
        ident = self.file.text(node)
        if node is None or ident is None:
            return None
        if ident not in self.law.parameters:
            fix = f"可用的法定参数：{listed(sorted(self.law.parameters))}"
            self.file.problem(node, unknown_word("法定参数", ident, self.law.parameters), fix, "E-RULE-LAW")
        return self.law.parameters.get(ident)

    def _let(self, key: Scalar, value: Node, owner: str) -> Let | None:
        """Read `name: expression` or `name: {expr, title}`."""
        ident = self.name(key)
        title = None
        if not isinstance(value, Scalar):
            keys = self.file.mapping(value, LET_KEYS, required=("expr",))
            title = self.file.text(keys.get("title"))
            value = keys.get("expr", value)
        expr, text = self.expression(value) if isinstance(value, Scalar) else (None, "")
        if ident is None:
            return None
        path = f"{owner}/{ident}" if owner else ident
        name = Name(path, expr.kind if expr else kinds.UNKNOWN, title or ident, "let")
        self.scope.add(name, ident)
        return Let(name, expr, text) if expr else None


class LinkClauses(Clauses):
    """Reads the links of a rule; each makes the names of its table known under its alias."""

    def links(
        self, node: Node | None, shapes: dict[str, LinkShape], facts: dict[str, dict[str, Fact]]
    ) -> list[LinkUse]:
        """Return the links in file order."""
        uses: list[LinkUse] = []
        for key, value in self.file.entries(node, MOST_LINKS):
            alias = self.name(key)
            keys = self.file.mapping(value, LINK_USE_KEYS, required=("use", "none"))
            use = self._use(alias or key.text, keys, shapes, uses)
            if use is None:
                self.scope.broken.add(key.text)
                continue
            self._introduce(use, facts)
            uses.append(use)
        return uses

    def coverages(self, node: Node | None, uses: list[LinkUse]) -> list[LinkUse]:
        """Return the links with their coverage, whose expressions may use every name of the rule."""
        entries = {key.text: value for key, value in self.file.entries(node, MOST_LINKS)}
        return [self._covered(use, entries[use.alias]) for use in uses if use.alias in entries]

    def _use(
        self, alias: str, keys: dict[str, Node], shapes: dict[str, LinkShape], uses: list[LinkUse]
    ) -> LinkUse | None:
        ident = self.file.text(keys.get("use"))
        none = self.file.choice(keys.get("none"), WHEN_UNLINKED)
        base = self.file.text(keys.get("from")) or ""
        least = self.file.decimal(keys.get("min_confidence"))
        if ident is None or none is None:
            return None
        if ident not in shapes:
            fix = f"可用的关联：{listed(sorted(shapes))}"
            self.file.problem(keys["use"], unknown_word("关联", ident, shapes), fix, "E-RULE-LINK")
            return None
        tables = {use.alias: use.table for use in uses}
        if base and base not in tables:
            self.file.problem(keys["from"], unknown_word("别名", base, tables), "先写出它所从的关联", "E-RULE-LINK")
            return None
        table = self._reached(shapes[ident], tables.get(base, self.scope.subject.name), keys["use"])
        if table is None:
            return None
        forward = table == shapes[ident].to_table
        pick = self._pick(keys.get("pick"), table)
        return LinkUse(alias, shapes[ident], table, forward, base, none, pick, least, None)

    def _reached(self, shape: LinkShape, start: str, node: Node) -> str | None:
        if start == shape.from_table:
            return shape.to_table
        if start == shape.to_table:
            return shape.from_table
        what = f"关联 {shape.id} 连接 {shape.from_table} 与 {shape.to_table}，不能从 {start} 出发"
        self.file.problem(node, what, "请换一个关联，或用 from 写明从哪个别名出发", "E-RULE-LINK")
        return None

    def _pick(self, node: Node | None, table: str) -> tuple[str, str] | None:
        text = self.file.text(node)
        if node is None or text is None:
            return None
        found = re.fullmatch(r"(\w+) (asc|desc)", text)
        known = [c.name for c in BY_NAME[table].columns]
        if not found:
            self.file.problem(node, "pick 写法不对", "写成“列名 asc”或“列名 desc”", "E-RULE-LINK")
            return None
        if found[1] not in known:
            fix = f"可用的列：{listed(known)}"
            self.file.problem(node, unknown_word("列", found[1], known), fix, "E-RULE-LINK")
            return None
        return found[1], found[2]

    def _introduce(self, use: LinkUse, facts: dict[str, dict[str, Fact]]) -> None:
        own = (*columns_of(use.target), *(f.name for f in facts.get(use.table, {}).values()))
        for name in (*(n.seen_from(use.alias, use.target) for n in own), *about_link(use.alias, use.table)):
            self.scope.add(name)

    def _covered(self, use: LinkUse, node: Node) -> LinkUse:
        coverage = node.get("coverage") if isinstance(node, Mapping) else None
        if coverage is None:
            return use
        keys = self.file.mapping(coverage, COVERAGE_KEYS, required=("table", "from", "until"))
        table = self.file.choice(keys.get("table"), list(BY_NAME))
        division, _ = self.expression(keys.get("division"), "text")
        from_on, _ = self.expression(keys.get("from"), "date")
        until_on, _ = self.expression(keys.get("until"), "date")
        if table is None or from_on is None or until_on is None:
            return use
        return replace(use, coverage=Coverage(table, division, from_on, until_on))


def _law_kind(parameter: Parameter) -> kinds.Kind:
    if parameter.is_period:
        return kinds.PERIOD
    return kinds.MONEY if parameter.values[0].unit == "yuan" else kinds.NUMBER


def _date_of(value: Node) -> str:
    node = value.get("on") if isinstance(value, Mapping) else None
    return node.text if isinstance(node, Scalar) else ""


def _words(expression: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_.]*", expression))
