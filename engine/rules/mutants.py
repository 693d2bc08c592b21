"""Mutants of a rule: the same rule with one piece of its logic changed, on the bound trees, never on text.

Changed are the rule's conditions, exclusions, lets, links, groups and values of law, and those of the facts they rest
on, since facts carry the law. Points, sentences and evidence decide no answer and are left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from engine.law import Parameter
from engine.rules.functions import FUNCTIONS
from engine.rules.group_mutants import altered, expressions
from engine.rules.groups import GroupUse
from engine.rules.kinds import BOOL
from engine.rules.logic import needed
from engine.rules.model import WHEN_UNLINKED, Condition, Fact, LawUse, LinkUse, Rule, RuleSet
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr, literal
from engine.rules.writing import literal_text, written

FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}
SWAPPED = {"latest": "earliest", "earliest": "latest", "latest_known": "earliest_known",
           "earliest_known": "latest_known", "period_end": "period_end_unrolled", "period_end_unrolled": "period_end"}
_SHORT = (*FLIPPED, "call", "+", "-", "*", "/", "%")
"""Nodes short enough to be shown whole where a constant in them is moved."""
_EDGES = (date.min, date.max)
"""Days that have no neighbour on one side; 9999-12-31 stands for an open end."""

_CENT = Decimal("0.01")
_UNITS = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年", "yuan": "元", "ratio": ""}

T = TypeVar("T")

Change = tuple[str, Expr]
"""What was done, in Chinese, and the changed expression."""


@dataclass(frozen=True)
class Program:
    """A rule with the set its facts come from."""

    rule: Rule
    rules: RuleSet


@dataclass(frozen=True)
class Mutant:
    """A changed program: `where` names the place, `told` says what was done."""

    where: str
    told: str
    program: Program

    def __str__(self) -> str:
        """Return it as one Chinese sentence."""
        return f"{self.where}：{self.told}"


@dataclass(frozen=True)
class _Site:
    """A place where an expression stands, and how the program looks with another one there."""

    where: str
    expr: Expr
    put: Callable[[Expr], Program]


def bare(rule: Rule) -> Rule:
    """Return the rule without what decides no answer: points, sentences, evidence, links only these ask."""
    plain = replace(
        rule, points=(), evidence=(), say=None, when=tuple(replace(c, say=None) for c in rule.when),
        unless=tuple(replace(c, say=None) for c in rule.unless))
    exprs = [*plain.roots(), *(x.expr for x in rule.let), *(u.on for u in rule.law)]
    exprs += [e for use in rule.links if use.coverage for e in use.coverage.expressions]
    exprs += [at for group in rule.groups for at in group.at]
    asked = {name.alias for expr in exprs for name in expr.names()}
    kept: list[LinkUse] = []
    for use in reversed(rule.links):
        if use.none != "keep" or use.alias in asked | {k.base for k in kept}:
            kept.insert(0, use)
    return replace(plain, links=tuple(kept))


def mutants(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of a program whose rule is `bare`."""
    rule = program.rule
    sites = list(_sites(program))
    for clause, where, nothing in (("when", "条件", True), ("unless", "排除", False)):
        for i, condition in enumerate(getattr(rule, clause)):
            yield from _whole(program, clause, i, f"{where} {condition.id}", nothing)
    for site in sites:
        yield from (Mutant(site.where, told, site.put(expr)) for told, expr in changes(site.expr))
    for i, use in enumerate(rule.links):
        yield from _link_mutants(program, i, use)
    for i, group in enumerate(rule.groups):
        yield from (Mutant(f"分组 {group.alias}", told, _with_group(program, i, new)) for told, new in altered(group))
    yield from _law_mutants(program)


def changes(expr: Expr, step: Decimal = Decimal(1)) -> Iterator[Change]:
    """Yield the expression with each single change somewhere in it; `step`: by how much its constants are moved."""
    yield from _changes_here(expr, step)
    inner = _step(expr)
    for i, arg in enumerate(expr.args):
        if expr.op == "in" and i:
            continue
        # reason: what must be written out (how many places to round to) counts by one, whatever stands beside it
        counts = expr.op == "call" and i in expr.value.literal
        for told, new in changes(arg, Decimal(1) if counts else inner):
            whole = _with_arg(expr, i, new)
            short = arg.op == "literal" and expr.op in _SHORT
            yield f"{written(expr)} 改为 {written(whole)}" if short else told, whole


def _with_arg(expr: Expr, place: int, arg: Expr) -> Expr:
    return replace(expr, args=(*expr.args[:place], arg, *expr.args[place + 1:]))


def _step(expr: Expr) -> Decimal:
    """Return by how much constants under a node are moved: sums by a cent, all else by one."""
    sums = expr.op not in ("*", "/") and any(a.kind.name == "money" for a in expr.args)
    return _CENT if sums else Decimal(1)


def _changes_here(expr: Expr, step: Decimal) -> Iterator[Change]:
    op, args = expr.op, expr.args
    if op in FLIPPED:
        new = replace(expr, op=FLIPPED[op])
        yield f"{written(expr)} 改为 {written(new)}", new
    elif op in ("and", "or"):
        for i, part in enumerate(args):
            rest = args[:i] + args[i + 1:]
            yield f"{op.upper()} 中去掉 {written(part)}", rest[0] if len(rest) == 1 else replace(expr, args=rest)
    elif op == "not":
        yield f"去掉 NOT {written(args[0])} 中的 NOT", args[0]
    elif op == "in" and len(args) > 2:
        for i in range(1, len(args)):
            yield f"IN 中去掉 {written(args[i])}", replace(expr, args=args[:i] + args[i + 1:])
    elif op == "case":
        for i in range(0, len(args) - 1, 2):
            # reason: a single branch is never taken rather than taken out, so that the NULL beside it keeps its type
            rest = args[:i] + args[i + 2:] if len(args) > 3 else (literal(False, BOOL), *args[1:])
            yield f"去掉分支 WHEN {written(args[i])}", replace(expr, args=rest)
    elif op == "call" and expr.value.name in SWAPPED:
        new = replace(expr, value=FUNCTIONS[SWAPPED[expr.value.name]])
        yield f"{written(expr)} 改为 {new.value.name}", new
    elif op == "literal":
        yield from ((f"{literal_text(expr)} 改为 {literal_text(new)}", new) for new in moved(expr, step))


def moved(expr: Expr, step: Decimal) -> Iterator[Expr]:
    """Yield a constant moved by one step down and up; a truth turned over; texts have no neighbours."""
    kind, value = expr.kind.name, expr.value
    if kind == "bool" and value is not None:
        yield replace(expr, value=not value)
    elif kind == "date":
        yield from (replace(expr, value=value + timedelta(days=n)) for n in (-1, 1)
                    if value not in _EDGES)
    elif kind == "int" and step == 1:
        yield from (replace(expr, value=value + n) for n in (-1, 1))
    elif kind in ("int", "number", "money"):
        yield from (replace(expr, kind=replace(expr.kind, name="number"), value=f"{Decimal(str(value)) + n:f}")
                    for n in (-_CENT, _CENT))


def _whole(program: Program, clause: str, place: int, where: str, nothing: bool) -> Iterator[Mutant]:
    """Yield the program without a condition, with it turned over, and without its `unknown`."""
    condition: Condition = getattr(program.rule, clause)[place]
    constant = literal(nothing, BOOL)
    turned = Expr("not", (condition.expr,), BOOL)
    for told, new in (("去掉", replace(condition, expr=constant, unknown=None)),
                      ("取反", replace(condition, expr=turned))):
        yield Mutant(where, told, _with_condition(program, clause, place, new))
    if condition.unknown is not None:
        yield Mutant(where, "去掉 unknown", _with_condition(program, clause, place, replace(condition, unknown=None)))


def _with_condition(program: Program, clause: str, place: int, new: Condition) -> Program:
    rule = program.rule
    if clause == "when":
        return replace(program, rule=replace(rule, when=_put(rule.when, place, new)))
    return replace(program, rule=replace(rule, unless=_put(rule.unless, place, new)))


def _put(items: tuple[T, ...], place: int, new: T) -> tuple[T, ...]:
    return (*items[:place], new, *items[place + 1:])


def _sites(program: Program) -> Iterator[_Site]:
    """Yield every expression that has a part in the answer."""
    rule = program.rule
    for clause, where in (("when", "条件"), ("unless", "排除")):
        for i, c in enumerate(getattr(rule, clause)):
            yield _Site(f"{where} {c.id}", c.expr, _condition_putter(program, clause, i, "expr"))
            if c.unknown is not None:
                yield _Site(f"{where} {c.id} 的 unknown", c.unknown, _condition_putter(program, clause, i, "unknown"))
    for i, group in enumerate(rule.groups):
        for where, expr, put in expressions(group):
            yield _Site(f"分组 {group.alias} 的 {where}", expr, _group_putter(program, i, put))
    asked = Sheet(rule, program.rules.facts).definitions
    for i, let in enumerate(rule.let):
        if let.name.path in asked:
            yield _Site(f"let {let.name.column}", let.expr, _let_putter(program, i))
    for fact in needed_facts(program):
        where = f"推导事实 {fact.name.item}"
        yield _Site(where, fact.expr, _fact_putter(program, fact))
        for i, let in enumerate(fact.let):
            yield _Site(f"{where} 的 {let.name.column}", let.expr, _fact_putter(program, fact, i))


def _condition_putter(program: Program, clause: str, place: int, part: str) -> Callable[[Expr], Program]:
    condition: Condition = getattr(program.rule, clause)[place]
    if part == "unknown":
        return lambda expr: _with_condition(program, clause, place, replace(condition, unknown=expr))
    return lambda expr: _with_condition(program, clause, place, replace(condition, expr=expr))


def _with_group(program: Program, place: int, new: GroupUse) -> Program:
    return replace(program, rule=replace(program.rule, groups=_put(program.rule.groups, place, new)))


def _group_putter(program: Program, place: int, put: Callable[[Expr], GroupUse]) -> Callable[[Expr], Program]:
    return lambda expr: _with_group(program, place, put(expr))


def _let_putter(program: Program, place: int) -> Callable[[Expr], Program]:
    rule = program.rule
    return lambda expr: replace(
        program, rule=replace(rule, let=_put(rule.let, place, replace(rule.let[place], expr=expr))))


def _fact_putter(program: Program, fact: Fact, place: int | None = None) -> Callable[[Expr], Program]:
    """Put an expression in place of a fact's own, or of one of its lets."""
    if place is None:
        return lambda expr: with_fact(program, replace(fact, expr=expr))
    return lambda expr: with_fact(
        program, replace(fact, let=_put(fact.let, place, replace(fact.let[place], expr=expr))))


def needed_facts(program: Program) -> list[Fact]:
    """Return the facts the rule's answer rests on, each once, in the order they build on each other."""
    found: dict[tuple[str, str], Fact] = {}
    for definition in needed(program.rule, program.rules.facts).values():
        name = definition.name
        if name.source == "fact":
            found.setdefault((name.table, name.column), program.rules.facts[name.table][name.column])
    return list(found.values())


def with_fact(program: Program, fact: Fact) -> Program:
    """Return the program with a fact in place of the one of that name."""
    table, column = fact.name.table, fact.name.column
    facts = program.rules.facts | {table: program.rules.facts[table] | {column: fact}}
    return replace(program, rules=replace(program.rules, facts=facts))


def _link_mutants(program: Program, place: int, use: LinkUse) -> Iterator[Mutant]:
    changed: list[tuple[str, LinkUse]] = [
        (f"none: {use.none} 改为 {none}", replace(use, none=none)) for none in WHEN_UNLINKED if none != use.none]
    if use.min_confidence is not None:
        changed.append(("去掉 min_confidence", replace(use, min_confidence=None)))
        changed += [(f"min_confidence {use.min_confidence} 改为 {n}", replace(use, min_confidence=n))
                    for n in (use.min_confidence - _CENT, use.min_confidence + _CENT)]
    if use.coverage is not None:
        changed.append(("去掉 coverage", replace(use, coverage=None)))
        if use.coverage.division is not None:
            changed.append(("去掉 coverage 的 division", replace(use, coverage=replace(use.coverage, division=None))))
    if use.pick is not None:
        column, order = use.pick
        other = "desc" if order == "asc" else "asc"
        changed.append(("去掉 pick", replace(use, pick=None)))
        changed.append((f"pick {column} {order} 改为 {other}", replace(use, pick=(column, other))))
    links = program.rule.links
    for told, new in changed:
        rule = replace(program.rule, links=_put(links, place, new))
        yield Mutant(f"关联 {use.alias}", told, replace(program, rule=rule))


def _law_mutants(program: Program) -> Iterator[Mutant]:
    """Yield the periods, sums and shares of law made one unit shorter and longer, for each use and each value."""
    asked = Sheet(program.rule, program.rules.facts).definitions
    for use in program.rule.law:
        if use.name.path in asked:
            for told, other in _other_values(use.parameter):
                yield Mutant(f"法定参数 law.{use.name.column}", told, _with_rule_law(program, use, other))
    for fact in needed_facts(program):
        for use in fact.law:
            for told, other in _other_values(use.parameter):
                where = f"推导事实 {fact.name.item} 的 law.{use.name.column}"
                yield Mutant(where, told, with_fact(program, _with_fact_law(fact, use, other)))


def _other_values(parameter: Parameter) -> Iterator[tuple[str, Parameter]]:
    for i, value in enumerate(parameter.values):
        step = 1 if parameter.is_period else _CENT
        for length in (value.length - step, value.length + step):
            if length <= 0:
                continue
            other = replace(value, length=length)
            switches = tuple((day, other if v is value else v) for day, v in parameter.switches)
            values = (*parameter.values[:i], other, *parameter.values[i + 1:])
            unit = _UNITS[value.unit]
            told = f"{parameter.title}（自{value.from_on.isoformat()}）{value.length}{unit} 改为 {length}{unit}"
            yield told, replace(parameter, values=values, switches=switches)


def _with_rule_law(program: Program, use: LawUse, other: Parameter) -> Program:
    def change(expr: Expr) -> Expr:
        return with_parameter(expr, use.name.path, other)

    rule = program.rule
    return replace(program, rule=_everywhere(replace(rule, law=_with_law(rule.law, use, other)), change))


def _everywhere(rule: Rule, change: Callable[[Expr], Expr]) -> Rule:
    """Return the rule with every expression of conditions, exclusions and lets changed."""

    def changed(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
        return tuple(replace(c, expr=change(c.expr), unknown=change(c.unknown) if c.unknown else None)
                     for c in conditions)

    lets = tuple(replace(x, expr=change(x.expr)) for x in rule.let)
    return replace(rule, when=changed(rule.when), unless=changed(rule.unless), let=lets)


def _with_fact_law(fact: Fact, use: LawUse, other: Parameter) -> Fact:
    lets = tuple(replace(x, expr=with_parameter(x.expr, use.name.path, other)) for x in fact.let)
    expr = with_parameter(fact.expr, use.name.path, other)
    return replace(fact, law=_with_law(fact.law, use, other), let=lets, expr=expr)


def _with_law(uses: Sequence[LawUse], use: LawUse, other: Parameter) -> tuple[LawUse, ...]:
    new = replace(use, parameter=other, name=replace(use.name, parameter=other))
    return tuple(new if u is use else u for u in uses)


def with_parameter(expr: Expr, path: str, parameter: Parameter) -> Expr:
    """Return the expression with another parameter under a name of law."""
    if expr.op == "name" and expr.value.path == path:
        return replace(expr, value=replace(expr.value, parameter=parameter))
    return replace(expr, args=tuple(with_parameter(a, path, parameter) for a in expr.args))


def normal(expr: Expr) -> Expr:
    """Return the expression with comparisons of whole values written in one way: `x >= 6` is `x > 5`."""
    args = tuple(normal(a) for a in expr.args)
    if expr.op in (">=", "<=") and all(a.kind.name in ("date", "int") for a in args):
        left, right = args
        step = -1 if expr.op == ">=" else 1
        if right.op == "literal" and right.value not in _EDGES:
            return replace(expr, op=expr.op[0], args=(left, _next(right, step)), at=0)
        if left.op == "literal" and left.value not in _EDGES:
            return replace(expr, op=expr.op[0], args=(_next(left, -step), right), at=0)
    return replace(expr, args=args, at=0)


def _next(constant: Expr, step: int) -> Expr:
    value = constant.value + timedelta(days=step) if constant.kind.name == "date" else constant.value + step
    return replace(constant, value=value)


def canonical(program: Program) -> Program:
    """Return the program with every comparison in its normal form, so that equal ones compile to equal SQL."""
    changed = replace(program, rule=_everywhere(program.rule, normal))
    for fact in needed_facts(program):
        lets = tuple(replace(x, expr=normal(x.expr)) for x in fact.let)
        changed = with_fact(changed, replace(fact, expr=normal(fact.expr), let=lets))
    return changed
