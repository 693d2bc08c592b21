"""The `groups` of a rule file: keys, period, measures and peers into bound groups."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from engine.records import BY_NAME
from engine.rules import kinds
from engine.rules.clauses import Clauses
from engine.rules.groups import (
    AGAINST,
    AGGREGATES,
    EVERY,
    FEWEST_PEERS,
    GROUP_NAMES,
    USUAL_PEERS,
    GroupKey,
    GroupUse,
    Measure,
    Peers,
    Period,
)
from engine.rules.language import read_expression
from engine.rules.model import Fact
from engine.rules.names import Name, Scope, columns_of
from engine.rules.tree import Expr
from engine.strict_yaml import File, Mapping, Node, Scalar, listed, unknown_word

GROUP_KEYS = ("title", "table", "by", "period", "where", "measures", "peers")
PERIOD_KEYS = ("of", "every", "at")
MEASURE_KEYS = ("expr", "title")
PEER_KEYS = ("of", "among", "against", "at_least")

MOST_GROUPS, MOST_KEYS, MOST_MEASURES = 20, 10, 30
"""Beyond these nobody could follow the rule."""

_TAKEN = {name for name, _, _ in GROUP_NAMES}
_AVERAGES = ("avg", "mean", "average")

Item = TypeVar("Item")
Facts = dict[str, dict[str, Fact]]


def read_groups(clauses: Clauses, node: Node | None, facts: Facts) -> tuple[GroupUse, ...]:
    """Return the groups in file order; their names are made known to the rule's scope."""
    found = []
    for key, value in _few(clauses.file, node, clauses.file.entries(node), MOST_GROUPS, "分组"):
        use = _Group(clauses, key, value, facts).read()
        if use is None:
            clauses.scope.broken.add(f"groups.{key.text}")
            continue
        for name in use.names:
            clauses.scope.add(name)
        found.append(use)
    return tuple(found)


class _Group:
    """Reads one group."""

    def __init__(self, clauses: Clauses, key: Scalar, value: Node, facts: Facts) -> None:
        self.outside = clauses
        self.file: File = clauses.file
        self.key = key
        self.keys = self.file.mapping(value, GROUP_KEYS, required=("by", "measures"))
        self.facts = facts
        self.table = clauses.scope.subject.name
        self.inside = clauses

    def read(self) -> GroupUse | None:
        """Return the group, or None where it is too faulty to use."""
        faults = len(self.file.problems)
        ident = self.outside.name(self.key, "groups.")
        table = self.file.choice(self.keys.get("table"), list(BY_NAME)) if "table" in self.keys else self.table
        if ident is None or table is None:
            return None
        is_own = table == self.table
        self.table = table
        self.inside = Clauses(self.file, _scope(table, self.facts), self.outside.law)
        by, period = tuple(self._by(is_own)), self._period(is_own)
        counts = self.inside.expression(self.keys.get("where"), "bool")[0]
        title = self.file.text(self.keys.get("title")) or ident
        name = Name(f"groups.{ident}", kinds.BOOL, title, "group", table)
        measures = tuple(self._measures(name))
        peers = self._peers(measures, by, period)
        if len(self.file.problems) > faults:
            return None
        use = GroupUse(name, table, is_own, by, period, counts, measures, peers)
        moves = any(n.source == "as_of" for read in use.within for n in self._leaves(read))
        return GroupUse(name, table, is_own, by, period, counts, measures, peers, moves)

    def _by(self, is_own: bool) -> Iterator[GroupKey]:
        node = self.keys.get("by")
        if isinstance(node, Mapping):
            for key, value in _few(self.file, node, node.entries, MOST_KEYS, "by 的列"):
                name, (at, _) = self._column(key, key.text), self.outside.expression(value)
                if name is not None and at is not None and self._alike(value, name, at):
                    yield GroupKey(name, at)
            return
        if node is not None and not is_own:
            fix = "写成键值对，值是主体一方的表达式，例如 {authority_key: authority_key}"
            self.file.problem(node, f"{self.table} 不是主体表，by 没有写明主体属于哪一组", fix, "E-RULE-GROUP")
            return
        items = self.file.items(node)
        if node is not None and not items:
            self.file.problem(node, "by 至少写一列", "写明按哪些列分组，例如 [authority_key]", "E-RULE-GROUP")
        seen: set[str] = set()
        for item in _few(self.file, node, items, MOST_KEYS, "by 的列"):
            written = self.file.text(item)
            name = self._column(item, written) if written is not None else None
            if written in seen:
                self.file.problem(item, f"by 里 {written} 重复", "请删去一个", "E-RULE-GROUP")
            elif name is not None:
                seen.add(name.column)
                yield GroupKey(name, Expr("name", (), name.kind, name))

    def _period(self, is_own: bool) -> Period | None:
        node = self.keys.get("period")
        keys = self.file.mapping(node, PERIOD_KEYS, required=("of", "every"))
        every = self.file.choice(keys.get("every"), EVERY)
        written = self.file.text(keys.get("of"))
        name = self._column(keys["of"], written) if written is not None else None
        at, _ = self.outside.expression(keys.get("at"), "date")
        if name is None or every is None:
            return None
        if not kinds.fits(name.kind, "date"):
            what = f"period 的 of 应为日期，{written} 是{name.kind.label}"
            self.file.problem(keys["of"], what, "请换成日期列，例如 decided_on", "E-RULE-GROUP")
            return None
        if at is None and "at" not in keys and not is_own:
            fix = "用 at 写明取主体哪个日期所在的期间"
            self.file.problem(node, f"{self.table} 不是主体表，period 没有写明主体属于哪一期", fix, "E-RULE-GROUP")
        return Period(name, at or Expr("name", (), name.kind, name), every)

    def _measures(self, group: Name) -> Iterator[Measure]:
        node = self.keys.get("measures")
        entries = self.file.entries(node)
        if isinstance(node, Mapping) and not entries:
            self.file.problem(node, "measures 至少写一项", "例如 cases: count", "E-RULE-GROUP")
        for key, value in _few(self.file, node, entries, MOST_MEASURES, "度量"):
            title: str | None = None
            if isinstance(value, Mapping):
                keys = self.file.mapping(value, MEASURE_KEYS, required=("expr",))
                title, value = self.file.text(keys.get("title")), keys.get("expr", value)
            if key.text in _TAKEN:
                what = f"名称“{key.text}”已有他用"
                self.file.problem(key, what, f"引擎自己给出 groups.{group.column}.{key.text}", "E-RULE-NAME")
            elif self.inside.name(key, "measures.") and isinstance(value, Scalar):
                measure = self._measure(Name(f"{group.path}.{key.text}", kinds.UNKNOWN,
                                             f"{group.label}·{title or key.text}", "group", group.table), value)
                if measure is not None:
                    yield measure

    def _measure(self, name: Name, node: Scalar) -> Measure | None:
        text = self.file.text(node)
        if text is None:
            return None
        found = re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\)\s*)?", text, re.ASCII | re.DOTALL)
        if not found or _closes_early(found[2] or ""):
            fix = ("花括号里的逗号会断开文字，请整段加引号" if text.count("(") > text.count(")")
                   else f"例如 {AGGREGATES['sum'].example}；两个度量之间的计算写在 let 里")
            self.file.problem(node, "一个度量只能是一个汇总", fix, "E-RULE-GROUP")
            return None
        word, inner = found[1], found[2]
        if word not in AGGREGATES:
            fix = ("平均数受个别大额影响，请用 median；确需平均的在 let 里用 sum 除以 count" if word in _AVERAGES
                   else f"可用的汇总：{listed(list(AGGREGATES))}")
            self.file.problem(node, unknown_word("汇总", word, AGGREGATES), fix, "E-RULE-GROUP", found.start(1))
            return None
        expr = self._argument(node, word, inner, found.start(2))
        if expr is None and AGGREGATES[word].takes:
            return None
        kind = AGGREGATES[word].gives(word, expr.kind if expr else kinds.INT)
        items = tuple(sorted({n.item for read in (expr.names() if expr else ()) for n in self._leaves(read)
                              if n.source == "column"}))
        return Measure(Name(name.path, kind, name.label, "group", name.table), word, expr, text, items)

    def _argument(self, node: Node, word: str, inner: str | None, at: int) -> Expr | None:
        wanted, example = AGGREGATES[word].takes, AGGREGATES[word].example
        if not wanted:
            if inner is not None:
                self.file.problem(node, "count 数的是行，不带参数", "写 count；数不同的值用 count_distinct(列名)",
                                  "E-RULE-GROUP", at)
            return None
        if not (inner or "").strip():
            self.file.problem(node, f"{word} 缺少参数", f"例如 {example}", "E-RULE-GROUP")
            return None
        expr, faults = read_expression(inner or "", self.inside.scope, "any" if wanted == "ordered" else wanted)
        for fault in faults:
            self.file.problem(node, fault.what, fault.fix, fault.code, at + fault.at)
        if expr is not None and wanted == "ordered" and not (expr.kind.is_numeric or kinds.fits(expr.kind, "date")):
            self.file.problem(node, f"{word} 应为数字、金额或日期，得到{expr.kind.label}", f"例如 {example}",
                              "E-RULE-GROUP", at)
        return expr

    def _peers(self, measures: tuple[Measure, ...], by: tuple[GroupKey, ...], period: Period | None) -> Peers | None:
        node = self.keys.get("peers")
        keys = self.file.mapping(node, PEER_KEYS, required=("of",))
        among = tuple(self._one_of(item, [key.name.column for key in by], "by 的列")
                      for item in self.file.items(keys.get("among")))
        against = self.file.choice(keys.get("against"), AGAINST) or "peers"
        least = self.file.integer(keys.get("at_least")) if "at_least" in keys else USUAL_PEERS
        of = self._one_of(keys.get("of"), [m.name.column for m in measures], "度量")
        measure = next((m for m in measures if m.name.column == of), None)
        if measure is not None and not measure.name.kind.is_numeric:
            self.file.problem(keys["of"], f"只有数字和金额可以比较，{of} 是{measure.name.kind.label}", "请换一个度量",
                              "E-RULE-GROUP")
        if least is not None and least < FEWEST_PEERS:
            self.file.problem(keys["at_least"], f"at_least 至少为 {FEWEST_PEERS}", "太少的几个看不出什么是通常",
                              "E-RULE-GROUP")
        if against == "past" and (period is None or among):
            what = "against: past 只与本组以前各期比，须有 period，不能有 among"
            self.file.problem(node, what, "请补上 period、删去 among，或改为 peers", "E-RULE-GROUP")
        if measure is None or least is None:
            return None
        return Peers(measure, tuple(a for a in among if a), against, least)

    def _one_of(self, node: Node | None, known: list[str], kind: str) -> str | None:
        written = self.file.text(node)
        if node is not None and written is not None and written not in known:
            self.file.unknown(node, kind, written, known)
            return None
        return written

    def _column(self, node: Node, written: str) -> Name | None:
        """Return the column or fact of the group's table."""
        scope = self.inside.scope
        name = scope.find(written)
        if name is None:
            what, fix = scope.complaint(written) if "." not in written else (
                f"“{written[:60]}”不是 {self.table} 的列", "只写列名或推导事实的名称")
            self.file.problem(node, what, fix, "E-RULE-GROUP")
        elif name.source not in ("column", "fact"):
            self.file.problem(node, f"“{written}”不是 {self.table} 的列", "只写列名或推导事实的名称", "E-RULE-GROUP")
            return None
        return name

    def _alike(self, node: Node, name: Name, at: Expr) -> bool:
        if at.kind.name != "period" and kinds.common(name.kind, at.kind) is not None:
            return True
        what = f"{name.column} 是{name.kind.label}，主体一方是{at.kind.label}，对不上"
        self.file.problem(node, what, "两边应为同一种值", "E-RULE-GROUP")
        return False

    def _leaves(self, name: Name) -> Iterator[Name]:
        """Yield the columns a name goes back to, and the as-of date where it reads it."""
        if name.source != "fact":
            yield name
            return
        fact = self.facts[name.table][name.column]
        exprs = [fact.expr, *(u.on for u in fact.law), *(item.expr for item in fact.let)]
        for inner in (n for expr in exprs for n in expr.names()):
            if inner.source not in ("let", "law"):
                yield from self._leaves(inner)


def _scope(table: str, facts: Facts) -> Scope:
    scope = Scope(BY_NAME[table])
    for name in (*columns_of(BY_NAME[table]), *(f.name for f in facts.get(table, {}).values())):
        scope.add(name)
    return scope


def _few(file: File, node: Node | None, items: Sequence[Item], most: int, kind: str) -> Sequence[Item]:
    """Return the items, or the first of too many."""
    if len(items) > most:
        file.problem(node, f"{kind}有 {len(items)} 个，最多 {most} 个", "请拆成几条规则", "E-RULE-GROUP")
    return items[:most]


def _closes_early(inner: str) -> bool:
    """Return whether brackets opened by the aggregate close before its end, as in `sum(a) / sum(b)`."""
    depth = 0
    for sign in re.sub(r"'[^']*'", "", inner):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return True
    return False
