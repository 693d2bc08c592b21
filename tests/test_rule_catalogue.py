"""The catalogue of rules: generated, up to date, and in words a lawyer reads."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rule_world import good

from engine import catalogue, rules
from engine.catalogue.markdown import cell, escaped
from engine.law import read_law
from engine.rules.functions import FUNCTIONS, Function
from engine.rules.kinds import DATE, TEXT
from engine.rules.tree import Expr, literal
from engine.rules.wording import in_words

ROOT = Path(__file__).parents[1]
RULES = rules.read_rules(ROOT / "rules", read_law(ROOT / "rules" / "law"), locked=False)
PAGES = catalogue.rule_pages(RULES)

RULE = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: gap, pick: decided_on desc, min_confidence: 0.8}
      enforcement:
        use: enforcement_of_review
        none: keep
        coverage: {table: enforcement, from: ruled_on, until: as_of}
    law:
      window: {use: window, on: penalty.served_on}
    let:
      last_day: {expr: "period_end(penalty.served_on, law.window)", title: 最后一日}
    when:
      - {is: it, expr: "EXPRESSION", say: "申请日{applied_on}晚于{last_day}"}
      - {is: late, expr: applied_on > last_day}
      - {is: none, expr: links.enforcement.found = FALSE}
    cases:
      - name: 命中
        given:
          penalty: [{id: P, served_on: 2024-01-05}]
          court_review: [{id: A, applied_on: 2024-04-08, sought_yuan: 100}]
          links: [{use: penalty_of_review, from: A, to: P}]
        then: {gap: [A]}
      - {name: 早一日, like: 命中, change: {A: {applied_on: 2024-04-07}}, then: {clear: [A]}}
      - {name: 未记载, like: 命中, change: {P: {served_on: null}}, as_of: 2024-05-01, then: {gap: [A]}}
    """


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_up_to_date(name: str) -> None:
    path = ROOT / "docs" / "rules" / name

    assert path.exists()
    assert path.read_text(encoding="utf-8") == PAGES[name], "请运行 make docs"


def test_no_page_is_of_a_rule_that_is_gone() -> None:
    assert {path.name for path in (ROOT / "docs" / "rules").glob("*.md")} == set(PAGES)


def test_the_index_lists_every_rule_with_its_title() -> None:
    assert [r.id for r in RULES.rules.values() if f"[{r.title}]({r.id}.md)" not in PAGES["README.md"]] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", PAGES[name])

    assert targets
    assert [t for t in targets if not (ROOT / "docs" / "rules" / t).exists()] == []


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_a_page_tells_all_there_is(rule_id: str) -> None:
    rule, page = RULES.rules[rule_id], PAGES[f"{rule_id}.md"]

    told = [*(c.text for c in (*rule.when, *rule.unless)), *(p.text for p in rule.points)]
    assert [text for text in told if f"`{' '.join(text.split())}`" not in page] == []
    assert [text for text in (*rule.check, *rule.innocent, *rule.blind) if f"- {escaped(text)}\n" not in page] == []
    assert [case.name for case in rule.cases if f"| {cell(case.name)} |" not in page] == []
    assert [use.parameter.id for use in rule.law if f"`{use.parameter.id}`，第" not in page] == []


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_every_table_of_a_page_is_even(rule_id: str) -> None:
    blocks = re.findall(r"(?:^\|.*\n)+", PAGES[f"{rule_id}.md"], re.MULTILINE)

    assert len(blocks) >= 4
    for block in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_no_code_of_an_enumeration_is_left_in_the_words() -> None:
    codes = {code for rule in RULES.rules.values() for c in (*rule.when, *rule.unless)
             for name in c.expr.names() for code, _ in name.kind.codes}
    words = " ".join(in_words(c.expr) for rule in RULES.rules.values() for c in (*rule.when, *rule.unless))

    assert [code for code in codes if f"“{code}”" in words] == []


@pytest.mark.parametrize(("expression", "words"), [
    ("applied_on > last_day", "申请执行日 > 最后一日"),
    ("applied_on >= '2024-03-01'", "申请执行日 ≥ 2024年3月1日"),
    ("ruling = 'granted'", "裁定结果 = “准予执行”"),
    ("ruling NOT IN ('granted', 'partly')", "裁定结果不是“准予执行”或“部分准予”"),
    ("coalesce(ruling IN ('granted', 'partly'), false)", "裁定结果是“准予执行”或“部分准予”（不明的当作不是）"),
    ("accepted_on IS NOT NULL AND ruled_on IS NULL", "受理日有记载，且裁定日未记载"),
    ("(accepted_on IS NULL OR hearing_held) AND sought_yuan > 0", "（受理日未记载，或听证），且申请执行金额 > 0"),
    ("NOT (applied_on < accepted_on OR hearing_held)", "并非（申请执行日 < 受理日，或听证）"),
    ("hearing_held IS FALSE", "听证为否（不明的不算）"),
    ("coalesce(sought_yuan, 0) + 1.5 <> 7", "（（申请执行金额，没有的取0） + 1.5） ≠ 7"),
    ("days_between(applied_on, accepted_on) > 30", "申请执行日到受理日的日数 > 30"),
    ("latest(applied_on, accepted_on) = applied_on", "申请执行日、受理日中最晚的 = 申请执行日"),
    ("contains(ruling_reason, '超过') OR ruling_reason LIKE '%逾期%'", "裁定理由含有“超过”，或裁定理由形如“%逾期%”"),
    ("CASE WHEN hearing_held THEN sought_yuan ELSE 0 END > 5", "（听证的，取申请执行金额；其余取0） > 5"),
    ("links.penalty.confidence < 0.9", "关联把握（行政处罚决定） < 0.9"),
    ("links.penalty.found AND links.penalty.weak", "有关联记录（行政处罚决定），且另有把握不足的关联（行政处罚决定）"),
    ("applied_on BETWEEN '2024-01-01' AND '2024-12-31'", "申请执行日 ≥ 2024年1月1日，且申请执行日 ≤ 2024年12月31日"),
    ("-sought_yuan < 5", "负申请执行金额 < 5"),
])
def test_an_expression_reads_in_chinese(tmp_path: Path, expression: str, words: str) -> None:
    rule = good(tmp_path, RULE.replace("EXPRESSION", expression)).rules["trial.it"]

    assert in_words(rule.when[0].expr) == words


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_every_function_has_words(function: Function) -> None:
    if function.name in ("lookup", "listed"):
        bound = RULES.law.tables["offence_counterpart"]
        function = replace(function, table=bound)
    takes = function.takes * 2 if function.more else function.takes
    words = in_words(Expr("call", tuple(map(_argument, takes)), DATE, function))

    assert re.search("[一-鿿]", words)
    assert function.name not in words


def _argument(kind: str) -> Expr:
    """Return a literal of the kind; the text names an answer of the look-up table."""
    return literal(date(2024, 3, 1), DATE) if kind == "date" else literal("authority", TEXT)


def test_a_page_says_how_records_are_linked_and_when_there_is_none(tmp_path: Path) -> None:
    page = _page(tmp_path)

    assert "把握相同的取处罚决定日最晚的 | 算资料缺口 | 0.8 |" in page
    assert "法院执行案件（执、执恢）声明完整：自裁定日至截至日" in page
    assert "**没有关联记录（法院执行案件（执、执恢））**" in page
    assert "清单上写：申请日〔申请执行日〕晚于〔最后一日〕" in page


def test_a_case_like_an_earlier_one_is_told_by_what_changes(tmp_path: Path) -> None:
    page = _page(tmp_path)

    assert "| 早一日 | 同“命中”，但A的申请执行日 2024年4月7日 | A 未命中 |" in page
    assert "| 未记载 | 同“命中”，但P的送达日未记载，截至2024年5月1日 | A 资料缺口 |" in page
    assert "A（非诉执行审查（行审））：申请执行日 2024年4月8日，申请执行金额 100元<br>A 关联 P" in page


def test_a_page_shows_the_dated_values_of_law(tmp_path: Path) -> None:
    page = _page(tmp_path)

    assert "`window`，第1版，按行政处罚决定·送达日选用。" in page
    assert "| 2000年3月10日 | 2011年12月31日 | 180日，遇休息日顺延 | 旧解释第八十八条 |  | 中 |  |" in page
    assert "| 2012年1月1日 | 现行有效 | 3个月，遇休息日顺延 | 行政强制法第五十三条 | 三个月内 | 高 |  |" in page


def test_a_page_shows_groups(tmp_path: Path) -> None:
    found = good(tmp_path, """
        subject: penalty
        groups:
          monthly:
            title: 本机关当月
            by: [authority_key]
            period: {of: decided_on, every: month}
            where: fine_yuan > 0
            measures: {due: {expr: sum(fine_yuan), title: 罚款总额}}
        when:
          - {is: much, expr: groups.monthly.due > 1000}
        """)
    page = catalogue.rule_pages(found)["trial.it.md"]

    assert "行政处罚决定，按处罚机关" in page
    assert "按处罚决定日分月，只计罚款金额 > 0的" in page
    assert "罚款总额 > 1000" in page
    assert "`sum(fine_yuan)`" in page


@pytest.mark.parametrize(("text", "shown"), [
    ("a|b", "a\\|b"), ("<b>*x*</b>", "\\<b>\\*x\\*\\</b>"), ("甲\n乙", "甲<br>乙"), ("`a_b*`", "`a_b*`"),
    ("[x](javascript:1)", "\\[x\\](javascript:1)"), ("[甲](a.md)", "[甲](a.md)"),
])
def test_no_text_breaks_its_cell(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_writing_removes_pages_of_rules_that_are_gone(tmp_path: Path) -> None:
    good(tmp_path, RULE.replace("EXPRESSION", "applied_on > last_day"))
    (tmp_path / "docs" / "rules").mkdir(parents=True)
    (tmp_path / "docs" / "rules" / "trial.old.md").write_text("旧", encoding="utf-8")

    catalogue.write(tmp_path)

    assert sorted(p.name for p in (tmp_path / "docs" / "rules").iterdir()) == ["README.md", "trial.it.md"]


def _page(tmp_path: Path) -> str:
    return catalogue.rule_pages(good(tmp_path, RULE.replace("EXPRESSION", "applied_on > last_day")))["trial.it.md"]
