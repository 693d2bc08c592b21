"""Groups: measures of many rows by columns and period, peers, gaps, and what is told about them."""

import json
import random
import re
import statistics
import textwrap
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from rule_world import HEAD, filled, good, penalty_link, read
from test_schemas import complaints

from engine.law import read_law
from engine.rules import RuleSet, apply, check, explain, prepare, read_rules
from engine.rules.groups import AGGREGATES, GROUP_NAMES
from engine.rules.locking import rule_hash
from engine.rules.sheet import Sheet
from engine.store import Store
from engine.strict_yaml import parse

AS_OF = date(2026, 6, 30)
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")

Row = dict[str, Any]


def answers(rules: RuleSet, store: Store) -> dict[int, Row]:
    """Return the stored answers by record, with the facts as Python values."""
    prepare(store, rules, AS_OF)
    counts = apply(store, rules, AS_OF)["trial.it"]
    assert counts.fault is None
    rows = store.frame("SELECT record_id, answer, say, flags, missing, facts FROM hit").to_dicts()
    return {row["record_id"]: row | {"facts": json.loads(row["facts"], parse_float=Decimal)} for row in rows}


def fines(*rows: Row | tuple[str, str, str | None]) -> Store:
    """Return a store with penalties numbered from 1; a tuple is authority, day, fine."""
    found = []
    for number, row in enumerate(rows, start=1):
        if isinstance(row, tuple):
            row = {"authority_key": row[0], "decided_on": date.fromisoformat(row[1]),
                   "fine_yuan": None if row[2] is None else Decimal(row[2])}
        found.append({"record_id": number, "natural_key": f"文号{number}", **row})
    return filled(penalty=found)


def shown(folder: Path, group: str, store: Store, when: str = "groups.g.unknown >= 0") -> dict[int, Row]:
    """Return the answers of a rule that hits every row that is in a group called `g`."""
    lines = textwrap.indent(textwrap.dedent(group), "    ")
    rule = f'subject: penalty\ngroups:\n  g:\n{lines}\nwhen: [{{is: any, expr: "{when}"}}]\n'
    return answers(good(folder, rule), store)


# ---- the measures against an oracle in plain Python ----

EVERYTHING = """
    subject: penalty
    groups:
      g:
        by: [authority_key, field]
        period: {of: decided_on, every: month}
        where: violation <> '不计'
        measures:
          cases: count
          fined: sum(fine_yuan)
          middle: median(fine_yuan)
          spread: mad(fine_yuan)
          least: min(fine_yuan)
          last: max(decided_on)
          kinds: count_distinct(violation)
          large: share(fine_yuan >= 500)
          longest: median(days_between(decided_on, served_on))
        peers: {of: fined, among: [field], at_least: 4}
      past:
        by: [authority_key, field]
        period: {of: decided_on, every: month}
        measures: {fined: sum(fine_yuan)}
        peers: {of: fined, against: past, at_least: 3}
    when:
      - {is: any, expr: groups.g.unknown >= 0}
    evidence: [groups.past.peer_z]
    """


def random_rows(seed: int, count: int) -> list[Row]:
    """Return penalties of some authorities over two years, every column sometimes missing."""
    chance = random.Random(seed)

    def maybe(value: Any, share: float = 0.08) -> Any:
        return None if chance.random() < share else value

    rows = []
    for number in range(1, count + 1):
        day = date(2023, 1, 1) + timedelta(days=chance.randrange(500))
        fine = Decimal(chance.choice((chance.randrange(1, 100_000), 50_000, 50_000))) / 100
        rows.append({
            "record_id": number, "natural_key": str(number), "authority_key": maybe(f"机关{chance.randrange(9)}"),
            "field": maybe(chance.choice("甲乙"), 0.03), "decided_on": maybe(day), "fine_yuan": maybe(fine, 0.15),
            "served_on": maybe(day + timedelta(days=chance.randrange(30))),
            "violation": maybe(chance.choice(("不计", "占地", "超期", "无证"))),
        })
    return rows


def exact(value: Any) -> Any:
    """Return a number with six decimals, as the engine computes."""
    if value is None or isinstance(value, (int, str)):
        return value
    return Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def median(values: list[Any]) -> Any:
    return exact(statistics.median([Decimal(v) for v in values])) if values else None


def mad(values: list[Any]) -> Any:
    middle = statistics.median(values) if values else None
    return median([abs(v - middle) for v in values])


def measures_of(rows: list[Row]) -> Row:
    """Return what the oracle measures in one group."""
    counted = [r for r in rows if r["violation"] not in (None, "不计")]
    known = [r["fine_yuan"] for r in counted if r["fine_yuan"] is not None]
    days = [(r["served_on"] - r["decided_on"]).days for r in counted if r["served_on"]]
    lacking = [r for r in counted if r["fine_yuan"] is None or r["served_on"] is None]
    large = [v >= 500 for v in known]
    return {
        "cases": len(counted), "fined": exact(sum(known)) if known else None, "middle": median(known),
        "spread": mad(known), "least": min(known, default=None),
        "last": max(r["decided_on"] for r in counted).isoformat() if counted else None,
        "kinds": len({r["violation"] for r in counted}), "longest": median(days),
        "large": exact(sum(large) / len(large)) if large else None,
        "unknown": len(lacking) + sum(r["violation"] is None for r in rows),
        "representative": min(counted, key=lambda r: (r["decided_on"], r["record_id"]), default=None),
    }


def robust(own: Any, others: list[Any], least: int) -> tuple[Any, Any]:
    """Return the oracle's median of others and the robust score."""
    if len(others) < least:
        return None, None
    middle, spread = median(others), mad(others)
    if own is None or (spread == 0 and own != middle):
        return middle, None
    return middle, Decimal(0) if own == middle else Decimal("0.6745") * (own - middle) / spread


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], dict[Any, list[Row]], dict[int, Row]]:
    """The random rows, their groups, and the engine's answers."""
    rows = random_rows(7, 4_000)
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if None not in (row["authority_key"], row["field"], row["decided_on"]):
            groups[row["authority_key"], row["field"], row["decided_on"].replace(day=1)].append(row)
    return rows, groups, answers(good(tmp_path_factory.mktemp("g"), EVERYTHING), filled(penalty=rows))


def test_every_measure_of_three_hundred_groups_is_what_plain_python_finds(worked) -> None:
    _, groups, found = worked
    assert len(groups) > 300
    for rows in groups.values():
        expected = measures_of(rows)
        first = expected.pop("representative")
        if first is None:
            continue
        for row in rows:
            facts = found[row["record_id"]]["facts"]
            got = {name: facts[f"groups.g.{name}"] for name in expected}
            assert got == expected
            assert facts["groups.g.is_representative"] is (row is first)


def test_peers_of_the_same_month_and_field_are_compared_without_the_group_itself(worked) -> None:
    _, groups, found = worked
    told = {key: measures_of(rows) for key, rows in groups.items()}
    compared = 0
    for (authority, field, month), rows in groups.items():
        if not told[authority, field, month]["cases"]:
            continue
        others = [m["fined"] for key, m in told.items()
                  if key[1:] == (field, month) and key[0] != authority and m["fined"] is not None]
        facts = found[rows[0]["record_id"]]["facts"]
        expected, score = robust(told[authority, field, month]["fined"], others, 4)
        assert facts["groups.g.peers"] == len(others)
        assert facts["groups.g.peer_median"] == expected
        assert facts["groups.g.peer_z"] == (None if score is None else pytest.approx(score, abs=Decimal("0.000002")))
        compared += score is not None
    assert compared > 200


def test_a_group_is_compared_with_its_own_earlier_months(worked) -> None:
    _, groups, found = worked
    sums = {key: [r["fine_yuan"] for r in rows if r["fine_yuan"] is not None] for key, rows in groups.items()}
    compared = 0
    for (authority, field, month), rows in groups.items():
        earlier = [sum(v) for key, v in sums.items() if key[:2] == (authority, field) and key[2] < month and v]
        own = sums[authority, field, month]
        row = next((found[r["record_id"]] for r in rows if r["record_id"] in found), None)
        if row is None:
            continue
        expected, score = robust(sum(own) if own else None, earlier, 3)
        assert row["facts"]["groups.past.peers"] == len(earlier)
        assert row["facts"]["groups.past.peer_median"] == expected
        assert row["facts"]["groups.past.peer_z"] == (
            None if score is None else pytest.approx(score, abs=Decimal("0.000002")))
        compared += score is not None
    assert compared > 150


def test_exactly_one_row_stands_for_each_group(worked) -> None:
    rows, groups, found = worked
    by_id = {r["record_id"]: r for r in rows}
    chosen = [by_id[i] for i, row in found.items() if row["facts"]["groups.g.is_representative"]]

    keys = [(r["authority_key"], r["field"], r["decided_on"].replace(day=1)) for r in chosen]

    assert len(keys) == len(set(keys))
    assert set(keys) == {key for key, rows in groups.items() if measures_of(rows)["cases"]}


def test_the_row_that_stands_for_a_group_stays_when_later_rows_come(tmp_path: Path) -> None:
    group = "by: [authority_key]\nperiod: {of: decided_on, every: month}\nmeasures: {cases: count}"
    rows = [("甲", "2024-01-05", "1"), ("甲", "2024-01-02", "1"), ("甲", "2024-01-02", "1")]

    for count in (3, 4):
        found = shown(tmp_path / str(count), group, fines(*(*rows, ("甲", "2024-01-20", "1"))[:count]))
        assert [i for i, row in found.items() if row["facts"]["groups.g.is_representative"]] == [2]


def test_a_row_without_key_or_date_is_a_gap_naming_what_is_missing(worked) -> None:
    rows, _, found = worked
    for row in rows:
        lacking = {f"penalty.{c}" for c in ("authority_key", "field", "decided_on") if row[c] is None}
        if lacking:
            assert found[row["record_id"]]["answer"] == "gap"
            assert set(found[row["record_id"]]["missing"]) == lacking


# ---- periods ----

@pytest.mark.parametrize(("every", "sizes", "words"), [
    ("day", [1, 1, 1, 1, 1], "2023年12月31日"), ("month", [2, 2, 1, 1, 1], "2023年12月"),
    ("quarter", [2, 2, 2, 2, 1], "2023年第4季度"), ("year", [2, 2, 3, 3, 3], "2023年"),
])
def test_periods_are_those_of_the_calendar_and_end_with_the_year(
    tmp_path: Path, every: str, sizes: list[int], words: str
) -> None:
    store = fines(("甲", "2023-12-31", "1"), ("甲", "2023-12-01", "1"), ("甲", "2024-01-01", "1"),
                  ("甲", "2024-03-31", "1"), ("甲", "2024-04-01", "1"))
    group = f"by: [authority_key]\nperiod: {{of: decided_on, every: {every}}}\nmeasures: {{cases: count}}"

    found = shown(tmp_path, group, store)

    assert [found[i]["facts"]["groups.g.cases"] for i in range(1, 6)] == sizes
    assert found[1]["facts"]["groups.g.period"] == words


def test_without_a_period_all_rows_of_a_key_are_one_group(tmp_path: Path) -> None:
    store = fines(("甲", "2019-12-31", "1"), ("甲", "2024-12-01", "2"), ("乙", "2024-01-01", "4"))

    found = shown(tmp_path, "by: [authority_key]\nmeasures: {fined: sum(fine_yuan)}", store)

    assert [found[i]["facts"]["groups.g.fined"] for i in (1, 2, 3)] == [3, 3, 4]
    assert [found[i]["facts"]["groups.g.is_representative"] for i in (1, 2, 3)] == [True, False, True]


# ---- exactness ----

def test_sums_and_medians_of_money_are_exact(tmp_path: Path) -> None:
    fine = ("9007199254740993.01", "9007199254740993.04", "0.10", "0.20")
    store = fines(*(("甲", "2024-01-01", f) for f in fine))

    facts = shown(tmp_path, "by: [authority_key]\nmeasures: {fined: sum(fine_yuan), middle: median(fine_yuan)}",
                  store)[1]["facts"]

    assert facts["groups.g.fined"] == sum(Decimal(f) for f in fine)
    assert facts["groups.g.middle"] == Decimal("4503599627370496.605")


# ---- what is unknown ----

def test_a_group_with_no_known_value_is_a_gap_naming_the_column(tmp_path: Path) -> None:
    store = fines(("甲", "2024-01-01", None), ("甲", "2024-01-02", None))

    found = shown(tmp_path, "by: [authority_key]\nmeasures: {fined: sum(fine_yuan)}", store, when="groups.g.fined > 10")

    assert [(found[i]["answer"], found[i]["missing"]) for i in (1, 2)] == [("gap", ["penalty.fine_yuan"])] * 2


def test_what_a_missing_fact_goes_back_to_is_named(tmp_path: Path) -> None:
    facts = {"penalty": "table: penalty\nfacts:\n  unpaid: {type: money, title: 未缴, expr: fine_yuan - paid_yuan}\n"}
    rule = """
        subject: penalty
        groups:
          g: {by: [authority_key], measures: {unpaid: sum(unpaid)}}
        when: [{is: much, expr: groups.g.unpaid > 10}]
        """
    store = fines({"authority_key": "甲", "fine_yuan": Decimal(100), "paid_yuan": None},
                  {"authority_key": "乙", "fine_yuan": Decimal(100), "paid_yuan": Decimal(1)})

    found = answers(good(tmp_path, rule, facts), store)

    assert found[1]["missing"] == ["penalty.fine_yuan", "penalty.paid_yuan"]
    assert found[2]["answer"] == "hit"


def test_a_group_none_of_whose_rows_count_is_unknown_never_nought(tmp_path: Path) -> None:
    store = fines(("甲", "2024-01-01", "0"), ("乙", "2024-01-02", "5"))

    found = shown(tmp_path, "by: [authority_key]\nwhere: fine_yuan > 0\nmeasures: {cases: count}", store,
                  when="groups.g.cases IS NULL OR groups.g.cases < 1")

    assert {i: (row["answer"], row["missing"]) for i, row in found.items()} == {1: ("gap", ["group:penalty"])}
    assert found[1]["say"] == "无法判断，缺：同组的记录（行政处罚决定）"


def test_a_row_that_may_count_is_told_and_counted_nowhere(tmp_path: Path) -> None:
    store = fines(("甲", "2024-01-01", None), ("甲", "2024-01-02", "5"))

    found = shown(tmp_path, "title: 机关\nby: [authority_key]\nwhere: fine_yuan > 0\nmeasures: {cases: count}", store)

    assert found[2]["facts"]["groups.g.cases"] == 1
    assert found[2]["facts"]["groups.g.unknown"] == 1
    assert found[2]["flags"] == ["分组中有资料不全的行（机关，1行）"]
    assert found[1]["facts"]["groups.g.is_representative"] is False


def test_fewer_peers_than_asked_for_are_a_gap(tmp_path: Path) -> None:
    group = "by: [authority_key]\nmeasures: {fined: sum(fine_yuan)}\npeers: {of: fined, at_least: 3}"
    few = [("甲", "2024-01-01", "900"), ("乙", "2024-01-01", "1"), ("丙", "2024-01-01", "2")]

    found = shown(tmp_path, group, fines(*few), when="groups.g.peer_z > 3.5")
    enough = shown(tmp_path / "more", group, fines(*few, ("丁", "2024-01-01", "3")), when="groups.g.peer_z > 3.5")

    assert {row["answer"] for row in found.values()} == {"gap"}
    assert found[1]["missing"] == ["peers:penalty"]
    assert {i: row["answer"] for i, row in enough.items()} == {1: "hit"}


def test_where_the_others_are_all_alike_only_likeness_can_be_told(tmp_path: Path) -> None:
    group = "by: [authority_key]\nmeasures: {fined: sum(fine_yuan)}\npeers: {of: fined, at_least: 3}"
    store = fines(("甲", "2024-01-01", "9"), *((name, "2024-01-01", "5") for name in "乙丙丁戊"))

    found = shown(tmp_path, group, store)

    assert [found[i]["facts"]["groups.g.peer_z"] for i in range(1, 6)] == [None, 0, 0, 0, 0]
    assert found[1]["facts"]["groups.g.peer_median"] == 5


# ---- facts and the as-of date inside groups ----

FACTS = {"penalty": """
    table: penalty
    facts:
      size: {type: text, title: 大小, expr: "CASE WHEN fine_yuan > 100 THEN 'large' ELSE 'small' END"}
      due_on: {type: date, title: 到期日, law: {w: {use: window, on: served_on}}, expr: "period_end(served_on, law.w)"}
      waiting: {type: int, title: 已过日数, expr: "days_between(due_on, as_of)"}
    """}
BY_FACTS = """
    subject: penalty
    groups:
      g:
        by: [authority_key, size]
        period: {of: due_on, every: year}
        where: waiting > 0
        measures: {cases: count, longest: max(waiting)}
    when: [{is: many, expr: groups.g.cases >= 1}]
    """


def test_facts_place_count_and_measure_rows(tmp_path: Path) -> None:
    row = {"authority_key": "甲", "served_on": date(2024, 1, 5)}
    store = fines(row | {"fine_yuan": Decimal(500)}, row | {"fine_yuan": Decimal(500)}, row | {"fine_yuan": Decimal(5)},
                  row | {"fine_yuan": Decimal(5), "served_on": None}, row | {"fine_yuan": None})

    found = answers(good(tmp_path, BY_FACTS, FACTS), store)

    assert {i: r["facts"]["groups.g.cases"] for i, r in found.items() if r["answer"] == "hit"} == {1: 2, 2: 2, 3: 1}
    # due on 2024-04-07, see the calendar of that year
    assert found[1]["facts"]["groups.g.longest"] == (AS_OF - date(2024, 4, 7)).days
    assert found[4]["missing"] == ["penalty.served_on"]
    assert found[5]["missing"] == ["penalty.fine_yuan"]


def test_a_group_that_reads_the_as_of_date_is_known_to_move_with_it(tmp_path: Path) -> None:
    moving, fixed = good(tmp_path / "a", BY_FACTS, FACTS), good(tmp_path / "b", BY_FACTS.replace(
        "waiting > 0", "fine_yuan > 0").replace("max(waiting)", "max(fine_yuan)"), FACTS)

    moves = [Sheet(rules.rules["trial.it"], rules.facts).moves(rules.rules["trial.it"].groups[0].names[0])
             for rules in (moving, fixed)]

    assert moves == [True, False]


# ---- groups of another table ----

OTHER = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: keep}
    groups:
      organ:
        table: penalty
        by: {authority_key: penalty.authority_key}
        period: {of: decided_on, every: year, at: applied_on}
        measures: {cases: count}
    when: [{is: many, expr: groups.organ.cases >= 2}]
    """


def reviews(*linked: int) -> Store:
    """Return three penalties of two authorities, and reviews 11, 12, 13; those in `linked` are linked to penalty 1."""
    penalties = [{"record_id": i, "authority_key": key, "decided_on": date(2024, 1, i)}
                 for i, key in enumerate(("甲", "甲", "乙"), start=1)]
    found = [{"record_id": 11, "applied_on": date(2024, 5, 1)}, {"record_id": 12, "applied_on": date(2025, 5, 1)},
             {"record_id": 13, "applied_on": None}]
    return filled(penalty=penalties, court_review=found, link=[penalty_link(i, 1) for i in linked])


def test_a_subject_sees_the_group_of_another_table_it_is_placed_in(tmp_path: Path) -> None:
    found = answers(good(tmp_path, OTHER), reviews(11, 12, 13))

    assert found[11]["answer"] == "hit"
    assert (found[12]["answer"], found[12]["missing"]) == ("gap", ["group:penalty"])
    assert (found[13]["answer"], found[13]["missing"]) == ("gap", ["court_review.applied_on"])


def test_nothing_is_concluded_about_a_group_that_an_unlinked_record_would_name(tmp_path: Path) -> None:
    tempting = '"groups.organ.cases IS NULL OR coalesce(groups.organ.cases, 9) > 5"'
    rule = OTHER.replace("groups.organ.cases >= 2", tempting)

    found = answers(good(tmp_path, rule), reviews())

    assert [(row["answer"], row["missing"]) for row in found.values()] == [
        ("gap", ["link:penalty_of_review"]), ("gap", ["link:penalty_of_review"]),
        ("gap", ["court_review.applied_on", "link:penalty_of_review"])]


# ---- faults of the author ----

GOOD = {"by": "[authority_key]", "measures": "{cases: count}"}


@pytest.mark.parametrize(("keys", "place", "message"), [
    ({"mesures": "{cases: count}"}, "6:5", "没有键“mesures”，是否指“measures”"),
    ({"by": "[authority_kee]"}, "4:10", "没有列“authority_kee”，是否指“authority_key”"),
    ({"by": "[]"}, "4:9", "by 至少写一列"),
    ({"by": "[field, field]"}, "4:17", "by 里 field 重复"),
    ({"measures": "{" + ", ".join(f"m{i}: count" for i in range(31)) + "}"}, "5:15", "度量有 31 个，最多 30 个"),
    ({"by": "[penalty.authority]"}, "4:10", "“penalty.authority”不是 penalty 的列"),
    ({"by": "[as_of]"}, "4:10", "“as_of”不是 penalty 的列"),
    ({"measures": "{}"}, "5:15", "measures 至少写一项"),
    ({"measures": "{cases: sun(fine_yuan)}"}, "5:23", "没有汇总“sun”，是否指“sum”"),
    ({"measures": "{cases: avg(fine_yuan)}"}, "5:23", "平均数受个别大额影响，请用 median"),
    ({"measures": "{cases: median(violation)}"}, "5:30", "应为数字"),
    ({"measures": "{cases: sum(decided_on)}"}, "5:27", "得到日期"),
    ({"measures": "{cases: min(violation)}"}, "5:27", "min 应为数字、金额或日期，得到文字"),
    ({"measures": "{cases: share(fine_yuan)}"}, "5:29", "应为真假值，得到金额"),
    ({"measures": "{cases: sum(fine_yuann)}"}, "5:27", "没有列“fine_yuann”，是否指“fine_yuan”"),
    ({"measures": "{cases: count(fine_yuan)}"}, "5:29", "count 数的是行，不带参数"),
    ({"measures": "{cases: sum()}"}, "5:23", "sum 缺少参数"),
    ({"measures": "{cases: sum(fine_yuan) / sum(paid_yuan)}"}, "5:23", "一个度量只能是一个汇总"),
    ({"measures": "{cases: max(days_between(decided_on, served_on))}"}, "5:23", "请整段加引号"),
    ({"measures": "{cases: sum(sum(fine_yuan))}"}, "5:27", "没有函数“sum”"),
    ({"measures": "{peers: count, cases: count}"}, "5:16", "名称“peers”已有他用"),
    ({"measures": "{Cases: count, cases: count}"}, "5:16", "名称“Cases”写法不对"),
    ({"where": "fine_yuan"}, "6:12", "应为真假值，得到金额"),
    ({"where": "penalty.fine_yuan > 0"}, "6:12", "主体表 penalty 的列直接写列名"),
    ({"period": "{of: decided_on, every: week}"}, "6:37", "没有取值“week”"),
    ({"period": "{of: fine_yuan, every: month}"}, "6:18", "period 的 of 应为日期，fine_yuan 是金额"),
    ({"peers": "{of: case}"}, "6:17", "没有度量“case”，是否指“cases”"),
    ({"peers": "{of: cases, among: [field]}"}, "6:32", "没有by 的列“field”"),
    ({"peers": "{of: cases, at_least: 2}"}, "6:34", "at_least 至少为 3"),
    ({"peers": "{of: cases, against: past}"}, "6:12", "须有 period"),
    ({"table": "litigation"}, "4:9", "litigation 不是主体表，by 没有写明主体属于哪一组"),
    ({"table": "penalti"}, "6:12", "没有取值“penalti”，是否指“penalty”"),
    ({"table": "payment", "by": "{amount_yuan: violation}"}, "4:23", "amount_yuan 是金额，主体一方是文字，对不上"),
    ({"table": "payment", "by": "{authority_key: authority_key}", "period": "{of: paid_on, every: month}"}, "7:13",
     "payment 不是主体表，period 没有写明主体属于哪一期"),
])
def test_a_wrong_word_is_told_with_its_place(tmp_path: Path, keys: Row, place: str, message: str) -> None:
    lines = "".join(f"    {key}: {value}\n" for key, value in (GOOD | keys).items())
    text = f"subject: penalty\ngroups:\n  g:\n{lines}when: [{{is: many, expr: groups.g.cases > 3}}]\n"

    problems = read(tmp_path, text, head="").problems

    assert message in "\n".join(str(p) for p in problems)
    assert f"it.yaml:{place}：" in next(str(p) for p in problems if message in str(p))


@pytest.mark.parametrize(("expr", "message"), [
    ("groups.monthli.cases > 1", "没有分组“groups.monthli”，是否指“groups.g”"),
    ("groups.g.case > 1", "没有度量“case”，是否指“cases”"),
    ("groups.g.peer_z > 1", "没有度量“peer_z”"),
    ("sum(fine_yuan) > 1", "汇总写在 groups 的 measures 里"),
    ("count > 1", "汇总写在 groups 的 measures 里"),
    ("groups.g.cases = 'x'", "整数不能与文字比较"),
])
def test_a_wrong_use_of_a_group_is_told(tmp_path: Path, expr: str, message: str) -> None:
    text = f"subject: penalty\ngroups:\n  g: {{by: [authority_key], measures: {{cases: count}}}}\n" \
           f"when: [{{is: a, expr: groups.g.cases > 0}}, {{is: many, expr: \"{expr}\"}}]\n"

    assert message in "\n".join(str(p) for p in read(tmp_path, text).problems)


PLAIN = "subject: penalty\ngroups:\n  g: {{by: [{}], measures: {{cases: count}}}}\nwhen: [{{is: a, expr: {}}}]\n"


def test_a_group_that_nothing_asks_is_a_fault(tmp_path: Path) -> None:
    text = PLAIN.format("field", "fine_yuan > 0")

    assert "“g”没有用到" in "\n".join(str(p) for p in read(tmp_path, text).problems)


def test_a_faulty_group_brings_no_further_complaints(tmp_path: Path) -> None:
    text = PLAIN.format("fild", "groups.g.cases > 0")

    assert len(read(tmp_path, text).problems) == 1


# ---- cases, lock, explaining, documents ----

REPEATED = HEAD.replace("maturity: trial", "maturity: draft")


def test_each_case_has_its_own_as_of_date_inside_groups_too(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        groups:
          g: {by: [authority_key], where: decided_on < as_of, measures: {cases: count}}
        when: [{is: many, expr: groups.g.cases >= 1}]
        cases:
          - name: 当日
            as_of: 2024-03-01
            given: {penalty: [{id: A, authority: 甲局, decided_on: 2024-03-01}]}
            then: {gap: [A]}
          - {name: 次日, like: 当日, as_of: 2024-03-02, then: {hit: [A]}}
        """
    rules = read(tmp_path, rule, head=REPEATED)

    assert [(r.name, r.failures) for r in check(rules)] == [("当日", ()), ("次日", ())]


def test_cases_do_not_see_each_others_rows(tmp_path: Path) -> None:
    row = "{id: A, authority: 甲局, fine_yuan: 5}"
    rule = f"""
        subject: penalty
        groups:
          g: {{by: [authority_key], measures: {{cases: count}}}}
        when: [{{is: many, expr: groups.g.cases >= 2}}]
        cases:
          - {{name: 一件, given: {{penalty: [{row}]}}, then: {{clear: [A]}}}}
          - {{name: 另一件, given: {{penalty: [{row}]}}, then: {{clear: [A]}}}}
          - name: 两件
            given: {{penalty: [{row}, {row.replace("A", "B")}]}}
            then: {{hit: [A, B]}}
        """
    rules = read(tmp_path, rule, head=REPEATED)

    assert [str(p) for p in rules.problems] == []
    assert [(r.name, r.failures) for r in check(rules)] == [("一件", ()), ("另一件", ()), ("两件", ())]


@pytest.mark.parametrize(("old", "new", "same"), [
    ("fine_yuan > 0", "fine_yuan > 1", False), ("month", "year", False), ("at_least: 3", "at_least: 4", False),
    ("sum(", "max(", False), ("title: 甲", "title: 乙", True),
])
def test_the_lock_sees_a_change_of_what_is_computed_only(tmp_path: Path, old: str, new: str, same: bool) -> None:
    text = """
        subject: penalty
        groups:
          g:
            title: 甲
            by: [authority_key]
            period: {of: decided_on, every: month}
            where: fine_yuan > 0
            measures: {fined: sum(fine_yuan)}
            peers: {of: fined, at_least: 3}
        when: [{is: far, expr: groups.g.peer_z > 3}]
        """
    before, after = good(tmp_path / "a", text), good(tmp_path / "b", text.replace(old, new))

    hashes = [rule_hash(rules.rules["trial.it"], rules.facts) for rules in (before, after)]

    assert (hashes[0] == hashes[1]) is same


def test_why_tells_the_group_its_measures_and_the_rows_nearest_to_the_record(tmp_path: Path) -> None:
    group = """
        groups:
          g:
            title: 同机关同月
            by: [authority_key]
            period: {of: decided_on, every: month}
            measures: {cases: {expr: count, title: 件数}, middle: {expr: median(fine_yuan), title: 中位数}}
        """
    rule = f"subject: penalty{textwrap.dedent(group)}when: [{{is: far, expr: fine_yuan > 3 * groups.g.middle}}]\n"
    store = fines(("甲", "2024-01-01", "100"), ("甲", "2024-01-02", "90"), ("甲", "2024-01-03", "5000"),
                  ("甲", "2024-02-01", "4999"), ("乙", "2024-01-01", "4998"), ("甲", "2024-01-09", None))
    rules = good(tmp_path, rule)

    text = explain(store, rules, "trial.it", 3, AS_OF).text()

    assert "同机关同月：处罚机关（比对形式）＝甲" in text
    assert "同机关同月·件数（groups.g.cases）＝4" in text
    assert "同机关同月·中位数（groups.g.middle）＝100元" in text
    assert re.findall(r"(文号\d)（来源未记载）　(\S+)", text) == [("文号1", "100元"), ("文号2", "90元"),
                                                        ("文号6", "（未记载）")]


def test_why_tells_that_there_is_no_group(tmp_path: Path) -> None:
    rules = good(tmp_path, "subject: penalty\ngroups:\n  g: {by: [authority_key], measures: {cases: count}}\n"
                           "when: [{is: many, expr: groups.g.cases > 1}]\n")
    store = fines({"authority_key": None, "fine_yuan": Decimal(1)})

    text = explain(store, rules, "trial.it", 1, AS_OF).text()

    assert "（没有这一组）" in text
    assert "行政处罚决定的处罚机关" in text


@pytest.mark.parametrize("name", [name for name, _, _ in GROUP_NAMES])
def test_everything_that_can_be_asked_about_a_group_is_explained(name: str) -> None:
    assert f"`groups.别名.{name}`" in PAGE


@pytest.mark.parametrize("name", list(AGGREGATES))
def test_every_aggregate_is_listed_as_it_is(name: str) -> None:
    assert f"| `{name}` | {AGGREGATES[name].help} | `{AGGREGATES[name].example}` |" in PAGE


def test_the_example_of_groups_is_a_rule_whose_cases_come_out(tmp_path: Path) -> None:
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "\ngroups:" in block)
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "it.yaml").write_text(example, encoding="utf-8")

    rules = read_rules(tmp_path, read_law(ROOT / "rules" / "law"))

    assert [str(p) for p in rules.problems] == []
    assert [(r.name, r.failures) for r in check(rules) if r.failures] == []
    assert len(rules.rules["trial.it"].cases) == 3


def test_the_example_of_groups_fits_the_schema_editors_use() -> None:
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "\ngroups:" in block)

    assert complaints("rule", parse(example, "it.yaml")) == []
    assert complaints("rule", parse(example.replace("every: month", "every: week"), "it.yaml")) != []
