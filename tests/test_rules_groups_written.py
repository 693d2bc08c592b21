"""What supervision asks of many rows at once can be written as one rule: rows in, the one clue out."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rule_world import filled, good
from test_rules_groups import answers

Row = dict[str, Any]


def hits(folder: Path, rule: str, **tables: list[Row]) -> dict[int, str]:
    """Return the sentence of each hit by record; rows are numbered from 1."""
    numbered = {table: [{"record_id": n, **row} for n, row in enumerate(rows, start=1)]
                for table, rows in tables.items()}
    found = answers(good(folder, rule), filled(**numbered))
    return {record: row["say"] for record, row in found.items() if row["answer"] == "hit"}


def penalty(organ: str, day: date, fine: int, **more: Any) -> Row:
    return {"authority": organ, "authority_key": organ, "field": "市场监管", "decided_on": day,
            "fine_yuan": Decimal(fine), "violation": "无证经营", **more}


def test_an_organ_whose_fines_leap_above_its_past_and_its_peers_not_by_more_cases(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          past:
            by: [authority_key]
            period: {of: decided_on, every: month}
            measures: {cases: count, fined: sum(fine_yuan)}
            peers: {of: fined, against: past}
          peers:
            by: [authority_key, field]
            period: {of: decided_on, every: month}
            measures: {fined: sum(fine_yuan)}
            peers: {of: fined, among: [field]}
          busy:
            by: [authority_key]
            period: {of: decided_on, every: month}
            measures: {cases: count}
            peers: {of: cases, against: past}
        when:
          - {is: once, expr: groups.past.is_representative}
          - {is: above_past, expr: groups.past.peer_z > 3.5, say: "{groups.past.period}罚款{groups.past.fined}"}
          - {is: above_peers, expr: groups.peers.peer_z > 3.5, say: "同领域中位数{groups.peers.peer_median}"}
        unless:
          - {is: more_cases, expr: groups.past.cases > 2 * groups.busy.peer_median, say: 案件数同时增长}
        """
    rows = [penalty(organ, date(2024, month, 9), 1000 + 10 * number + month)
            for number, organ in enumerate("甲乙丙丁戊己") for month in range(1, 9)]
    rows += [penalty("甲", date(2024, 9, 9), 90_000), *(penalty("乙", date(2024, 9, n), 9_000) for n in range(1, 9))]
    rows += [penalty(organ, date(2024, 9, 9), 1000 + n) for n, organ in enumerate("丙丁戊己庚")]

    found = hits(tmp_path, rule, penalty=rows)

    assert found == {49: "2024年9月罚款90,000元；同领域中位数1,002.50元"}


def test_penalties_pressed_into_the_end_of_the_month_at_one_sum_on_firms_from_outside(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          month:
            by: [authority_key]
            period: {of: decided_on, every: month}
            where: party_kind IN ('organisation', 'individual_business')
            measures:
              cases: count
              late: share(days_between(decided_on, month_end(decided_on)) < 3)
              outside: share(part(uscc, 3, 4) <> part(authority_division, 1, 4))
          same:
            by: [authority_key, fine_yuan]
            period: {of: decided_on, every: month}
            measures: {cases: count}
        let:
          same_share: groups.same.cases / groups.month.cases
        when:
          - {is: once, expr: groups.month.is_representative}
          - {is: many, expr: groups.month.cases >= 5}
          - {is: late, expr: groups.month.late > 0.6, say: "月末三日占{groups.month.late}"}
          - {is: same, expr: same_share > 0.5, say: "同一金额占{same_share}"}
          - {is: outside, expr: groups.month.outside > 0.5, say: "外地企业占{groups.month.outside}"}
        """
    firm = {"party_kind": "organisation", "authority_division": "411102", "uscc": "91440300MA5EXAMPL1"}
    rows = [penalty("甲", date(2024, 3, day), 5000, **firm) for day in (3, 29, 30, 31, 31)]
    rows += [penalty("乙", date(2024, 3, day), 5000, **firm) for day in (3, 7, 9, 22, 31)]

    assert hits(tmp_path, rule, penalty=rows) == {1: "月末三日占0.8；同一金额占1；外地企业占1"}


def test_like_cases_of_one_organ_fined_unlike(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          same:
            by: [authority_key, violation]
            period: {of: decided_on, every: year}
            where: fine_yuan > 0
            measures: {cases: count, middle: median(fine_yuan), spread: mad(fine_yuan)}
        let:
          score: 0.6745 * (fine_yuan - groups.same.middle) / groups.same.spread
        when:
          - {is: comparable, expr: groups.same.cases >= 5}
          - {is: far, expr: abs(score) > 3.5, say: "罚款{fine_yuan}，同类中位数{groups.same.middle}"}
        """
    rows = [penalty("甲", date(2024, 5, 1), fine) for fine in (1000, 1100, 1200, 1300, 20_000, 10)]
    rows += [penalty("甲", date(2025, 5, 1), 20_000)]

    usual = "同类中位数1,150元"
    assert hits(tmp_path, rule, penalty=rows) == {5: f"罚款20,000元，{usual}", 6: f"罚款10元，{usual}"}


def test_a_first_small_corrected_act_fined_far_above_others(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          same:
            by: [authority_key, violation]
            measures: {cases: count, middle: median(fine_yuan)}
          history:
            by: [party_id]
            measures: {cases: count}
        when:
          - {is: first, expr: groups.history.cases = 1}
          - {is: corrected, expr: "contains(content_text, '已改正')"}
          - {is: far, expr: groups.same.cases >= 5 AND fine_yuan > 5 * groups.same.middle}
        """
    rows = [penalty("甲", date(2024, 5, n + 1), 200, party_id=n, content_text="") for n in range(5)]
    rows += [penalty("甲", date(2024, 6, 1), 9000, party_id=9, content_text="已改正"),
             penalty("甲", date(2024, 6, 1), 9000, party_id=3, content_text="已改正")]

    assert list(hits(tmp_path, rule, penalty=rows)) == [6]


def test_one_party_fined_again_and_again_and_never_ordered_to_correct(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          year:
            by: [party_id, violation]
            period: {of: decided_on, every: year}
            measures:
              cases: count
              largest: max(fine_yuan)
              corrected: share(contains(content_text, '责令改正'))
        when:
          - {is: once, expr: groups.year.is_representative}
          - is: again
            expr: groups.year.cases >= 3 AND groups.year.largest <= 1000 AND groups.year.corrected = 0
            say: "{groups.year.period}同一违法罚{groups.year.cases}次"
        """
    rows = [penalty("甲", date(2024, month, 1), 500, party_id=7, content_text="罚款") for month in (1, 4, 7)]
    rows += [penalty("甲", date(2024, month, 1), 500, party_id=8, content_text="罚款，责令改正") for month in (1, 4, 7)]

    assert hits(tmp_path, rule, penalty=rows) == {1: "2024年同一违法罚3次"}


def test_two_fines_for_one_act(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          act:
            by: [party_id, violation, committed_on]
            where: fine_yuan > 0 AND revoked_on IS NULL
            measures: {decisions: count_distinct(document_no_key), organs: count_distinct(authority_key)}
        when:
          - {is: once, expr: groups.act.is_representative}
          - {is: twice, expr: groups.act.decisions >= 2, say: "同一行为罚款{groups.act.decisions}次"}
        """
    day = date(2024, 2, 1)
    act = {"party_id": 7, "committed_on": date(2024, 1, 9)}
    rows = [penalty("甲", day, 500, document_no_key="1", **act), penalty("乙", day, 900, document_no_key="2", **act),
            penalty("甲", day, 500, document_no_key="3", party_id=8, committed_on=date(2024, 1, 9)),
            penalty("乙", day, 900, document_no_key="4", party_id=8, committed_on=date(2024, 1, 9), revoked_on=day),
            penalty("乙", day, 900, document_no_key="5", party_id=7)]

    assert hits(tmp_path, rule, penalty=rows) == {1: "同一行为罚款2次"}


def test_a_judge_whose_cases_end_in_withdrawal_far_more_often_than_others(tmp_path: Path) -> None:
    rule = """
        subject: litigation
        groups:
          year:
            by: [court_key, judge]
            period: {of: closed_on, every: year}
            measures:
              closed: count
              withdrawn: share(contains(outcome, '撤诉'))
              days: median(days_between(filed_on, closed_on))
            peers: {of: withdrawn, among: [court_key]}
        when:
          - {is: once, expr: groups.year.is_representative}
          - {is: enough, expr: groups.year.closed >= 5}
          - is: far
            expr: groups.year.peer_z > 3.5
            say: "{judge}{groups.year.period}撤诉占{groups.year.withdrawn}，其他法官中位数{groups.year.peer_median}"
        """
    rows = []
    for number, withdrawn in enumerate((9, 1, 2, 3, 2, 1)):
        rows += [{"court_key": "某院", "judge": f"法官{number}", "filed_on": date(2024, 1, 1),
                  "closed_on": date(2024, 3, 1) + timedelta(days=n), "outcome": "准许撤诉" if n < withdrawn else "驳回"}
                 for n in range(10)]

    assert hits(tmp_path, rule, litigation=rows) == {1: "法官02024年撤诉占0.9，其他法官中位数0.2"}


def test_recommendations_that_cluster_at_one_unit_in_one_quarter(tmp_path: Path) -> None:
    rule = """
        subject: opinion
        groups:
          quarter:
            by: [addressee_key]
            period: {of: issued_on, every: quarter}
            where: kind = 'recommendation'
            measures: {issued: count}
            peers: {of: issued}
        when:
          - {is: once, expr: groups.quarter.is_representative}
          - {is: far, expr: groups.quarter.issued >= 5 AND groups.quarter.issued > 3 * groups.quarter.peer_median}
        """
    issued = {"甲": 9, "乙": 1, "丙": 2, "丁": 1, "戊": 2, "己": 2}
    rows = [{"kind": "recommendation", "addressee_key": unit, "issued_on": date(2024, 1 + n % 3, 9)}
            for unit, number in issued.items() for n in range(number)]

    assert list(hits(tmp_path, rule, opinion=rows)) == [1]
