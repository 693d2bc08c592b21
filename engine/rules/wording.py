"""A checked expression as a Chinese sentence a lawyer can read, with the labels of its columns and codes."""

from collections.abc import Callable

from engine.rules.model import Condition, Point
from engine.rules.templates import shown
from engine.rules.tree import Expr

_SIGN = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "-", "*": "×", "/": "÷",
         "%": "除余"}
_JOINS = {"and": "且", "or": "或"}


def in_words(expr: Expr) -> str:
    """Return the expression in words; equal expressions give equal words."""
    if expr.op == "literal":
        return _literal(expr, ())
    if expr.op == "name":
        return _named(expr)
    if expr.op == "call":
        return _call(expr)
    writer = _WRITERS.get(expr.op)
    return writer(expr) if writer is not None else _compared(expr)


def asked(clause: Condition | Point) -> str:
    """Return what a condition, exclusion or point asks: its title, else its expression in words."""
    return clause.title or in_words(clause.expr)


def called(clause: Condition | Point) -> str:
    """Return what it is called: its title, else its sentence with … for the values, else its expression in words."""
    if clause.title or clause.say is None:
        return asked(clause)
    return "".join(part if isinstance(part, str) else "…" for part in clause.say.parts)


def _inner(expr: Expr) -> str:
    """Return the words of a part, in brackets where they would run into the rest."""
    words = in_words(expr)
    runs_on = expr.op in (*_JOINS, "case") or (expr.op in _SIGN and expr.kind.name != "bool") or "，没有的取" in words
    return f"（{words}）" if runs_on else words


def _named(expr: Expr) -> str:
    """Return the label; of a yes-or-no value what it says when it holds."""
    label = str(expr.value.label)
    return label.replace("是否", "", 1) if expr.kind.name == "bool" else label


def _literal(expr: Expr, codes: tuple[tuple[str, str], ...]) -> str:
    value = expr.value
    if expr.kind.name == "text":
        return f"“{dict(codes).get(value, value)}”"
    return "未记载" if value is None else shown(value, expr.kind.name if expr.kind.name != "money" else "number")


def _compared(expr: Expr) -> str:
    left, right = expr.args
    if left.op == "name" and left.value.source == "link" and left.value.column == "found" and right.op == "literal":
        return f"{'有' if right.value is (expr.op == '=') else '没有'}{_linked(left)}"
    codes = left.kind.codes or right.kind.codes
    first, second = (_literal(side, codes) if side.op == "literal" else _inner(side) for side in (left, right))
    return f"{first} {_SIGN[expr.op]} {second}"


def _linked(name: Expr) -> str:
    return _named(name).removeprefix("有")


def _joined(expr: Expr) -> str:
    parts = (_inner(arg) if arg.op in (*_JOINS, "case") and arg.op != expr.op else in_words(arg) for arg in expr.args)
    return f"，{_JOINS[expr.op]}".join(parts)


def _not(expr: Expr) -> str:
    arg = expr.args[0]
    turned = {"is_null": "有记载", "is_true": "不为是（不明的也算）", "is_false": "不为否（不明的也算）"}
    if arg.op in turned:
        return f"{_inner(arg.args[0])}{turned[arg.op]}"
    if arg.op == "in":
        return _in(arg, "不是")
    if arg.op == "name" and arg.value.source == "link":
        return f"没{_named(arg)}"
    return f"并非（{in_words(arg)}）"


def _in(expr: Expr, word: str = "是") -> str:
    subject, *options = expr.args
    return f"{_inner(subject)}{word}{'或'.join(_literal(option, subject.kind.codes) for option in options)}"


def _case(expr: Expr) -> str:
    parts = [f"{in_words(expr.args[i])}的，取{_inner(expr.args[i + 1])}" for i in range(0, len(expr.args) - 1, 2)]
    rest = expr.args[-1]
    known = rest.op != "literal" or rest.value is not None
    return "；".join([*parts, f"其余取{_inner(rest)}" if known else "其余不明"])


_WRITERS: dict[str, Callable[[Expr], str]] = {
    "and": _joined, "or": _joined, "not": _not, "in": _in, "case": _case,
    "is_null": lambda e: f"{_inner(e.args[0])}未记载",
    "is_true": lambda e: f"{_inner(e.args[0])}为是（不明的不算）",
    "is_false": lambda e: f"{_inner(e.args[0])}为否（不明的不算）",
    "like": lambda e: f"{_inner(e.args[0])}形如“{e.value}”",
    "neg": lambda e: f"负{_inner(e.args[0])}",
}

_CALLS: dict[str, str] = {
    "period_end": "自{0}起算{1}的最后一日", "period_end_unrolled": "自{0}起算{1}的最后一日（不顺延）",
    "workdays_end": "{0}之后第{1}个工作日", "workdays_between": "{0}到{1}的工作日数", "is_workday": "{0}是工作日",
    "month_end": "{0}所在月的最后一日", "quarter_end": "{0}所在季度的最后一日",
    "days_between": "{0}到{1}的日数", "date_add_days": "{0}加{1}日", "age_on": "{1}时的周岁（按{0}）",
    "abs": "{0}的绝对值", "round": "{0}四舍五入到{1}位小数", "length": "{0}的字数",
    "part": "{0}第{1}个字起的{2}个字", "contains": "{0}含有{1}",
    "starts_with": "{0}以{1}开头", "ends_with": "{0}以{1}结尾",
}
_LISTS: dict[str, str] = {
    "latest": "中最晚的", "earliest": "中最早的", "latest_known": "中有记载的最晚者",
    "earliest_known": "中有记载的最早者", "concat": "相连",
}


def _call(expr: Expr) -> str:
    name, args = str(expr.value.name), expr.args
    if name == "coalesce":
        return _coalesce(args)
    if expr.value.table is not None:
        return _looked_up(expr)
    words = [_inner(arg) for arg in args]
    if name in _LISTS:
        return f"{'、'.join(words)}{_LISTS[name]}"
    return _CALLS.get(name, f"{name}（{'、'.join(words)}）").format(*words)


def _looked_up(expr: Expr) -> str:
    """`lookup(table, key, answer, date)` or `listed(table, key, date)`; both are bound to their table."""
    table, key, on = expr.value.table, _inner(expr.args[1]), _inner(expr.args[-1])
    if expr.value.name == "listed":
        return f"“{table.shape.title}”列有{key}（按{on}）"
    answer = table.answer(expr.args[2].value)
    return f"按“{table.shape.title}”，{key}的{answer.label}（按{on}）"


def _coalesce(args: tuple[Expr, ...]) -> str:
    """`coalesce(x, false)` is how an unknown is taken for a no; anything else is a substitute."""
    *values, last = args
    if last.op == "literal" and isinstance(last.value, bool):
        return f"{_substituted(values)}（不明的当作{'是' if last.value else '不是'}）"
    return _substituted(list(args))


def _substituted(args: list[Expr]) -> str:
    return "，没有的取".join(_inner(arg) for arg in args)
