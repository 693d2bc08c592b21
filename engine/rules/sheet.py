"""What a rule computes for one subject, as a graph: base columns, then definitions that build on each other.

Facts, lets, values of law, groups and `links.<alias>.found` are definitions; each becomes a column of the SQL, computed
once and used by name, so expressions never multiply. Only what the rule needs, directly or through others, is here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from engine.records import BY_NAME, Table
from engine.rules.groups import GroupUse
from engine.rules.model import Fact, LawUse, Let, LinkUse, Rule
from engine.rules.names import Name, about_link
from engine.rules.tree import Expr

MAX_LEVELS = 200
"""Most definitions that may stand on each other."""


@dataclass(frozen=True)
class Definition:
    """One computed column; exactly one of `expr`, `law`, `link`, `group` is set.

    `alias`: the record it is a property of. A group's column tells whether the subject is in one.
    """

    name: Name
    expr: Expr | None = None
    law: LawUse | None = None
    link: LinkUse | None = None
    group: GroupUse | None = None
    alias: str = ""

    def inputs(self) -> Iterator[Name]:
        """Yield the names it is computed from."""
        if self.expr is not None:
            yield from self.expr.names()
        if self.law is not None:
            yield from self.law.on.names()
        if self.link is not None and self.link.coverage is not None:
            for expr in self.link.coverage.expressions:
                yield from expr.names()
        for expr in self.group.at if self.group is not None else ():
            yield from expr.names()


class Sheet:
    """The needed base columns by alias ('' is the subject) and the definitions, each after what it builds on."""

    def __init__(self, rule: Rule, facts: dict[str, dict[str, Fact]]) -> None:
        """Collect all that the rule judges and shows by; ValueError where they stand in a circle or too high."""
        self.rule = rule
        self.columns: dict[str, dict[str, Name]] = {"": {}, **{use.alias: {} for use in rule.links}}
        self.definitions: dict[str, Definition] = {}
        self._facts = facts
        self._known: dict[str, Definition] = {}
        self._open: list[str] = []
        self._register("", rule.law, rule.let)
        for use in rule.links:
            path = f"links.{use.alias}.found"
            self._known[path] = Definition(_found(use), link=use)
        self._known |= {group.name.path: Definition(group.name, group=group) for group in rule.groups}
        for name in self._roots():
            self._visit(name)

    def levels(self) -> list[list[Definition]]:
        """Return the definitions in groups that each need only base columns and earlier groups."""
        height: dict[str, int] = {}
        groups: list[list[Definition]] = []
        for path, definition in self.definitions.items():
            level = 1 + max((height.get(n.home, -1) for n in definition.inputs()), default=-1)
            height[path] = level
            while len(groups) <= level:
                groups.append([])
            groups[level].append(definition)
        return groups

    def aliases(self, names: Iterable[Name]) -> list[str]:
        """Return the aliases whose records the names depend on, directly or through definitions, in rule order."""
        found = {source for name in names for source in self._sources_of(name)}
        return [use.alias for use in self.rule.links if use.alias in found]

    def groups(self, names: Iterable[Name]) -> list[GroupUse]:
        """Return the groups the names depend on, directly or through definitions, in rule order."""
        found = {source for name in names for source in self._sources_of(name)}
        return [group for group in self.rule.groups if group.name.path in found]

    def stored(self) -> list[Name]:
        """Return the names whose values are kept with an answer: columns, facts, lets, law; not those inside facts."""
        columns = [self.columns[alias][c] for alias in self.columns for c in sorted(self.columns[alias])]
        computed = [name for d in self.definitions.values() if d.link is None and "/" not in d.name.path
                    for name in (d.group.names if d.group is not None else (d.name,))]
        return columns + computed

    def moves(self, name: Name) -> bool:
        """Return whether the name's value changes with the as-of date alone."""
        if name.source == "as_of":
            return True
        definition = self.definitions.get(name.home)
        if definition is None:
            return False
        own = definition.group is not None and definition.group.moves
        return own or any(self.moves(n) for n in definition.inputs())

    def _sources_of(self, name: Name) -> set[str]:
        """Return the aliases of links and the paths of groups a name depends on."""
        if name.alias and name.column not in ("found", "weak"):
            return {name.alias}
        definition = self.definitions.get(name.home)
        if definition is None or definition.link is not None:
            return set()
        own = {definition.name.path} if definition.group is not None else set()
        return own | {source for n in definition.inputs() for source in self._sources_of(n)}

    def _roots(self) -> Iterator[Name]:
        for expr in self.rule.roots():
            yield from expr.names()
        yield from self.rule.shown()

    def _visit(self, name: Name) -> None:
        if name.home in self.definitions or name.source == "as_of":
            return
        if name.source == "column":
            self.columns[name.alias][name.column] = name
            return
        if name.source == "fact":
            self._adopt(name)
        definition = self._known.get(name.home)
        if definition is None:
            return
        if name.home in self._open:
            raise ValueError(f"互相引用：{' → '.join((*self._open, name.home))[:200]}")
        if len(self._open) >= MAX_LEVELS:
            raise ValueError(f"一层引用一层，超过 {MAX_LEVELS} 层")
        self._open.append(name.home)
        for needed in definition.inputs():
            self._visit(needed)
        self._open.pop()
        self.definitions[name.home] = definition

    def _adopt(self, name: Name) -> None:
        """Make a fact and its inner names known, as seen from the alias it is asked through."""
        if name.path in self._known:
            return
        fact = self._facts[name.table][name.column]
        table = BY_NAME[name.table]
        law = [_seen_law(use, name.alias, table) for use in fact.law]
        let = [_seen_let(let, name.alias, table) for let in fact.let]
        self._register(name.alias, law, let)
        self._known[name.path] = Definition(name, expr=seen(fact.expr, name.alias, table), alias=name.alias)

    def _register(self, alias: str, law: Iterable[LawUse], let: Iterable[Let]) -> None:
        self._known |= {use.name.path: Definition(use.name, law=use, alias=alias) for use in law}
        self._known |= {item.name.path: Definition(item.name, expr=item.expr, alias=alias) for item in let}


def seen(expr: Expr, alias: str, table: Table) -> Expr:
    """Return an expression of a table's own names as seen through an alias ('' leaves it as it is)."""
    if not alias:
        return expr
    args = tuple(seen(a, alias, table) for a in expr.args)
    value = expr.value.seen_from(alias, table) if expr.op == "name" else expr.value
    return replace(expr, args=args, value=value)


def _seen_law(use: LawUse, alias: str, table: Table) -> LawUse:
    name = use.name.seen_from(alias, table) if alias else use.name
    return replace(use, name=name, on=seen(use.on, alias, table))


def _seen_let(let: Let, alias: str, table: Table) -> Let:
    name = let.name.seen_from(alias, table) if alias else let.name
    return replace(let, name=name, expr=seen(let.expr, alias, table))


def _found(use: LinkUse) -> Name:
    return next(n for n in about_link(use.alias, use.table) if n.column == "found")
