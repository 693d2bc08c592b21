"""The expression language: what is refused, with which words, and what kinds mix."""

import time

import pytest

from engine.records import BY_NAME
from engine.rules.functions import FUNCTIONS
from engine.rules.kinds import DATE, PERIOD
from engine.rules.language import MAX_CHARACTERS, read_expression
from engine.rules.names import Name, Scope, about_link, columns_of

REVIEW = BY_NAME["court_review"]
PENALTY = BY_NAME["penalty"]


def scope() -> Scope:
    names = Scope(REVIEW)
    for name in columns_of(PENALTY):
        names.add(name.seen_from("penalty", PENALTY))
    for name in about_link("penalty", "penalty"):
        names.add(name)
    names.add(Name("law.window", PERIOD, "申请期限", "law"))
    names.add(Name("last_day", DATE, "最后一日", "let"))
    return names


def faults(text: str, wanted: str = "any") -> list[str]:
    return [fault.what for fault in read_expression(text, scope(), wanted)[1]]


def places(text: str) -> list[int]:
    return [fault.at for fault in read_expression(text, scope())[1]]


@pytest.mark.parametrize("text", [
    "applied_on > last_day",
    "applied_on >= '2024-03-01'",
    "DATE '2024-03-01' < penalty.served_on",
    "ruling = 'granted' OR ruling IN ('partly', 'refused')",
    "NOT (accepted_on IS NULL) AND hearing_held IS TRUE",
    "applied_on BETWEEN '2024-01-01' AND as_of",
    "ruling_reason LIKE '%超过%' AND ruling_reason NOT LIKE '%正当理由%'",
    "CASE WHEN ruling = 'granted' THEN ruled_on ELSE accepted_on END IS NOT NULL",
    "sought_yuan / penalty.fine_yuan > 1.5 AND -sought_yuan < 0 AND sought_yuan % 100 = 0",
    "period_end(penalty.served_on, law.window) < applied_on",
    "coalesce(penalty.remedy_days_special, 0) <> 15",
    "days_between(last_day, applied_on) > 180 AND abs(sought_yuan - penalty.fine_yuan) > 0.01",
    "links.penalty.confidence < 0.9 OR links.penalty.found",
    "party_id = penalty.party_id AND applicant_key = penalty.authority_key",
    "ruling = '全角，标点：“都可以”（在引号里）' OR ruling IS NULL".replace("ruling =", "ruling_reason ="),
    "contains(ruling_reason, '带 -- 和 /* 和 ; 的文字')",
])
def test_what_rule_authors_write_is_accepted(text: str) -> None:
    assert faults(text, "bool") == []


@pytest.mark.parametrize(("text", "says"), [
    ("决定日欺 > last_day", "没有列“决定日欺”，是否指“penalty_decided_on”（处罚决定日）"),
    ("aplied_on > last_day", "没有列“aplied_on”，是否指“applied_on”"),
    ("penalty.servd_on > last_day", "没有列“servd_on”，是否指“served_on”"),
    ("pnealty.served_on > last_day", "没有关联“pnealty”，是否指“penalty”"),
    ("court_review.applied_on > last_day", "主体表 court_review 的列直接写列名"),
    ("period_end(applied_on, law.windw) > last_day", "没有法定参数“windw”，是否指“window”"),
    ("links.penalty.fond", "没有关联信息“fond”，是否指“found”"),
    ("days_betwen(applied_on, last_day) > 1", "没有函数“days_betwen”，是否指“days_between”（函数不在允许列表）"),
    ("ruling = 'grantd'", "没有取值“grantd”，是否指“granted”"),
    ("ruling IN ('granted', 'no')", "没有取值“no”"),
])
def test_an_unknown_word_is_named_with_the_nearest_known_one(text: str, says: str) -> None:
    assert faults(text) == [says]


def test_all_unknown_names_of_an_expression_are_reported_with_their_places() -> None:
    text = "foo > last_day AND penalty.bar IS NULL"

    assert places(text) == [0, text.index("penalty.bar")]


@pytest.mark.parametrize(("text", "says"), [
    ("applied_on > 20240301", "日期不能与整数比较"),
    ("sought_yuan = '100'", "金额不能与文字比较"),
    ("applied_on > '去年'", "与日期比较的“去年”不是日期"),
    ("applied_on > '2024-02-30'", "没有这一天：2024-02-30"),
    ("applied_on = ruling", "日期不能与文字比较"),
    ("hearing_held > TRUE", "真假值只能比较是否相等"),
    ("party_id < 5", "主体编号不能与整数比较"),
    ("applied_on + 90 > last_day", "日期不能直接加减"),
    ("applied_on - last_day > 90", "日期不能直接加减"),
    ("ruling * 2 > 1", "文字不能用于算术"),
    ("law.window > 3", "法定期间不能直接比较"),
    ("applied_on = NULL", "与 NULL 比较永远不明"),
    ("ruled_on IN (applied_on)", "IN 里只能是常量"),
    ("ruled_on IN (NULL)", "IN 里只能是常量"),
    ("ruling LIKE court", "LIKE 的模式必须写明文字"),
    ("sought_yuan LIKE '1%'", "LIKE 只能用于文字，得到金额"),
    ("ruling_reason LIKE '%a%b%c_%'", "LIKE 的模式过于复杂"),
    ("CASE WHEN hearing_held THEN applied_on ELSE 0 END IS NULL", "CASE 的结果有日期也有整数"),
    ("CASE WHEN applied_on THEN 1 END = 1", "此处应为判断，得到日期"),
    ("coalesce(applied_on, 0) IS NULL", "coalesce 的参数有日期也有整数"),
    ("days_between(applied_on) > 1", "days_between 的参数个数不对"),
    ("days_between(applied_on, ruling) > 1", "days_between 的第 2 个参数应为日期，得到文字"),
    ("period_end(applied_on, 90) > last_day", "第二个参数应为法定期间"),
    ("contains(ruling_reason, court)", "contains 的第 2 个参数必须写明"),
    ("round(sought_yuan, 9) > 1", "round 的位数应为 0 到 6"),
    ("sought_yuan > 1e3", "数字“1e3”写法不对"),
    ("1 < 2 < 3", "真假值不能与整数比较"),
    ("applied_on AND hearing_held", "此处应为判断，得到日期"),
    ("greatest(applied_on, ruled_on) > last_day", "没有函数“greatest”，是否指“latest”（函数不在允许列表）"),
])
def test_kinds_that_do_not_mix_are_refused(text: str, says: str) -> None:
    assert says in faults(text)


def test_a_condition_must_be_a_truth_value() -> None:
    assert faults("applied_on", "bool") == ["应为真假值，得到日期"]


@pytest.mark.parametrize(("text", "sign", "half"), [
    ("applied_on ＞ last_day", "＞", ">"),
    ("days_between（applied_on, last_day) > 1", "（", "("),
    ("ruling IN ('granted'，'partly')", "，", ","),
    ("ruling = ‘granted’", "‘", "'"),
    ("sought_yuan ≥ 100", "≥", ">="),
    ("sought_yuan > １00", "１", "1"),
    ("applied_on\u3000> last_day", "\u3000", "空格"),
])
def test_fullwidth_punctuation_is_refused_with_the_halfwidth_sign(text: str, sign: str, half: str) -> None:
    found = read_expression(text, scope())[1][0]

    assert found.what == f"全角符号“{sign}”不能用"
    assert found.fix == f"请改用半角 {half}"
    assert found.at == text.index(sign)


HOSTILE = [
    "read_csv('/etc/passwd')", '"read_text"(\'/etc/passwd\')', "'file.csv'.x", "COPY penalty TO 'x'", "ATTACH 'x'",
    "1; DROP TABLE penalty", "(SELECT 1)", "applied_on IN (SELECT decided_on FROM penalty)", "EXISTS (SELECT 1)",
    "WITH x AS (DELETE FROM penalty RETURNING *) SELECT 1", "levenshtein(repeat('a', 200000), ruling) > 1",
    "regexp_matches(ruling, '^(a+)+$')", "ruling SIMILAR TO '(a+)+'", "ruling ~ 'a'", "ruling GLOB '*'",
    "getvariable('x')", "current_setting('x')", "getenv('HOME')", "today()", "now() > applied_on", "current_date",
    "random() > 0.5", "count(*) > 1", "sum(sought_yuan) OVER ()", "row_number() OVER (ORDER BY applied_on) = 1",
    "unnest([1,2])", "list_transform([1], x -> x)", "struct_pack(a := 1)", "CAST(applied_on AS VARCHAR)",
    "applied_on::VARCHAR", "TRY_CAST(ruling AS DATE)", "applied_on + INTERVAL 3 MONTH > last_day", "$1", "?", "@x",
    "a.b.c.d", "penalty.*", "*", "hearing_held -- x", "hearing_held /* x */", "E'\\x41'", "X'41'", "$$x$$",
    "ruling || 'x' = 'x'", "ruling COLLATE NOCASE = 'x'", "hearing_held IS NOT DISTINCT FROM TRUE", "'a' 'b' = ruling",
    "max(ALL applied_on)", "contains(DISTINCT ruling, 'x')", "any_value(ruling)", "ruling ILIKE 'x'",
    "ruling LIKE 'x' ESCAPE '!'", "CASE ruling WHEN 'granted' THEN TRUE END",
    "applied_on BETWEEN SYMMETRIC '2024-01-01' AND '2024-01-02'",
    "sleep_ms(100000)", "range(1000000000)", "lpad('x', 2000000000, 'y') = 'x'", "printf('%2000000000d', 1) = ''",
    "query('SELECT 1')", "query_table('penalty')", "pragma_table_info('penalty')", "duckdb_databases()",
    "load_extension('x')",
    "main.penalty.served_on", "penalty.served_on.x", "abs(1, 2)", "abs()", "(1, 2)", "()", "[1]", "{'a': 1}", "#1",
    "sought_yuan ** 10 > 1", "sought_yuan // 2 = 1", "5 & 1 = 1", "hearing_held OVERLAPS hearing_held", "'未闭合",
    "hearing_held AND", "AND hearing_held", "(hearing_held", "hearing_held)", "NOT", "", "   ",
    "hearing_held hearing_held",
    "hearing_held AS x", "EXPLAIN ANALYZE SELECT 1", "SET x = 1", "PRAGMA database_list", "CHECKPOINT", "VALUES (1)",
    "ruling = 'a\x00b'", "ruling = U&'x'", "applied_on AT TIME ZONE 'UTC' = applied_on", "position('a' IN ruling) = 1",
    "extract(year FROM applied_on) = 2024", "substring(ruling FROM 1 FOR 2) = 'x'",
    "hearing_held ISNULL OR read_csv('x')",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_outside_the_whitelist_is_refused(text: str) -> None:
    tree, found = read_expression(text, scope())

    assert tree is None
    assert found
    assert all(fault.what and fault.fix for fault in found)


@pytest.mark.parametrize("text", [
    "(" * 2000 + "hearing_held" + ")" * 2000, "NOT " * 900 + "hearing_held", "- " * 1500 + "1 > 0",
    "abs(" * 500 + "1" + ")" * 500, "CASE WHEN " * 300 + "hearing_held" + " THEN TRUE END" * 300,
    " AND ".join(["hearing_held"] * 250), "x" * (MAX_CHARACTERS + 1), "latest(" * 31 + "applied_on" + ")" * 31,
])
def test_huge_expressions_are_refused_at_once(text: str) -> None:
    started = time.monotonic()

    tree, found = read_expression(text, scope())

    assert tree is None
    assert found
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda f: f.name)
def test_every_function_says_what_it_does_and_shows_an_example(function) -> None:
    assert function.help
    assert function.example.startswith(f"{function.name}(")
