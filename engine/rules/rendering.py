"""Checked expressions as DuckDB SQL, written from our own tree: no word of the author's text reaches the database.

Where engines differ or SQL is not three-valued, the language decides:
- division by zero, overflow and a date outside the calendar are NULL, never an error or infinity;
- money and decimals are computed exactly in DECIMAL(28,6), half a unit away from zero;
- CASE with an unknown condition is NULL;
- nothing is concluded from a record that is not linked or a group that is not there: IS NULL, IS TRUE, IS FALSE and a
  constant in coalesce are then NULL too (absence is asked by `links.<alias>.found`, which needs a coverage statement).
"""

from collections.abc import Callable
from datetime import date

from engine.law import Value, sql_choice, sql_period_end, sql_rolled
from engine.rules.kinds import DECIMAL
from engine.rules.names import Name
from engine.rules.sheet import Definition, Sheet
from engine.rules.tree import Expr

WORLD, WORLD_AS_OF = '"#world"', '"#as_of"'
"""Columns of a record's world: which statements of coverage hold for it, and its as-of date."""


def quoted(name: str) -> str:
    """Return an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """Return a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def index_of(path: str) -> str:
    """Return the column holding which value of a law name was chosen (0, 1, … or NULL)."""
    return quoted(f"{path}#")


class Renderer:
    """Writes SQL over the columns of one sheet."""

    def __init__(self, sheet: Sheet, as_of: date | None) -> None:
        """Bind the sheet and the as-of date; None: each record has its own, with its world (`engine.rules.worlds`)."""
        self.sheet = sheet
        self.as_of = as_of

    def sql(self, expr: Expr) -> str:
        """Return SQL for an expression."""
        writers: dict[str, Callable[[Expr], str]] = {
            "literal": _literal, "name": lambda e: self.name(e.value), "call": self._call, "case": self._case,
            "and": lambda e: self._joined(e, " AND "), "or": lambda e: self._joined(e, " OR "),
            "not": lambda e: f"(NOT {self.sql(e.args[0])})", "is_null": self._is_null,
            "is_true": lambda e: self._is(e, "TRUE"), "is_false": lambda e: self._is(e, "FALSE"),
            "in": lambda e: f"({self.sql(e.args[0])} IN ({', '.join(self.sql(a) for a in e.args[1:])}))",
            "like": lambda e: f"({self.sql(e.args[0])} LIKE {text_literal(e.value)})", "neg": self._neg,
        }
        writer = writers.get(expr.op)
        return writer(expr) if writer else self._binary(expr)

    def name(self, name: Name) -> str:
        """Return SQL for a name."""
        if name.source != "as_of":
            return quoted(name.path)
        return f"DATE '{self.as_of.isoformat()}'" if self.as_of else WORLD_AS_OF

    def definition(self, definition: Definition) -> list[str]:
        """Return the select items of a definition."""
        column = quoted(definition.name.path)
        if definition.law is not None:
            return self._law(definition)
        if definition.link is not None or definition.group is not None:
            return []
        sql = self.sql(definition.expr) if definition.expr is not None else "NULL"
        if definition.alias:
            sql = f"CASE WHEN {linked(definition.alias)} THEN {sql} END"
        return [f"{sql} AS {column}"]

    def _law(self, definition: Definition) -> list[str]:
        use = definition.law
        assert use is not None
        on = self.sql(use.on)
        values = use.parameter.values
        index = sql_choice(use.parameter, on, lambda v: str(values.index(v)))
        length = sql_choice(use.parameter, on, lambda v: f"CAST({v.length} AS {_length_type(v)})")
        path = definition.name.path
        return [f"{index} AS {index_of(path)}", f"{length} AS {quoted(path)}"]

    def _call(self, expr: Expr) -> str:
        if "period" in expr.value.takes:
            return self._period_end(expr, rolls=expr.value.name == "period_end")
        if expr.value.name == "coalesce":
            return self._coalesce(expr)
        return str(expr.value.sql([self.sql(a) for a in expr.args]))

    def _period_end(self, expr: Expr, rolls: bool) -> str:
        """Choose among the parameter's values first and roll once: each roll is a look-up in the calendar."""
        start, law = self.sql(expr.args[0]), expr.args[1].value
        values = law.parameter.values
        ends = [sql_period_end(start, str(v.length), v.unit, roll=False) for v in values]
        chosen = _choice(law.path, ends)
        rolled = [rolls and v.counting == "roll" for v in values]
        if not any(rolled):
            return chosen
        return sql_rolled(chosen) if all(rolled) else _choice(
            law.path, [sql_rolled(e) if r else e for e, r in zip(ends, rolled, strict=True)])

    def _case(self, expr: Expr) -> str:
        """Nest by CASE c WHEN TRUE … WHEN FALSE … END, so that an unknown condition gives NULL."""
        sql = self.sql(expr.args[-1])
        for i in range(len(expr.args) - 3, -1, -2):
            sql = f"CASE {self.sql(expr.args[i])} WHEN TRUE THEN {self.sql(expr.args[i + 1])} WHEN FALSE THEN {sql} END"
        return f"({sql})"

    def _is_null(self, expr: Expr) -> str:
        sql, present = self.sql(expr.args[0]), self._present(expr)
        if not present:
            return f"({sql} IS NULL)"
        return f"(CASE WHEN {sql} IS NOT NULL THEN FALSE WHEN {present} THEN TRUE END)"

    def _is(self, expr: Expr, truth: str) -> str:
        sql, present = self.sql(expr.args[0]), self._present(expr)
        asked = f"({sql} IS {truth})"
        return f"(CASE WHEN {sql} IS NOT NULL OR {present} THEN {asked} END)" if present else asked

    def _coalesce(self, expr: Expr) -> str:
        present = self._present(expr)
        args = [self.sql(a) if any(True for _ in a.names()) or not present
                else f"CASE WHEN {present} THEN {self.sql(a)} END" for a in expr.args]
        return f"coalesce({', '.join(args)})"

    def _present(self, expr: Expr) -> str:
        """Return the test that every record and group it asks is there; '' where it asks only the subject."""
        names = list(expr.names())
        groups = (f"{quoted(g.name.path)} IS NOT NULL" for g in self.sheet.groups(names))
        return " AND ".join((*(linked(a) for a in self.sheet.aliases(names)), *groups))

    def _joined(self, expr: Expr, sign: str) -> str:
        return f"({sign.join(self.sql(a) for a in expr.args)})"

    def _neg(self, expr: Expr) -> str:
        return f"(-{self.sql(expr.args[0])})"

    def _binary(self, expr: Expr) -> str:
        left, right = expr.args
        a, b = self.sql(left), self.sql(right)
        if expr.op in ("=", "<>", "<", "<=", ">", ">="):
            return f"({a} {expr.op} {b})"
        if expr.op == "/":
            quotient = f"CAST({a} AS DOUBLE) / nullif(CAST({b} AS DOUBLE), 0)"
            return f"TRY_CAST({quotient} AS {DECIMAL})"
        if left.kind.name == right.kind.name == "int":
            divisor = f"nullif(CAST({b} AS HUGEINT), 0)" if expr.op == "%" else f"CAST({b} AS HUGEINT)"
            return f"TRY_CAST(CAST({a} AS HUGEINT) {expr.op} {divisor} AS BIGINT)"
        if expr.op == "*":
            return self._product(left, right, a, b)
        second = f"nullif(CAST({b} AS {DECIMAL}), 0)" if expr.op == "%" else f"CAST({b} AS {DECIMAL})"
        return f"TRY_CAST(CAST({a} AS {DECIMAL}) {expr.op} {second} AS {DECIMAL})"

    def _product(self, left: Expr, right: Expr, a: str, b: str) -> str:
        """Multiply within 38 digits: the larger side keeps four decimals, a share six."""
        if left.kind.name == "number" and right.kind.name != "number":
            a, b = b, a
        return f"TRY_CAST(TRY_CAST({a} AS DECIMAL(20,4)) * TRY_CAST({b} AS DECIMAL(18,6)) AS {DECIMAL})"


def linked(alias: str) -> str:
    """Return the test whether the alias has a record."""
    return f'{quoted(f"{alias}.record_id")} IS NOT NULL'


def _choice(path: str, options: list[str]) -> str:
    return f"CASE {index_of(path)} {' '.join(f'WHEN {i} THEN {sql}' for i, sql in enumerate(options))} END"


def _literal(expr: Expr) -> str:
    if expr.value is None:
        return "NULL"
    if expr.kind.name == "bool":
        return "TRUE" if expr.value else "FALSE"
    if expr.kind.name == "text":
        return text_literal(str(expr.value))
    if expr.kind.name == "date":
        return f"DATE '{expr.value.isoformat()}'"
    written = str(expr.value)
    return f"({written})" if written.startswith("-") else written


def _length_type(value: Value) -> str:
    return "BIGINT" if value.unit in ("day", "workday", "month", "year") else DECIMAL


