"""Two records a link joined, column beside column: which say the same once spelling is put aside.

Columns of the same name stand beside each other, and a record's column about the other table (`penalty_document_no`)
beside that table's own. Equal is decided on comparable forms in the warehouse; what is published is masked.
"""

from engine.columns import Column, Table
from engine.records import BY_NAME
from engine.store import Store

SURE = 0.97
"""From this confidence on a link is not doubted, and its records are not compared."""

_ALIKE = (("applicant", "authority"), ("basis_no", "case_no"))
"""Columns of other names that say the same."""


def pairs(one: Table, other: Table) -> list[tuple[Column, Column]]:
    """Return the columns of two tables that stand beside each other; coded ones are left out.

    Of one name, but labelled otherwise, are days of different things: when a ruling and when a penalty was served.
    """
    found = []
    for left in one.columns:
        names = (left.name, left.name.removeprefix(f"{other.name}_"), f"{one.name}_{left.name}",
                 *(b for a, b in _ALIKE if a == left.name), *(a for a, b in _ALIKE if b == left.name))
        right = next((column for name in dict.fromkeys(names) if (column := other.column(name)) is not None), None)
        twin = right is not None and right.type == left.type and not left.values and not right.values
        if right is not None and twin and (right.name != left.name or right.label == left.label):
            found.append((left, right))
    return found


def compare(store: Store) -> None:
    """Build `review_compared`: the JSON `compared` of each doubtful link of `review_part`, by finding and alias."""
    store.run("""CREATE OR REPLACE TEMP TABLE review_doubt AS SELECT table_name, record_id, rule_id, alias, its_table,
        its_id FROM show_linked SEMI JOIN review_part USING (table_name, record_id, rule_id) WHERE confidence < ?""",
              [SURE])
    kinds = store.rows("SELECT DISTINCT table_name, its_table FROM review_doubt ORDER BY 1, 2")
    parts = [_compared(BY_NAME[a], BY_NAME[b]) for a, b in kinds if a in BY_NAME and b in BY_NAME]
    none = ("SELECT '' AS table_name, 0::UBIGINT AS record_id, '' AS rule_id, '' AS alias, '[]' AS compared "
            "WHERE false")
    store.run(f"CREATE OR REPLACE TEMP TABLE review_compared AS {' UNION ALL '.join([none, *parts])}")


def _compared(one: Table, other: Table) -> str:
    fields = [f"struct_pack(label := '{left.label}', one := {_said('a', left)}, other := {_said('b', right)}, "
              f"same := {_same(left, right)})" for left, right in pairs(one, other)]
    told = f"to_json(list_filter([{', '.join(fields)}], lambda f: coalesce(f.one, f.other) IS NOT NULL))"
    return (f"SELECT d.table_name, d.record_id, d.rule_id, d.alias, CAST({told} AS VARCHAR) FROM review_doubt d "
            f"JOIN {one.name} a ON a.record_id = d.record_id JOIN {other.name} b ON b.record_id = d.its_id "
            f"WHERE d.table_name = '{one.name}' AND d.its_table = '{other.name}'" if fields else
            "SELECT '' , 0::UBIGINT, '', '', '[]' WHERE false")


def _said(alias: str, column: Column) -> str:
    name = f"{alias}.{column.name}"
    if column.type == "date":
        return f"strftime({name}, '%Y年%-m月%-d日')"
    if column.type == "bool":
        return f"CASE {name} WHEN true THEN '是' WHEN false THEN '否' END"
    return f"CAST({name} AS VARCHAR)"


def _same(left: Column, right: Column) -> str:
    same = f"{_key('a', left)} = {_key('b', right)}"
    if not left.mask:
        return same
    # reason: a number that came partly hidden is neither the same nor another one
    return f"CASE WHEN NOT contains(concat(a.{left.name}, b.{right.name}), '*') OR {same} THEN {same} END"


def _key(alias: str, column: Column) -> str:
    return f"{alias}.{column.name}_key" if column.form else f"{alias}.{column.name}"
