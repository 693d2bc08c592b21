"""Every kind of slip an author makes: told with file:line:column, what, the nearest known word and how to mend it."""

from pathlib import Path

import pytest
from rule_world import HEAD, read
from test_rules_reading import RULE

from engine.rules import RuleSet

FACTS = """
    table: penalty
    facts:
      unpaid_yuan: {type: money, title: 未缴金额, expr: fine_yuan}
    """
CASE = """
    cases:
      - name: 甲
        given:
          penalty: [{id: P, document_no: 漯市监罚〔2024〕1号}]
          court_review: [{id: A, ruling: granted}]
          links: [{use: penalty_of_review, from: A, to: P}]
        then: {gap: [A]}
    """
WHOLE = HEAD + RULE.rstrip() + CASE
LATE = "applied_on > last_day, say"
LINE = '      - {is: late, expr: applied_on > last_day, say: "申请日{applied_on}晚于{last_day}"}\n'
EXCLUSION = "expr: penalty.deferral_end_on > last_day"


def reading(folder: Path, right: str, wrong: str) -> RuleSet:
    """Read the rule and the facts with one thing changed."""
    assert (right in WHOLE) != (right in FACTS)
    return read(folder, WHOLE.replace(right, wrong, 1), {"penalty": FACTS.replace(right, wrong, 1)}, head="")


def with_conditions(*expressions: str) -> str:
    return LINE + "".join(f'      - {{is: c{n}, expr: "{text}"}}\n' for n, text in enumerate(expressions, start=1))


@pytest.mark.parametrize(("kind", "right", "wrong", "says"), [
    ("a key", "unless:", "unles:",
     "rules/trial/it.yaml:19:1：没有键“unles”，是否指“unless”。可用的键：title"),
    ("a key", "{is: late, expr:", "{is: late, epxr:",
     "rules/trial/it.yaml:18:16：没有键“epxr”，是否指“expr”。可用的键：is、title、expr、say [E-YAML-KEY]"),
    ("a key", "    level: low", "    Level: low",
     "rules/trial/it.yaml:5:1：没有键“Level”，是否指“level”。可用的键：title"),
    ("a column", LATE, "aplied_on > last_day, say",
     "rules/trial/it.yaml:18:22：没有列“aplied_on”，是否指“applied_on”。可用的列：accepte"),
    ("a column", LATE, "penalty.送达日 > last_day, say",
     "rules/trial/it.yaml:18:22：没有列“送达日”，是否指“served_on”（送达日）。可用的列：additio"),
    ("a fact", LATE, "penalty.unpaid_yuna > 1000, say",
     "rules/trial/it.yaml:18:22：没有列“unpaid_yuna”，是否指“unpaid_yuan”。可用的列：additio"),
    ("a link", "use: penalty_of_review,", "use: penalty_of_reveiw,",
     "rules/trial/it.yaml:12:18：没有关联“penalty_of_reveiw”，是否指“penalty_of_review”。可用的关联：enfor"
     "cement_of_review、penalty_of_payment、penalty_of_review [E-RULE-LINK]"),
    ("a link", LATE, "penality.served_on > last_day, say",
     "rules/trial/it.yaml:18:22：没有关联“penality”，是否指“penalty”。可用的关联：law、li"),
    ("a link", LATE, "links.penalty.fuond, say",
     "rules/trial/it.yaml:18:22：没有关联信息“fuond”，是否指“found”。可用的关联信息：candidates、confidenc"
     "e、found、step、weak [E-RULE-EXPRESSION]"),
    ("a function", "period_end(", "period_ned(",
     "rules/trial/it.yaml:16:13：没有函数“period_ned”，是否指“period_end”（函数不在允许列表）。可用的函数"
     "：abs、ag"),
    ("a law name", "use: window", "use: windwo",
     "rules/trial/it.yaml:14:17：没有法定参数“windwo”，是否指“window”。可用的法定参数：cap、limit、service"
     "、window [E-RULE-LAW]"),
    ("a law name", "law.window", "law.windwo",
     "rules/trial/it.yaml:16:43：没有法定参数“windwo”，是否指“window”。可用的法定参数：window [E-RULE-EXPR"
     "ESSION]"),
    ("a choice", "level: low", "level: lwo",
     "rules/trial/it.yaml:5:8：没有取值“lwo”，是否指“low”。可用的取值：high、medium、low [E-YAML-KEY]"),
    ("a choice", "none: gap", "none: gpa",
     "rules/trial/it.yaml:12:43：没有取值“gpa”，是否指“gap”。可用的取值：gap、keep、clear [E-YAML-KEY]"),
    ("a choice", LATE, "ruling = 'grantd', say",
     "rules/trial/it.yaml:18:31：没有取值“grantd”，是否指“granted”。可用的取值：grante"),
    ("a choice", "ruling: granted", "ruling: grantd",
     "rules/trial/it.yaml:28:38：没有取值“grantd”，是否指“granted”。可用的取值：granted、refused、partly、"
     "not_accepted、withdrawn [E-YAML-KEY]"),
    ("a choice", "gap: [A]", "gpa: [A]",
     "rules/trial/it.yaml:30:12：没有答案“gpa”，是否指“gap”。可用的答案：hit、excluded、gap、clear [E-YAML"
     "-KEY]"),
    ("indentation", "    version: 1", "   version: 1",
     "rules/trial/it.yaml:3:1：缩进或写法不对。同级的键左边对齐，冒号后加一个空格，含特殊符号的文字加引号 "
     "[E-YAML-SYNTAX]"),
    ("indentation", "    version: 1", "     version: 1",
     "rules/trial/it.yaml:3:9：冒号位置不对或缩进不一致。同级的键左边对齐；含半角冒号的文字请加引号 [E-YAM"
     "L-SYNTAX]"),
    ("indentation", "    version: 1\n", "\tversion: 1\n",
     "rules/trial/it.yaml:3:1：缩进用了制表符。缩进只用空格 [E-YAML-SYNTAX]"),
    ("full-width signs", "    level: low", "    level：low",
     "rules/trial/it.yaml:5:1：语法不对，这一行有全角符号“：”。请改用半角“:”（冒号后加一个空格） [E-YAML-S"
     "YNTAX]"),
    ("full-width signs", "{is: late, expr", "{is: late，expr",
     "rules/trial/it.yaml:18:14：全角符号“，”不起分隔作用。请改用半角“,”；若是内容的一部分，请给整段加半角"
     "引号 [E-YAML-WIDTH]"),
    ("full-width signs", "[case_no, ", "[case_no，",
     "rules/trial/it.yaml:23:19：全角符号“，”不起分隔作用。请改用半角“,”；若是内容的一部分，请给整段加半角"
     "引号 [E-YAML-WIDTH]"),
    ("full-width signs", "{is: late,", "｛is: late,",
     "rules/trial/it.yaml:18:5：全角符号“｛”不起分隔作用。请改用半角“{”；若是内容的一部分，请给整段加半角"
     "引号 [E-YAML-WIDTH]"),
    ("full-width signs", LATE, "applied_on ＞ last_day, say",
     "rules/trial/it.yaml:18:33：全角符号“＞”不能用。请改用半角 > [E-RULE-EXPRESSION]"),
    ("full-width signs", "level: low", "level: “low”",
     'rules/trial/it.yaml:5:8：全角符号““”不起分隔作用。请改用半角“"”；若是内容的一部分，请给整段加半角引'
     "号 [E-YAML-WIDTH]"),
    ("a key twice", "    level: low", "    level: low\n    level: high",
     "rules/trial/it.yaml:6:1：键“level”重复：第5行与第6行重复。请只留一个 [E-YAML-DUPLICATE]"),
    ("a number without quotes", "document_no: 漯市监罚〔2024〕1号", "document_no: 0123",
     'rules/trial/it.yaml:27:38：document_no应为文字，得到数字“0123”。请加引号："0123" [E-YAML-QUOTE]'),
    ("a number without quotes", "document_no: 漯市监罚〔2024〕1号", "document_no: [2024]1号",
     "rules/trial/it.yaml:27:44：括号没有闭合或缺少逗号。请检查 [ ] { } 和其中的半角逗号、半角冒号；含 [ ]"
     " 的文字（如文号）要加引号 [E-YAML-SYNTAX]"),
    ("a number without quotes", "document_no: 漯市监罚〔2024〕1号", "document_no: 罚字, 1号",
     "rules/trial/it.yaml:27:42：没有键“1号”。花括号里含逗号的文字要加引号 [E-YAML-KEY]"),
    ("a number without quotes", LATE, "penalty.document_no = 漯市监罚〔2024〕1号, say",
     "rules/trial/it.yaml:18:48：表达式里不允许“〔”。文字常量（如文号）整段加半角引号：'…〔2024〕1号' [E-R"
     "ULE-EXPRESSION]"),
    ("a number without quotes", LATE, "penalty.document_no = 漯市监罚1号, say",
     "rules/trial/it.yaml:18:44：没有列“漯市监罚1号”。若是文字（如文号），请加半角引号：'漯市监罚1号'；可"
     "用的列：accepte"),
    ("a number without quotes", LATE, "penalty.document_no = 20240012, say",
     "rules/trial/it.yaml:18:22：文字不能与整数比较。文字常量加半角引号：'2024'；金额、数字只写数字，不加"
     "引号 [E-RULE-EXPRESSION]"),
    ("kinds", LATE, "applied_on > 5, say",
     "rules/trial/it.yaml:18:22：日期不能与整数比较。日期常量写成 '2024-03-01'（加半角引号）；相差天数用 d"
     "ays_between [E-RULE-EXPRESSION]"),
    ("kinds", LATE, "applied_on > 2024-03-01, say",
     "rules/trial/it.yaml:18:22：日期不能与整数比较。日期常量写成 '2024-03-01'（加半角引号）；相差天数用 d"
     "ays_between [E-RULE-EXPRESSION]"),
    ("kinds", LATE, "sought_yuan > 'abc', say",
     "rules/trial/it.yaml:18:22：金额不能与文字比较。文字常量加半角引号：'2024'；金额、数字只写数字，不加"
     "引号 [E-RULE-EXPRESSION]"),
    ("kinds", LATE, "hearing_held = 1, say",
     "rules/trial/it.yaml:18:22：真假值不能与整数比较。真假值写 TRUE 或 FALSE [E-RULE-EXPRESSION]"),
    ("kinds", "type: money", "type: date",
     "rules/facts/penalty.yaml:4:48：应为日期，得到金额。请核对这个表达式 [E-RULE-EXPRESSION]"),
    ("coverage", LATE, "links.penalty.found = FALSE, say",
     "rules/trial/it.yaml:12:3：判断“没有”penalty 的关联记录，却没有写 coverage。在 links.penalty 写明 cov"
     "erage（table、division、from、until），没有声明完整的只算资料缺口 [E-RULE-COVERAGE]"),
    ("money", "晚于{last_day}", "晚于{last_day}，标的{sought_yuan}万元",
     "rules/trial/it.yaml:18:94：{sought_yuan}会写成“12,500元”，后面不能再接“万元”。金额一律以元计，自带单"
     "位，请删去后面的单位 [E-RULE-YUAN]"),
])
def test_a_slip_is_told_with_place_nearest_word_and_mending(
    tmp_path: Path, kind: str, right: str, wrong: str, says: str
) -> None:
    told = [str(problem) for problem in reading(tmp_path, right, wrong).problems]

    assert any(text.startswith(says) for text in told), kind


def test_the_rule_without_a_slip_has_no_fault_and_no_note(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE, {"penalty": FACTS}, head="")

    assert (list(found.rules), found.problems, found.notes) == (["trial.it"], [], [])


NEVER = "请核对列、数字和 AND、OR；这样写规则永远不会命中 [E-RULE-REACH]"


@pytest.mark.parametrize(("conditions", "says"), [
    (["sought_yuan > 5000 AND sought_yuan < 3000"], "19:20：条件“c1”自相矛盾，不会成立"),
    (["sought_yuan BETWEEN 5000 AND 3000"], "19:20：条件“c1”自相矛盾，不会成立"),
    (["ruling = 'granted' AND ruling IS NULL"], "19:20：条件“c1”自相矛盾，不会成立"),
    (["sought_yuan > 5000", "sought_yuan < 3000"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["sought_yuan > 5000", "sought_yuan < 5000 OR sought_yuan = 5000"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["ruling = 'granted'", "ruling = 'refused'"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["ruling <> 'granted'", "ruling IN ('granted')"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["ruled_on IS NULL", "ruled_on > accepted_on"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["hearing_held", "hearing_held = FALSE"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["contains(ruling_reason, '超')", "NOT contains(ruling_reason, '超')"], "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["applied_on < last_day"], "19:20：条件“c1”与“late”矛盾，不会同时成立"),
    (["applied_on < period_end(penalty.served_on, law.window)"], "19:20：条件“c1”与“late”矛盾，不会同时成立"),
    (["days_between(applied_on, ruled_on) > 5", "days_between(applied_on, ruled_on) < 6"],
     "20:20：条件“c2”与“c1”矛盾，不会同时成立"),
    (["ruling IN ('granted', 'partly')", "ruling <> 'granted'", "ruling <> 'partly'"],
     "21:20：这些条件合在一起互相矛盾，不会同时成立"),
])
def test_conditions_that_can_never_hold_are_refused(tmp_path: Path, conditions: list[str], says: str) -> None:
    found = reading(tmp_path, LINE, with_conditions(*conditions))

    assert [str(p) for p in found.problems] == [f"rules/trial/it.yaml:{says}。{NEVER}"]


@pytest.mark.parametrize(("conditions", "exclusion", "says"), [
    ([], "applied_on <= last_day", "20:26：排除条件“deferred”不会成立：它成立时，条件（when）已经不成立"),
    ([], "NOT applied_on > last_day", "20:26：排除条件“deferred”不会成立：它成立时，条件（when）已经不成立"),
    (["hearing_held"], "hearing_held = FALSE", "21:26：排除条件“deferred”不会成立：它成立时，条件（when）已经不成立"),
    (["ruled_on IS NOT NULL"], "ruled_on IS NULL",
     "21:26：排除条件“deferred”不会成立：它成立时，条件（when）已经不成立"),
    ([], "applied_on >= last_day", "20:26：条件都成立时，排除条件“deferred”总是成立，规则不会命中"),
    (["ruling = 'granted'"], "ruling IN ('granted', 'partly')",
     "21:26：条件都成立时，排除条件“deferred”总是成立，规则不会命中"),
])
def test_exclusions_that_never_or_always_hold_are_refused(
    tmp_path: Path, conditions: list[str], exclusion: str, says: str
) -> None:
    text = WHOLE.replace(LINE, with_conditions(*conditions)).replace(EXCLUSION, f'expr: "{exclusion}"')

    found = read(tmp_path, text, {"penalty": FACTS}, head="")

    assert [f"{p.where}：{p.what}" for p in found.problems] == [f"rules/trial/it.yaml:{says}"]


def test_asking_for_no_record_where_a_missing_one_is_a_gap_is_refused(tmp_path: Path) -> None:
    coverage = "none: gap, coverage: {table: penalty, from: applied_on, until: as_of}"
    text = WHOLE.replace("none: gap", coverage).replace(LATE, "links.penalty.found = FALSE, say")

    found = read(tmp_path, text, {"penalty": FACTS}, head="")

    assert [str(p) for p in found.problems] == [
        "rules/trial/it.yaml:18:22：条件“late”不会成立：没有关联记录时，none 已经给出答案。"
        "判断没有记录，该关联应写 none: keep 和 coverage [E-RULE-REACH]"]


@pytest.mark.parametrize("conditions", [
    ["sought_yuan > 3000", "sought_yuan < 5000"], ["ruled_on IS NULL", "accepted_on > applied_on"],
    ["ruling = 'granted' OR ruling IS NULL"], ["ruling IN ('granted', 'partly')", "ruling <> 'granted'"],
    ["applied_on < last_day OR ruled_on > last_day"],
    ["coalesce(ruled_on, applied_on) = applied_on", "ruled_on IS NULL"],
    ["days_between(applied_on, ruled_on) > 5", "days_between(applied_on, ruled_on) < 7"],
    ["(sought_yuan / 3) > 5.1", "(sought_yuan / 3) < 5.2"], ["ruled_on IS NOT NULL", "ruled_on > accepted_on"],
])
def test_conditions_that_can_hold_together_are_taken(tmp_path: Path, conditions: list[str]) -> None:
    found = reading(tmp_path, LINE, with_conditions(*conditions))

    assert [str(p) for p in (*found.problems, *found.notes) if "矛盾" in p.what or "多余" in p.what] == [
        str(p) for p in found.notes if "有一支" in p.what]


@pytest.mark.parametrize(("conditions", "says"), [
    (["applied_on >= last_day"],
     "19:20：条件“c1”是多余的：其他条件成立时它总是成立。请核对是否写错列或数字，或删去它 [N-RULE-REACH]"),
    (["ruling = 'granted'", "ruling = 'refused' OR ruled_on IS NULL"],
     "20:20：条件“c2”里有一支不会成立：与其他条件矛盾。请核对，或删去这一支 [N-RULE-REACH]"),
    (["CASE WHEN sought_yuan > 5000 THEN 1 WHEN sought_yuan > 8000 THEN 2 ELSE 0 END > 1"],
     "19:62：CASE 的这一支不会用到：前面的 WHEN 已经包括了它。请核对先后顺序和界限，或删去这一支 [N-RULE-REACH]"),
    (["CASE WHEN TRUE THEN 1 WHEN sought_yuan > 8000 THEN 2 END > 1"],
     "19:48：CASE 的这一支不会用到：前面的 WHEN 已经包括了它。请核对先后顺序和界限，或删去这一支 [N-RULE-REACH]"),
    (["CASE WHEN hearing_held THEN 1 WHEN hearing_held THEN 2 END > 1"],
     "19:56：CASE 的这一支不会用到：前面的 WHEN 已经包括了它。请核对先后顺序和界限，或删去这一支 [N-RULE-REACH]"),
    (["ruling <> 'granted' OR ruling <> 'refused'"],
     "19:20：OR 两边包括了全部情形，只要有记载就总是成立。请核对列、数字，是否应为 AND [N-RULE-REACH]"),
    (["sought_yuan > 20"],
     "19:35：申请执行金额的单位是元，20 元疑为 20 万元。20万元写成 200000；确是 20 元的，写成 20.00 [N-RULE-YUAN]"),
    (["penalty.unpaid_yuan IN (5, 5000)"],
     "19:45：行政处罚决定·未缴金额的单位是元，5 元疑为 5 万元。5万元写成 50000；确是 5 元的，写成 5.00 [N-RULE-YUAN]"),
])
def test_what_adds_nothing_or_looks_like_another_unit_is_noted_and_stops_nothing(
    tmp_path: Path, conditions: list[str], says: str
) -> None:
    found = reading(tmp_path, LINE, with_conditions(*conditions))

    assert list(found.rules) == ["trial.it"]
    assert [str(n) for n in found.notes] == [f"rules/trial/it.yaml:{says}"]


@pytest.mark.parametrize("text", ["sought_yuan > 20.00", "sought_yuan > 0", "sought_yuan > 200000",
                                  "abs(sought_yuan - penalty.fine_yuan) > 1", "penalty.detention_days > 5"])
def test_a_sum_meant_in_yuan_is_not_noted(tmp_path: Path, text: str) -> None:
    assert reading(tmp_path, LINE, with_conditions(text)).notes == []
