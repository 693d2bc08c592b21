"""Nights over the committed sample, as an office would have them: planted answers, corrections, interruptions."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from document_world import texts

from engine import documents, evaluate, run, sample
from engine.bench import comparing
from engine.documents.kinds import demand_fit
from engine.errors import EngineError
from engine.evaluate import Evaluation
from engine.run import Plan
from engine.store import reading, warehouse

SAMPLE = Path(__file__).parents[1] / "sample_data"


@dataclass(frozen=True)
class Nights:
    """Where the nights happen, and what the first one said."""

    plan: Plan
    files: list[Path]
    first: dict[str, Any]
    scored: Evaluation


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Return a first night over the sample."""
    folder = tmp_path_factory.mktemp("nights")
    files = [p for p in sorted(SAMPLE.iterdir()) if p.name not in sample.OWN_FILES]
    plan = Plan(folder / "data", folder / "out", sample.AS_OF, date(2026, 11, 24))
    first = run.run(plan, files)
    with reading(plan.home) as store:
        scored = evaluate.evaluate(store, SAMPLE / "answers.csv")
    return Nights(plan, files, first, scored)


def _clues(plan: Plan) -> dict[str, str]:
    with reading(plan.home) as store:
        return dict(store.rows("SELECT clue_id, status FROM clue WHERE place IS NOT NULL"))


def test_ten_rules_written_by_hand_in_sql_and_polars_answer_as_the_engine(nights: Nights) -> None:
    compared = comparing.compare(nights.plan)

    assert {c.name.split(",")[0]: c.differing for c in compared if c.name != "pandas"} == {
        "engine: answers": 0, "engine: answers only": 0, "fused SQL by hand": 0, "polars": 0}
    assert all(c.rows > 200 for c in compared)


def test_no_file_is_refused_and_no_rule_fails(nights: Nights) -> None:
    assert (nights.first["refused"], nights.first["problems"]) == ([], [])


def test_every_row_is_loaded_rejected_or_skipped(nights: Nights) -> None:
    with reading(nights.plan.home) as store:
        lost = store.rows("SELECT file FROM delivery WHERE rows_in <> rows_loaded + rows_rejected + rows_skipped")
        files = store.count("SELECT count(DISTINCT file) FROM delivery")

    got = nights.first["loaded"]
    assert (lost, files, got["files"]) == ([], len(nights.files), len(nights.files))
    assert got["rows_in"] == got["rows_loaded"] + got["rows_rejected"] + got["rows_skipped"] > 10_000


DELIVERIES = {
    "publicity": "publicity_2019", "ledger": "organ_ledger", "review": "court_review",
    "enforcement": "court_enforcement", "opinion": "opinion_ledger", "payment": "payments",
}
"""The sample's names of deliveries, and the mapping each is read by."""


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_every_planted_bad_row_is_a_reject_with_its_line(nights: Nights, delivery: str) -> None:
    planted = pl.read_csv(SAMPLE / "defects.csv").filter(
        (pl.col("delivery") == delivery) & (pl.col("outcome") == "reject")).height
    with reading(nights.plan.home) as store:
        [(rejected, with_line)] = store.rows(
            "SELECT count(DISTINCT (file, sheet, line)), count(DISTINCT (file, sheet, line)) FILTER (line > 0) "
            "FROM reject WHERE kind = 'row' AND source_id = ?", [DELIVERIES[delivery]])

    assert rejected >= planted > 0
    assert with_line == rejected


@pytest.mark.parametrize("rule", [
    "administrative_violation.penalty_after_deregistration", "non_litigation.deregistered_debtor",
    "enforcement.deregistered_debtor", "referral.disqualified_representative", "referral.licence_not_revoked",
    "non_litigation.no_application", "non_litigation.late_application", "non_litigation.early_application",
    "non_litigation.late_ruling", "non_litigation.not_filed", "non_litigation.additional_fine_over_principal",
    "referral.no_reply", "referral.no_penalty", "referral.late_handover", "referral.late_review",
    "referral.no_opinion", "referral.unfounded_refusal", "referral.not_executed", "referral.wrong_authority",
    "referral.property_left",
    "non_litigation.short_demand", "enforcement.overdue", "non_litigation.wrong_admission",
    "non_litigation.wrong_rejection",
    "enforcement.unlawful_termination", "enforcement.property_not_resumed",
    "enforcement.no_periodic_search", "enforcement.listing_not_removed", "enforcement.payout_delayed",
    "non_litigation.wrong_sum", "non_litigation.not_implemented", "enforcement.principal_waived",
    "administrative_violation.fine_not_in_treasury", "administrative_violation.publicity_overdue",
    "administrative_violation.publicity_not_withdrawn", "administrative_violation.no_receipt",
    "administrative_violation.late_service", "administrative_violation.summary_fine_over_limit",
    "administrative_violation.after_time_limit", "administrative_violation.early_decision",
    "administrative_violation.late_decision", "administrative_violation.hearing_not_told",
    "administrative_violation.additional_fine_while_pending", "administrative_violation.repeated_fine",
    "administrative_violation.outside_benchmark", "referral.fine_not_offset",
])
def test_every_planted_hit_on_an_exact_link_is_found(nights: Nights, rule: str) -> None:
    [score] = [r for r in nights.scored.rules if r.rule_id == rule]

    assert score.exact_planted >= 4
    assert score.exact_found == score.exact_planted


def test_no_answer_on_an_exact_link_differs(nights: Nights) -> None:
    assert [d for d in nights.scored.differences if d.link != "fuzzy"] == []


def test_the_hits_are_the_planted_ones_and_no_others(nights: Nights) -> None:
    assert (nights.scored.recall, nights.scored.precision) == (1.0, 1.0)


def test_fuzzy_links_cost_at_most_one_answer_in_fifty(nights: Nights) -> None:
    agreed = sum(r.agreed for r in nights.scored.rules)

    assert agreed >= 0.98 * sum(r.answers for r in nights.scored.rules)


def test_the_workbook_has_the_clues_of_the_run(nights: Nights) -> None:
    book = openpyxl.load_workbook(nights.plan.out / "线索清单.xlsx", read_only=True)
    cells = {str(cell) for row in book["线索"].iter_rows(values_only=True) for cell in row}
    book.close()

    assert {"线索", "证据", "资料缺口", "数据缺陷", "运行说明"} <= set(book.sheetnames)
    assert set(_clues(nights.plan)) <= cells


def test_run_json_tells_versions_and_counts(nights: Nights) -> None:
    told = json.loads((nights.plan.out / "run.json").read_text(encoding="utf-8"))

    text = json.dumps(told, ensure_ascii=False)
    assert all(word in text for word in ("engine", "rules", "law", "data", "peak_memory_mb"))


def _all_files(plan: Plan) -> list[dict[str, Any]]:
    """Return every clue of the list as drafts are made of it."""
    with reading(plan.home) as store:
        ids = [clue_id for (clue_id,) in store.rows("SELECT clue_id FROM clue WHERE place IS NOT NULL ORDER BY place")]
    return [file for at in range(0, len(ids), 200) for file in run.clue_files(plan, ids[at:at + 200])]


def _can_be_about(kind: documents.Kind, files: tuple[dict[str, Any], ...]) -> bool:
    try:
        demand_fit(kind, files)
    except EngineError:
        return False
    return True


def test_every_kind_of_document_can_be_drafted_from_the_clues(nights: Nights) -> None:
    files = _all_files(nights.plan)
    for kind in documents.KINDS:
        fitting = [file for file in files if kind.fits(file)]
        group = next(g for g in itertools.combinations(fitting, kind.least) if _can_be_about(kind, g))

        lines = texts(documents.draft(kind, group).content)

        said = "\n".join(lines)
        assert all(file["clue_id"] in said for file in group), kind.title
        assert "{{" not in said, kind.title
        assert kind.least > 1 or any(line.startswith("1．") for line in lines), kind.title


def _draft(nights: Nights, *words: str, code: int = 0, **settings: str) -> str:
    """Run `xiezhi draft` in its own process, demand its exit code, and return what it printed."""
    done = subprocess.run([sys.executable, "-m", "engine.cli", "draft", *words, "--home", str(nights.plan.home)],
                          capture_output=True, text=True, check=False, env=os.environ | settings)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_drafts_once_and_never_over_a_person_s_work(nights: Nights, tmp_path: Path) -> None:
    clue_id = next(iter(_clues(nights.plan)))
    words = (clue_id, "--kind", "调查核实提纲", "--out", str(tmp_path / "drafts"))

    [made] = json.loads(_draft(nights, *words, "--json"))
    again = _draft(nights, *words, code=1)

    assert (made["kind"], made["clues"], made["template"]) == ("outline", [clue_id], "自带模板")
    assert "核实结果：□属实" in "\n".join(texts(Path(made["file"]).read_bytes()))
    assert "--replace" in again


def test_the_command_takes_the_office_s_templates_from_the_environment(nights: Nights, tmp_path: Path) -> None:
    clue_id = next(iter(_clues(nights.plan)))
    built_in = Path(documents.__file__).parent / "templates" / "调查核实提纲.docx"
    (tmp_path / "own").mkdir()
    shutil.copy(built_in, tmp_path / "own")

    said = _draft(nights, clue_id, "--kind", "outline", "--out", str(tmp_path / "drafts"),
                  XIEZHI_TEMPLATES=str(tmp_path / "own"))

    assert "（自备模板）" in said


def test_a_second_night_brings_nothing_new_and_a_correction_changes_one_clue(nights: Nights) -> None:
    before = set(_clues(nights.plan))

    second = run.run(nights.plan, nights.files)

    assert second["clues"] == {"新增": 0, "复现": 0, "变化": 0, "持续": len(before), "消失": 0}
    assert set(_clues(nights.plan)) == before

    clue_id, corrected = _correct_one(nights)
    third = run.run(nights.plan, [corrected])

    assert third["clues"]["变化"] + third["clues"]["持续"] == len(before)
    with reading(nights.plan.home) as store:
        others = store.rows("SELECT changed FROM clue WHERE status = '变化' AND clue_id <> ?", [clue_id])
        [(status, changed)] = store.rows("SELECT status, changed FROM clue WHERE clue_id = ?", [clue_id])
        versions = store.rows("SELECT is_current FROM opinion_delivered SEMI JOIN (FROM finding WHERE clue_id = ?) f "
                              "USING (record_id) ORDER BY batch_id", [clue_id])
    assert status == "变化"
    assert "送达日" in changed
    assert len(others) <= 1
    assert all("检察意见" in text and "送达日" in text for (text,) in others)
    assert versions == [(False,), (True,)]


def _correct_one(nights: Nights) -> tuple[str, Path]:
    """Return a clue about an unanswered opinion, and a delivery that moves that opinion's service back one day."""
    with reading(nights.plan.home) as store:
        [(clue_id, file, raw, served_on)] = store.rows(
            "SELECT clue_id, file, raw, served_on FROM finding f JOIN opinion o USING (record_id) "
            "JOIN clue c USING (clue_id) WHERE f.table_name = 'opinion' AND served_on IS NOT NULL "
            "AND replied_on IS NULL AND issued_on < served_on AND reply_due_on IS NULL ORDER BY place LIMIT 1")
    row = json.loads(raw)
    [header] = [name for name in row if "送达" in name]
    row[header] = date.fromordinal(served_on.toordinal() - 1).isoformat()
    corrected = nights.plan.home.parent / f"更正_{file}"
    pl.DataFrame([row]).write_csv(corrected)
    return clue_id, corrected


def test_a_rule_that_floods_the_list_is_held_back_and_its_last_clues_stand(nights: Nights, tmp_path: Path) -> None:
    home, rules = tmp_path / "data", tmp_path / "rules"
    shutil.copytree(nights.plan.home, home)
    shutil.copytree(nights.plan.rules, rules)
    rule = rules / "referral" / "no_reply.yaml"
    rule.write_text(rule.read_text(encoding="utf-8") + "\nexpected: {max: 1}\n", encoding="utf-8")
    plan = Plan(home, tmp_path / "out", nights.plan.as_of, nights.plan.today, rules)
    before = _clues(plan)

    summary = run.run(plan)

    assert len(summary["problems"]) == 1
    assert "规则 referral.no_reply 命中" in summary["problems"][0]
    assert summary["clues"]["持续"] == len(before)
    assert set(_clues(plan)) == set(before)


def test_a_killed_night_leaves_the_list_and_the_next_one_completes(nights: Nights, tmp_path: Path) -> None:
    home, out = tmp_path / "data", tmp_path / "out"
    shutil.copytree(nights.plan.home, home)
    shutil.copytree(nights.plan.out, out)
    list_before = (out / "线索清单.csv").read_bytes()
    clues_before = _clues(Plan(home, out, nights.plan.as_of, nights.plan.today))
    words = [sys.executable, "-m", "engine.cli", "run", "--home", str(home), "--out", str(out), "--as-of", "2026-10-31"]

    night = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    aside = warehouse(home).with_suffix(".next")
    while not aside.exists():
        assert night.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)
    night.kill()
    night.wait()

    assert aside.exists()
    assert (out / "线索清单.csv").read_bytes() == list_before
    assert _clues(Plan(home, out, nights.plan.as_of, nights.plan.today)) == clues_before
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    assert set(_clues(Plan(home, out, nights.plan.as_of, nights.plan.today))) == set(clues_before)
