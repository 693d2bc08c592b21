"""One rule file into a bound rule."""

from collections.abc import Iterator

from engine.records import BY_NAME
from engine.rules.case_clauses import read_cases
from engine.rules.clauses import LinkClauses
from engine.rules.group_clauses import read_groups
from engine.rules.model import ADDRESSEES, LEVELS, MATURITIES, Expected, Rule, RuleSet
from engine.rules.names import Name, Scope
from engine.rules.reach import idle, unreachable
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr
from engine.strict_yaml import File, Mapping, Node, Scalar

RULE_KEYS = (
    "title", "version", "maturity", "level", "addressee", "summary", "basis", "subject", "links", "groups", "law",
    "let", "when", "unless", "points", "evidence", "say", "check", "innocent", "blind", "expected", "cases", "x",
)
"""Every key of a rule file; `x` holds free notes."""

EXPECTED_KEYS = ("min", "max", "max_share")

REQUIRED = ("title", "version", "maturity", "level", "addressee", "summary", "basis", "subject", "when")

Keys = dict[str, Node]


def read_rule(file: File, rule_id: str, known: RuleSet) -> Rule | None:
    """Return the rule, or None where the file is too faulty to bind; faults are in `file.problems`."""
    keys = file.mapping(file.root, RULE_KEYS, required=REQUIRED)
    subject = file.choice(keys.get("subject"), list(BY_NAME))
    if file.root is None or subject is None:
        _read_words(file, keys)
        return None
    clauses = LinkClauses(file, _scope(subject, known), known.law)
    uses = clauses.links(keys.get("links"), known.links, known.facts)
    groups = read_groups(clauses, keys.get("groups"), known.facts)
    law, let = clauses.law_and_let(keys.get("law"), keys.get("let"))
    rule = Rule(
        id=rule_id, path=file.name, subject=subject,
        title=file.text(keys.get("title")) or "", version=file.integer(keys.get("version")) or 0,
        maturity=file.choice(keys.get("maturity"), MATURITIES) or "draft",
        level=file.choice(keys.get("level"), LEVELS) or "low",
        addressee=file.choice(keys.get("addressee"), ADDRESSEES) or "authority",
        summary=file.text(keys.get("summary")) or "", basis=clauses.basis(keys.get("basis")),
        links=tuple(clauses.coverages(keys.get("links"), uses)), law=tuple(law), let=tuple(let),
        when=clauses.conditions(keys.get("when")), unless=clauses.conditions(keys.get("unless"), exclusions=True),
        points=clauses.points(keys.get("points")), evidence=clauses.evidence(keys.get("evidence")),
        say=clauses.template(keys.get("say")), check=file.texts(keys.get("check")),
        innocent=file.texts(keys.get("innocent")), blind=file.texts(keys.get("blind")),
        cases=read_cases(file, keys.get("cases"), subject, known.links),
        expected=_expected(file, keys.get("expected")), groups=groups,
    )
    if file.problems:
        return None
    _demand_whole(file, keys, rule, known)
    return rule


def _read_words(file: File, keys: Keys) -> None:
    """Add the faults that show without knowing the table; of the rest every column would seem to be one."""
    for name in ("title", "summary"):
        file.text(keys.get(name))
    file.integer(keys.get("version"))
    for name, known in (("maturity", MATURITIES), ("level", LEVELS), ("addressee", ADDRESSEES)):
        file.choice(keys.get(name), known)


def _expected(file: File, node: Node | None) -> Expected | None:
    keys = file.mapping(node, EXPECTED_KEYS)
    least, most = file.integer(keys.get("min")), file.integer(keys.get("max"))
    share = file.decimal(keys.get("max_share"))
    if isinstance(node, Mapping) and not keys:
        file.problem(node, "expected 没有写界限", "写 min、max 或 max_share", "E-RULE-EXPECTED")
    if (least is not None and least < 0) or (most is not None and most < (least or 0)):
        file.problem(node, "min、max 应为非负整数，max 不小于 min", "请核对", "E-RULE-EXPECTED")
    if share is not None and not 0 < share <= 1:
        file.problem(keys["max_share"], "max_share 应大于 0、不大于 1", "例如 0.05 表示百分之五", "E-RULE-EXPECTED")
    return Expected(least, most, share) if keys else None


def _scope(subject: str, known: RuleSet) -> Scope:
    scope = Scope(BY_NAME[subject], tables=known.law.tables)
    for fact in known.facts.get(subject, {}).values():
        scope.add(fact.name)
    return scope


def _demand_whole(file: File, keys: Keys, rule: Rule, known: RuleSet) -> None:
    """Add the faults that show only in the whole: circles, unused names, absence without coverage."""
    if not rule.basis or not rule.when:
        file.problem(file.root, "basis 和 when 至少各写一项", "请补上", "E-RULE-EMPTY")
    _demand_coverage(file, keys, rule)
    try:
        sheet = Sheet(rule, known.facts)
    except ValueError as circle:
        file.problem(keys.get("links"), f"算不出来：{circle}", "请改写其中一个", "E-RULE-CIRCLE")
        return
    defined = {*sheet.definitions, *(n for use in rule.links if sheet.columns[use.alias] for n in (use.alias,))}
    asked = {n.alias for n in _names(rule) if n.source == "link"} | {use.base for use in rule.links}
    idle = [("law", u.name) for u in rule.law] + [("let", x.name) for x in rule.let]
    for clause, name in idle:
        if name.path not in defined:
            _unused(file, keys.get(clause), name.column)
    for group in rule.groups:
        if group.name.path not in defined:
            _unused(file, keys.get("groups"), group.alias)
    for use in rule.links:
        if use.none == "keep" and use.alias not in defined | asked:
            _unused(file, keys.get("links"), use.alias)
    _tell_reach(file, keys, rule)


def _tell_reach(file: File, keys: Keys, rule: Rule) -> None:
    """Add the conditions that can never hold as faults, those that add nothing as notes."""
    for tell, found in ((file.problem, unreachable(rule)), (file.note, idle(rule))):
        for condition, fault in found:
            clause = keys.get("unless") if condition in rule.unless else keys.get("when")
            items = [i for i in file.items(clause) if isinstance(i, Mapping)]
            nodes = [i.get("expr") for i in items if getattr(i.get("is"), "text", "") == condition.id]
            tell(nodes[0] if nodes else clause, fault.what, fault.fix, fault.code, fault.at)
    told = {problem.where for problem in file.problems}
    file.notes = [note for note in file.notes if note.where not in told]


def _unused(file: File, clause: Node | None, word: str) -> None:
    key = next((k for k, _ in file.entries(clause) if k.text == word), None)
    file.problem(key or clause, f"“{word}”没有用到", "请删去，或核对引用它的名称是否写对", "E-RULE-UNUSED")


def _names(rule: Rule) -> Iterator[Name]:
    for expr in _everywhere(rule):
        yield from expr.names()
    yield from rule.shown()


def _everywhere(rule: Rule) -> list[Expr]:
    """Return every expression over the subject's names."""
    exprs = [*rule.roots(), *(x.expr for x in rule.let), *(u.on for u in rule.law)]
    exprs += [e for use in rule.links if use.coverage for e in use.coverage.expressions]
    return exprs + [at for group in rule.groups for at in group.at]


def _demand_coverage(file: File, keys: Keys, rule: Rule) -> None:
    """Refuse to conclude absence from a link without a coverage statement: `found` is then never false."""
    uncovered = {f"links.{use.alias}.found" for use in rule.links if use.coverage is None}
    plain = [c.expr for c in (*rule.when, *rule.unless)] + [p.expr for p in rule.points]
    allowed = {id(e) for expr in plain for e in _positive(expr)}
    for expr in _everywhere(rule):
        for node in expr.walk():
            if node.op == "name" and node.value.path in uncovered and id(node) not in allowed:
                alias = node.value.alias
                fix = f"在 links.{alias} 写明 coverage（table、division、from、until），没有声明完整的只算资料缺口"
                file.problem(_clause(file, keys, alias), f"判断“没有”{alias} 的关联记录，却没有写 coverage", fix,
                             "E-RULE-COVERAGE")
                uncovered.discard(node.value.path)


def _positive(expr: Expr) -> Iterator[Expr]:
    """Yield the nodes whose truth only adds to the whole: the whole itself and parts of AND and OR."""
    yield expr
    if expr.op in ("and", "or"):
        for arg in expr.args:
            yield from _positive(arg)


def _clause(file: File, keys: Keys, alias: str) -> Node | None:
    entries: dict[str, Scalar] = {key.text: key for key, _ in file.entries(keys.get("links"))}
    return entries.get(alias)
