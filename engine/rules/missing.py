"""Why something is unknown: which columns, links, coverage statements or law values were not there.

For an expression that came out NULL, the items are those that made it so: a NULL column below a comparison, but not one
below IS NULL, nor one of several alternatives of `coalesce` while another is known. Items:
`table.column` · `link:<link>` (no record found) · `coverage:<table>` (absence not provable) · `law:<parameter>` (no
value for that date) · `group:<table>` (no row in the group) · `peers:<table>` (too few, or all alike, to compare with)
· `calendar` (working days of that year not announced) · `table:<table>` (a look-up table gives no one answer) ·
`calculation` (division by zero and the
like).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.law import FIRST_ON, SHAPES
from engine.records import BY_NAME
from engine.rules.model import RuleSet
from engine.rules.names import Name
from engine.rules.rendering import Renderer, linked, quoted, text_literal
from engine.rules.sheet import Definition
from engine.rules.tree import Expr

_NOT_STRICT = ("and", "or", "case")


@dataclass(frozen=True)
class Blame:
    """An item with the SQL tests under which it is to blame; `via` instead of an item: the blame of a definition."""

    tests: tuple[str, ...]
    item: str = ""
    via: str = ""

    @property
    def sql(self) -> str:
        """SQL for the list of items, or NULL."""
        items = quoted(via_column(self.via)) if self.via else f"[{text_literal(self.item)}]"
        return f"CASE WHEN {' AND '.join(self.tests)} THEN {items} END" if self.tests else items


def via_column(path: str) -> str:
    """Return the column that lists why a definition is unknown."""
    return f"{path}?"


class Blamer:
    """Finds the items behind an unknown value of one sheet."""

    def __init__(self, renderer: Renderer) -> None:
        """Take the renderer of the sheet."""
        self.renderer = renderer
        self.sheet = renderer.sheet

    def expression(self, expr: Expr, tests: tuple[str, ...] = (), is_null: bool = True) -> Iterator[Blame]:
        """Yield what is to blame when the expression is NULL; `is_null`: the tests already imply that it is."""
        if expr.op == "literal":
            return
        if not is_null and expr.op in _NOT_STRICT:
            tests = (*tests, f"{self.renderer.sql(expr)} IS NULL")
        if expr.op == "name":
            yield from self._name(expr.value, tests)
        elif expr.op in ("is_null", "is_true", "is_false"):
            for alias in self.sheet.aliases(expr.args[0].names()):
                yield self.unlinked(alias, tests)
            for group in self.sheet.groups(expr.args[0].names()):
                yield Blame((*tests, f"{quoted(group.name.path)} IS NULL"), via=group.name.path)
        elif expr.op == "case":
            yield from self._case(expr, tests)
        elif expr.op == "call":
            yield from self._call(expr, tests, is_null)
        else:
            for arg in expr.args:
                yield from self.expression(arg, tests, is_null=False)

    def names(self, expr: Expr, tests: tuple[str, ...]) -> Iterator[Blame]:
        """Yield the names of an expression that are NULL, whatever it makes of them."""
        for name in expr.names():
            yield from self._name(name, tests)

    def definition(self, definition: Definition) -> list[Blame]:
        """Return what may be to blame when a definition is NULL."""
        tests: tuple[str, ...] = ()
        if definition.alias:
            tests = (linked(definition.alias),)
            found = [self.unlinked(definition.alias)]
        else:
            found = []
        if definition.expr is not None:
            found += self.expression(definition.expr, tests)
        if definition.law is not None:
            on = definition.law.on
            found += self.expression(on, tests)
            known = f"{self.renderer.sql(on)} IS NOT NULL"
            found.append(Blame((*tests, known), f"law:{definition.law.parameter.id}"))
        if definition.link is not None:
            found += self._coverage(definition)
        if definition.group is not None:
            found += [blame for at in definition.group.at for blame in self.expression(at, is_null=False)]
            placed = tuple(f"{self.renderer.sql(at)} IS NOT NULL" for at in definition.group.at)
            found.append(Blame(placed, f"group:{definition.group.table}"))
        return found

    def _name(self, name: Name, tests: tuple[str, ...]) -> Iterator[Blame]:
        path = name.path
        if path in self.sheet.definitions:
            yield Blame((*tests, f"{quoted(path)} IS NULL"), via=path)
        elif name.source == "link":
            yield self.unlinked(name.alias, tests)
        elif name.source == "group":
            yield from self._of_group(name, tests)
        elif name.source == "column":
            if name.alias:
                yield self.unlinked(name.alias, tests)
                tests = (*tests, linked(name.alias))
            yield Blame((*tests, f"{quoted(path)} IS NULL"), name.item)

    def _of_group(self, name: Name, tests: tuple[str, ...]) -> Iterator[Blame]:
        """Yield why a value of a group is unknown: no group, no known value in it, or nobody to compare it with."""
        group = self.sheet.definitions[name.home].group
        assert group is not None
        yield Blame((*tests, f"{quoted(name.home)} IS NULL"), via=name.home)
        tests = (*tests, f"{quoted(name.home)} IS NOT NULL", f"{quoted(name.path)} IS NULL")
        measure = next((m for m in group.measures if m.name.path == name.path), None)
        if measure is None and group.peers is not None and name.column == "peer_z":
            measure = group.peers.of
            yield Blame((*tests, f"{quoted(measure.name.path)} IS NOT NULL"), f"peers:{group.table}")
            tests = (*tests, f"{quoted(measure.name.path)} IS NULL")
        elif name.column == "peer_median":
            yield Blame(tests, f"peers:{group.table}")
        for item in measure.items if measure is not None else ():
            yield Blame(tests, item)

    def unlinked(self, alias: str, tests: tuple[str, ...] = ()) -> Blame:
        """Return the blame of a link that found no record."""
        absent = f'{quoted(f"{alias}.record_id")} IS NULL'
        return Blame((*tests, absent), f"link:{self.sheet.rule.link(alias).shape.id}")

    def _coverage(self, definition: Definition) -> Iterator[Blame]:
        link = definition.link
        if link is None or link.coverage is None:
            if link is not None:
                yield self.unlinked(link.alias)
            return
        known = tuple(f"{self.renderer.sql(e)} IS NOT NULL" for e in link.coverage.expressions)
        for expr in link.coverage.expressions:
            yield from self.expression(expr)
        yield Blame(known, f"coverage:{link.coverage.table}")

    def _case(self, expr: Expr, tests: tuple[str, ...]) -> Iterator[Blame]:
        for i in range(0, len(expr.args) - 1, 2):
            condition, value = expr.args[i], expr.args[i + 1]
            yield from self.expression(condition, tests, is_null=False)
            sql = self.renderer.sql(condition)
            yield from self.expression(value, (*tests, sql))
            tests = (*tests, f"NOT {sql}")
            if _takes_if_known(condition, value):
                yield from self.names(value, tests)
        yield from self.expression(expr.args[-1], tests)

    def _call(self, expr: Expr, tests: tuple[str, ...], is_null: bool) -> Iterator[Blame]:
        if not expr.value.strict and not is_null:
            tests = (*tests, f"{self.renderer.sql(expr)} IS NULL")
        for arg in expr.args:
            yield from self.expression(arg, tests, is_null=not expr.value.strict)
        if expr.value.calendar:
            known = tuple(f"{self.renderer.sql(a)} IS NOT NULL" for a in expr.args)
            unknown = () if is_null else (f"{self.renderer.sql(expr)} IS NULL",)
            yield Blame((*tests, *known, *unknown), "calendar")
        if expr.value.table is not None:
            known = tuple(f"{self.renderer.sql(a)} IS NOT NULL" for a in expr.args if a.op != "literal")
            unknown = () if is_null else (f"{self.renderer.sql(expr)} IS NULL",)
            yield Blame((*tests, *known, *unknown), f"table:{expr.value.table.shape.id}")


def _takes_if_known(condition: Expr, value: Expr) -> bool:
    """Return whether a branch reads WHEN x IS NOT NULL THEN x: a coalesce, for which x would have done."""
    if condition.op != "not" or condition.args[0].op != "is_null":
        return False
    asked = condition.args[0].args[0]
    return asked.op == value.op == "name" and bool(asked.value == value.value)


def item_label(item: str, rules: RuleSet) -> str:
    """Return what a missing item is called in Chinese.

    >>> from engine.law import Law, read_calendar
    >>> item_label("penalty.served_on", RuleSet({}, {}, {}, Law({}, read_calendar(), ())))
    '行政处罚决定的送达日'
    """
    kind, _, rest = item.partition(":")
    if kind == "law":
        title = rules.law.parameters[rest].title if rest in rules.law.parameters else rest
        return f"{title}（该日期没有法定数值）"
    if kind == "table":
        return f"{SHAPES[rest].title}（表中没有列出，或者答案不一）"
    if kind == "link":
        return f"关联记录（{rules.links[rest].title if rest in rules.links else rest}）"
    if kind in _OF_TABLE:
        return _OF_TABLE[kind].format(BY_NAME[rest].label)
    if kind == "coverage":
        return f"{BY_NAME[rest].label}的数据覆盖声明"
    if kind == "calendar":
        return f"节假日安排（只有{FIRST_ON.year}年至{rules.law.calendar.last_on.year}年，其他年份未公布或未收录）"
    table, _, column = item.partition(".")
    known = BY_NAME.get(table)
    found = next((c for c in (*known.columns, *known.key_columns) if c.name == column), None) if known else None
    return f"{known.label}的{found.label}" if known and found else _PLAIN.get(item, item)


_OF_TABLE = {"group": "同组的记录（{}）", "peers": "足够的可比对象（{}分组）"}
_PLAIN = {"calculation": "可以计算的数值（除数为零或数值过大）"}
