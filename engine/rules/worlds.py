"""Cases in a store: each in a world of its own, so that all cases of a rule are answered by one run of its SQL.

Every row gets its own record id and links name ids, so cases do not see each other. What is not keyed by a record, the
as-of date and the statements of coverage, is kept by world: the table `case_world` gives each subject its date and its
world, and a statement's place begins with its world.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from engine.law import Law
from engine.records import BY_NAME, Table
from engine.rules.compiling import WORLDS, compile_rule
from engine.rules.model import Case, Rule, RuleSet
from engine.store import Store
from engine.text import keys_of

POLARS_TYPE: dict[str, Any] = {
    "text": pl.String, "date": pl.Date, "money": pl.Decimal(18, 2), "int": pl.Int64, "bool": pl.Boolean,
}
_WORLD = {"record_id": pl.UInt64, "#world": pl.String, "#as_of": pl.Date}
_LINK = {"from_id": pl.UInt64, "to_id": pl.UInt64}

Key = tuple[str, str]
"""The name of a case and the key of one of its rows."""

Span = tuple[int, int]
"""First and last record id of the rows of some cases."""


class Worlds:
    """An in-memory store with some cases in it."""

    def __init__(self, law: Law) -> None:
        """Open the store and put the calendar in; nothing in it yet."""
        self.store = Store()
        law.calendar.install(self.store)
        # reason: planning pays on millions of rows and only costs on a dozen
        self.store.run("PRAGMA disable_optimizer")
        self.store.run("SET threads = 1")
        self.store.run(f'CREATE TEMP TABLE {WORLDS} (record_id UBIGINT, "#world" VARCHAR, "#as_of" DATE)')
        self.keys: dict[int, Key] = {}
        self._filled: set[str] = set()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def fill(self, cases: Sequence[Case]) -> None:
        """Put these cases in, in place of those before; their names must differ."""
        self.fill_all([cases])

    def fill_all(self, lists: Sequence[Sequence[Case]]) -> list[Span]:
        """Put lists of cases in, in place of what was before, and return the record ids each list took.

        Names must differ only within a list. One filling for many rules costs little more than for one.
        """
        for table in self._filled:
            self.store.run(f"DELETE FROM {table}")
        filling = _Filling()
        spans = []
        for cases in lists:
            first = len(filling.keys) + 1
            for case in cases:
                filling.add(case)
            spans.append((first, len(filling.keys)))
        self.keys = filling.keys
        for table, found in filling.rows.items():
            self.store.put(table, _frame(BY_NAME[table], found))
        self.store.put(WORLDS, pl.DataFrame(filling.worlds, schema=_WORLD))
        if filling.links:
            self.store.put("link", pl.DataFrame(filling.links, schema_overrides=_LINK))
        self._filled = {WORLDS, "link", *filling.rows}
        return spans

    def judged(self, rule: Rule, rules: RuleSet, span: Span | None = None) -> pl.DataFrame:
        """Return the answer and the truth of each condition for every subject of the cases, or of those in the span."""
        compiled = compile_rule(rule, rules, None)
        # reason: of a dozen rows the tuples are there before a frame's query is planned
        rows = self.store.rows(compiled.judged_sql(span=span))
        truths = dict.fromkeys(compiled.truths, pl.Boolean)
        return pl.DataFrame(rows, schema={"record_id": pl.UInt64, "answer": pl.String, **truths}, orient="row")

    def answers(self, rule: Rule, rules: RuleSet) -> dict[Key, str]:
        """Return the answer for every subject of the cases."""
        return self.by_key(self.judged(rule, rules))

    def by_key(self, judged: pl.DataFrame) -> dict[Key, str]:
        """Return judged answers by case and row."""
        return {self.keys[record_id]: answer for record_id, answer in judged.select("record_id", "answer").iter_rows()}


class _Filling:
    """What goes into the store: rows by table, links, the world of each row, and whose row it is."""

    def __init__(self) -> None:
        self.keys: dict[int, Key] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.links: list[dict[str, Any]] = []
        self.worlds: list[dict[str, Any]] = []
        self.count = 0

    def add(self, case: Case) -> None:
        """Add a case as a further world."""
        self.count += 1
        ids: dict[str, int] = {}
        for table, ident, row in ((t, *item) for t, items in case.given.items() for item in items):
            record_id = ids[ident] = len(self.keys) + 1
            self.keys[record_id] = (case.name, ident)
            self.rows.setdefault(table, []).append(
                {"record_id": record_id, "natural_key": ident, **_placed(table, row, self.count)})
            self.worlds.append({"record_id": record_id, "#world": f"{self.count}:", "#as_of": case.as_of})
        self.links += [_link_row(link, ids) for link in case.links]


def _placed(table: str, row: dict[str, Any], world: int) -> dict[str, Any]:
    """Return the row; the place of a statement of coverage begins with its world."""
    return {**row, "division": f"{world}:{row.get('division') or ''}"} if table == "coverage" else row


def _link_row(link: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    return {
        "link": link["use"], "from_id": ids[link["from"]], "to_id": ids[link["to"]],
        "step": link["step"], "confidence": link["confidence"], "candidates": link["candidates"], "why": "用例给定",
    }


def _frame(table: Table, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Return the rows with the table's types; comparable forms are added where the case does not give them."""
    types = {c.name: POLARS_TYPE[c.type] for c in (*table.columns, *table.key_columns)}
    types |= {"record_id": pl.UInt64, "natural_key": pl.String, "party_id": pl.UInt64}
    used = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame(rows, schema={name: types[name] for name in used})
    forms = {c.name: c.form for c in table.columns if c.form and c.name in used and f"{c.name}_key" not in used}
    return frame.with_columns(keys_of(form, frame[name]).alias(f"{name}_key") for name, form in forms.items())
