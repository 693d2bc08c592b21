"""The functions rule expressions may call: one registry, each with its arguments, its NULL, its SQL and its words.

Nothing else can be called. A function is *strict* (NULL in, NULL out) unless it says otherwise. Texts of arguments are
SQL that this package rendered from a checked tree. `period_end` and `period_end_unrolled` take a statutory period and
are rendered in `engine.rules.rendering`, because the period's length depends on a date.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from engine.law import LookupTable, sql_is_workday, sql_workdays_between, sql_workdays_end
from engine.rules.kinds import DECIMAL

MOST_DAYS = 36_500


@dataclass(frozen=True)
class Function:
    """One callable.

    `takes`: kinds by position (the last repeats where `more`); `gives`: a kind, or '' for the common kind of the
    arguments; `literal`: positions that must be written out; `strict`: NULL as soon as one argument is NULL, else NULL
    only when all are; `calendar`: NULL also where the working-day calendar does not reach; `table`: the look-up table
    it asks, bound when an expression is read.
    """

    name: str
    takes: tuple[str, ...]
    gives: str
    sql: Callable[[list[str]], str]
    help: str
    example: str
    more: bool = False
    literal: tuple[int, ...] = ()
    strict: bool = True
    calendar: bool = False
    table: LookupTable | None = field(default=None, compare=False)

    def kind_at(self, position: int) -> str:
        """Return the kind wanted at a position."""
        return self.takes[min(position, len(self.takes) - 1)]

    @property
    def signature(self) -> str:
        """How it is written."""
        return f"{self.name}({', '.join(self.takes)}{', …' if self.more else ''})"


def _strict(chosen: str) -> Callable[[list[str]], str]:
    """NULL when any argument is: the database's greatest and least skip NULL, yet an unknown date may be later."""

    def write(args: list[str]) -> str:
        """Write the call."""
        missing = " OR ".join(f"({a}) IS NULL" for a in args)
        return f"CASE WHEN {missing} THEN NULL ELSE {chosen}({', '.join(args)}) END"

    return write


def _plain(name: str) -> Callable[[list[str]], str]:
    return lambda args: f"{name}({', '.join(args)})"


def bound(function: Function, table: LookupTable, answer: str) -> Function:
    """Return `lookup` or `listed` asking a table; arguments are those of the call."""

    def write(args: list[str]) -> str:
        """Write the call."""
        return table.sql_lookup(args[1], answer, args[3]) if answer else table.sql_listed(args[1], args[2])

    return replace(function, sql=write, table=table)


def _age(args: list[str]) -> str:
    """A person reaches an age on the day after the birthday (法释〔2006〕1号第二条); before birth there is none."""
    born, on = args
    return f"CASE WHEN ({on}) >= ({born}) THEN date_sub('year', {born}, CAST(({on}) - 1 AS DATE)) END"


def _add_days(args: list[str]) -> str:
    days = f"CASE WHEN ({args[1]}) BETWEEN -{MOST_DAYS} AND {MOST_DAYS} THEN ({args[1]}) END"
    return f"CAST(({args[0]}) + CAST({days} AS INTEGER) AS DATE)"


FUNCTIONS: dict[str, Function] = {f.name: f for f in (
    Function("period_end", ("date", "period"), "date", lambda _: "",
             "从某日次日起算法定期间的最后一日，按参数写明的单位和顺延计",
             "period_end(served_on, law.window)", calendar=True),
    Function("period_end_unrolled", ("date", "period"), "date", lambda _: "",
             "同 period_end，但末日遇休息日不顺延：不会晚于真正的最后一日，用作最早的读法",
             "period_end_unrolled(served_on, law.window)", calendar=True),
    Function("workdays_end", ("date", "int"), "date", lambda a: sql_workdays_end(a[0], a[1]),
             "某日之后第几个工作日", "workdays_end(demand_served_on, 10)", calendar=True),
    Function("workdays_between", ("date", "date"), "int", lambda a: sql_workdays_between(a[0], a[1]),
             "两日之间的工作日数，不计前一日、计后一日", "workdays_between(applied_on, accepted_on)", calendar=True),
    Function("is_workday", ("date",), "bool", lambda a: sql_is_workday(a[0]),
             "是否工作日（含调休上班）", "is_workday(decided_on)", calendar=True),
    Function("days_between", ("date", "date"), "int", lambda a: f"date_diff('day', {a[0]}, {a[1]})",
             "后一日减前一日的自然日数，可为负", "days_between(last_day, applied_on)"),
    Function("date_add_days", ("date", "int"), "date", _add_days,
             "某日加若干自然日（可为负），不顺延；法定期间请用 period_end", "date_add_days(issued_on, 3)"),
    Function("month_end", ("date",), "date", lambda a: f"last_day({a[0]})",
             "某日所在月的最后一日", "month_end(decided_on)"),
    Function("quarter_end", ("date",), "date",
             lambda a: f"last_day(CAST(date_trunc('quarter', {a[0]}) + INTERVAL 2 MONTH AS DATE))",
             "某日所在季度的最后一日", "quarter_end(decided_on)"),
    Function("age_on", ("date", "date"), "int", _age,
             "某日时的周岁，自生日次日起满；出生之前为不明", "age_on(birth_date, committed_on)"),
    Function("latest", ("date",), "date", _strict("greatest"),
             "最晚的日期；有一个不明即不明", "latest(applied_on, ruled_on)", more=True),
    Function("earliest", ("date",), "date", _strict("least"),
             "最早的日期；有一个不明即不明", "earliest(applied_on, ruled_on)", more=True),
    Function("latest_known", ("date",), "date", _plain("greatest"),
             "已知日期中最晚的；全部不明才不明", "latest_known(served_on, deferral_end_on)", more=True, strict=False),
    Function("earliest_known", ("date",), "date", _plain("least"),
             "已知日期中最早的；全部不明才不明", "earliest_known(accepted_on, ruled_on)", more=True, strict=False),
    Function("coalesce", ("any",), "", _plain("coalesce"),
             "第一个已知的值；全部不明才不明", "coalesce(remedy_days_special, 0)", more=True, strict=False),
    Function("abs", ("numeric",), "", _plain("abs"), "绝对值", "abs(sought_yuan - penalty.fine_yuan)"),
    Function("round", ("numeric", "int"), "", lambda a: f"round(CAST({a[0]} AS {DECIMAL}), {a[1]})",
             "四舍五入到若干位小数（0 到 6，须写明数字）", "round(fine_yuan / 3, 2)", literal=(1,)),
    Function("length", ("text",), "int", _plain("length"), "字数", "length(document_no)"),
    Function("part", ("text", "int", "int"), "text",
             lambda a: f"CASE WHEN length({a[0]}) >= {a[1]} + {a[2]} - 1 THEN substring({a[0]}, {a[1]}, {a[2]}) END",
             "从第几个字起的几个字（两个数字须写明，从 1 数起）；文字不够长的为不明",
             "part(uscc, 3, 6)", literal=(1, 2)),
    Function("contains", ("text", "text"), "bool", _plain("contains"),
             "是否含有某段文字（须写明文字）", "contains(ruling_reason, '超过')", literal=(1,)),
    Function("starts_with", ("text", "text"), "bool", _plain("starts_with"),
             "是否以某段文字开头", "starts_with(authority_division, '4111')"),
    Function("ends_with", ("text", "text"), "bool", _plain("ends_with"),
             "是否以某段文字结尾", "ends_with(authority, '公安局')"),
    Function("concat", ("text",), "text", lambda a: "(" + " || ".join(f"({x})" for x in a) + ")",
             "文字相连；有一段不明即不明", "concat(field, violation)", more=True),
    Function("lookup", ("text", "text", "text", "date"), "text", lambda _: "",
             "查法律表：表名、比对形式列、答案列、日期；没有列出或几行答案不一的为不明",
             "lookup('enforcement_power', basis_text_key, 'money', decided_on)", literal=(0, 2)),
    Function("listed", ("text", "text", "date"), "bool", lambda _: "",
             "法律表在该日期是否列有其中一项", "listed('offence_counterpart', charge_key, decided_on)", literal=(0,)),
)}
"""Every callable by name."""

_SUMMED = "汇总写在 groups 的 measures 里，再用 groups.名称.度量"

ADVICE: dict[str, str] = {
    "greatest": "请用 latest（有一个不明即不明）或 latest_known（只看已知的）",
    "least": "请用 earliest（有一个不明即不明）或 earliest_known（只看已知的）",
    "max": f"两个日期中取晚的用 latest 或 latest_known；{_SUMMED}",
    "min": f"两个日期中取早的用 earliest 或 earliest_known；{_SUMMED}",
    "datediff": "请用 days_between(前, 后)", "date_diff": "请用 days_between(前, 后)",
    "date_add": "请用 period_end（法定期间）或 date_add_days（自然日）",
    "today": "规则不读当天日期，请用 as_of", "now": "规则不读当天日期，请用 as_of",
    "current_date": "规则不读当天日期，请用 as_of",
    "iff": "请用 CASE WHEN … THEN … ELSE … END", "if": "请用 CASE WHEN … THEN … ELSE … END",
    "ifnull": "请用 coalesce", "nvl": "请用 coalesce", "len": "请用 length",
    "nullif": "请用 CASE WHEN … THEN NULL ELSE … END；除以零的结果本来就是不明",
    "regexp_matches": "请用 LIKE 或 contains", "regexp_like": "请用 LIKE 或 contains",
    "cast": "各列已有类型，不需要转换",
    **dict.fromkeys(("count", "count_distinct", "sum", "avg", "mean", "median", "mad", "share", "stddev"), _SUMMED),
}
"""What to use instead of functions people try from habit."""
