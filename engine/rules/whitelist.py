"""The whitelist: sqlglot's tree rebuilt node by node into ours, with names resolved and kinds checked.

Only the node types and functions listed here exist; whatever else the parser knows is refused by default, never by a
list of what is forbidden.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlglot import exp

from engine.records import BY_NAME
from engine.rules import kinds
from engine.rules.functions import ADVICE, FUNCTIONS, Function, bound
from engine.rules.kinds import BOOL, DATE, INT, MONEY, NUMBER, TEXT, UNKNOWN, Kind
from engine.rules.names import Scope
from engine.rules.tree import Expr, Fault, literal
from engine.strict_yaml import listed, unknown_word

MAX_DEPTH = 30
MAX_FAULTS = 20
"""After so many faults in one expression unknown names are not looked up any more."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Node = exp.Expr

_COMPARISONS: dict[type[Node], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}
_ARITHMETIC: dict[type[Node], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
}
_ARGUMENTS: dict[type[Node], frozenset[str]] = {
    exp.Paren: frozenset(("this",)), exp.Column: frozenset(("this", "table", "db")),
    exp.Literal: frozenset(("this", "is_string")), exp.Boolean: frozenset(("this",)), exp.Null: frozenset(),
    exp.And: frozenset(("this", "expression")), exp.Or: frozenset(("this", "expression")),
    exp.Not: frozenset(("this",)), exp.Is: frozenset(("this", "expression")),
    exp.In: frozenset(("this", "expressions")), exp.Between: frozenset(("this", "low", "high")),
    exp.Like: frozenset(("this", "expression", "negate")), exp.Case: frozenset(("ifs", "default")),
    exp.Neg: frozenset(("this",)), exp.Anonymous: frozenset(("this", "expressions")),
    exp.Cast: frozenset(("this", "to")),
    **{t: frozenset(("this", "expression")) for t in (*_COMPARISONS, *_ARITHMETIC)},
}
"""The whitelist: node types and the parts each may have."""


@dataclass
class Reader:
    """Rebuilds one parsed tree, collecting faults."""

    scope: Scope
    faults: list[Fault] = field(default_factory=list)
    depth: int = 0

    def fault(self, at: int, what: str, fix: str) -> Expr:
        """Add a fault and return a node that gives no further complaints."""
        self.faults.append(Fault(at, what, fix))
        return Expr("literal", (), UNKNOWN, None, at)

    def read(self, node: Node) -> Expr:
        """Return the checked node."""
        at = _place(node)
        stranger = _stranger(node)
        if stranger:
            fix = "只能用列、常量、比较、AND/OR/NOT、CASE、IN、BETWEEN、LIKE 和登记的函数"
            return self.fault(at, f"表达式里不允许{stranger}", fix)
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            self.depth -= 1
            return self.fault(at, f"嵌套超过 {MAX_DEPTH} 层", "请用 let 分步写")
        built = self._build(node, at)
        self.depth -= 1
        return built

    def _build(self, node: Node, at: int) -> Expr:
        if type(node) in _COMPARISONS:
            return self._comparison(_COMPARISONS[type(node)], self.read(node.this), self.read(node.expression), at)
        if type(node) in _ARITHMETIC:
            return self._arithmetic(_ARITHMETIC[type(node)], self.read(node.this), self.read(node.expression), at)
        builders: dict[type[Node], Callable[[Any, int], Expr]] = {
            exp.Paren: lambda n, _: self.read(n.this), exp.Column: self._column, exp.Literal: self._literal,
            exp.Boolean: lambda n, p: literal(bool(n.this), BOOL, p),
            exp.Null: lambda _, p: literal(None, kinds.NULL, p),
            exp.And: self._logic, exp.Or: self._logic, exp.Not: self._not, exp.Is: self._is, exp.In: self._in,
            exp.Between: self._between, exp.Like: self._like, exp.Case: self._case, exp.Neg: self._neg,
            exp.Anonymous: self._call, exp.Cast: self._cast,
        }
        return builders[type(node)](node, at)

    def _column(self, node: exp.Column, at: int) -> Expr:
        parts = [p for p in (node.args.get("db"), node.args.get("table"), node.this) if p is not None]
        if any(not isinstance(p, exp.Identifier) for p in parts):
            return self.fault(at, "不允许 *", "请写明列名")
        path = ".".join(p.name for p in parts)
        name = self.scope.find(path)
        if name is not None:
            return Expr("name", (), name.kind, name, at)
        advice = ADVICE.get(path.lower())
        if len(self.faults) > MAX_FAULTS:
            return Expr("literal", (), UNKNOWN, None, at)
        what, fix = (f"没有“{path}”", advice) if advice else self.scope.complaint(path)
        if not path.isascii() and "是否指" not in what:
            fix = f"若是文字（如文号），请加半角引号：'{path[:40]}'；{fix}"
        return self.fault(at, what, fix)

    def _literal(self, node: exp.Literal, at: int) -> Expr:
        if node.is_string:
            return literal(str(node.this), TEXT, at)
        written = str(node.this)
        if re.fullmatch(r"\d{1,18}", written):
            return literal(int(written), INT, at)
        if re.fullmatch(r"\d{1,18}\.\d{1,6}", written):
            return literal(written, NUMBER, at)
        return self.fault(at, f"数字“{written[:40]}”写法不对", "整数最多 18 位，小数最多 6 位，不用科学记数")

    def _logic(self, node: Node, at: int) -> Expr:
        sign = "and" if isinstance(node, exp.And) else "or"
        return Expr(sign, tuple(self._truth(part) for part in node.flatten()), BOOL, None, at)

    def _not(self, node: exp.Not, at: int) -> Expr:
        return Expr("not", (self._truth(node.this),), BOOL, None, at)

    def _truth(self, node: Node) -> Expr:
        found = self.read(node)
        if not kinds.fits(found.kind, "bool"):
            fix = "请写成比较，例如 applied_on > last_day"
            return self.fault(found.at, f"此处应为判断，得到{found.kind.label}", fix)
        return found

    def _is(self, node: exp.Is, at: int) -> Expr:
        subject = self.read(node.this)
        if isinstance(node.expression, exp.Null):
            return Expr("is_null", (subject,), BOOL, None, at)
        if isinstance(node.expression, exp.Boolean) and kinds.fits(subject.kind, "bool"):
            return Expr("is_true" if node.expression.this else "is_false", (subject,), BOOL, None, at)
        return self.fault(at, "IS 后只能是 NULL、TRUE、FALSE", "比较请用 = 或 <>")

    def _in(self, node: exp.In, at: int) -> Expr:
        subject = self.read(node.this)
        if not node.expressions:
            return self.fault(at, "IN 后应列出常量", "例如 ruling IN ('granted', 'partly')")
        options = []
        for option in node.expressions:
            found = self.read(option)
            if found.op not in ("literal", "neg") or found.kind == kinds.NULL:
                return self.fault(found.at, "IN 里只能是常量", "逐个比较请用 OR")
            options.append(self._matched(subject, found)[1])
        return Expr("in", (subject, *options), BOOL, None, at)

    def _between(self, node: exp.Between, at: int) -> Expr:
        subject, low, high = self.read(node.this), self.read(node.args["low"]), self.read(node.args["high"])
        return Expr("and", (self._comparison(">=", subject, low, at), self._comparison("<=", subject, high, at)), BOOL,
                    None, at)

    def _like(self, node: exp.Like, at: int) -> Expr:
        subject = self.read(node.this)
        pattern = node.expression
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            return self.fault(at, "LIKE 的模式必须写明文字", "例如 ruling_reason LIKE '%超过%期限%'")
        if not kinds.fits(subject.kind, "text"):
            return self.fault(at, f"LIKE 只能用于文字，得到{subject.kind.label}", "请用比较")
        shape = str(pattern.this)
        if len(shape) > 100 or (shape.count("%") > 2 and "_" in shape) or shape.count("%") > 10:
            return self.fault(at, "LIKE 的模式过于复杂", "带 _ 的模式最多两个 %，其余最多十个")
        found = Expr("like", (subject,), BOOL, shape, at)
        return Expr("not", (found,), BOOL, None, at) if node.args.get("negate") else found

    def _case(self, node: exp.Case, at: int) -> Expr:
        args: list[Expr] = []
        kind = kinds.NULL
        results = [branch.args["true"] for branch in node.args["ifs"]]
        for branch in node.args["ifs"]:
            args.append(self._truth(branch.this))
            args.append(self.read(branch.args["true"]))
        default = node.args.get("default")
        args.append(self.read(default) if default is not None else literal(None, kinds.NULL, at))
        for value in (*args[1:2 * len(results):2], args[-1]):
            mixed = kinds.common(kind, value.kind)
            if mixed is None or value.kind.name == "period":
                return self.fault(value.at, f"CASE 的结果有{kind.label}也有{value.kind.label}", "各分支应为同一种值")
            kind = mixed
        return Expr("case", tuple(args), kind, None, at)

    def _neg(self, node: exp.Neg, at: int) -> Expr:
        found = self.read(node.this)
        if found.op == "literal" and found.kind in (INT, NUMBER):
            return literal(-found.value if found.kind == INT else f"-{found.value}", found.kind, at)
        if not kinds.fits(found.kind, "numeric"):
            return self.fault(at, f"负号后应为数字，得到{found.kind.label}", "请核对")
        return Expr("neg", (found,), found.kind, None, at)

    def _cast(self, node: exp.Cast, at: int) -> Expr:
        plain = isinstance(node.this, exp.Literal) and node.this.is_string and type(node) is exp.Cast
        if not plain or node.to.this != exp.DataType.Type.DATE:
            return self.fault(at, "表达式里不允许类型转换", "各列已有类型；日期常量写成 DATE '2024-03-01'")
        return self._as_date(literal(str(node.this.this), TEXT, at))

    def _call(self, node: exp.Anonymous, at: int) -> Expr:
        name = str(node.this)
        function = FUNCTIONS.get(name)
        args = [self.read(a) for a in node.expressions]
        if function is None:
            what = f"{unknown_word('函数', name, FUNCTIONS)}（函数不在允许列表）"
            return self.fault(at, what, ADVICE.get(name.lower()) or f"可用的函数：{listed(sorted(FUNCTIONS))}")
        least, most = len(function.takes), len(function.takes) if not function.more else 20
        if not least <= len(args) <= most:
            return self.fault(at, f"{name} 的参数个数不对", f"写法：{function.signature}，例如 {function.example}")
        args = [self._argument(function, i, a) for i, a in enumerate(args)]
        if function.name in ("lookup", "listed"):
            return self._asked(function, args, at)
        return Expr("call", tuple(args), self._given(function, args, at), function, at)

    def _argument(self, function: Function, position: int, arg: Expr) -> Expr:
        wanted = function.kind_at(position)
        if wanted == "date" and arg.op == "literal" and arg.kind == TEXT:
            return self._as_date(arg)
        if wanted == "period":
            is_period = arg.kind.name in ("period", "unknown")
            return arg if is_period else self.fault(arg.at, "第二个参数应为法定期间", "先在 law 里写明，再用 law.名称")
        if not kinds.fits(arg.kind, wanted):
            label = kinds.LABEL.get(wanted, "数字")
            return self.fault(arg.at, f"{function.name} 的第 {position + 1} 个参数应为{label}，得到{arg.kind.label}",
                              f"写法：{function.signature}")
        if position in function.literal and arg.op != "literal":
            return self.fault(arg.at, f"{function.name} 的第 {position + 1} 个参数必须写明", f"例如 {function.example}")
        return arg

    def _asked(self, function: Function, args: list[Expr], at: int) -> Expr:
        """Bind a call to the table of law it asks; the key must be a column's comparable form of the table's kind."""
        table = self.scope.tables.get(str(args[0].value))
        if table is None:
            what = unknown_word("法律表", str(args[0].value), self.scope.tables)
            return self.fault(args[0].at, what, f"可用的法律表：{listed(sorted(self.scope.tables))}")
        name = args[1].value if args[1].op == "name" and args[1].value.source == "column" else None
        column = BY_NAME[name.table].column(name.column.removesuffix("_key")) if name else None
        if name is None or column is None or column.form != table.shape.form or not name.column.endswith("_key"):
            fix = {"citation": "例如 basis_text_key", "charge": "例如 charge_key"}[table.shape.form]
            return self.fault(args[1].at, f"{table.shape.id} 要按{table.shape.key_label}的比对形式列来查", fix)
        if function.name == "listed":
            return Expr("call", tuple(args), BOOL, bound(function, table, ""), at)
        answer = table.answer(str(args[2].value))
        if answer is None:
            what = unknown_word(f"{table.shape.id} 的答案列", str(args[2].value), table.answer_names)
            return self.fault(args[2].at, what, f"可用的答案列：{listed(table.answer_names)}")
        return Expr("call", tuple(args), Kind("text", answer.codes), bound(function, table, answer.name), at)

    def _given(self, function: Function, args: list[Expr], at: int) -> Kind:
        if function.name == "round" and args[1].op == "literal" and args[1].value not in range(7):
            self.fault(args[1].at, "round 的位数应为 0 到 6", f"例如 {function.example}")
        if function.name == "part" and any(a.op == "literal" and a.value not in range(1, 1001) for a in args[1:]):
            self.fault(args[1].at, "part 的位置和字数应为 1 到 1000", f"例如 {function.example}")
        if function.gives:
            return Kind(function.gives)
        kind = args[0].kind
        for arg in args[1:] if function.more else ():
            mixed = kinds.common(kind, arg.kind)
            if mixed is None:
                self.fault(arg.at, f"{function.name} 的参数有{kind.label}也有{arg.kind.label}", "各参数应为同一种值")
                return UNKNOWN
            kind = mixed
        return NUMBER if function.name == "round" and kind == INT else kind

    def _comparison(self, sign: str, left: Expr, right: Expr, at: int) -> Expr:
        for side in (left, right):
            if side.op == "literal" and side.kind == kinds.NULL:
                return self.fault(side.at, "与 NULL 比较永远不明", "请用 IS NULL 或 IS NOT NULL")
        left, right = self._matched(left, right)
        if {left.kind.name, right.kind.name} & {"bool", "id"} and sign not in ("=", "<>"):
            return self.fault(at, f"{left.kind.label}只能比较是否相等", "请用 = 或 <>")
        return Expr(sign, (left, right), BOOL, None, at)

    def _matched(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Return both sides of a comparison with date literals typed, after checking that they can be compared."""
        if left.kind.name == "date" and right.op == "literal" and right.kind == TEXT:
            return left, self._as_date(right)
        if right.kind.name == "date" and left.op == "literal" and left.kind == TEXT:
            return self._as_date(left), right
        if "period" in (left.kind.name, right.kind.name):
            self.fault(left.at, "法定期间不能直接比较", "请用 period_end(日期, law.名称) 算出最后一日")
        elif kinds.common(left.kind, right.kind) is None:
            self.fault(left.at, f"{left.kind.label}不能与{right.kind.label}比较", _advice(left.kind, right.kind))
        self._known_code(left, right)
        self._known_code(right, left)
        return left, right

    def _known_code(self, column: Expr, value: Expr) -> None:
        codes = dict(column.kind.codes)
        if column.op == "literal" or value.op != "literal" or value.kind != TEXT or not codes:
            return
        if value.value not in codes:
            shown = listed([f"{c}={label}" for c, label in codes.items()])
            self.fault(value.at, unknown_word("取值", str(value.value), codes), f"可用的取值：{shown}")

    def _as_date(self, text: Expr) -> Expr:
        written = str(text.value)
        try:
            if _DATE.fullmatch(written):
                return literal(date.fromisoformat(written), DATE, text.at)
        except ValueError:
            return self.fault(text.at, f"没有这一天：{written}", "请核对年月日")
        return self.fault(text.at, f"与日期比较的“{written[:40]}”不是日期", "日期写成 '2024-03-01'")

    def _arithmetic(self, sign: str, left: Expr, right: Expr, at: int) -> Expr:
        for side in (left, right):
            if side.kind.name == "date":
                return self.fault(at, "日期不能直接加减", "法定期间用 period_end，相差天数用 days_between，"
                                  "自然日用 date_add_days")
            if not kinds.fits(side.kind, "numeric"):
                return self.fault(side.at, f"{side.kind.label}不能用于算术", "只有数字和金额可以加减乘除")
        pair = (left.kind.name, right.kind.name)
        if sign == "/":
            kind = MONEY if left.kind == MONEY and right.kind != MONEY else NUMBER
        elif pair == ("int", "int"):
            kind = INT
        elif sign == "*":
            kind = MONEY if pair.count("money") == 1 else NUMBER
        else:
            kind = MONEY if "money" in pair else NUMBER
        return Expr(sign, (left, right), kind, None, at)


def _advice(left: Kind, right: Kind) -> str:
    """Return how to mend a comparison of two kinds."""
    names = {left.name, right.name}
    number = left.is_numeric or right.is_numeric
    if "date" in names and number:
        return "日期常量写成 '2024-03-01'（加半角引号）；相差天数用 days_between"
    if "text" in names and number:
        return "文字常量加半角引号：'2024'；金额、数字只写数字，不加引号"
    if "bool" in names and number:
        return "真假值写 TRUE 或 FALSE"
    return "两边应为同一种值"


def _place(node: Node) -> int:
    """Return the offset of the first thing below the node whose place the parser noted."""
    places = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    return min(places, default=0)


def _stranger(node: Node) -> str:
    """Return what about the node is not on the whitelist, or ''."""
    allowed = _ARGUMENTS.get(type(node))
    if allowed is None:
        return _shown(node)
    for part, value in node.args.items():
        if value and part not in allowed and not (type(node) is exp.Div and value is True):
            return _shown(value) if isinstance(value, Node) and part != "this" else _shown(node)
    return ""


_WORDS = {
    "Subquery": "子查询", "Select": "子查询", "Exists": "子查询", "Window": "窗口函数", "DPipe": " ||",
    "Distinct": " DISTINCT", "Interval": " INTERVAL 日期运算", "Concat": "相连的文字常量", "Star": " *",
    "NullSafeEQ": " IS NOT DISTINCT FROM", "NullSafeNEQ": " IS DISTINCT FROM", "ILike": " ILIKE",
    "SimilarTo": "正则", "RegexpLike": "正则", "Case": " CASE 值 WHEN 的写法", "Between": " SYMMETRIC",
    "Tuple": "括号里的多个值", "Dot": "带点的函数名", "TryCast": "类型转换",
}


def _shown(node: Node) -> str:
    name = type(node).__name__
    return _WORDS.get(name, f" {name}")
