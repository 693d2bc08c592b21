"""Nine published non-litigation enforcement rulings (行审), reduced to numbers and dates, judged as an office would.

Only facts are kept: case and document numbers, dates, sums. Parties and organs are named by invented letters.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import links, parties, rules, sources
from engine.law import read_law
from engine.store import Store

ROOT = Path(__file__).parents[1]

RULINGS: tuple[dict[str, Any], ...] = (
    {"case_no": "（2017）鄂0103行审32号", "ruling_date": "2017-09-12", "penalty_doc_no": "武工商处[2016]60号",
     "service_date": "2016-12-27", "relief": "无", "application_date": "2017-08-30"},
    {"case_no": "（2019）浙0211行审74号", "ruling_date": "2019-10-15", "penalty_doc_no": "甬镇市监处〔2018〕289号",
     "penalty_date": "2018-11-21", "service_date": "2018-11-22", "fine_yuan": 100100, "surcharge_yuan": 100100,
     "demand_dates": ["2019-05-10"], "relief": "无", "acceptance_date": "2019-10-10"},
    {"case_no": "（2019）鲁1424行审75号", "ruling_date": "2019-08-01", "penalty_doc_no": "临邑市监处字【2018】459号",
     "penalty_date": "2018-10-11", "fine_yuan": 100000, "relief": "诉讼", "application_date": "2019-07-26"},
    {"case_no": "（2020）川0502行审15号", "ruling_date": "2020-09-02", "penalty_doc_no": "泸江市监处（2019）165号",
     "penalty_date": "2019-12-13", "service_date": "2019-12-18", "fine_yuan": 30000, "paid_yuan": 9000,
     "demand_dates": ["2020-07-22"], "relief": "无", "deferral_until": "2020-06-18"},
    {"case_no": "（2020）浙0111行审149号", "ruling_date": "2020-12-08", "penalty_doc_no": "杭富市监罚处字〔2020〕002号",
     "penalty_date": "2020-03-23", "service_date": "2020-03-25", "fine_yuan": 600000, "surcharge_yuan": 600000,
     "demand_dates": ["2020-10-18"], "relief": "无", "application_date": "2020-12-03",
     "acceptance_date": "2020-12-03"},
    {"case_no": "（2020）鲁0102行审30号", "ruling_date": "2020-04-21",
     "penalty_doc_no": "济历下市监检处字[2019]第005号", "service_date": "2019-05-24",
     "fine_yuan": 200000, "demand_dates": ["2019-12-25"], "relief": "无",
     "application_date": "2020-02-20", "acceptance_date": "2020-03-20"},
    {"case_no": "（2021）浙0521行审9号", "ruling_date": "2021-03-15", "penalty_doc_no": "德市监处字〔2020〕123号",
     "penalty_date": "2020-06-03", "service_date": "2020-06-04", "fine_yuan": 197000, "confiscation_yuan": 2145,
     "paid_yuan": 9145, "demand_dates": ["2020-12-24"], "relief": "无", "application_date": "2021-02-23"},
    {"case_no": "（2024）鲁1302行审499号", "ruling_date": "2024-11-28",
     "penalty_doc_no": "临市监处罚〔2023〕某-某某某号", "penalty_date": "2024-04-01",
     "service_date": "2024-04-03", "fine_yuan": 107000, "surcharge_yuan": 107000,
     "demand_dates": ["2024-10-21"], "relief": "复议", "relief_start": "2024-05-25", "relief_end": "2024-09-05"},
    {"case_no": "（2025）渝0109行审15号", "ruling_date": "2025-03-14", "penalty_doc_no": "渝北碚市监处罚〔2024〕225号",
     "penalty_date": "2024-06-17", "service_date": "2024-06-17", "fine_yuan": 11000, "demand_dates": ["2025-01-10"],
     "relief": "无", "application_date": "2025-03-06", "acceptance_date": "2025-03-07"},
)

AFTER_ITS_RULING = {
    "case_no": "（2025）虚0101行审9号", "ruling_date": "2025-06-10", "penalty_doc_no": "虚市监处罚〔2024〕9号",
    "penalty_date": "2024-03-01", "service_date": "2024-03-04", "fine_yuan": 5000, "relief": "无",
    "application_date": "2025-07-10",
}
"""An invented tenth: the application is dated after its own ruling."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield a store in which the rulings were loaded, linked and judged."""
    folder = tmp_path_factory.mktemp("rulings")
    lines = [{"court": f"虚构法院{n}", "applicant": f"虚构机关{n}", "respondent": f"虚构公司{n}",
              "respondent_kind": "企业", "outcome": "准予", **ruling}
             for n, ruling in enumerate((*RULINGS, AFTER_ITS_RULING))]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "rulings.jsonl").write_text(text, encoding="utf-8")
    store = Store()
    mappings = sources.read_mappings(ROOT / "pipelines" / "sources")
    ruleset = rules.read_rules(ROOT / "rules", read_law(ROOT / "rules" / "law"))
    sources.load(store, mappings, [folder / "rulings.jsonl"], home=folder, today=date(2026, 10, 31))
    parties.resolve(store)
    links.resolve(store, links.read_links(ROOT / "rules" / "links"))
    rules.prepare(store, ruleset, date(2026, 10, 31))
    rules.apply(store, ruleset, date(2026, 10, 31))
    yield store
    store.close()


def _answers(store: Store, rule: str) -> dict[str, str]:
    asked = ("SELECT case_no, answer FROM court_review r "
             "LEFT JOIN hit h ON h.record_id = r.record_id AND rule_id = ?")
    return {case_no: answer or "clear" for case_no, answer in store.rows(asked, [rule])}


def test_every_ruling_gives_one_review_and_the_masked_number_one_reject(answers: Store) -> None:
    assert answers.count("SELECT count(*) FROM court_review") == 10
    assert answers.count("SELECT count(*) FROM penalty") == 9
    assert answers.rows("SELECT count(*), min(line) FROM reject WHERE kind = 'row'") == [(1, 8)]


def test_no_ruling_whose_application_was_in_time_is_called_late(answers: Store) -> None:
    found = _answers(answers, "non_litigation.late_application")

    in_time = [r["case_no"] for r in RULINGS
               if r.get("application_date") and r.get("service_date")]
    assert {found[case_no] for case_no in in_time} == {"clear"}


def test_twenty_one_working_days_to_accept_and_to_rule_are_late(answers: Store) -> None:
    found = _answers(answers, "non_litigation.late_ruling")

    assert [case_no for case_no, answer in found.items() if answer == "hit"] == ["（2020）鲁0102行审30号"]
    [(say,)] = answers.rows("SELECT say FROM hit WHERE rule_id = 'non_litigation.late_ruling' AND answer = 'hit'")
    assert say.count("21个工作日") == 2


def test_an_application_after_its_ruling_is_a_conflict_and_no_late_filing(answers: Store) -> None:
    late = _answers(answers, "non_litigation.late_application")
    ruling = _answers(answers, "non_litigation.late_ruling")

    assert (late["（2025）虚0101行审9号"], ruling["（2025）虚0101行审9号"]) == ("excluded", "excluded")


def test_an_additional_fine_equal_to_the_principal_is_lawful(answers: Store) -> None:
    found = _answers(answers, "non_litigation.additional_fine_over_principal")

    assert "hit" not in found.values()
