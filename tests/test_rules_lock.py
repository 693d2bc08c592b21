"""The lock: which change demands a higher version, and what a lock that disagrees stops."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rule_world import rules_folder

from engine import run
from engine.law import read_law
from engine.rules import LOCK, RuleSet, current, read_rules, retired_ids, write_lock
from engine.store import writing

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
      - {is: dear, expr: penalty.owed_yuan > 100}
    unless:
      - {is: deferred, expr: penalty.deferral_end_on > last_day}
    points:
      - {is: big, expr: sought_yuan > 10000, add: 10}
    evidence: [case_no, penalty.document_no]
    """

FACTS = {"penalty": """
    table: penalty
    facts:
      gross_yuan: {type: money, title: 应缴, expr: fine_yuan + confiscated_yuan}
      owed_yuan: {type: money, title: 未缴, expr: gross_yuan - paid_yuan}
      idle_on: {type: date, title: 无关, expr: decided_on}
    """}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a rules folder with one rule, locked."""
    path = rules_folder(tmp_path / "rules", RULE, FACTS)
    write_lock(read(path, locked=False), path)
    return path


def read(folder: Path, *, locked: bool = True) -> RuleSet:
    return read_rules(folder, read_law(folder / "law"), locked=locked)


def change(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def codes(rules: RuleSet) -> list[str]:
    return [problem.code for problem in rules.problems]


def rule_file(folder: Path) -> Path:
    return folder / "trial" / "it.yaml"


def test_a_lock_just_written_agrees(folder: Path) -> None:
    rules = read(folder)

    assert (rules.problems, rules.notes, list(rules.rules)) == ([], [], ["trial.it"])


def test_the_lock_is_sorted_text_with_one_line_a_thing(folder: Path) -> None:
    lines = [line for line in (folder / LOCK).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert lines == sorted(lines)
    assert [line.split()[:3] for line in lines] == [
        ["parameter", "cap", "1"], ["parameter", "limit", "1"], ["parameter", "service", "1"],
        ["parameter", "window", "1"], ["rule", "trial.it", "1"]]


@pytest.mark.parametrize(("right", "wrong"), [
    ("applied_on > last_day", "applied_on >= last_day"),
    ("penalty.owed_yuan > 100", "penalty.owed_yuan > 101"),
    ("none: gap", "none: clear"),
    ("none: gap", "none: gap, min_confidence: 0.8"),
    ("none: gap", "none: gap, pick: decided_on asc"),
    ("add: 10", "add: 11"),
    ("level: low", "level: high"),
    ("period_end(", "period_end_unrolled("),
    ("on: penalty.served_on", "on: penalty.decided_on"),
    ("{use: window,", "{use: service,"),
    ("penalty.deferral_end_on > last_day", "penalty.deferral_end_on > last_day, unknown: relief = 'none'"),
    ("is: big", "is: urgent_big"),
])
def test_logic_changed_without_a_higher_version_is_an_error_and_stops_the_rule(
    folder: Path, right: str, wrong: str
) -> None:
    change(rule_file(folder), right, wrong)

    rules = read(folder)

    assert (codes(rules), rules.stopped) == (["E-LOCK-VERSION"], {"trial.it"})
    assert rules.problems[0].where == "rules/trial/it.yaml:3:10"
    assert "version 改为 2" in rules.problems[0].fix


@pytest.mark.parametrize(("right", "wrong"), [
    ("title: 试验规则", "title: 另一个名称"),
    ("summary: 供测试。", "summary: 供测试用。"),
    ("晚于{last_day}", "晚于{last_day}，用到{penalty.idle_on}"),
    ("evidence: [case_no, penalty.document_no]", "evidence: [applied_on]\ncheck: [调卷]  # 备注"),
    ("applied_on > last_day", '"(applied_on)   >  last_day"'),
    ("第五十三条, from: 2012-01-01", "第五十四条, from: 2012-01-01"),
    ("maturity: trial", "maturity: stable"),
])
def test_words_and_layout_need_no_new_version(folder: Path, right: str, wrong: str) -> None:
    change(rule_file(folder), right, wrong)

    assert codes(read(folder)) == []


def test_a_fact_used_through_another_fact_is_logic_of_the_rule(folder: Path) -> None:
    change(folder / "facts" / "penalty.yaml", "fine_yuan + confiscated_yuan", "fine_yuan")

    assert codes(read(folder)) == ["E-LOCK-VERSION"]


def test_a_fact_the_rule_does_not_judge_by_is_not(folder: Path) -> None:
    change(folder / "facts" / "penalty.yaml", "expr: decided_on", "expr: filed_on")

    assert codes(read(folder)) == []


@pytest.mark.parametrize(("file", "right", "wrong", "told"), [
    ("facts/penalty.yaml", "fine_yuan + confiscated_yuan", "fine_yuan", ["E-LOCK-VERSION"]),
    ("trial/it.yaml", "every: month", "every: year", ["E-LOCK-VERSION"]),
    ("trial/it.yaml", "sum(gross_yuan)", "max(gross_yuan)", ["E-LOCK-VERSION"]),
    ("trial/it.yaml", "title: 本月应缴", "title: 当月应缴", []),
])
def test_what_a_group_measures_is_logic(tmp_path: Path, file: str, right: str, wrong: str, told: list[str]) -> None:
    folder = rules_folder(tmp_path / "rules", """
        subject: penalty
        groups:
          monthly:
            by: [authority_key]
            period: {of: decided_on, every: month}
            measures: {due: {expr: sum(gross_yuan), title: 本月应缴}}
        when:
          - {is: much, expr: groups.monthly.due > 1000}
        """, FACTS)
    write_lock(read(folder, locked=False), folder)
    assert read(folder).problems == []
    change(folder / file, right, wrong)

    assert codes(read(folder)) == told


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("direct,刑法第二百六十四条", "none,刑法第二百六十四条", ["E-LOCK-VERSION"]), ("盗窃、诈骗", "盗窃", []),
])
def test_the_rows_of_a_look_up_table_are_logic(tmp_path: Path, right: str, wrong: str, told: list[str]) -> None:
    folder = rules_folder(tmp_path / "rules", """
        subject: nonprosecution
        when:
          - {is: punishable, expr: "lookup('offence_counterpart', charge_key, 'counterpart', decided_on) = 'direct'"}
        """)
    shutil.copytree(run.ROOT / "rules" / "law" / "tables", folder / "law" / "tables")
    write_lock(read(folder, locked=False), folder)
    assert read(folder).problems == []
    change(folder / "law" / "tables" / "offence_counterpart.csv", right, wrong)

    assert codes(read(folder)) == told


def test_a_raised_version_is_a_note_until_the_lock_is_written(folder: Path) -> None:
    change(rule_file(folder), "applied_on > last_day", "applied_on >= last_day")
    change(rule_file(folder), "version: 1", "version: 2")

    before = read(folder)
    write_lock(read(folder, locked=False), folder)

    assert (codes(before), [n.code for n in before.notes], len(before.rules)) == ([], ["E-LOCK-STALE"], 1)
    assert read(folder).notes == []


def test_a_version_below_the_lock_is_an_error(folder: Path) -> None:
    change(rule_file(folder), "version: 1", "version: 3")
    write_lock(read(folder, locked=False), folder)
    change(rule_file(folder), "version: 3", "version: 2")

    assert codes(read(folder)) == ["E-LOCK-LOWER"]


def test_writing_refuses_what_was_not_raised_and_leaves_the_lock_as_it_is(folder: Path) -> None:
    before = (folder / LOCK).read_bytes()
    change(rule_file(folder), "add: 10", "add: 20")

    with pytest.raises(Exception, match="E-LOCK-VERSION"):
        write_lock(read(folder, locked=False), folder)

    assert (folder / LOCK).read_bytes() == before


def test_a_parameter_has_its_own_line_and_stops_the_rules_that_use_it(folder: Path) -> None:
    logic = current(read(folder))["rule", "trial.it"].logic
    change(folder / "law" / "window.yaml", "length: 3,", "length: 4,")

    rules = read(folder)

    assert codes(rules) == ["E-LOCK-VERSION", "E-LOCK-LAW"]
    assert (rules.problems[0].where.rsplit("/", 1)[-1].split(":")[0], rules.stopped) == ("window.yaml", {"trial.it"})
    assert current(read(folder, locked=False))["rule", "trial.it"].logic == logic


def test_the_words_of_a_parameter_need_no_new_version(folder: Path) -> None:
    change(folder / "law" / "window.yaml", "quote: 三个月内", "quote: 自期限届满之日起三个月内")
    change(folder / "law" / "window.yaml", "recheck_by: 2027-12-31", "recheck_by: 2028-12-31")

    assert codes(read(folder)) == []


def test_a_rule_whose_file_is_gone_is_kept_as_retired(folder: Path) -> None:
    rule_file(folder).unlink()
    stale = read(folder)

    write_lock(read(folder, locked=False), folder)

    assert [n.code for n in stale.notes] == ["E-LOCK-STALE"]
    assert retired_ids(folder) == {"trial.it"}


@pytest.mark.parametrize("head", [lambda h: h, lambda h: h.replace("version: 1", "version: 9"),
                                  lambda h: h.replace("trial", "draft")])
def test_a_retired_id_is_never_used_again(folder: Path, head: Callable[[str], str]) -> None:
    text = rule_file(folder).read_text(encoding="utf-8")
    rule_file(folder).unlink()
    write_lock(read(folder, locked=False), folder)
    rule_file(folder).write_text(head(text), encoding="utf-8")

    rules = read(folder)

    assert (codes(rules), rules.stopped) == (["E-LOCK-REUSED"], {"trial.it"})


def test_a_file_that_cannot_be_read_is_not_taken_for_retired(folder: Path) -> None:
    before = (folder / LOCK).read_bytes()
    change(rule_file(folder), "subject:", "sbuject:")

    write_lock(read(folder, locked=False), folder)

    assert (folder / LOCK).read_bytes() == before


def test_drafts_are_not_locked(folder: Path) -> None:
    draft = rule_file(folder).read_text(encoding="utf-8").replace("maturity: trial", "maturity: draft")
    (folder / "trial" / "other.yaml").write_text(draft, encoding="utf-8")

    rules = read(folder)
    write_lock(read(folder, locked=False), folder)

    assert (rules.problems, rules.notes) == ([], [])
    assert "trial.other" not in (folder / LOCK).read_text(encoding="utf-8")


def test_a_new_rule_is_a_note_and_runs(folder: Path) -> None:
    (folder / "trial" / "other.yaml").write_bytes(rule_file(folder).read_bytes())

    rules = read(folder)

    assert ([n.code for n in rules.notes], len(rules.rules)) == (["E-LOCK-STALE"], 2)
    assert "trial.other 不在规则锁里" in rules.notes[0].what


def test_a_folder_without_a_lock_works(tmp_path: Path) -> None:
    rules = read(rules_folder(tmp_path / "rules", RULE, FACTS))

    assert (rules.problems, [n.code for n in rules.notes], len(rules.rules)) == ([], ["E-LOCK-NONE"], 1)


@pytest.mark.parametrize(("line", "code"), [
    ("<<<<<<< HEAD", "E-LOCK-CONFLICT"), ("=======", "E-LOCK-CONFLICT"), (">>>>>>> 其他", "E-LOCK-CONFLICT"),
    ("rule trial.it 1 xyz active", "E-LOCK-LINE"), ("rule trial.it 2 0123456789abcdef active", "E-LOCK-LINE"),
    ("rule ../../x 1 0123456789abcdef gone", "E-LOCK-LINE"), ("规则", "E-LOCK-LINE"),
])
def test_a_damaged_lock_is_named_by_its_line_and_stops_no_rule(folder: Path, line: str, code: str) -> None:
    lock = folder / LOCK
    lock.write_text(f"{lock.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")

    rules = read(folder)

    assert (codes(rules), rules.problems[0].where) == ([code], "rules/rules.lock:8:1")
    assert len(rules.rules) == 1
    with pytest.raises(Exception, match=code):
        write_lock(read(folder, locked=False), folder)


def test_a_lock_of_strange_bytes_is_refused(folder: Path) -> None:
    (folder / LOCK).write_bytes(b"\xff\xfe\x00")

    assert codes(read(folder)) == ["E-LOCK-FILE"]


def test_the_hash_of_the_shipped_rules_tells_them_apart() -> None:
    lines = current(read(run.ROOT / "rules", locked=False))

    assert len({line.logic for key, line in lines.items() if key[0] == "rule"}) == sum(k == "rule" for k, _ in lines)


def test_the_lock_of_the_shipped_rules_agrees_with_them() -> None:
    folder = run.ROOT / "rules"
    if not (folder / LOCK).exists():
        pytest.skip("the rules are not locked yet")
    rules = read(folder)

    assert [str(p) for p in (*rules.problems, *rules.notes)] == [], "请运行 xiezhi check --lock"


def test_a_run_stores_the_versions_it_used(tmp_path: Path) -> None:
    plan = run.Plan(tmp_path / "data", tmp_path / "out", date(2026, 6, 30), date(2026, 6, 30))
    # reason: one rule of the house is planned in a moment, all of them in a quarter of a minute
    with run.night(plan) as night:
        night.resolve()
        night.apply("litigation")
        told = night.finish()["versions"]

    expected = current(run.read_ruleset(plan, locked=False))
    line = expected["rule", "litigation.overdue_trial"]
    assert told["by_rule"] == {"litigation.overdue_trial": {"version": line.version, "logic": line.logic}}
    assert set(told["by_parameter"]) == {ident for kind, ident in expected if kind == "parameter"}


def test_the_command_writes_the_lock_and_fails_while_it_is_old(tmp_path: Path) -> None:
    named = re.sub(r"is: (dear|deferred|big),", r"is: \1, title: 说法,", RULE)
    folder = rules_folder(tmp_path / "rules", named.replace("unless:", "x: 待写\n    unless:"), FACTS)
    change(rule_file(folder), "maturity: trial", "maturity: draft")

    draft = _xiezhi("check", "--rules", str(folder), "--lock")
    change(rule_file(folder), "maturity: draft", "maturity: trial")
    cases = 'cases:\n' + "".join(f"  - {{name: {name}, given: {given}, then: {{{name}: [A]}}}}\n" for name, given in {
        "hit": '{penalty: [{id: P, served_on: 2024-01-05, fine_yuan: 900, confiscated_yuan: 0, paid_yuan: 0, '
               'deferral_end_on: 2024-02-01}], court_review: [{id: A, applied_on: 2025-01-01}], '
               'links: [{use: penalty_of_review, from: A, to: P}]}',
        "clear": '{penalty: [{id: P, served_on: 2024-01-05}], court_review: [{id: A, applied_on: 2024-01-08}], '
                 'links: [{use: penalty_of_review, from: A, to: P}]}',
        "gap": "{court_review: [{id: A, applied_on: 2024-01-08}]}",
    }.items())
    rule_file(folder).write_text(rule_file(folder).read_text(encoding="utf-8") + cases, encoding="utf-8")
    old = _xiezhi("check", "--rules", str(folder))
    written = _xiezhi("check", "--rules", str(folder), "--lock")

    assert (draft.returncode, old.returncode, written.returncode) == (0, 1, 0), old.stdout + written.stdout
    assert "E-LOCK-STALE" in old.stdout
    assert "rule trial.it 1 " in (folder / LOCK).read_text(encoding="utf-8")


@pytest.mark.parametrize(("right", "wrong", "code"), [
    ("applied_on > last_day", "applied_on < last_day", "E-LOCK-VERSION"), ("subject:", "sbject:", "E-YAML-KEY"),
])
def test_a_rule_that_cannot_be_used_keeps_its_clues(
    folder: Path, tmp_path: Path, right: str, wrong: str, code: str
) -> None:
    for path in (folder / "links").iterdir():
        with path.open("a", encoding="utf-8") as file:
            file.write("one: from\nsteps: [{step: it, confidence: 1, where: [party_id = party_id], say: 一致}]\n")
    shutil.copyfile(run.ROOT / "rules" / "ranking.yaml", folder / "ranking.yaml")
    plan = run.Plan(tmp_path / "data", tmp_path / "out", date(2025, 6, 30), date(2025, 6, 30), rules=folder)
    with writing(plan.home) as store:
        store.run("INSERT INTO penalty BY NAME SELECT 11 AS record_id, '罚' AS natural_key, DATE '2024-01-05' AS "
                  "served_on, 900 AS fine_yuan, 0 AS confiscated_yuan, 0 AS paid_yuan")
        store.run("INSERT INTO court_review BY NAME SELECT 1 AS record_id, '行审' AS natural_key, "
                  "DATE '2025-01-01' AS applied_on")
    first = _night(plan)
    change(rule_file(folder), right, wrong)

    second = _night(plan)

    assert first["clues"]["新增"] == 1
    assert (second["clues"]["持续"], second["clues"]["消失"], second["rules"]) == (1, 0, {})
    assert code in second["problems"][0]


def _night(plan: run.Plan) -> dict[str, Any]:
    """Return the summary of a night over what is there, the one link given."""
    with run.night(plan) as night:
        night.store.run("DELETE FROM link")
        night.store.run("INSERT INTO link VALUES ('penalty_of_review', 1, 11, 'it', 1, 1, '一致')")
        night.apply()
        night.rank()
        return night.finish()


def test_the_command_does_not_lock_single_rules(tmp_path: Path) -> None:
    assert _xiezhi("check", "trial.it", "--lock").returncode == 2


def _xiezhi(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "engine.cli", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)
