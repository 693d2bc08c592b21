"""Checked expressions in the author's spelling, for messages."""

from decimal import Decimal

from engine.rules.tree import Expr

_BINDS = {"or": 1, "and": 2, "not": 3, "is_null": 4, "is_true": 4, "is_false": 4, "in": 4, "like": 4,
          "=": 4, "<>": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "neg": 7}
_IS = {"is_null": "NULL", "is_true": "TRUE", "is_false": "FALSE"}


def written(expr: Expr) -> str:
    """Return the expression as an author would write it."""
    op, args = expr.op, expr.args
    if op == "literal":
        return literal_text(expr)
    if op == "name":
        return str(expr.value.path).rpartition("/")[2]
    if op == "call":
        return f"{expr.value.name}({', '.join(map(written, args))})"
    if op == "case":
        pairs = " ".join(f"WHEN {written(c)} THEN {written(v)}" for c, v in zip(args[:-1:2], args[1::2], strict=True))
        return f"CASE {pairs} ELSE {written(args[-1])} END"
    parts = [_inside(arg, _BINDS[op]) for arg in args]
    if op in _IS:
        return f"{parts[0]} IS {_IS[op]}"
    if op == "in":
        return f"{parts[0]} IN ({', '.join(parts[1:])})"
    if op == "like":
        return f"{parts[0]} LIKE '{expr.value}'"
    if op in ("not", "neg"):
        return f"{'NOT ' if op == 'not' else '-'}{parts[0]}"
    return f" {op.upper()} ".join(parts)


def literal_text(expr: Expr) -> str:
    """Return a constant as an author would write it."""
    value = expr.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if expr.kind.name == "date":
        return f"DATE '{value.isoformat()}'"
    return f"'{value}'" if expr.kind.name == "text" else f"{Decimal(str(value)):f}"


def _inside(expr: Expr, outer: int) -> str:
    text = written(expr)
    return f"({text})" if _BINDS.get(expr.op, 9) <= outer and expr.args else text
