"""Why a rule answers as it does for one record: every condition with its values, links, law, and the calculation.

Everything is computed anew from the warehouse by the very SQL of the nightly run, so clear records are explained too.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl

from engine.errors import EngineError, RuleError
from engine.law import Value as LawValue
from engine.records import BY_NAME, Table
from engine.rules.compiling import Compiled, compile_rule
from engine.rules.distance import Distances, nearest
from engine.rules.explanation import (
    Candidate,
    Chosen,
    Computed,
    Explanation,
    Grouped,
    Judged,
    Member,
    Origin,
    Tried,
    Value,
)
from engine.rules.grouping import key_names, value_of
from engine.rules.groups import GroupUse
from engine.rules.missing import item_label
from engine.rules.model import ANSWERS, Condition, LawUse, LinkUse, Rule, RuleSet
from engine.rules.names import Name
from engine.rules.rendering import Renderer
from engine.rules.sheet import Definition
from engine.rules.templates import UNIT, shown
from engine.rules.tree import Expr
from engine.rules.wording import asked
from engine.rules.working import Workings
from engine.store import Store
from engine.strict_yaml import listed, unknown_word
from engine.text import keys_of

NEAREST = 10
"""Other rows of a group that are named."""


def find(store: Store, rules: RuleSet, rule_id: str, key: str) -> int:
    """Return the record id of the rule's subject with that document number, case number, natural key or clue id.

    Raises EngineError where there is none, or more than one.
    """
    table = _rule(rules, rule_id).table
    tests, values = _tests(table, key)
    rows = store.rows(f"SELECT record_id, natural_key FROM {table.name} WHERE {' OR '.join(tests)} LIMIT 10", values)
    if not rows:
        clue = (f"SELECT DISTINCT record_id, natural_key FROM finding JOIN {table.name} USING (record_id) "
                "WHERE clue_id = ? AND table_name = ? QUALIFY rank() OVER (ORDER BY rule_id = ? DESC) = 1")
        rows = store.rows(clue, [key.strip(), table.name, rule_id])
    if not rows:
        if not store.count(f"SELECT count(*) FROM {table.name}"):
            raise EngineError(table.label, "还没有这种记录", "请先把含有它的文件入库", "E-WHY-EMPTY")
        raise EngineError(table.label, "没有这个编号的记录", "请核对文号或案号", "E-WHY-NONE")
    if len(rows) > 1:
        keys = listed([natural.strip("|") for _, natural in rows])
        raise EngineError(table.label, "这个编号有多条记录", f"请改用其中一个：{keys}", "E-WHY-MANY")
    return int(rows[0][0])


def find_all(store: Store, rules: RuleSet, number: str) -> list[tuple[Table, int, str, str]]:
    """Return every record some rule is about with that document or case number: table, id, natural key, place."""
    found = []
    for name in sorted({rule.subject for rule in rules.rules.values() if rule.is_active}):
        table = BY_NAME[name]
        tests, values = _tests(table, number)
        rows = store.rows(f"SELECT record_id, natural_key FROM {name} WHERE {' OR '.join(tests)} ORDER BY 1 LIMIT 10",
                          values)
        found += [(table, int(record_id), str(key), _place(store, table, record_id)) for record_id, key in rows]
    return found


def _place(store: Store, table: Table, record_id: int) -> str:
    return _origin(*store.rows(f"SELECT natural_key, file, sheet, line FROM {table.name} WHERE record_id = ?",
                               [record_id])[0]).place


def _tests(table: Table, key: str) -> tuple[list[str], dict[str, object]]:
    """Return the conditions on a record of that number, with their values."""
    tests = ["natural_key = $key"]
    values: dict[str, object] = {"key": key.strip()}
    for column in (c for c in table.columns if c.form in ("document_no", "case_no") and c.name in table.key):
        comparable = keys_of(column.form, pl.Series([key]))[0]
        if comparable is not None:
            tests.append(f"{column.name}_key = ${column.name}")
            values[column.name] = comparable
    return tests, values


def explain(store: Store, rules: RuleSet, rule_id: str, record_id: int, as_of: date) -> Explanation:
    """Return why the rule answers as it does for the record; EngineError where there is no such record."""
    rule = _rule(rules, rule_id)
    rules.law.calendar.install(store)
    compiled = compile_rule(rule, rules, as_of)
    distances = Distances(compiled.sheet, [c.expr for c in (*rule.when, *rule.unless)], as_of)
    columns = distances.columns() | Workings(Renderer(compiled.sheet, as_of)).columns()
    rows = store.frame(compiled.record_sql(columns), {"record_id": record_id}).to_dicts()
    if not rows:
        raise EngineError(rule.table.label, "没有这条记录", "请核对文号或案号", "E-WHY-NONE")
    return _Explainer(store, rules, compiled, distances, rows[0] | {"as_of": as_of}).explanation(record_id)


class _Explainer:
    """Turns the computed row of one record into words."""

    def __init__(
        self, store: Store, rules: RuleSet, compiled: Compiled, distances: Distances, row: dict[str, Any]
    ) -> None:
        self.store = store
        self.rules = rules
        self.distances = distances
        self.compiled = compiled
        self.rule = compiled.rule
        self.sheet = compiled.sheet
        self.as_of: date = row["as_of"]
        self.row = row
        self.workings = Workings(Renderer(self.sheet, self.as_of))

    def explanation(self, record_id: int) -> Explanation:
        """Return the whole explanation."""
        rule, row = self.rule, self.row
        says = {kind: {item["is"]: item["say"] for item in json.loads(row[f"hit:{kind}"])}
                for kind in ("conditions", "exclusions", "points")}
        return Explanation(
            rule_id=rule.id, title=rule.title, version=rule.version, as_of=self.as_of, table=rule.table.label,
            record=self._origin(rule.table, record_id), answer=row["hit:answer"],
            answer_label=ANSWERS[row["hit:answer"]], say=row["hit:say"], flags=tuple(row["hit:flags"]),
            other_answer=self._other_answer(),
            missing=tuple(Value(i, item_label(i, self.rules), "") for i in row["hit:missing"]),
            conditions=tuple(self._judged(c, "when", says["conditions"]) for c in rule.when),
            exclusions=tuple(self._judged(c, "unless", says["exclusions"]) for c in rule.unless),
            points=tuple(Judged(p.id, p.text, row[f"point:{p.id}"], says["points"].get(p.id, ""),
                                self._values([p.expr]), p.add, title=asked(p)) for p in rule.points),
            links=tuple(self._tried(use, record_id) for use in rule.links),
            law=tuple(self._chosen(d.law) for d in self.sheet.definitions.values()
                      if d.law is not None and row[f"{d.name.path}!"]),
            computed=tuple(self._computed(d) for d in self.sheet.definitions.values() if d.expr is not None),
            groups=tuple(self._grouped(d.group, record_id) for d in self.sheet.definitions.values() if d.group),
        )

    def _value(self, name: Name) -> Value:
        return Value(name.path, name.label, shown(self.row.get(name.path), name.kind.name, name.kind.codes))

    def _values(self, exprs: Iterable[Expr | None]) -> tuple[Value, ...]:
        names = {n.path: n for expr in exprs if expr is not None for n in expr.names() if n.kind.name != "period"}
        return tuple(self._value(name) for name in names.values())

    def _judged(self, condition: Condition, kind: str, says: dict[str, str]) -> Judged:
        truth = self.row[f"{kind}:{condition.id}"]
        values = self._values([condition.expr, condition.unknown])
        measured = list(self.distances.measured(condition.expr, self.row))
        if kind == "unless" and truth is False:     # of what does not stand in the way only the nearest matters
            measured = [turn] if (turn := nearest(measured)) else []
        told = tuple(str(m) for m in measured)
        if truth is not None:
            told += self.workings.told(self.row, self.rules.law.calendar, "", condition.expr)
        return Judged(condition.id, condition.text, truth, says.get(condition.id, ""), values, measured=told,
                      title=asked(condition))

    def _other_answer(self) -> str:
        """Return by how many days the answer stands, or fails: what a reader checks first."""
        row, whens = self.row, self.rule.when
        false = [c for c in whens if row[f"when:{c.id}"] is False]
        if row["hit:answer"] == "clear" and len(false) == 1:
            turn = nearest(m for m in self.distances.measured(false[0].expr, row) if not m.truth)
            return f"只差{turn.short_by:,}日，条件“{asked(false[0])}”即成立" if turn else ""
        if row["hit:answer"] == "hit":
            turn = nearest(m for c in whens for m in self.distances.measured(c.expr, row) if m.truth)
            return f"差{turn.short_by:,}日即不再命中" if turn else ""
        return ""

    def _origin(self, table: Table, record_id: int) -> Origin:
        sql = f"SELECT natural_key, file, sheet, line FROM {table.name} WHERE record_id = ?"
        rows = self.store.rows(sql, [record_id])
        return _origin(*rows[0]) if rows else Origin(str(record_id), "记录不存在")

    def _grouped(self, use: GroupUse, record_id: int) -> Grouped:
        paths = [k.at.value.path if k.at.op == "name" else path
                 for k, path in zip(use.by, key_names(use), strict=False)]
        key = [Value(k.name.path, k.name.label, shown(self.row.get(path), k.name.kind.name, k.name.kind.codes))
               for k, path in zip(use.by, paths, strict=True)]
        is_there = self.row[use.name.path] is not None
        found = self.store.rows(self.compiled.nearest_sql(use, NEAREST), {"record_id": record_id}) if is_there else []
        kind = value.kind.name if (value := value_of(use)) is not None else ""
        near = (Member(_origin(*place), shown(told, kind) if kind else "") for *place, told in found)
        return Grouped(use.name.label, tuple(key), is_there, tuple(self._value(n) for n in use.names), tuple(near))

    def _tried(self, use: LinkUse, record_id: int) -> Tried:
        taken = self.row[f"{use.alias}.record_id"]
        base = self.row[f"{use.base}.record_id"] if use.base else record_id
        confidence = self.row[f"links.{use.alias}.confidence"]
        found = self.row.get(f"links.{use.alias}.found", True if taken is not None else None)
        return Tried(
            use.alias, use.shape.title, self._origin(use.target, taken) if taken is not None else None,
            self.row[f"links.{use.alias}.step"] or "", float(confidence) if confidence is not None else None,
            tuple(self._candidates(use, base)) if base is not None else (), found)

    def _candidates(self, use: LinkUse, base: int) -> Iterator[Candidate]:
        start, end = ("from_id", "to_id") if use.forward else ("to_id", "from_id")
        sql = f"""SELECT t.natural_key, c.step, c.confidence, c.why
FROM link_candidate AS c LEFT JOIN {use.table} AS t ON t.record_id = c.{end}
WHERE c.link = ? AND c.{start} = ? ORDER BY c.confidence DESC, c.place, c.{end} LIMIT 5"""
        for key, step, confidence, why in self.store.rows(sql, [use.shape.id, base]):
            yield Candidate(str(key).strip("|"), step or "", confidence, why or "")

    def _chosen(self, use: LawUse) -> Chosen:
        name = use.name
        on = Value(use.on_text, self._label(use.on), shown(self._date(use), "date"))
        index = self.row[f"{name.path}#"]
        title = use.parameter.title
        if index is None:
            known = self._date(use) is not None
            why = f"{on.shown}没有有效的法定数值" if known else f"{on.label}未知，不能确定适用哪一时期的规定"
            return Chosen(name.path, title, on, "", "", why)
        value = use.parameter.values[index]
        until = f"至{_day(value.to_on)}" if value.to_on else "起至今"
        why = f"按{on.label}（{on.name}）＝{on.shown}选用{_day(value.from_on)}{until}的规定"
        return Chosen(name.path, title, on, _length(value), f"{value.law}{value.article}", why)

    def _date(self, use: LawUse) -> date | None:
        """Return the date a value of law was chosen by, where it is a plain name."""
        found = self.row.get(use.on.value.path) if use.on.op == "name" else None
        return found if isinstance(found, date) else None

    def _label(self, expr: Expr) -> str:
        return str(expr.value.label) if expr.op == "name" else "所写日期"

    def _computed(self, definition: Definition) -> Computed:
        name = definition.name
        value = self._value(name)
        counted = (*self.workings.told(self.row, self.rules.law.calendar, name.path), *self._looked_up(definition))
        return Computed(name.path, name.label, self._formula(name), value.shown, tuple(counted))

    def _formula(self, name: Name) -> str:
        if name.source == "fact":
            return self.rules.facts[name.table][name.column].text
        lets = [(let.name.path, let.text) for let in self.rule.let]
        for facts in self.rules.facts.values():
            lets += [(let.name.path, let.text) for fact in facts.values() for let in fact.let]
        own = name.path.removeprefix(f"{name.alias}.") if name.alias else name.path
        return dict(lets).get(own, "")

    def _looked_up(self, definition: Definition) -> Iterator[str]:
        """Tell which rows of the tables of law fit."""
        for call in definition.expr.walk() if definition.expr is not None else ():
            if call.op != "call" or call.value.table is None or call.args[-1].op != "name":
                continue
            key, on = self.row.get(call.args[1].value.path), self.row.get(call.args[-1].value.path)
            if key is None or not isinstance(on, date):
                continue
            for row in call.value.table.found(key, on):
                quote = f"“{row.quote}”" if row.quote else ""
                yield f"查{call.value.table.shape.title}：{row.basis}{quote}（把握{row.confidence}）"


def _rule(rules: RuleSet, rule_id: str) -> Rule:
    if rule_id in rules.rules:
        return rules.rules[rule_id]
    fix = f"可用的规则：{listed(sorted(rules.rules))}"
    raise RuleError(rule_id, unknown_word("规则", rule_id, rules.rules), fix, "E-RULE-NONE")


def _origin(key: object, file: str | None, sheet: str | None, line: int | None) -> Origin:
    place = " ".join(str(p) for p in (file, sheet, f"第{line}行" if line is not None else None) if p)
    return Origin(str(key).strip("|"), place or "来源未记载")


def _length(value: LawValue) -> str:
    return f"{value.length}{UNIT.get(value.unit, {'yuan': '元'}.get(value.unit, ''))}"


def _day(day: date) -> str:
    return shown(day, "date")
