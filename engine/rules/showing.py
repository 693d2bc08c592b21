"""What is stored about an answer: its sentence, flags, missing items, and the JSON columns of `hit`."""

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from engine.law import Value
from engine.rules.groups import GroupUse
from engine.rules.missing import Blame, Blamer, item_label
from engine.rules.model import Condition, LawUse, LinkUse, Rule, RuleSet
from engine.rules.rendering import Renderer, index_of, linked, quoted, text_literal
from engine.rules.sheet import Sheet
from engine.rules.templates import template_sql
from engine.rules.wording import asked
from engine.rules.working import reached, told_sql

PARTLY_KNOWN = "分组中有资料不全的行"
ANSWER, MISSING = quoted("#answer"), quoted("#missing")
"""Columns of the answer and of the missing items; no author's name can look like them."""


def when_column(condition: Condition) -> str:
    """Return the column of a condition's truth."""
    return quoted(f"when:{condition.id}")


def unless_column(condition: Condition) -> str:
    """Return the column of an exclusion's truth."""
    return quoted(f"unless:{condition.id}")


def point_column(ident: str) -> str:
    """Return the column of a point's truth."""
    return quoted(f"point:{ident}")


def missing_sql(renderer: Renderer) -> str:
    """Return SQL for the missing items: of the unknown conditions of a gap, of the unknown exclusions of a hit."""
    rule, blamer = renderer.sheet.rule, Blamer(renderer)
    gaps: list[Blame] = []
    for condition in rule.when:
        gaps += blamer.expression(condition.expr, (f"{when_column(condition)} IS NULL",))
    gaps += [blamer.unlinked(use.alias) for use in rule.links if use.none == "gap"]
    doubts: list[Blame] = []
    for condition in rule.unless:
        test = f"{unless_column(condition)} IS NULL"
        doubts += blamer.expression(condition.expr, (test,))
        if condition.unknown is not None:
            doubts += blamer.names(condition.unknown, (test,))
    return (f"CASE {ANSWER} WHEN 'gap' THEN {_or_calculation(_items(gaps))} WHEN 'hit' THEN {_items(doubts)} "
            "ELSE CAST([] AS VARCHAR[]) END")


def used_columns(renderer: Renderer) -> list[str]:
    """Return the select items telling which values of law took part: not those of branches of a CASE not taken."""
    used: dict[str, list[str]] = {use.name.path: [] for use in _law_uses(renderer.sheet)}
    exprs = [d.expr for d in renderer.sheet.definitions.values() if d.expr is not None]
    exprs += [use.on for use in _law_uses(renderer.sheet)]
    for expr in (*exprs, *renderer.sheet.rule.roots()):
        for node, tests in reached(expr, renderer, ()):
            if node.op == "name" and node.value.source == "law":
                used[node.value.path].append(" AND ".join(tests) or "TRUE")
    used |= {name.path: ["TRUE"] for name in renderer.sheet.rule.shown() if name.path in used}
    return [f"coalesce({' OR '.join(dict.fromkeys(tests)) or 'FALSE'}, FALSE) AS {used_column(path)}"
            for path, tests in used.items()]


def used_column(path: str) -> str:
    """Return the column telling whether a value of law took part."""
    return quoted(f"{path}!")


def hit_columns(renderer: Renderer, rules: RuleSet) -> dict[str, str]:
    """Return SQL for each column of `hit`."""
    rule, sheet = renderer.sheet.rule, renderer.sheet
    return {
        "rule_id": text_literal(rule.id), "rule_version": f"CAST({rule.version} AS BIGINT)",
        "table_name": text_literal(rule.subject), "record_id": "record_id", "answer": ANSWER,
        "say": _say(renderer, rules), "flags": _flags(renderer), "missing": MISSING,
        "points": _points(renderer), "facts": _facts(sheet),
        "conditions": _judged(renderer, rule.when, when_column),
        "exclusions": _judged(renderer, rule.unless, unless_column),
        "law": _law(renderer), "linked": _linked(rule),
    }


def _items(blames: Iterable[Blame]) -> str:
    found = ", ".join(dict.fromkeys(b.sql for b in blames))
    return f"list_sort(list_distinct(flatten(CAST([{found}] AS VARCHAR[][]))))"


def _or_calculation(items: str) -> str:
    return f"coalesce(nullif({items}, CAST([] AS VARCHAR[])), ['calculation'])"


def _say(renderer: Renderer, rules: RuleSet) -> str:
    rule = renderer.sheet.rule
    told = [f"CASE WHEN {when_column(c)} THEN {template_sql(c.say, renderer)} END" for c in rule.when if c.say]
    whole = template_sql(rule.say, renderer) if rule.say else _sentence(told) if told else text_literal(rule.title)
    reasons = _sentence([f"CASE WHEN {unless_column(c)} THEN {_words(c, renderer)} END" for c in rule.unless])
    return (f"CASE {ANSWER} WHEN 'hit' THEN {whole} WHEN 'excluded' THEN '排除：' || {reasons} "
            f"ELSE '无法判断，缺：' || {_labels(renderer, rules)} END")


def _sentence(parts: list[str]) -> str:
    return f"concat_ws('；', {', '.join(parts)})" if parts else "''"


def _words(condition: Condition, renderer: Renderer) -> str:
    return template_sql(condition.say, renderer) if condition.say else text_literal(asked(condition))


def _labels(renderer: Renderer, rules: RuleSet) -> str:
    """Name the missing items in Chinese."""
    items = sorted(set(_possible_items(renderer)))
    whens = " ".join(f"WHEN {text_literal(i)} THEN {text_literal(item_label(i, rules))}" for i in items)
    return f"array_to_string(list_transform({MISSING}, lambda m: CASE m {whens} ELSE m END), '、')"


def _possible_items(renderer: Renderer) -> Iterator[str]:
    sheet, blamer = renderer.sheet, Blamer(renderer)
    yield "calculation"
    for use in sheet.rule.links:
        yield f"link:{use.shape.id}"
    for definition in sheet.definitions.values():
        yield from (b.item for b in blamer.definition(definition) if b.item)
    for expr in sheet.rule.roots():
        yield from (b.item for b in blamer.expression(expr) if b.item)
        yield from (b.item for b in blamer.names(expr, ()) if b.item)


def _flags(renderer: Renderer) -> str:
    """Flag what a reader must know: exclusions still open, values of law known from reprints only."""
    rule, sheet = renderer.sheet.rule, renderer.sheet
    open_doubt = f"CASE WHEN {ANSWER} = 'hit' AND {{}} IS NULL THEN '排除条件待核：' || {{}} END"
    flags = [open_doubt.format(unless_column(c), _words(c, renderer)) for c in rule.unless]
    for use in _law_uses(sheet):
        doubtful = [str(i) for i, v in enumerate(use.parameter.values) if v.confidence == "中"]
        if doubtful:
            flag = text_literal(f"参数把握：中（{use.parameter.title}）")
            path = use.name.path
            is_doubtful = f"{index_of(path)} IN ({', '.join(doubtful)})"
            flags.append(f"CASE WHEN {used_column(path)} AND {is_doubtful} THEN {flag} END")
    flags += [_partly_known(d.group) for d in sheet.definitions.values() if d.group is not None]
    return f"list_sort(list_distinct(CAST([{', '.join(flags)}] AS VARCHAR[])))"


def _partly_known(group: GroupUse) -> str:
    unknown = quoted(f"{group.name.path}.unknown")
    told = f"{text_literal(f'{PARTLY_KNOWN}（{group.name.label}，')} || {unknown} || '行）'"
    return f"CASE WHEN {ANSWER} = 'hit' AND {unknown} > 0 THEN {told} END"


def _points(renderer: Renderer) -> str:
    parts = []
    for point in renderer.sheet.rule.points:
        say = template_sql(point.say, renderer) if point.say else "''"
        packed = _json({"is": text_literal(point.id), "add": str(point.add), "say": say})
        parts.append(f"CASE WHEN {ANSWER} = 'hit' AND {point_column(point.id)} THEN {packed} END")
    return _json_list(parts)


def _judged(renderer: Renderer, conditions: tuple[Condition, ...], column: Callable[[Condition], str]) -> str:
    said = [(c, f"CASE WHEN {column(c)} THEN {template_sql(c.say, renderer)} ELSE '' END" if c.say else "''")
            for c in conditions]
    return _json_list([_json({"is": text_literal(c.id), "value": column(c), "say": say}) for c, say in said])


def _facts(sheet: Sheet) -> str:
    values = {name.path: f"CAST({quoted(name.path)} AS VARCHAR)" if name.kind.name == "id" else quoted(name.path)
              for name in sheet.stored()}
    return _json(values) if values else "'{}'"


def _law(renderer: Renderer) -> str:
    """Return the values of law that took part, then, for a hit, how periods and working days were counted."""
    parts = []
    for use in _law_uses(renderer.sheet):
        entries = (text_literal(_law_entry(use, value)) for value in use.parameter.values)
        whens = " ".join(f"WHEN {i} THEN {entry}" for i, entry in enumerate(entries))
        path = use.name.path
        parts.append(f"CASE WHEN {used_column(path)} THEN CASE {index_of(path)} {whens} END END")
    parts += [f"CASE WHEN {ANSWER} = 'hit' THEN {told} END" for told in told_sql(renderer)]
    return _json_list(parts)


def _law_entry(use: LawUse, value: Value) -> str:
    entry = {
        "name": use.name.path, "use": use.parameter.id, "title": use.parameter.title, "length": _number(value.length),
        "unit": value.unit, "law": value.law, "article": value.article, "from": value.from_on.isoformat(),
        "to": value.to_on.isoformat() if value.to_on else None, "confidence": value.confidence,
        "rolls": value.counting == "roll",
    }
    return json.dumps(entry, ensure_ascii=False)


def _number(length: int | Decimal) -> int | float:
    return int(length) if length == int(length) else float(length)


def _law_uses(sheet: Sheet) -> list[LawUse]:
    return [d.law for d in sheet.definitions.values() if d.law is not None]


def _linked(rule: Rule) -> str:
    if not rule.links:
        return "'{}'"
    return _json({use.alias: _link_entry(use) for use in rule.links})


def _link_entry(use: LinkUse) -> str:
    alias = use.alias
    parts = {
        "table": text_literal(use.table), "record_id": f'CAST({quoted(f"{alias}.record_id")} AS VARCHAR)',
        "step": quoted(f"links.{alias}.step"), "confidence": quoted(f"links.{alias}.confidence"),
        "candidates": quoted(f"links.{alias}.candidates"),
    }
    return f"CASE WHEN {linked(alias)} THEN {_struct(parts)} END"


def _struct(values: dict[str, str]) -> str:
    return f"struct_pack({', '.join(f'{quoted(name)} := {sql}' for name, sql in values.items())})"


def _json(values: dict[str, str]) -> str:
    return f"CAST(to_json({_struct(values)}) AS VARCHAR)"


def _json_list(parts: list[str]) -> str:
    """Join JSON texts into a list; NULL ones are left out."""
    return f"'[' || concat_ws(',', {', '.join(parts)}) || ']'" if parts else "'[]'"
