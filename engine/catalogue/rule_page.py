"""One rule as a page for a lawyer: the basis, the conditions in words, what does not count, cases, values of law."""

from collections.abc import Iterator

from engine.catalogue.cases import case_rows
from engine.catalogue.markdown import bullets, code, day, escaped, table
from engine.law import Parameter, Value
from engine.records import BY_NAME
from engine.rules import Rule, RuleSet
from engine.rules.groups import AGAINST, EVERY, GroupUse
from engine.rules.logic import needed
from engine.rules.model import ADDRESSEES, LEVELS, MATURITIES, Basis, Condition, Fact, LinkUse, Template
from engine.rules.templates import UNIT
from engine.rules.wording import asked, in_words

NONE = {"gap": "算资料缺口", "clear": "算未命中", "keep": "照常判断"}
COUNTING = {"roll": "遇休息日顺延", "plain": ""}


def page(rule: Rule, rules: RuleSet) -> str:
    """Return the page of a rule."""
    parts = (_head(rule), _basis(rule.basis), _judging(rule), _shown(rule), _cases(rule, rules),
             _law(rule, rules), _tables(rule, rules), _facts(rule, rules))
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(rule: Rule) -> Iterator[str]:
    file = f"rules/{rule.id.replace('.', '/')}.yaml"
    yield from (f"# {escaped(rule.title)}", "", escaped(rule.summary), "")
    yield from table(("编号", "版本", "成熟度", "等级", "被监督的是", "规则文件"), [(
        f"`{rule.id}`", f"第{rule.version}版", MATURITIES[rule.maturity], LEVELS[rule.level],
        ADDRESSEES[rule.addressee], f"[{file}](../../{file})")])


def _basis(found: tuple[Basis, ...]) -> Iterator[str]:
    if found:
        yield from ("## 依据", "")
    yield from table(("法律", "条文", "施行", "失效", "说明"), (
        (b.law, b.article, day(b.from_on), day(b.to_on, "现行有效" if b.from_on else ""), b.note) for b in found))


def _judging(rule: Rule) -> Iterator[str]:
    yield from ("## 怎样判断", "", f"逐件查看**{rule.table.label}**，一件最多得一个答案。", "")
    yield from _links(rule)
    for group in rule.groups:
        yield from _group(group)
    yield from ("### 全部成立才命中", "", "有一个不成立即未命中；没有不成立的、但有不明的，是资料缺口。", "")
    yield from _conditions(rule.when)
    if rule.unless:
        yield from ("### 任一成立即排除", "", "不明的仍命中，但标明“排除条件待核”。", "")
        yield from _conditions(rule.unless)
    if rule.points:
        yield from ("### 加减分", "", "只影响排序，不影响答案。", "")
        yield from table(("分", "情形", "说明", "原式"), (
            (f"{p.add:+d}", in_words(p.expr), said_of(p.say), code(p.text)) for p in rule.points))
    if rule.let:
        yield from ("### 中间结果", "")
        yield from table(("名称", "怎样得出", "原式"), (
            (x.name.label, in_words(x.expr), f"`{x.name.path}` = {code(x.text)}") for x in rule.let))


def _conditions(found: tuple[Condition, ...]) -> Iterator[str]:
    for number, condition in enumerate(found, start=1):
        yield f"{number}. **{escaped(asked(condition))}**"
        if condition.title:
            yield f"   - 即：{escaped(in_words(condition.expr))}"
        yield f"   - 原式：{code(condition.text)}"
        if condition.unknown is not None:
            yield f"   - 算不明的情形：{escaped(in_words(condition.unknown))}"
        if condition.say is not None:
            yield f"   - 清单上写：{escaped(said_of(condition.say))}"
    yield ""


def _links(rule: Rule) -> Iterator[str]:
    if rule.links:
        yield from ("### 用到的关联", "")
    yield from table(("关联到", "怎样关联", "没有关联记录时", "把握下限", "怎样才能说没有"), (
        (f"{use.target.label}\n`{use.alias}`", _linked(use, rule), NONE[use.none],
         f"{use.min_confidence:f}" if use.min_confidence is not None else "", _coverage(use)) for use in rule.links))


def _linked(use: LinkUse, rule: Rule) -> str:
    start = f"，从{rule.link(use.base).target.label}出发" if use.base else ""
    pick = ""
    if use.pick is not None and (column := use.target.column(use.pick[0])) is not None:
        ends = ("早", "晚") if column.type == "date" else ("小", "大")
        pick = f"；把握相同的取{column.label}最{ends[use.pick[1] == 'desc']}的"
    return f"{use.shape.title}（`{use.shape.id}`）{start}{pick}"


def _coverage(use: LinkUse) -> str:
    if use.coverage is None:
        return ""
    where = f"，{in_words(use.coverage.division)}" if use.coverage.division is not None else ""
    span = f"自{in_words(use.coverage.from_on)}至{in_words(use.coverage.until_on)}"
    return f"{BY_NAME[use.coverage.table].label}声明完整：{span}{where}"


def _group(group: GroupUse) -> Iterator[str]:
    by = "、".join(key.name.label for key in group.by)
    period = f"，按{group.period.name.label}分{EVERY[group.period.every]}" if group.period is not None else ""
    counted = f"，只计{in_words(group.counts)}的" if group.counts is not None else ""
    yield from (f"### 分组：{escaped(group.name.label)}", "",
                f"{BY_NAME[group.table].label}，按{escaped(by)}分组{escaped(period)}{escaped(counted)}。", "")
    yield from table(("度量", "原式"), ((m.name.label, f"`{m.name.path}` = {code(m.text)}") for m in group.measures))
    if group.peers is not None:
        yield from (f"{escaped(group.peers.of.name.label)}与{AGAINST[group.peers.against]}比较，"
                    f"至少 {group.peers.at_least} 个才比。", "")


def _shown(rule: Rule) -> Iterator[str]:
    for heading, items in (("清单上列出的证据", tuple(dict.fromkeys(name.label for name in rule.evidence))),
                           ("应当核对、调取", rule.check), ("可能的正当解释", rule.innocent),
                           ("这条规则看不见的", rule.blind)):
        if items:
            yield from (f"## {heading}", "")
        yield from bullets(items)


def _cases(rule: Rule, rules: RuleSet) -> Iterator[str]:
    if rule.cases:
        yield from ("## 用例", "", "规则每次修改都要全部通过。没有写出的列都是未记载。", "")
    yield from table(("用例", "给定", "应得"), case_rows(rule, rules))


def _law(rule: Rule, rules: RuleSet) -> Iterator[str]:
    uses = [d.law for d in needed(rule, rules.facts).values() if d.law is not None]
    dates: dict[str, list[str]] = {}
    for use in uses:
        dates.setdefault(use.parameter.id, []).append(in_words(use.on))
    parameters = {use.parameter.id: use.parameter for use in uses}
    if parameters:
        yield from ("## 用到的法定参数", "")
    for ident, parameter in parameters.items():
        yield from _parameter(parameter, "、".join(dict.fromkeys(dates[ident])))


def _tables(rule: Rule, rules: RuleSet) -> Iterator[str]:
    exprs = [*rule.roots(), *(d.expr for d in needed(rule, rules.facts).values() if d.expr is not None)]
    calls = [node.value for expr in exprs for node in expr.walk() if node.op == "call"]
    tables = {call.table.shape.id: call.table for call in calls if call.table is not None}
    if tables:
        yield from ("## 用到的法律表", "")
    yield from table(("名称", "行数", "把握为“中”的", "文件"), (
        (found.shape.title, str(len(found.rows)), str(sum(row.confidence == "中" for row in found.rows)),
         f"[{ident}.csv](../../rules/law/tables/{ident}.csv)") for ident, found in tables.items()))


def _parameter(parameter: Parameter, dates: str) -> Iterator[str]:
    yield from (f"### {escaped(parameter.title)}", "",
                f"`{parameter.id}`，第{parameter.version}版，按{escaped(dates)}选用。", "")
    yield from table(("自", "至", "数值", "条文", "原文", "把握", "说明"), (
        (day(v.from_on), day(v.to_on, "现行有效"), length_of(v), f"{v.law}{v.article}", v.quote, v.confidence, v.note)
        for v in parameter.values))
    if parameter.carry:
        yield from ("新规定施行时旧期间未满的，适用新期间。", "")
    if parameter.exceptions:
        yield from ("例外：", "")
    yield from bullets(parameter.exceptions)


def length_of(value: Value) -> str:
    """Return how long a period is, and how it is counted, or how much."""
    if value.unit == "ratio":
        return f"{value.length * 100:f}".rstrip("0").rstrip(".") + "%"
    counting = COUNTING.get(value.counting, value.counting)
    return f"{value.length}{UNIT.get(value.unit, '元')}" + (f"，{counting}" if counting else "")


def _facts(rule: Rule, rules: RuleSet) -> Iterator[str]:
    names = [d.name for d in needed(rule, rules.facts).values() if d.name.source == "fact"]
    found = {(name.table, name.column): rules.facts[name.table][name.column] for name in names}
    if found:
        yield from ("## 用到的推导事实", "", "几条规则共用的算法，定义在 `rules/facts/`。", "")
    for (table_name, column), fact in found.items():
        yield from _fact(table_name, column, fact)


def _fact(table_name: str, column: str, fact: Fact) -> Iterator[str]:
    title = f"{BY_NAME[table_name].label}·{fact.name.label}"
    yield from (f"### {escaped(title)}", "")
    steps = in_words(fact.expr).split("；") if fact.expr.op == "case" else []
    yield from ("按先后判断：", "") if steps else (f"{escaped(in_words(fact.expr))}。", "")
    yield from (f"{number}. {escaped(step)}" for number, step in enumerate(steps, start=1))
    yield from ("",) if steps else ()
    yield from (f"- 原式：`{table_name}.{column}` = {code(fact.text)}",)
    yield from (f"- 其中 {escaped(x.name.label)}：{escaped(in_words(x.expr))}（{code(x.text)}）" for x in fact.let)
    yield from ("- 依据：" + "；".join(escaped(_cited(b)) for b in fact.basis),) if fact.basis else ()
    yield ""


def _cited(basis: Basis) -> str:
    since = f"（{day(basis.from_on)}起）" if basis.from_on else ""
    return f"{basis.law}{basis.article}{since}"


def said_of(say: Template | None) -> str:
    """Return a sentence with the places filled by what stands there; none at all is empty."""
    if say is None:
        return ""
    return "".join(part if isinstance(part, str) else f"〔{part.label}〕" for part in say.parts)
