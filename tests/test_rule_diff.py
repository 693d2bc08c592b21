"""Two rule sets over the same records: exactly what differs, with the reason in words; the warehouse stays as it is."""

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from rule_world import penalty_link, rules_folder

from engine import rule_diff, run, sample
from engine.errors import EngineError
from engine.rule_diff import Difference
from engine.store import reading, warehouse, writing

AS_OF = date(2024, 12, 31)

RULE = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: gap}
    law:
      window: {use: window, on: penalty.served_on}
    let:
      last_day: {expr: "period_end(penalty.served_on, law.window)", title: 最后一日}
      over: {expr: "days_between(last_day, applied_on)", title: 超期日数}
    when:
      - {is: late, expr: over > 0, say: 逾期}
      - {is: dear, expr: penalty.gross_yuan > 100}
    unless:
      - {is: deferred, expr: "coalesce(penalty.deferral_end_on > last_day, false)"}
    points:
      - {is: long, expr: over > 30, add: 10}
    """

FACTS = {"penalty": """
    table: penalty
    facts:
      gross_yuan: {type: money, title: 应缴, expr: "fine_yuan + coalesce(confiscated_yuan, 0)"}
    """}

SERVED = date(2024, 1, 5)
"""Three months end on Sunday 7 April 2024, which is a make-up working day."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data folder: reviews 1 (on time), 2 (2 days late), 3 (84 days late), 4 (no penalty linked)."""
    applied = {1: date(2024, 4, 7), 2: date(2024, 4, 9), 3: date(2024, 6, 30), 4: date(2024, 6, 30)}
    with writing(tmp_path / "data") as store:
        store.put("court_review", pl.DataFrame({
            "record_id": list(applied), "natural_key": [f"行审{i}" for i in applied],
            "applied_on": list(applied.values())}, schema_overrides={"record_id": pl.UInt64}))
        store.put("penalty", pl.DataFrame({
            "record_id": [11, 12, 13], "natural_key": ["罚11", "罚12", "罚13"], "served_on": [SERVED] * 3,
            "fine_yuan": [500, 500, 500], "deferral_end_on": [None, None, date(2024, 2, 1)],
        }, schema_overrides={"record_id": pl.UInt64, "fine_yuan": pl.Decimal(18, 2), "deferral_end_on": pl.Date}))
        rows = [penalty_link(1, 11), penalty_link(2, 12), penalty_link(3, 13, 0.8)]
        store.put("link", pl.DataFrame(rows, schema_overrides={"from_id": pl.UInt64, "to_id": pl.UInt64}))
    return tmp_path / "data"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = rules_folder(tmp_path / "old" / "rules", RULE, FACTS)
    for path in (folder / "links").iterdir():
        with path.open("a", encoding="utf-8") as file:
            file.write("one: from\nsteps: [{step: party, confidence: 0.9, where: [party_id = party_id], say: 一致}]\n")
    return folder


def changed(old: Path, *replacements: tuple[str, str, str]) -> Path:
    """Return a copy of the rules with a text replaced in a file, for each (file, right, wrong)."""
    new = old.parents[1] / "new" / "rules"
    shutil.copytree(old, new)
    for name, right, wrong in replacements:
        text = (new / name).read_text(encoding="utf-8")
        assert right in text
        (new / name).write_text(text.replace(right, wrong), encoding="utf-8")
    return new


def compared(home: Path, old: Path, new: Path, *, drafts: bool = False) -> Difference:
    return rule_diff.compare(home, ("旧", old), ("新", new), AS_OF, drafts=drafts)


def listed(found: Difference) -> list[tuple[str, ...]]:
    return found.changes.select("变化", "记录", "原答案", "现答案", "原因").rows()


def test_the_same_rules_differ_in_nothing(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old))

    assert (found.changes.height, found.is_partial) == (0, False)
    assert [(r.rule_id, r.old.hit, r.new.hit) for r in found.rules if r.old and r.new] == [("trial.it", 2, 2)]


def test_a_threshold_names_the_condition_and_its_values(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("trial/it.yaml", "expr: over > 0", "expr: over > 5")))

    assert listed(found) == [("不再命中", "行审2", "命中", "未命中",
                              "条件“超期日数 > 5”由成立变为不成立，原写法“超期日数 > 0”（超期日数＝2）")]
    assert found.rules[0].changes == {"不再命中": 1}


def test_a_new_exclusion_is_named(home: Path, old: Path) -> None:
    more = 'is: deferred, expr: "coalesce(penalty.deferral_end_on > last_day, false)"}'
    extra = f"{more}\n  - {{is: paid, expr: penalty.deferral_end_on IS NOT NULL}}"

    found = compared(home, old, changed(old, ("trial/it.yaml", more, extra)))

    assert listed(found) == [("不再命中", "行审3", "命中", "排除",
                              "排除条件“行政处罚决定·延期或分期最后届满日有记载”是新加的，成立"
                              "（行政处罚决定·延期或分期最后届满日＝2024年2月1日）")]


def test_a_value_of_law_is_named_in_words(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("law/window.yaml", "length: 3,", "length: 4,")))

    assert [row[:4] for row in listed(found)] == [("不再命中", "行审2", "命中", "未命中")]
    assert "法定参数“申请期限”由3个月（行政强制法第五十三条）改为4个月（行政强制法第五十三条）" in listed(found)[0][4]
    assert "最后一日由2024年4月7日改为2024年5月6日" in listed(found)[0][4]


def test_a_fact_defined_otherwise_is_named_with_both_values(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("facts/penalty.yaml", "fine_yuan + ", "fine_yuan / 10 + ")))

    assert [row[:4] for row in listed(found)] == [("不再命中", f"行审{n}", "命中", "未命中") for n in (2, 3)]
    assert listed(found)[0][4] == (
        "条件“行政处罚决定·应缴 > 100”由成立变为不成立（行政处罚决定·应缴＝50元）；行政处罚决定·应缴由500元改为50元")


def test_what_a_missing_link_means_is_named(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("trial/it.yaml", "none: gap", "none: clear")))

    assert listed(found) == [("答案变化", "行审4", "资料缺口", "未命中",
                              "关联的行政处罚决定没有记录，原算资料缺口，现算未命中")]


def test_a_link_no_longer_sure_enough_is_named(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("trial/it.yaml", "none: gap", "none: gap, min_confidence: 0.9")))

    assert [row[:4] for row in listed(found)] == [("不再命中", "行审3", "命中", "资料缺口")]
    assert "关联的行政处罚决定由有到无" in listed(found)[0][4]


def test_points_move_the_score_and_nothing_else(home: Path, old: Path) -> None:
    found = compared(home, old, changed(old, ("trial/it.yaml", "add: 10", "add: 20")))

    assert [row[:4] for row in listed(found)] == [("得分变化", "行审3", "命中", "命中")]
    was, now = found.changes.select("原得分", "现得分").row(0)
    assert now > was


def test_a_measure_of_a_group_is_named(home: Path, tmp_path: Path) -> None:
    with writing(home) as store:
        store.run("UPDATE penalty SET authority_key = CASE WHEN record_id = 13 THEN '乙' ELSE '甲' END")
    old = rules_folder(tmp_path / "old" / "rules", """
        subject: penalty
        groups:
          all: {title: 本机关, by: [authority_key], measures: {due: {expr: sum(fine_yuan), title: 罚款总额}}}
        when:
          - {is: much, expr: groups.all.due > 400}
        """)
    for path in (old / "links").iterdir():
        path.unlink()

    found = compared(home, old, changed(old, ("trial/it.yaml", "due > 400", "due > 600")))

    assert [row[:2] for row in listed(found)] == [("不再命中", "罚13")]
    assert "罚款总额 > 600”由成立变为不成立" in listed(found)[0][4]
    assert "罚款总额＝500元" in listed(found)[0][4]


def test_links_found_otherwise_are_found_anew_for_both(home: Path, old: Path) -> None:
    with writing(home) as store:
        store.run("UPDATE court_review SET party_id = record_id")
        store.run("UPDATE penalty SET party_id = record_id - 10")
    name = "links/penalty_of_review.yaml"
    new = changed(old, (name, "confidence: 0.9,", "confidence: 0.9, bounds: [applied_on >= served_on within 30 days],"))

    found = compared(home, old, new)

    assert [row[:4] for row in listed(found)] == [("不再命中", f"行审{n}", "命中", "资料缺口") for n in (3, 2)] + [
        ("答案变化", "行审1", "未命中", "资料缺口")]
    assert all("关联的行政处罚决定由有到无" in row[4] for row in listed(found))


def test_a_rule_that_only_one_set_has_shows_its_hits(home: Path, old: Path) -> None:
    new = changed(old)
    (new / "trial" / "it.yaml").rename(new / "trial" / "that.yaml")

    found = compared(home, old, new)

    assert [row[0] + row[4] for row in listed(found)] == [
        "新增命中新规则", "新增命中新规则", "不再命中规则已删去或停用", "不再命中规则已删去或停用"]
    assert [(r.rule_id, r.old is None, r.new is None) for r in found.rules] == [
        ("trial.it", False, True), ("trial.that", True, False)]


def test_a_rule_broken_in_one_set_is_reported_and_the_others_are_compared(home: Path, old: Path) -> None:
    shutil.copyfile(old / "trial" / "it.yaml", old / "trial" / "that.yaml")
    new = changed(old, ("trial/it.yaml", "expr: over > 0", "expr: ovre > 0"),
                  ("trial/that.yaml", "expr: over > 0", "expr: over > 5"))

    found = compared(home, old, new)

    assert found.is_partial
    assert [(r.rule_id, r.fault) for r in found.rules] == [
        ("trial.it", "新 里的规则文件有错，没有比较"), ("trial.that", "")]
    assert found.changes["规则编号"].to_list() == ["trial.that"]
    assert "是否指“over”" in found.problems["new"][0]


def test_drafts_take_part_when_asked(home: Path, old: Path) -> None:
    new = changed(old, ("trial/it.yaml", "maturity: trial", "maturity: draft"))

    assert compared(home, old, new).changes["变化"].to_list() == ["不再命中"] * 2
    assert compared(home, old, new, drafts=True).changes.height == 0


def test_the_warehouse_is_not_touched(home: Path, old: Path) -> None:
    before = hashlib.sha256(warehouse(home).read_bytes()).hexdigest()

    compared(home, old, changed(old, ("trial/it.yaml", "expr: over > 0", "expr: over > 5")))

    assert hashlib.sha256(warehouse(home).read_bytes()).hexdigest() == before
    assert sorted(p.name for p in home.iterdir()) == ["warehouse.duckdb", "write.lock"]


def test_the_list_is_safe_for_spreadsheets(home: Path, old: Path, tmp_path: Path) -> None:
    with writing(home) as store:
        store.run("UPDATE court_review SET natural_key = '=cmd()' WHERE record_id = 2")
    found = compared(home, old, changed(old, ("trial/it.yaml", "expr: over > 0", "expr: over > 5")))

    csv, parquet = found.write(tmp_path / "out")

    assert "'=cmd()" in csv.read_text(encoding="utf-8-sig")
    assert pl.read_parquet(parquet)["记录"].to_list() == ["=cmd()"]


def test_before_the_first_load_it_says_what_to_run(old: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="请先运行"):
        compared(tmp_path / "none", old, old)


def git(folder: Path, *words: str) -> str:
    own = ("-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *own, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(old: Path) -> Path:
    """Return a repository that holds the rules, committed, and a change not committed."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git(old.parent, "init", "--quiet")
    git(old.parent, "add", ".")
    git(old.parent, "commit", "--quiet", "-m", "rules")
    path = old / "trial" / "it.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("expr: over > 0", "expr: over > 5"), encoding="utf-8")
    return old.parent


def test_a_revision_is_compared_without_touching_the_work_tree(home: Path, repository: Path) -> None:
    before = git(repository, "status", "--porcelain")
    with rule_diff.opened("HEAD", repository / "rules") as then:
        found = rule_diff.compare(home, ("HEAD", then), ("rules", repository / "rules"), AS_OF)

    assert [row[1] for row in listed(found)] == ["行审2"]
    assert git(repository, "status", "--porcelain") == before
    assert not then.exists()


@pytest.mark.parametrize(("spec", "said"), [
    ("HEAD~7", "不是文件夹，也不是 git 版本"), ("--output=x", "也不是 git 版本"),
    ("HEAD:nope", "该版本里没有这个文件夹"),
])
def test_a_revision_that_is_none_is_refused(
    repository: Path, monkeypatch: pytest.MonkeyPatch, spec: str, said: str
) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(EngineError, match=said), rule_diff.opened(spec, repository / "rules"):
        pass


def test_outside_a_repository_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    with pytest.raises(EngineError, match="也不是 git 版本库"), rule_diff.opened("HEAD", tmp_path / "rules"):
        pass


def test_the_command_has_an_exit_code_for_every_ending(home: Path, old: Path) -> None:
    new = changed(old, ("trial/it.yaml", "expr: over > 0", "expr: over > 5"))
    options = ("--home", str(home), "--rules", str(new), "--as-of", "2024-12-31", "--out", str(home / "out"))

    same, other = _xiezhi("diff", str(new), *options), _xiezhi("diff", str(old), *options, "--save", "--json")
    (new / "trial" / "it.yaml").write_text("title: x", encoding="utf-8")
    broken = _xiezhi("diff", str(old), *options)

    assert (same.returncode, other.returncode, broken.returncode) == (0, 5, 4), same.stdout + other.stderr
    told = json.loads(other.stdout)
    assert told["rules"][0]["changes"] == {"不再命中": 1}
    assert (home / "out" / "规则对照.csv").exists()
    assert "没有比较" in broken.stdout


def _xiezhi(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "engine.cli", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_over_three_thousand_penalties_exactly_the_expected_records_differ(tmp_path: Path) -> None:
    """The threshold moves from the last day itself to more than five days over; Python counts the days on its own."""
    made = sample.generate(tmp_path / "sample", rows=3000, seed=7)
    files = [p for p in sorted((tmp_path / "sample").iterdir()) if p.name not in sample.OWN_FILES]
    plan = run.Plan(tmp_path / "data", tmp_path / "out", made.as_of, made.as_of)
    run.run(plan, files)
    with reading(plan.home) as store:
        assert store.count("SELECT count(*) FROM penalty") >= 2800
        rows = store.rows("SELECT r.natural_key, h.facts FROM hit h JOIN court_review r USING (record_id) "
                          "WHERE rule_id = 'non_litigation.late_application' AND answer = 'hit'")
    facts = {key: json.loads(text) for key, text in rows}
    over = {key: (date.fromisoformat(f["applied_on"]) - date.fromisoformat(f["penalty.application_last_on"])).days
            for key, f in facts.items()}
    new = tmp_path / "rules"
    shutil.copytree(run.ROOT / "rules", new)
    path = new / "non_litigation" / "late_application.yaml"
    text = path.read_text(encoding="utf-8")
    assert "expr: applied_on > last_day\n" in text
    path.write_text(text.replace("expr: applied_on > last_day\n", "expr: days_over > 5\n"), encoding="utf-8")

    found = rule_diff.compare(plan.home, ("旧", run.ROOT / "rules"), ("新", new), made.as_of)

    gone = found.changes.filter(pl.col("变化") == "不再命中")
    assert sorted(gone["记录"].to_list()) == sorted(key.strip("|") for key, days in over.items() if days <= 5)
    assert 0 < gone.height < len(over)
    assert set(found.changes["变化"]) <= {"不再命中", "得分变化"}
    assert set(gone["规则编号"]) == {"non_litigation.late_application"}
