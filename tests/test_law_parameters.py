"""The reader of statutory parameters, and the parameters of this repository."""

from datetime import date
from pathlib import Path

import pytest

from engine.law import Law, period_end, read_law

FOLDER = Path(__file__).parents[1] / "rules" / "law"

PARAMETER = """title: 甲期限
version: 1
values:
  - {from: 2010-01-01, to: 2014-12-31, length: 3, unit: month, counting: roll, law: 甲法, article: 一条, confidence: 中}
  - {from: 2015-01-01, length: 6, unit: month, counting: roll, law: 甲法, article: 一条, quote: 六个月, confidence: 高}
recheck_by: 2030-01-01
"""


@pytest.fixture(scope="module")
def law() -> Law:
    return read_law(FOLDER)


def _read(folder: Path, content: str, name: str = "sue_period.yaml") -> Law:
    (folder / name).write_text(content, encoding="utf-8")
    return read_law(folder)


def test_a_new_period_applies_to_one_still_running_where_the_law_carries_it_over(tmp_path: Path) -> None:
    law = _read(tmp_path, PARAMETER + "carry: unexpired\n")

    lengths = [v and v.length for v in map(law.parameters["sue_period"].value_on, (
        date(2009, 12, 31), date(2014, 9, 25), date(2014, 10, 8), date(2015, 1, 1)))]

    assert (list(law.problems), lengths) == ([], [None, 3, 6, 6])


def test_between_two_values_with_a_hole_nothing_applies(tmp_path: Path) -> None:
    law = _read(tmp_path, PARAMETER.replace("to: 2014-12-31", "to: 2013-12-31"))

    values = map(law.parameters["sue_period"].value_on, (date(2013, 12, 31), date(2014, 6, 1), date(2015, 1, 1)))

    assert [v is not None for v in values] == [True, False, True]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("length: 3", "length: 三", ":4:48：length应为整数"),
        ("length: 3", "length: 0", "数值应大于零"),
        ("counting: roll, law: 甲法, article: 一条, quote", "law: 甲法, article: 一条, quote",
         ":5:5：没有写明末日是否顺延"),
        ("unit: month, counting", "unit: mouth, counting", "没有取值“mouth”，是否指“month”"),
        ("2015-01-01", "2014-12-31", "重叠"),
        ("2015-01-01", "2015-02-29", "没有这一天"),
        ("confidence: 中", "confidence: 低", "没有取值“低”"),
        ("quote: 六个月, ", "", "把握为高，却没有条文原文"),
        ("recheck_by: 2030-01-01", "recheck: 2030-01-01", "没有键“recheck”，是否指“recheck_by”"),
        ("to: 2014-12-31", "to: 2009-12-31", "止日早于起日"),
        ("unit: month", "unit: workday", "工作日、金额、比例不写 counting"),
        ("title: 甲期限", "title: 甲期限\ntitle: 乙期限", "重复"),
        ("version: 1\n", "", "缺少键“version”"),
        ("version: 1", "version: 0", ":2:10：版本应为 1 以上的整数"),
    ],
)
def test_a_faulty_parameter_is_left_out_and_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    law = _read(tmp_path, PARAMETER.replace(old, new, 1))

    assert law.parameters == {}
    assert words in "\n".join(map(str, law.problems))


def test_all_faults_of_all_files_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "Bad-Name.yaml").write_text(PARAMETER, encoding="utf-8")

    law = _read(tmp_path, "title: 甲\nversion: 1\nvalues: []\n")

    assert [p.code for p in law.problems] == ["E-LAW-ID", "E-YAML-MISSING"]


def test_the_laws_of_this_repository_are_read_without_a_fault(law: Law) -> None:
    assert [str(p) for p in law.problems] == []
    assert all(v.quote for p in law.parameters.values() for v in p.values if v.confidence == "高")


@pytest.mark.parametrize(
    ("parameter", "day", "length", "unit"),
    [
        ("sue_period", date(2015, 4, 30), None, None),
        ("sue_period", date(2015, 5, 1), 6, "month"),
        ("untold_period", date(2018, 2, 7), None, None),
        ("untold_period", date(2018, 2, 8), 1, "year"),
        ("reconsideration_period", date(2023, 12, 31), 60, "day"),
        ("demand", date(2012, 1, 1), 10, "workday"),
        ("ruling_evident", date(2024, 1, 1), 30, "day"),
        ("opinion_reply", date(2021, 9, 5), None, None),
        ("opinion_reply", date(2021, 9, 6), 2, "month"),
        ("penalty_limit_security", date(2026, 1, 1), 6, "month"),
        ("summary_fine_person", date(2021, 7, 14), 50, "yuan"),
        ("summary_fine_person", date(2021, 7, 15), 200, "yuan"),
        ("summary_fine_security", date(2025, 12, 31), 200, "yuan"),
        ("summary_fine_security", date(2026, 1, 1), 500, "yuan"),
        ("hearing_fine_security", date(2025, 12, 31), 2000, "yuan"),
        ("hearing_fine_security", date(2026, 1, 1), 4000, "yuan"),
        ("hearing_request", date(2021, 7, 14), 3, "workday"),
        ("hearing_request", date(2021, 7, 15), 5, "workday"),
        ("announcement_service", date(2021, 12, 31), 60, "day"),
        ("announcement_service", date(2022, 1, 1), 30, "day"),
        ("penalty_decision_security_extension", date(2025, 12, 31), 30, "day"),
        ("penalty_decision_security_extension", date(2026, 1, 1), 60, "day"),
        ("penalty_decision_nature", date(2023, 12, 31), 60, "day"),
        ("penalty_decision_nature", date(2024, 1, 1), None, None),
        ("penalty_decision_environment", date(2023, 6, 30), 3, "month"),
        ("penalty_decision_environment", date(2023, 7, 1), 90, "day"),
        ("penalty_decision_tax", date(2021, 8, 10), None, None),
        ("penalty_decision_tax", date(2021, 8, 11), 90, "day"),
        ("penalty_decision_housing", date(2022, 5, 1), 90, "day"),
        ("reconsideration_simple", date(2023, 12, 31), None, None),
        ("transfer_decision", date(2001, 7, 9), 3, "workday"),
    ],
)
def test_the_law_of_the_day_applies(law: Law, parameter: str, day: date, length: int | None, unit: str | None) -> None:
    value = law.parameters[parameter].value_on(day)

    assert (value and value.length, value and value.unit) == (length, unit)


def test_parameters_past_their_recheck_date_are_listed(tmp_path: Path) -> None:
    law = _read(tmp_path, PARAMETER)

    assert [p.id for p in law.to_recheck(date(2030, 1, 2))] == ["sue_period"]
    assert law.to_recheck(date(2030, 1, 1)) == []


def test_a_reading_by_natural_days_never_ends_later_than_the_lenient_one(law: Law) -> None:
    start = date(2024, 9, 27)
    pairs = [(p, law.parameters[p.id.removesuffix("_strict")]) for p in law.parameters.values()
             if p.id.endswith("_strict")]

    ends = [tuple(period_end(start, int(v.length), v.unit, law.calendar, roll=v.counting == "roll")
                  for v in (strict.values[-1], lenient.values[-1])) for strict, lenient in pairs]

    assert len(ends) >= 4
    assert all(early is not None and late is not None and early <= late for early, late in ends)


def test_every_parameter_stands_in_the_documentation(law: Law) -> None:
    page = (FOLDER.parents[1] / "docs" / "law.md").read_text(encoding="utf-8")

    assert [p.id for p in law.parameters.values() if f"`{p.id}` | {p.title} |" not in page] == []
