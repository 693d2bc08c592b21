"""Reading rule files: every kind of slip has its place and its words, and one bad file stops only itself."""

from pathlib import Path

import pytest
from rule_world import HEAD, good, read, rules_folder

from engine.law import read_law
from engine.rules import read_rules

RULE = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: gap}
    law:
      window: {use: window, on: penalty.served_on}
    let:
      last_day: period_end(penalty.served_on, law.window)
    when:
      - {is: late, expr: applied_on > last_day, say: "申请日{applied_on}晚于{last_day}"}
    unless:
      - {is: deferred, expr: penalty.deferral_end_on > last_day}
    points:
      - {is: big, expr: sought_yuan > 10000, add: 10}
    evidence: [case_no, penalty.document_no]
    """


def case(given_and_then: str) -> str:
    return f"{RULE.rstrip()}\n    cases:\n      - {{name: a, given: {given_and_then}}}\n"


def said(folder: Path, rule: str, head: str = HEAD) -> list[tuple[str, str]]:
    found = read(folder, rule, head=head)
    assert found.rules == {}
    return [(p.where.rsplit("it.yaml", 1)[-1], p.what) for p in found.problems]


def slip(folder: Path, right: str, wrong: str) -> list[tuple[str, str]]:
    assert right in RULE or right in HEAD
    return said(folder, RULE.replace(right, wrong), HEAD.replace(right, wrong))


def test_a_whole_rule_is_read(tmp_path: Path) -> None:
    rule = good(tmp_path, RULE).rules["trial.it"]

    assert (rule.subject, [c.id for c in rule.when], [n.path for n in rule.evidence]) == (
        "court_review", ["late"], ["case_no", "penalty.document_no"])


@pytest.mark.parametrize(("right", "wrong", "where", "says"), [
    ("title: 试验规则", "tilte: 试验规则", ":2:1", "没有键“tilte”，是否指“title”"),
    ("level: low", "level: lwo", ":5:8", "没有取值“lwo”，是否指“low”"),
    ("version: 1", "version: 一", ":3:10", "version应为整数，得到“一”"),
    ("summary: 供测试。", "summary: NO", ":7:10", "summary应为文字，得到布尔“NO”"),
    ("subject: court_review", "subject: court_reveiw", ":10:10", "没有取值“court_reveiw”，是否指“court_review”"),
    ("penalty_of_review", "penalty_of_reveiw", ":12:18", "没有关联“penalty_of_reveiw”，是否指“penalty_of_review”"),
    ("none: gap", "none: gpa", ":12:43", "没有取值“gpa”，是否指“gap”"),
    ("{use: window, on", "{use: windwo, on", ":14:17", "没有法定参数“windwo”，是否指“window”"),
    ("on: penalty.served_on", "on: penalty.servd_on", ":14:29", "没有列“servd_on”，是否指“served_on”"),
    ("period_end(", "period_edn(", ":16:13", "没有函数“period_edn”，是否指“period_end”（函数不在允许列表）"),
    ("applied_on > last_day", "applied_on > last_dya", ":18:35", "没有列“last_dya”，是否指“last_day”"),
    ("晚于{last_day}", "晚于{lastday}", ":18:69", "没有列“lastday”，是否指“last_day”"),
    ("applied_on > last_day", "applied_on ＞ last_day", ":18:33", "全角符号“＞”不能用"),
    ("applied_on > last_day,", "applied_on > 5,", ":18:22", "日期不能与整数比较"),
    ("expr: applied_on > last_day,", "expr: applied_on,", ":18:22", "应为真假值，得到日期"),
    ("is: late", "is: Late", ":18:10", "名称“Late”写法不对"),
    ("add: 10", "add: 1000", ":22:47", "加减分应在 -100 到 100 之间"),
    ("evidence: [case_no", "evidence: [case_on", ":23:12", "没有列“case_on”，是否指“case_no”"),
    ("last_day: period_end", "as_of: period_end", ":16:3", "名称“as_of”已有他用"),
    ("last_day: period_end", "court: period_end", ":16:3", "名称“court”已有他用"),
    ("last_day: period_end", "case: period_end", ":16:3", "名称“case”是表达式的保留字"),
    ("penalty: {use", "inner: {use", ":12:3", "名称“inner”是表达式的保留字"),
    ("expr: penalty.deferral_end_on > last_day", "expr: 1 > 2", ":20:5", "条件里没有用到任何列，结果永远一样"),
])
def test_a_slip_is_told_with_its_place_and_the_nearest_word(
    tmp_path: Path, right: str, wrong: str, where: str, says: str
) -> None:
    assert (where, says) in slip(tmp_path, right, wrong)


def test_an_unknown_link_is_told_once_and_not_again_for_each_of_its_columns(tmp_path: Path) -> None:
    found = slip(tmp_path, "use: penalty_of_review", "use: penalty_of_reveiw")

    assert [what for _, what in found] == ["没有关联“penalty_of_reveiw”，是否指“penalty_of_review”"]


def test_all_slips_of_a_file_are_told_together(tmp_path: Path) -> None:
    wrong = RULE.replace("none: gap", "none: gpa").replace("is: late", "is: Late").replace("case_no,", "case_on,")

    assert len(said(tmp_path, wrong)) >= 3


@pytest.mark.parametrize(("right", "wrong", "code"), [
    ("    version: 1\n", "    version: 1\n    version: 2\n", "E-YAML-DUPLICATE"),
    ("    version: 1\n", "   version: 1\n", "E-YAML-SYNTAX"),
    ("    version: 1\n", "    version：1\n", "E-YAML-SYNTAX"),
    ("    version: 1\n", "    version: !!int 1\n", "E-YAML-TAG"),
    ("    version: 1\n", "    <<: {version: 1}\n", "E-YAML-MERGE"),
    ("    version: 1\n", "    version: &v 1\n", "E-YAML-ANCHOR"),
    ("    version: 1\n", "    version:\u00a01\n", "E-YAML-INVISIBLE"),
    ("    version: 1\n", "    version: 0123\n", "E-YAML-TYPE"),
    ("    version: 1\n", "", "E-YAML-MISSING"),
])
def test_a_file_that_is_not_plain_yaml_is_refused(tmp_path: Path, right: str, wrong: str, code: str) -> None:
    found = read(tmp_path, RULE, head=HEAD.replace(right, wrong))

    assert found.rules == {}
    assert code in {p.code for p in found.problems}


@pytest.mark.parametrize(("rule", "says"), [
    (case("{court_review: [{id: A}]}, then: {hti: [A]}"),
     "没有答案“hti”，是否指“hit”"),
    (case("{court_review: [{id: A}]}, then: {hit: [B]}"),
     "没有court_review 的行“B”"),
    (case("{court_review: [{id: A}, {id: B}]}, then: {hit: [A]}"),
     "没有写预期答案的行：B"),
    (case("{court_review: [{id: A, ruling: grantd}]}, then: {hit: [A]}"),
     "没有取值“grantd”，是否指“granted”"),
    (case("{court_review: [{id: A, applied_on: 2024-02-30}]}, then: {hit: [A]}"),
     "没有这一天：2024-02-30"),
    (case("{court_review: [{id: A, aplied_on: ~}]}, then: {hit: [A]}"),
     "没有键“aplied_on”，是否指“applied_on”"),
    (case("{court_review: [{id: A}], links: [{use: penalty_of_review, from: A, to: P}]}, then: {hit: [A]}"),
     "没有penalty 的行“P”"),
    (RULE.replace("last_day: period", "unused: sought_yuan\n      last_day: period"), "“unused”没有用到"),
    (RULE.replace("none: gap}", "none: gap, pick: served_on}"), "pick 写法不对"),
    (RULE.replace("none: gap}", "none: gap, pick: servd_on asc}"), "没有列“servd_on”，是否指“served_on”"),
    (RULE.replace("penalty_of_review", "penalty_of_payment"),
     "关联 penalty_of_payment 连接 payment 与 penalty，不能从 court_review 出发"),
    (RULE.replace("expr: penalty.deferral_end_on > last_day", "expr: NOT links.penalty.found"),
     "判断“没有”penalty 的关联记录，却没有写 coverage"),
    (RULE.replace("expr: penalty.deferral_end_on > last_day", "expr: links.penalty.found IS NULL"),
     "判断“没有”penalty 的关联记录，却没有写 coverage"),
    (RULE.replace("expr: penalty.deferral_end_on > last_day", "expr: 'coalesce(links.penalty.found, false) = false'"),
     "判断“没有”penalty 的关联记录，却没有写 coverage"),
])
def test_slips_in_cases_and_links_are_told(tmp_path: Path, rule: str, says: str) -> None:
    assert says in [what for _, what in said(tmp_path, rule)]


def test_names_that_need_each_other_are_refused(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        links:
          penalty:
            use: penalty_of_review
            none: keep
            coverage: {table: penalty, from: day, until: as_of}
        let:
          day: CASE WHEN links.penalty.found THEN applied_on ELSE ruled_on END
        when:
          - {is: none, expr: links.penalty.found = FALSE}
        """

    assert any(what.startswith("算不出来：互相引用：") for _, what in said(tmp_path, rule))


def test_one_bad_rule_stops_that_rule_only(tmp_path: Path) -> None:
    folder = rules_folder(tmp_path / "rules", RULE)
    text = (folder / "trial" / "it.yaml").read_text(encoding="utf-8")
    (folder / "trial" / "bad.yaml").write_text(text.replace("applied_on >", "aplied_on >"), encoding="utf-8")
    (folder / "trial" / "worse.yaml").write_text("title: [", encoding="utf-8")

    found = read_rules(folder, read_law(folder / "law"))

    assert list(found.rules) == ["trial.it"]
    assert {p.where.split(":")[0] for p in found.problems} == {"rules/trial/bad.yaml", "rules/trial/worse.yaml"}


def test_two_packs_with_the_same_id_are_both_refused(tmp_path: Path) -> None:
    own = rules_folder(tmp_path / "own", RULE)
    other = rules_folder(tmp_path / "other", RULE)

    found = read_rules(own, read_law(own / "law"), packs=[other])

    assert found.rules == {}
    assert any("编号 trial.it 重复" in p.what and "own" in p.where and "other" in p.where for p in found.problems)


def test_a_fact_that_uses_an_unknown_value_of_law_is_left_out(tmp_path: Path) -> None:
    facts = """
        table: penalty
        facts:
          wrong: {type: date, title: 甲, law: {w: {use: windwo, on: served_on}}, expr: "period_end(served_on, law.w)"}
          right: {type: bool, title: 乙, expr: paid_on IS NULL}
        """

    assert sorted(read(tmp_path, RULE, {"penalty": facts}).facts["penalty"]) == ["right"]


def test_a_fact_of_the_wrong_kind_is_refused_and_the_others_stay(tmp_path: Path) -> None:
    facts = """
        table: penalty
        facts:
          wrong: {type: date, title: 甲, expr: fine_yuan}
          right: {type: bool, title: 乙, expr: paid_on IS NULL}
          later: {type: bool, title: 丙, expr: NOT right}
        """

    found = read(tmp_path, RULE, {"penalty": facts})

    assert sorted(found.facts["penalty"]) == ["later", "right"]
    assert [p.what for p in found.problems] == ["应为日期，得到金额"]


def test_a_let_used_before_it_is_written_is_told_to_move(tmp_path: Path) -> None:
    lets = "    let:\n      twice: double * 2\n      double: sought_yuan * 2\n"
    rule = RULE.replace("    let:\n", lets, 1)

    assert ("“double”写在后面，这里还没有算出", "let 按先后计算，请把它移到前面") in {
        (p.what, p.fix) for p in read(tmp_path, rule).problems}


def test_without_a_known_table_no_column_is_called_unknown(tmp_path: Path) -> None:
    found = said(tmp_path, RULE.replace("subject: court_review", "sbject: court_review"),
                 HEAD.replace("level: low", "level: lwo"))

    assert [what.split("。")[0][:20] for _, what in found] == [
        "没有键“sbject”，是否指“subject”"[:20], "缺少键“subject”", "没有取值“lwo”，是否指“low”"[:20]]
