"""What people answer about pairs of records decides the next night. All names and numbers are invented."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from record_world import put
from test_links import OTHER_CODE, PENALTY, REVIEW, RULES
from test_links import resolve as resolve_links
from test_parties import firm_no, groups, member, person_no, together

from engine import links, parties
from engine.store import Store

DAY = date(2026, 11, 2)
BORN = date(1990, 1, 1)
Answer = tuple[str, str, bool]


@pytest.fixture
def store() -> Store:
    return Store()


def told(store: Store, question: str, *answers: Answer, day: date = DAY) -> None:
    """Add answers as the review database hands them over: (one, other, is_same)."""
    schema = {"question": pl.String, "one": pl.String, "other": pl.String, "is_same": pl.Boolean, "day": pl.Date}
    earlier = store.frame(f"SELECT {', '.join(schema)} FROM pair_answer")
    new = pl.DataFrame([(question, *a, day) for a in answers], schema=schema, orient="row")
    parties.note_answers(store, pl.concat([earlier, new]))


def same(one: str, other: str) -> Answer:
    return f"penalty|{one}", f"penalty|{other}", True


def different(one: str, other: str) -> Answer:
    return f"penalty|{one}", f"penalty|{other}", False


def persons(store: Store, **rows: dict[str, Any]) -> None:
    put(store, "penalty", *({"key": key, "party_name": "张试", **row} for key, row in rows.items()))


# --- parties


def test_records_people_call_the_same_become_one_party(store: Store) -> None:
    persons(store, a={}, b={}, c={})
    told(store, "party", same("a", "b"))

    assert groups(store) == {together("a", "b"), together("c")}
    assert member(store, "a") == ("judged", 1.0, "人工认定为同一主体（2026-11-02）")


def test_a_record_called_the_same_joins_the_others_sure_number(store: Store) -> None:
    persons(store, a={"resident_id": person_no()}, b={"party_name": "章试"}, c={"resident_id": person_no()})
    told(store, "party", same("a", "b"))

    assert groups(store) == {together("a", "b", "c")}
    assert member(store, "b")[:2] == ("judged", 1.0)


def test_two_sure_numbers_called_the_same_are_told_and_not_merged(store: Store) -> None:
    persons(store, a={"resident_id": person_no()}, b={"resident_id": person_no(order="003")})
    told(store, "party", same("a", "b"))

    assert groups(store) == {together("a"), together("b")}
    assert parties.tell_outcomes(store) == {"conflict": 1}
    assert "可靠号码不同" in member(store, "a")[2]


def test_a_record_between_two_sure_numbers_follows_the_newer_answer(store: Store) -> None:
    persons(store, a={"resident_id": person_no()}, b={"resident_id": person_no(order="003")}, c={})
    told(store, "party", same("a", "c"))
    told(store, "party", same("b", "c"), day=date(2026, 11, 9))

    assert groups(store) == {together("a"), together("b", "c")}
    assert parties.tell_outcomes(store) == {"conflict": 1, "joined": 1}


def test_records_people_call_different_are_not_joined_by_any_step(store: Store) -> None:
    persons(store, a={"birth_date": BORN}, b={"birth_date": BORN})
    told(store, "party", different("a", "b"))

    assert groups(store) == {together("a"), together("b")}
    assert parties.tell_outcomes(store) == {"apart": 1}
    assert "人工认定与另一记录不是同一主体（2026-11-02），已分开" in member(store, "a")[2]


def test_different_records_do_not_meet_through_a_third(store: Store) -> None:
    shop = {"party_kind": "individual_business", "party_name": "漯河市甲乙小吃店", "authority": "漯河市城市管理局"}
    persons(store, a=shop, b=shop, c=shop, d=shop)
    told(store, "party", different("a", "b"))

    found = groups(store)

    assert {frozenset(g & {"a", "b"}) for g in found} == {together("a"), together("b")}
    assert sorted(map(len, found)) == [1, 3]


def test_the_weaker_tie_gives_way(store: Store) -> None:
    name = "漯河市甲乙商贸有限公司"
    persons(store, a={"party_name": name, "legal_representative": "李验"},
            b={"party_name": name, "legal_representative": "李验"}, c={"party_name": name})
    told(store, "party", different("a", "c"))

    assert groups(store) == {together("a", "b"), together("c")}


def test_two_different_records_never_follow_one_mask_to_one_number(store: Store) -> None:
    persons(store, a={"resident_id": person_no()}, b={"resident_id": "410000********" + person_no()[-4:]},
            c={"party_name": "张某", "resident_id": "410000********" + person_no()[-4:]})
    told(store, "party", different("b", "c"))

    assert groups(store) == {together("a", "b"), together("c")}


def test_one_number_is_parted_with_the_records_of_each_name(store: Store) -> None:
    number = person_no()
    persons(store, a={"resident_id": number}, b={"resident_id": number},
            c={"resident_id": number, "party_name": "李验"}, d={"resident_id": number, "party_name": "李验"},
            e={"resident_id": number})
    told(store, "party", different("a", "c"))

    assert groups(store) == {together("a", "b", "e"), together("c", "d")}


def test_one_number_under_one_name_is_parted_record_by_record(store: Store) -> None:
    number = person_no()
    persons(store, **{key: {"resident_id": number} for key in "abc"})
    told(store, "party", different("a", "b"), different("b", "c"), different("a", "c"))

    assert groups(store) == {together("a"), together("b"), together("c")}


def test_of_contradicting_answers_the_newer_holds(store: Store) -> None:
    persons(store, a={}, b={}, c={})
    told(store, "party", same("a", "b"))
    told(store, "party", same("b", "c"), different("a", "c"), day=date(2026, 11, 9))

    assert groups(store) == {together("a"), together("b", "c")}


def test_answers_hold_in_any_order_of_delivery(store: Store) -> None:
    persons(store, a={"birth_date": BORN}, b={"birth_date": BORN}, c={}, d={})
    told(store, "party", different("b", "a"), same("d", "c"))
    before = groups(store)
    store.run("DELETE FROM penalty")
    persons(store, d={}, c={}, b={"birth_date": BORN}, a={"birth_date": BORN})
    told(store, "party")

    assert groups(store) == before == {together("a"), together("b"), together("c", "d")}


def test_answers_about_records_that_are_gone_are_counted(store: Store) -> None:
    persons(store, a={})
    told(store, "party", same("a", "no longer here"))

    assert groups(store) == {together("a")}
    assert parties.tell_outcomes(store) == {"gone": 1}


def test_an_answer_taken_back_vanishes(store: Store) -> None:
    persons(store, a={}, b={})
    told(store, "party", same("a", "b"))
    assert groups(store) == {together("a", "b")}

    parties.note_answers(store, pl.DataFrame())

    assert groups(store) == {together("a"), together("b")}


def test_numbers_stay_apart_whatever_people_answer_about_firms(store: Store) -> None:
    firm = {"party_kind": "organisation", "party_name": "漯河市甲乙商贸有限公司"}
    persons(store, a={**firm, "uscc": firm_no()}, b={**firm, "uscc": firm_no("MA000002")}, c=firm)
    told(store, "party", same("a", "c"), same("c", "b"))

    parts = groups(store)

    assert len(parts) == 2
    assert together("a", "b", "c") not in parts


# --- links

BY_REVIEW = {name: spec for name, spec in links.read_links(RULES).items() if name == "penalty_of_review"}


def linked(store: Store) -> dict[str, tuple[str, str, float, int]]:
    return resolve_links(store, BY_REVIEW, "penalty_of_review")


def test_a_pair_called_different_is_neither_linked_nor_a_candidate(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review", REVIEW)
    assert linked(store)["R"][0] == "P"

    told(store, "link", ("court_review|R", "penalty|P", False))

    assert linked(store) == {}
    assert store.count("SELECT count(*) FROM link_candidate") == 0
    assert parties.tell_outcomes(store) == {"apart": 1}


def test_the_next_best_takes_the_place_of_a_pair_called_different(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "decided_on": date(2024, 2, 1)})
    put(store, "court_review", REVIEW)
    told(store, "link", ("penalty|P", "court_review|R", False))

    assert linked(store)["R"][0] == "Q"


def test_a_pair_called_the_same_is_linked_whatever_the_records_say(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2023〕7号", "uscc": OTHER_CODE})
    put(store, "court_review", REVIEW)
    told(store, "link", ("court_review|R", "penalty|Q", True))

    assert linked(store) == {"R": ("Q", "judged", 1.0, 1)}
    assert store.rows("SELECT why FROM link") == [("人工认定为同一事项（2026-11-02）",)]
    assert parties.tell_outcomes(store) == {"joined": 1}


def test_an_answer_between_tables_without_a_link_is_told(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "death", {"key": "D", "party_name": "张试"})
    told(store, "link", ("death|D", "penalty|P", True))
    linked(store)

    assert parties.tell_outcomes(store) == {"unused": 1}


def test_within_one_table_the_earlier_case_leads_to_the_later(store: Store) -> None:
    specs = {n: s for n, s in links.read_links(RULES).items() if n == "resumption_of_enforcement"}
    put(store, "enforcement", {"key": "new", "filed_on": date(2024, 5, 1), "case_no": "(2024)豫1102执恢5号"},
        {"key": "old", "closed_on": date(2023, 5, 1), "filed_on": date(2022, 1, 1), "case_no": "(2022)豫1102执9号"})
    told(store, "link", ("enforcement|new", "enforcement|old", True))

    assert resolve_links(store, specs, "resumption_of_enforcement") == {"old": ("new", "judged", 1.0, 1)}


def test_a_link_by_party_says_where_people_decided_the_party(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "title: 试\nfrom: court_review\nto: penalty\nsteps:\n"
        '  - {step: party, confidence: 0.9, where: ["party_id = party_id"], say: 同一主体}\n', encoding="utf-8")
    put(store, "penalty", {"key": "P", "party_name": "张试"})
    put(store, "court_review", {"key": "R", "party_name": "张试验"})
    told(store, "party", ("court_review|R", "penalty|P", True))

    resolve_links(store, links.read_links(tmp_path), "a")

    assert store.rows("SELECT why FROM link") == [("同一主体（主体归一含人工认定）",)]
