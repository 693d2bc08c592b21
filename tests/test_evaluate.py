"""Planted answers against what the rules said."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from clue_world import LATE_ID, link, night, penalty, put, review, ruleset

from engine.errors import EngineError
from engine.evaluate import Difference, Evaluation, RuleScore, evaluate
from engine.rules import RuleSet
from engine.store import Store
from engine.text import keys_of

COURT = "测试市测试区人民法院"
HEADER = "rule_id,table_name,key1,key2,expected,link,scenario"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    return ruleset(tmp_path_factory.mktemp("rules"), slow="", open="")


@pytest.fixture
def store(found: RuleSet) -> Store:
    """Reviews 1 and 2 came too late, 3 in time."""
    store = Store()
    put(store, "penalty", *(penalty(n, served_on=date(2024, 3, 1)) for n in "123"))
    put(store, "court_review", late("1"), late("2"), late("3", applied_on=date(2024, 4, 1)))
    link(store, numbers="123")
    night(store, found)
    return store


def late(number: str, applied_on: date = date(2024, 7, 1)) -> dict[str, object]:
    """Return a review with the comparable key columns that loading computes."""
    row = review(number, applied_on=applied_on)
    keys = {f"{name}_key": keys_of(form, pl.Series([row[name]]))[0]
            for name, form in (("court", "organ"), ("case_no", "case_no"))}
    return row | keys


def answer(number: str, expected: str, link: str = "exact") -> str:
    return f"{LATE_ID},court_review,{COURT},（2024）豫0000行审{number}号,{expected},{link},情形{number}"


def judged(store: Store, folder: Path, *lines: str) -> Evaluation:
    path = folder / "answers.csv"
    path.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
    return evaluate(store, path)


def score(result: Evaluation) -> RuleScore:
    (rule,) = result.rules
    return rule


def test_a_planted_hit_is_found_however_its_number_is_written(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"), answer("2", "hit"))

    assert (score(result).planted, score(result).found, result.recall, result.precision) == (2, 2, 1.0, 1.0)
    assert result.differences == ()


def test_a_planted_hit_that_the_rule_cleared_is_a_miss(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"), answer("2", "hit"), answer("3", "hit"))

    assert (score(result).found, score(result).recall) == (2, 2 / 3)
    assert result.differences == (
        Difference(LATE_ID, f"{COURT}｜（2024）豫0000行审3号", "hit", "clear", "exact", "情形3"),)


def test_a_hit_on_a_record_nobody_planted_is_a_false_alarm(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"))

    assert (score(result).false_alarms, result.precision) == (1, 0.5)
    (alarm,) = result.differences
    assert (alarm.got, alarm.scenario) == ("hit", "未预设的命中")


def test_a_hit_on_a_record_planted_as_clear_is_a_false_alarm(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"), answer("2", "clear"))

    assert (score(result).false_alarms, score(result).agreed, score(result).answers) == (1, 1, 2)


def test_a_record_that_was_never_loaded_is_told_as_missing(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"), answer("2", "hit"), answer("99", "hit"))

    (difference,) = result.differences
    assert (difference.expected, difference.got) == ("hit", "missing")


def test_exact_and_fuzzy_links_are_counted_apart(store: Store, tmp_path: Path) -> None:
    rule = score(judged(store, tmp_path, answer("1", "hit"), answer("2", "hit", "fuzzy"), answer("3", "hit", "fuzzy")))

    assert (rule.exact_found, rule.exact_planted, rule.fuzzy_found, rule.fuzzy_planted) == (1, 1, 1, 2)


def test_precision_of_the_head_is_told_only_for_lists_that_long(store: Store, tmp_path: Path) -> None:
    result = judged(store, tmp_path, answer("1", "hit"))

    assert result.precision_at == {}


def test_a_planted_innocent_in_the_list_is_counted_apart_from_what_nobody_planted(
    found: RuleSet, tmp_path: Path
) -> None:
    store = Store()
    numbers = [str(n) for n in range(1, 11)]
    put(store, "penalty", *(penalty(n, served_on=date(2024, 3, 1)) for n in numbers))
    put(store, "court_review", *(late(n) for n in numbers))
    link(store, numbers=numbers)
    night(store, found)

    planted = [answer(n, "excluded" if n in "12" else "hit") for n in numbers[:9]]
    result = judged(store, tmp_path, *planted)

    assert (result.precision_at, result.innocent_at) == ({10: 0.7}, {10: 0.2})


@pytest.mark.parametrize(("right", "missed", "average"), [
    ((1,), 0, 1.0), ((2,), 0, 1 / 2), ((1, 2), 0, 1.0), ((1,), 1, 1 / 2), ((2,), 1, 1 / 4), ((), 1, 0.0), ((), 0, 1.0),
])
def test_average_precision_rewards_planted_clues_at_the_top_and_counts_the_missed(
    store: Store, tmp_path: Path, right: tuple[int, ...], missed: int, average: float
) -> None:
    number = {place: case[-2] for place, case in store.rows(
        "SELECT place, case_no FROM clue c JOIN court_review r USING (record_id) WHERE place IS NOT NULL")}
    planted = [answer(number[place], "hit" if place in right else "clear") for place in (1, 2)]

    result = judged(store, tmp_path, *planted, answer("3", "hit" if missed else "clear"))

    assert (score(result).average_precision, result.average_precision) == (average, average)


def test_the_evaluation_for_machines_has_every_rule_and_difference(store: Store, tmp_path: Path) -> None:
    told = judged(store, tmp_path, answer("1", "hit")).as_dict()

    assert told["rules"][0]["rule_id"] == LATE_ID
    assert (told["rules"][0]["precision"], len(told["differences"])) == (0.5, 1)


@pytest.mark.parametrize(("text", "told"), [
    ("rule_id,table_name,key1,expected,link\n", "缺少列 scenario"),
    (f"{HEADER}\n{LATE_ID},no_table,a,b,hit,exact,x\n", "没有表 no_table"),
    (f"{HEADER}\n{LATE_ID},court_review,a,b,yes,exact,x\n", "不认识的答案 yes"),
    (f"{HEADER}\n{LATE_ID},court_review,a,b,,exact,x\n", "不认识的答案 （空白）"),
    (f"rule_id,table_name,key1,expected,link,scenario\n{LATE_ID},court_review,a,hit,exact,x\n", "缺少列 key2"),
    ("", "不是可读的 UTF-8 CSV 文件"),
])
def test_a_file_that_is_no_answers_file_is_refused_with_the_reason(
    store: Store, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "answers.csv").write_text(text, encoding="utf-8")

    with pytest.raises(EngineError, match=told) as refused:
        evaluate(store, tmp_path / "answers.csv")

    assert refused.value.code == "E-ANSWERS"
