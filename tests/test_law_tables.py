"""Look-up tables of law: read strictly, asked by article or charge and date, in SQL as in a slow interpreter."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from slow_expressions import World, meaning

from engine.law import SHAPES, Law, LookupTable, read_law, read_tables
from engine.rules import RuleSet, explain, read_rules
from engine.store import Store
from engine.text import keys_of

ROOT = Path(__file__).parents[1]
HEAD = ",".join(SHAPES["enforcement_power"].columns)
ROW = "水法第六十五条,2002-10-01,,self,,水法第六十五条,强行拆除,高,"


@pytest.fixture(scope="module")
def law() -> Law:
    return read_law(ROOT / "rules" / "law")


def _read(folder: Path, *lines: str, name: str = "enforcement_power.csv") -> tuple[dict[str, LookupTable], str]:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables, problems = read_tables(folder)
    return tables, "\n".join(map(str, problems))


def _asked(table: LookupTable, answer: str, key: str | None, on: date | None) -> object:
    text, day = (f"'{key}'" if key else "CAST(NULL AS VARCHAR)"), (f"DATE '{on}'" if on else "CAST(NULL AS DATE)")
    sql = table.sql_lookup(text, answer, day) if answer else table.sql_listed(text, day)
    store = Store()
    try:
        return store.rows(f"SELECT {sql}")[0][0]
    finally:
        store.close()


def test_the_tables_of_this_repository_are_read_without_a_fault(law: Law) -> None:
    assert [str(p) for p in law.problems] == []
    assert set(law.tables) == set(SHAPES)
    assert all(row.quote for table in law.tables.values() for row in table.rows if row.confidence == "高")


@pytest.mark.parametrize(("lines", "words"), [
    (("key,from",), ".csv:1：列名不对"),
    ((HEAD, ROW.replace("self", "own")), ".csv:2：没有act 的取值“own”"),
    ((HEAD, ROW.replace("2002-10-01", "2002-13-01")), "from“2002-13-01”不是日期"),
    ((HEAD, ROW.replace("2002-10-01", "")), "缺少 from"),
    ((HEAD, ROW.replace(",,self", ",2001-01-01,self")), "止日早于起日"),
    ((HEAD, ROW.replace("水法第六十五条,2002", "水法,2002")), "key“水法”读不出"),
    ((HEAD, ROW.replace("强行拆除", "")), "confidence 应为 高（有 quote 条文原文）或 中"),
    ((HEAD, ROW.replace("高", "低")), "confidence 应为 高（有 quote 条文原文）或 中"),
    ((HEAD, ROW.replace(",水法第六十五条,强", ",,强")), "缺少依据"),
    ((HEAD, ROW + "备注,又一格"), "比首行多出单元格"),
    ((HEAD, ROW, ROW), ".csv:3：与第2行完全相同"),
])
def test_a_faulty_table_is_left_out_and_named(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    tables, problems = _read(tmp_path, *lines)

    assert tables == {}
    assert words in problems


def test_an_unknown_table_is_named_with_the_nearest(tmp_path: Path) -> None:
    assert "没有法律表“enforcement_powers”，是否指“enforcement_power”" in _read(
        tmp_path, HEAD, name="enforcement_powers.csv")[1]


@pytest.mark.parametrize(("key", "on", "act"), [
    (";水法65;", date(2024, 1, 1), "self"),
    (";水法65;行政处罚法28;", date(2024, 1, 1), "self"),
    (";土地管理法83;", date(2024, 1, 1), "court"),
    (";水法65;土地管理法83;", date(2024, 1, 1), None),
    (";水法66;", date(2024, 1, 1), None),
    (";水法6;", date(2024, 1, 1), None),
    (";水法65-1;", date(2024, 1, 1), None),
    (";渔业法65;", date(2026, 4, 30), None),
    (";渔业法65;", date(2026, 5, 1), "self"),
    (None, date(2024, 1, 1), None),
    (";水法65;", None, None),
])
def test_the_law_says_who_enforces(law: Law, key: str | None, on: date | None, act: str | None) -> None:
    assert _asked(law.tables["enforcement_power"], "act", key, on) == act


@pytest.mark.parametrize(("charge", "counterpart", "authority"), [
    ("盗窃", "direct", "公安机关"),
    ("盗窃罪、诈骗罪", "direct", "公安机关"),
    ("危险驾驶罪", "direct", "公安机关交通管理部门"),
    ("盗窃罪、危险驾驶罪", "direct", None),
    ("生产、销售假药罪", "direct", "药品监督管理部门"),
    ("非法猎捕、杀害珍贵、濒危野生动物罪", "direct", "野生动物保护主管部门、市场监督管理部门"),
    ("职务侵占罪", "none", None),
    ("骗取贷款罪", "open", None),
    ("职务侵占罪、盗窃罪", None, None),
    ("职务侵占罪、故意杀人罪", None, None),
    ("故意杀人罪", None, None),
])
def test_a_charge_leads_to_its_administrative_counterpart(
    law: Law, charge: str, counterpart: str | None, authority: str | None
) -> None:
    table, key = law.tables["offence_counterpart"], keys_of("charge", pl.Series([charge]))[0]

    assert _asked(table, "counterpart", key, date(2024, 7, 1)) == counterpart
    assert _asked(table, "authority", key, date(2024, 7, 1)) == authority


def test_what_is_not_listed_is_said_to_be_so(law: Law) -> None:
    table = law.tables["offence_counterpart"]

    listed = [_asked(table, "", key, on) for key, on in (
        (";盗窃;", date(2024, 7, 1)), (";故意杀人;", date(2024, 7, 1)), (";故意杀人;", None), (";盗窃;", None),
        (None, date(2024, 7, 1)))]

    assert listed == [True, False, False, None, None]


@pytest.mark.parametrize("table", SHAPES)
def test_sql_and_the_slow_interpreter_agree_on_random_keys_and_days(law: Law, table: str) -> None:
    found, chance = law.tables[table], random.Random(7)
    keys = [*{key for row in found.rows for key in row.keys}, "未列出", "水法6", "也没有"]
    rows = [(f";{';'.join(chance.sample(keys, chance.randint(1, 3)))};" if chance.random() < 0.95 else None,
             date(2003, 1, 1) + timedelta(days=chance.randint(0, 9000)) if chance.random() < 0.95 else None)
            for _ in range(1500)]
    column = {"citation": "basis_text_key", "charge": "charge_key"}[found.shape.form]
    asked = [f"lookup('{table}', {column}, '{answer}', decided_on)" for answer in found.answer_names]
    asked.append(f"listed('{table}', {column}, decided_on)")
    store = Store()
    store.put("link", pl.DataFrame({"link": ["x"]}))
    sql = [*(found.sql_lookup("k", answer, "d") for answer in found.answer_names), found.sql_listed("k", "d")]

    told = store.rows(f"SELECT {', '.join(sql)} FROM (SELECT unnest(?::VARCHAR[]) AS k, unnest(?::DATE[]) AS d)",
                      [[k for k, _ in rows], [d for _, d in rows]])
    store.close()

    worlds = [World({column: key, "decided_on": on}, {}, date(2026, 6, 30), law) for key, on in rows]
    assert told == [tuple(meaning(text, world) for text in asked) for world in worlds]


RULE = """title: 试验
version: 1
maturity: draft
level: low
addressee: authority
summary: 试验。
basis: [{law: 行政强制法, article: 第十三条}]
subject: penalty
when: [{is: own, expr: "EXPR"}]
"""


def _rules(folder: Path, expr: str) -> RuleSet:
    (folder / "trial").mkdir()
    (folder / "trial" / "it.yaml").write_text(RULE.replace("EXPR", expr), encoding="utf-8")
    return read_rules(folder, read_law(ROOT / "rules" / "law"), locked=False)


@pytest.mark.parametrize(("expr", "words"), [
    ("listed('enforcement_pover', basis_text_key, decided_on)",
     "没有法律表“enforcement_pover”，是否指“enforcement_power”"),
    ("lookup('enforcement_power', basis_text_key, 'mony', decided_on) = 'self'",
     "没有enforcement_power 的答案列“mony”，是否指“money”"),
    ("lookup('enforcement_power', basis_text_key, 'money', decided_on) = 'own'", "没有取值“own”"),
    ("listed('enforcement_power', basis_text, decided_on)", "要按条文的比对形式列来查。例如 basis_text_key"),
    ("listed('offence_counterpart', basis_text_key, decided_on)", "要按罪名的比对形式列来查。例如 charge_key"),
    ("listed('enforcement_power', authority_key, decided_on)", "要按条文的比对形式列来查"),
    ("listed(basis_text, basis_text_key, decided_on)", "第 1 个参数必须写明"),
    ("listed('enforcement_power', basis_text_key)", "参数个数不对"),
    ("listed('enforcement_power', basis_text_key, fine_yuan)", "第 3 个参数应为日期"),
])
def test_a_wrong_question_is_refused(tmp_path: Path, expr: str, words: str) -> None:
    rules = _rules(tmp_path, expr)

    assert rules.rules == {}
    assert words in "\n".join(map(str, rules.problems))


def test_an_article_that_is_not_listed_is_a_gap_of_the_table(tmp_path: Path) -> None:
    rules = _rules(tmp_path, "lookup('enforcement_power', basis_text_key, 'act', decided_on) = 'self'")
    store = Store()
    rows = pl.DataFrame({"record_id": [1], "basis_text_key": [";水法99;"], "decided_on": [date(2024, 1, 1)]},
                        schema_overrides={"record_id": pl.UInt64})
    store.put("penalty", rows)

    told = explain(store, rules, "trial.it", 1, date(2026, 6, 30))
    store.close()

    assert [(value.name, value.label) for value in told.missing] == [
        ("table:enforcement_power", "条文规定的强制执行方式（表中没有列出，或者答案不一）")]
