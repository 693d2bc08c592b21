"""Conditions no row can fulfil, and ones that add nothing: found in the rule's own words before any data.

A `when` that can never hold switches the check off without a word, so it is a fault; so is an exclusion that never (or
always) holds. What is merely idle (a branch, a repetition) and sums that look like 万元 are notes.
"""

from collections.abc import Iterator, Sequence

from engine.rules.implied import Facts, Lets
from engine.rules.model import Condition, Rule
from engine.rules.tree import Expr, Fault

FAULT, IDLE, YUAN = "E-RULE-REACH", "N-RULE-REACH", "N-RULE-YUAN"
MOST_WAN = 100
"""A sum below this many yuan is hardly a limit in a rule; it is probably meant in 万元."""

Found = Iterator[tuple[Condition, Fault]]


def unreachable(rule: Rule) -> Found:
    """Yield the conditions and exclusions that can never hold, each with what is wrong."""
    lets = Lets({item.name.path: item.expr for item in rule.let})
    whole = _hit(rule, lets)
    if not whole.are_possible():
        yield _clash(rule, lets)
        return
    for exclusion in rule.unless:
        if not _may_exclude(rule, exclusion, lets):
            what = f"排除条件“{exclusion.id}”不会成立：它成立时，条件（when）已经不成立"
            yield exclusion, Fault(0, what, "请核对是否写反，或删去它", FAULT)
        elif exclusion.unknown is None and whole.imply(exclusion.expr):
            what = f"条件都成立时，排除条件“{exclusion.id}”总是成立，规则不会命中"
            yield exclusion, Fault(0, what, "请核对是否写反", FAULT)


def idle(rule: Rule) -> Found:
    """Yield what adds nothing: repeated conditions, branches of OR that cannot hold beside the other conditions."""
    lets = Lets({item.name.path: item.expr for item in rule.let})
    needed = list(rule.when)
    for condition in rule.when:
        others = Facts(lets)
        for other in needed:
            if other is not condition:
                others.hold(other.expr)
        if _is_plain(others, condition) and others.imply(condition.expr):
            needed.remove(condition)
            what = f"条件“{condition.id}”是多余的：其他条件成立时它总是成立"
            yield condition, Fault(0, what, "请核对是否写错列或数字，或删去它", IDLE)
        for part in others.parts(condition.expr):
            for branch in part.args if part.op == "or" else ():
                if not others.with_also(branch).are_possible():
                    what = f"条件“{condition.id}”里有一支不会成立：与其他条件矛盾"
                    yield condition, Fault(branch.at, what, "请核对，或删去这一支", IDLE)


def notes_of(expr: Expr) -> Iterator[Fault]:
    """Yield what looks wrong inside one expression: branches of CASE never reached, sums that look like 万元."""
    lets = Lets(thought=500)
    for node in expr.walk():
        if node.op == "case":
            yield from _dead_branches(node, lets)
        elif node.op in ("and", "or"):
            yield from _contradictions(node, lets)
        elif node.op in ("=", "<>", "<", "<=", ">", ">=", "in"):
            yield from _small_sums(node)


def _is_plain(facts: Facts, condition: Condition) -> bool:
    """Return whether a condition is one comparison; one about NULL decides between clear and gap, so it never idles."""
    parts = list(facts.parts(condition.expr))
    return len(parts) == 1 and all(node.op not in ("is_null", "is_true", "is_false") for node in parts[0].walk())


def _hit(rule: Rule, lets: Lets) -> Facts:
    """Return what a hit implies: every condition, and a record wherever a missing one would not be a hit."""
    facts = Facts(lets)
    present = {f"links.{use.alias}.found" for use in rule.links if use.none != "keep"}
    for expr in (c.expr for c in rule.when):
        for node in expr.walk():
            if node.op == "name" and node.value.path in present:
                facts.hold(node)
        facts.hold(expr)
    return facts


def _clash(rule: Rule, lets: Lets) -> tuple[Condition, Fault]:
    """Return the condition at which the contradiction shows, alone or with one other if that is enough."""
    fix = "请核对列、数字和 AND、OR；这样写规则永远不会命中"
    for condition in rule.when:
        if not _together([condition], lets):
            return condition, Fault(0, f"条件“{condition.id}”自相矛盾，不会成立", fix, FAULT)
    for number, condition in enumerate(rule.when):
        for other in rule.when[:number]:
            if not _together([other, condition], lets):
                what = f"条件“{condition.id}”与“{other.id}”矛盾，不会同时成立"
                return condition, Fault(0, what, fix, FAULT)
    if _together(rule.when, lets):
        fix = "判断没有记录，该关联应写 none: keep 和 coverage"
        asking = next(c for c in rule.when if any(n.source == "link" for n in c.expr.names()))
        return asking, Fault(0, f"条件“{asking.id}”不会成立：没有关联记录时，none 已经给出答案", fix, FAULT)
    return rule.when[-1], Fault(0, "这些条件合在一起互相矛盾，不会同时成立", fix, FAULT)


def _together(conditions: Sequence[Condition], lets: Lets) -> bool:
    facts = Facts(lets)
    for condition in conditions:
        facts.hold(condition.expr)
    return facts.are_possible()


def _may_exclude(rule: Rule, exclusion: Condition, lets: Lets) -> bool:
    """Return whether the exclusion may hold while no condition is FALSE; an unknown condition does not matter."""
    facts = Facts(lets)
    facts.hold(exclusion.expr)
    for condition in rule.when:
        for part in facts.parts(condition.expr):
            if facts.knows(part):
                facts.hold(part)
    return facts.are_possible()


def _dead_branches(case: Expr, lets: Lets) -> Iterator[Fault]:
    """A branch is reached when all earlier conditions are FALSE."""
    before = Facts(lets)
    for number in range(0, len(case.args) - 1, 2):
        condition = case.args[number]
        if not before.with_also(condition).are_possible():
            what = "CASE 的这一支不会用到：前面的 WHEN 已经包括了它" if number else "CASE 的这一支不会成立"
            yield Fault(condition.at, what, "请核对先后顺序和界限，或删去这一支", IDLE)
        before.hold(condition, truth=False)


def _contradictions(node: Expr, lets: Lets) -> Iterator[Fault]:
    facts = Facts(lets)
    if node.op == "and":
        facts.hold(node)
        if not facts.are_possible():
            yield Fault(node.args[0].at, "AND 两边互相矛盾，不会同时成立", "请核对列、数字，是否应为 OR", IDLE)
        return
    facts.hold(node, truth=False)
    if not facts.are_possible():
        fix = "请核对列、数字，是否应为 AND"
        yield Fault(node.args[0].at, "OR 两边包括了全部情形，只要有记载就总是成立", fix, IDLE)


def _small_sums(node: Expr) -> Iterator[Fault]:
    """A column of money against a small whole number; written with decimals (20.00) it is taken as meant."""
    sums = [a for a in node.args if a.op == "name" and a.kind.name == "money" and a.value.source in ("column", "fact")]
    for number in node.args if sums else ():
        if number.op == "literal" and number.kind.name == "int" and 0 < abs(number.value) < MOST_WAN:
            what = f"{sums[0].value.label}的单位是元，{number.value} 元疑为 {number.value} 万元"
            fix = f"{number.value}万元写成 {number.value}0000；确是 {number.value} 元的，写成 {number.value}.00"
            yield Fault(number.at, what, fix, YUAN)
