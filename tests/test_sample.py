"""The sample: the same bytes for the same seed, innocent ordinary lives, planted cases of every rule and kind."""

import csv
import gzip
import hashlib
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from stdnum.cn import ric, uscc

from engine import sample
from engine.law import read_law
from engine.rules import read_rules
from engine.sample import convictions, planting, referral, violations, world
from engine.sample.calendar import days_after, later, months_after, roll, walked, workdays_after
from engine.sample.draws import Draws, bits
from engine.sample.generate import KEYS, Plan, build_chunk
from engine.sample.matters import Times, background, build
from engine.sample.messy import capitals, spelled_date
from engine.sample.scenarios import CASES, CONVICTIONS, PLANTS

AS_OF = date(2026, 10, 31)
TIMES = Times(AS_OF, world.FIRST_DAY)
FOLDER = Path(__file__).parents[1] / "rules"
RULES = {rule.id: rule for rule in read_rules(FOLDER, read_law(FOLDER / "law")).rules.values() if rule.subject in KEYS}
"""The rules about records the sample has."""


def _prints(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def _answers(folder: Path) -> list[dict[str, str]]:
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sample.generate(folder, rows=400, seed=7)
    return folder


@pytest.fixture(scope="module")
def ordinary() -> pl.DataFrame:
    draws = Draws(3)
    return build(background(0, 6_000, 2_000, draws), TIMES, draws)


def test_the_same_seed_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    sample.generate(tmp_path, rows=400, seed=7)

    assert _prints(tmp_path) == _prints(small)


def test_another_seed_gives_other_data(small: Path, tmp_path: Path) -> None:
    sample.generate(tmp_path, rows=400, seed=8)

    assert _prints(tmp_path)["处罚执行台账_市场监管.csv"] != _prints(small)["处罚执行台账_市场监管.csv"]


def _content(path: Path) -> object:
    """What a file says, whatever library packed it."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: book.read(name) for name in book.namelist()}
    return path.read_bytes()


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    committed = Path(__file__).parents[1] / "sample_data"

    sample.generate(tmp_path)

    names = sorted(f.name for f in tmp_path.iterdir())
    assert names == sorted(f.name for f in committed.iterdir())
    assert [n for n in names if _content(tmp_path / n) != _content(committed / n)] == []
    assert sum(f.stat().st_size for f in committed.iterdir()) < 4_000_000


def test_every_rule_has_planted_answers_of_every_kind(small: Path) -> None:
    kinds = {(a["rule_id"], a["expected"]) for a in _answers(small)}

    assert {rule for rule, _ in kinds} == set(RULES)
    assert kinds == {(rule, kind) for rule in RULES for kind in ("hit", "excluded", "gap", "clear")}


def test_every_rule_that_needs_a_link_has_weak_ones(small: Path) -> None:
    weak = {a["rule_id"] for a in _answers(small) if a["link"] == "fuzzy"}

    needing = {rule.id for rule in RULES.values() if any(use.none != "keep" for use in rule.links)}
    assert needing <= weak


def test_an_answer_names_one_subject_once(small: Path) -> None:
    keys = [(a["rule_id"], a["table_name"], a["key1"], a["key2"], a["key3"]) for a in _answers(small)]

    assert len(keys) == len(set(keys))
    assert all(a["key1"] and (a["key2"] or a["table_name"] == "payment") and a["scenario"] for a in _answers(small))


def test_the_report_counts_what_was_written(small: Path) -> None:
    told = json.loads((small / "sample.json").read_text(encoding="utf-8"))

    written = {f.name for f in small.iterdir()} - set(sample.OWN_FILES)

    assert told["as_of"] == "2026-10-31"
    assert set(told["files"]) == written
    assert sum(a["count"] for a in told["answers"]) == len(_answers(small))


def test_files_come_in_the_suppliers_encodings(small: Path) -> None:
    ledger = (small / "处罚执行台账_市场监管.csv").read_bytes()
    court = (small / "法院执行案件.csv").read_bytes()

    assert ledger.decode("gb18030").startswith("序号,行政管理领域")
    assert court.startswith("\ufeff案号".encode())
    with pytest.raises(UnicodeDecodeError):
        ledger.decode("utf-8")


def test_large_samples_come_in_parts_without_workbooks(tmp_path: Path) -> None:
    report = sample.generate(tmp_path, rows=21_000, seed=2)

    assert not list(tmp_path.glob("*.xlsx"))
    assert {"双公示行政处罚_001.parquet", "处罚执行台账_001.csv"} <= set(report.files)
    assert abs(report.files["处罚执行台账_001.csv"] - 21_000) < 1_500


def test_chunks_share_neither_numbers_nor_parties() -> None:
    plan = Plan(1_500, 1, AS_OF, TIMES, Draws(1), chunk=500)

    chunks = [build_chunk(plan, chunk) for chunk in range(plan.chunks)]

    numbers = pl.concat([built.select("authority", "document_no") for built, _, _ in chunks])
    registered = pl.concat([people["uscc"].drop_nulls() for _, _, people in chunks])
    assert plan.chunks > 1
    assert numbers.is_duplicated().sum() == 0
    assert registered.is_duplicated().sum() == 0


def test_ordinary_fines_are_paid_or_brought_to_court_in_time(ordinary: pl.DataFrame) -> None:
    total = pl.col("fine") + pl.col("confiscated").fill_null(0)
    unpaid = ordinary.filter((pl.col("paid") < total) & ~pl.col("has_review"))

    assert unpaid.filter(pl.col("last_day_on") < AS_OF).height == 0
    assert 0 < unpaid.height < ordinary.height // 20


def test_ordinary_applications_fall_between_the_two_periods(ordinary: pl.DataFrame) -> None:
    filed = ordinary.filter("has_review")
    demanded = later("demand_served_on", lambda day: workdays_after(day, 10))

    assert filed.height > 600
    assert filed.filter(pl.col("r_applied_on") <= pl.col("remedy_end_on")).height == 0
    assert filed.filter(pl.col("r_applied_on") > pl.col("last_day_on")).height == 0
    assert filed.filter(pl.col("r_applied_on") <= demanded).height == 0


def test_ordinary_rulings_are_in_time(ordinary: pl.DataFrame) -> None:
    filed = ordinary.filter("has_review")
    accept = later("r_applied_on", lambda day: workdays_after(day, 5))
    rule = later("r_accepted_on", lambda day: workdays_after(day, 7))

    assert filed.filter((pl.col("r_accepted_on") > accept) | (pl.col("r_ruled_on") > rule)).height == 0
    assert filed["r_ruled_on"].null_count() == 0


def test_ordinary_granted_applications_are_paid_or_filed_within_thirty_days(ordinary: pl.DataFrame) -> None:
    granted = ordinary.filter(pl.col("r_ruling") == "granted")
    thirty = later("r_ruled_on", lambda day: days_after(day, 30))
    filed = pl.col("has_enforcement") & (pl.col("e_filed_on") <= thirty)
    paid = ~pl.col("has_enforcement") & (pl.col("paid_on") <= thirty) & (pl.col("paid") >= pl.col("fine"))

    assert granted.filter(~(filed | paid)).height == 0


def test_ordinary_cases_are_ended_for_now_after_three_months_and_searched_again(ordinary: pl.DataFrame) -> None:
    ended = ordinary.filter("has_enforcement", pl.col("e_mode") == "terminated_current")
    least = later("e_filed_on", lambda day: months_after(day, 3))
    due = later(pl.max_horizontal("e_closed_on", "e_checked_on"), lambda day: months_after(day, 6))

    assert ended.height > 100
    assert ended.filter(pl.col("e_closed_on") <= least).is_empty()
    assert ended.filter(pl.col("e_restricted_on") > pl.col("e_closed_on")).is_empty()
    assert ended.filter(due < AS_OF).is_empty()


def test_ordinary_sums_recovered_are_paid_out_within_a_month(ordinary: pl.DataFrame) -> None:
    paid = ordinary.filter(pl.col("e_received_on") < date(2026, 9, 30))
    last = later("e_received_on", lambda day: days_after(day, 30))

    assert paid.height > 300
    assert paid.filter(pl.col("e_paid_out_on").is_null() | (pl.col("e_paid_out_on") > last)).is_empty()


def test_ordinary_additional_fines_stay_within_the_fine(ordinary: pl.DataFrame) -> None:
    assert ordinary.filter(pl.col("additional_fine") > pl.col("fine")).height == 0


def test_ordinary_acts_are_found_before_the_case_is_filed_and_soon_after_their_end(ordinary: pl.DataFrame) -> None:
    inquired = ordinary.filter(pl.col("procedure") == "ordinary")
    lag = (pl.col("filed_on") - pl.col("violation_ended_on")).dt.total_days()

    assert inquired.filter(pl.col("discovered_on") > pl.col("filed_on")).height == 0
    assert inquired.filter((pl.col("committed_on") > pl.col("violation_ended_on")) | (lag < 0) | (lag > 40)).height == 0
    assert ordinary.filter(pl.col("committed_on").is_null() | (pl.col("violation_place") == "")).height == 0


def test_ordinary_fines_in_ordinary_procedure_leave_time_to_ask_for_a_hearing(ordinary: pl.DataFrame) -> None:
    fined = ordinary.filter((pl.col("procedure") == "ordinary") & (pl.col("fine") > 0))
    last = later("hearing_notice_on", lambda day: workdays_after(day, 5))

    assert fined.height > 4_000
    assert fined.filter(~pl.col("hearing_told") | (pl.col("decided_on") <= last)).height == 0


def test_ordinary_opinions_are_answered_and_punished_in_time() -> None:
    draws = Draws(3)

    cases = referral.build(referral.ordinary(0, 2_000, 9_000, draws), TIMES, draws)

    given = cases.filter("has_opinion")
    last = later("o_served_on", lambda day: months_after(day, 2))
    assert given.height > 500
    assert given.filter(pl.col("o_replied_on").is_null() | (pl.col("o_replied_on") > last)).height == 0
    assert given.filter(~pl.col("has_penalty") | (pl.col("p_served_on") <= pl.col("decided_on"))).height == 0
    assert cases.filter((pl.col("outcome") == "none") & (pl.col("decided_on") < date(2026, 10, 10))).height == 0


def test_ordinary_convicts_keep_no_licence_and_no_company_they_must_give_up() -> None:
    draws = Draws(3)

    frame = convictions.build(convictions.ordinary(3_000, draws), AS_OF, draws)

    drunk = frame.filter(convictions.DRIVING & (pl.col("facts") != convictions.RACED))
    barred = frame.filter(convictions.BARRED & (pl.col("c_count") > 0))
    assert drunk.height > 500
    assert drunk.filter((pl.col("l_car_status") != "吊销") | (pl.col("l_tractor_status") != "吊销")).height == 0
    assert barred.height > 50
    assert barred.filter(pl.col("c_cancelled_on").is_null()).height == 0


def test_planted_boundary_cases_stand_one_day_apart() -> None:
    places = {one.text: place for place, one in enumerate(PLANTS)}
    built = planting.plant(PLANTS, range(3), 100, TIMES, Draws(5))

    def only(text: str) -> pl.DataFrame:
        return built.filter(pl.col("plant") == places[text])

    late, in_time = only("最后一日逢长假顺延后，次日申请"), only("最后一日逢长假，节后首个工作日申请")
    last = walked(late["served_on"], lambda day: roll(months_after(roll(months_after(day, 6)), 3)))
    assert (late["r_applied_on"] - last).dt.total_days().unique().to_list() == [1]
    last = walked(in_time["served_on"], lambda day: roll(months_after(roll(months_after(day, 6)), 3)))
    assert (in_time["r_applied_on"] == last).all()
    eighth = only("受理后第八个工作日裁定")
    assert (eighth["r_ruled_on"] == walked(eighth["r_accepted_on"], lambda day: workdays_after(day, 8))).all()


def test_every_planted_case_finds_a_service_date() -> None:
    days = planting.starts(TIMES)

    assert [p.text for p in PLANTS if days.filter(p.starts & (pl.col("workday") | p.rest_day)).is_empty()] == []


def test_planted_texts_are_different_within_a_rule() -> None:
    told = [(one.rule, one.text) for one in (*PLANTS, *CASES, *CONVICTIONS)]

    assert len(told) == len(set(told))


def test_numbers_have_right_check_digits_and_an_area_never_issued() -> None:
    people = world.parties(pl.int_range(0, 3_000, eager=True), seed=1)

    codes, persons = people["uscc"].drop_nulls(), people["resident_id"].drop_nulls()
    assert all(map(uscc.is_valid, codes))
    assert all(ric.calc_check_digit(number) == number[-1] for number in persons)
    assert persons.str.starts_with("4198").all()
    assert codes.str.slice(2, 4).unique().to_list() == ["4198"]
    assert codes.is_unique().all()
    assert persons.is_unique().all()


def test_a_violation_is_fined_under_the_article_of_its_day() -> None:
    draws = Draws(4)
    frame = build(background(0, 8_000, 2_000, draws), TIMES, draws)

    told = {(v.name, v.basis): v for v in violations.VIOLATIONS}
    wrong = [row for row in frame.select("violation_name", "basis_text", "decided_on").unique().iter_rows()
             if not told[row[0], row[1]].begins <= row[2] <= told[row[0], row[1]].ends]
    assert wrong == []


def test_draws_agree_with_the_published_mixing_function() -> None:
    frame = pl.DataFrame({"row": [0, 1, 2]}).select(bits(pl.col("row"), "x", 1))

    assert frame.to_series().to_list() == [469896127626991117, 15612157468110062936, 7015691384891268491]


@pytest.mark.parametrize(("fen", "text"), [
    (500_000, "伍仟元整"), (1_234_550, "壹万贰仟叁佰肆拾伍元伍角"), (2_005_000, "贰万零伍拾元整"), (5, "零元伍分"),
])
def test_sums_in_capital_numerals(fen: int, text: str) -> None:
    assert capitals(fen) == text


def test_dates_in_chinese_numerals() -> None:
    assert spelled_date(date(2025, 10, 20)) == "二〇二五年十月二十日"
