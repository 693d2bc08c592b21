"""The worked examples of a facts file: rows in, values of facts out; read here and executed.

An empty expected value says that the fact is unknown. A case names the facts it is about, not all of them.
"""

from collections.abc import Iterator
from typing import Any

from engine.rules.case_clauses import DEFAULT_AS_OF, rows_given
from engine.rules.compiling import fact_values_sql
from engine.rules.model import Case, CaseResult, Fact, FactCase, RuleSet
from engine.rules.templates import shown
from engine.rules.worlds import Worlds
from engine.store import StoreFault
from engine.strict_yaml import File, Node, is_null, listed, unknown_word

FACT_CASE_KEYS = ("name", "given", "as_of", "then", "note")

Expected = dict[str, dict[str, Any]]


def read_fact_cases(file: File, node: Node | None, table: str, facts: dict[str, Fact]) -> tuple[FactCase, ...]:
    """Return the cases; every row of the table must have an expected value."""
    found: dict[str, FactCase] = {}
    for item in file.items(node):
        keys = file.mapping(item, FACT_CASE_KEYS, required=("name", "given", "then"))
        name = file.text(keys.get("name"))
        file.text(keys.get("note"))
        given = rows_given(file, keys.get("given"), (table,))
        as_of = file.day(keys.get("as_of")) or DEFAULT_AS_OF
        expected = _expected(file, keys.get("then"), [ident for ident, _ in given.get(table, ())], facts)
        if name is not None and name in found:
            file.problem(keys["name"], f"用例“{name}”重名", "请换一个名字", "E-RULE-CASE")
        elif name is not None:
            found[name] = FactCase(Case(name, file.place(item), as_of, given, (), {}), expected)
    return tuple(found.values())


def check_facts(rules: RuleSet) -> list[CaseResult]:
    """Return the outcome of every case of every table's facts; the owner is `facts.<table>`."""
    worlds = Worlds(rules.law)
    try:
        return [result for table in sorted(rules.fact_cases) for result in check_table(worlds, rules, table)]
    finally:
        worlds.close()


def check_table(worlds: Worlds, rules: RuleSet, table: str) -> Iterator[CaseResult]:
    """Yield the outcome of every case of one table's facts."""
    cases = rules.fact_cases[table]
    facts = {name: fact for name, fact in rules.facts.get(table, {}).items()
             if any(name in values for case in cases for values in case.expected.values())}
    worlds.fill([case.case for case in cases])
    rows: list[tuple[Any, ...]] = []
    fault: tuple[str, ...] = ()
    try:
        rows = worlds.store.rows(fact_values_sql(table, tuple(f.name for f in facts.values()), rules))
    except StoreFault as error:
        fault = (f"SQL 无法执行：{str(error).splitlines()[0][:300]}",)
    found = {worlds.keys[record_id]: dict(zip(facts, values, strict=True)) for record_id, *values in rows}
    for case in cases:
        told = fault or tuple(sentence for ident, expected in case.expected.items() for sentence in
                              _differences(ident, expected, found[(case.case.name, ident)], facts))
        yield CaseResult(f"facts.{table}", case.case.name, case.case.where, told)


def _differences(ident: str, expected: dict[str, Any], got: dict[str, Any], facts: dict[str, Fact]) -> Iterator[str]:
    for name, value in expected.items():
        if got[name] != value:
            kind = facts[name].name.kind
            wanted, came = ("不明" if v is None else shown(v, kind.name, kind.codes) for v in (value, got[name]))
            yield f"{ident} 的{facts[name].name.label}（{name}）应为{wanted}，得到{came}"


def _expected(file: File, node: Node | None, rows: list[str], facts: dict[str, Fact]) -> Expected:
    expected: Expected = {}
    for key, value in file.entries(node):
        if key.text not in rows:
            file.problem(key, unknown_word("行", key.text, rows), f"given 里的行：{listed(rows)}", "E-RULE-CASE")
            continue
        expected[key.text] = {name: _value(file, cell, facts[name])
                              for name, cell in file.mapping(value, list(facts)).items() if name in facts}
    left = [ident for ident in rows if not expected.get(ident)]
    if left and isinstance(node, Node):
        file.problem(node, f"没有写预期值的行：{listed(left)}", "then 里每一行至少写一个推导事实的值", "E-RULE-CASE")
    return expected


def _value(file: File, node: Node, fact: Fact) -> Any:
    if is_null(node):
        return None
    kind = fact.name.kind
    if kind.codes:
        return file.choice(node, dict(kind.codes))
    decode = {"date": file.day, "money": file.decimal, "number": file.decimal, "int": file.integer,
              "bool": file.boolean}
    return decode.get(kind.name, file.text)(node)
