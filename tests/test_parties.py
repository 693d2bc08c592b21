"""Who is the same as whom. All names and numbers are invented; area 410000 is never issued to a person."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_world import put

from engine import parties
from engine.identifiers import org_code, resident_id, uscc
from engine.records import BY_NAME
from engine.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


def person_no(birth: str = "19900101", order: str = "001", area: str = "410000") -> str:
    head = f"{area}{birth}{order}"
    return head + resident_id.check_digit(head)


def firm_no(body: str = "MA000001", head: str = "91410000") -> str:
    org = body + org_code.check_character(body)
    return head + org + uscc.check_character(head + org)


def groups(store: Store) -> set[frozenset[str]]:
    """Resolve, and return the natural keys of each party."""
    parties.resolve(store)
    union = " UNION ALL ".join(f"SELECT natural_key, party_id FROM {t.name}" for t in BY_NAME.values() if t.has_party)
    return {frozenset(keys) for (keys,) in store.rows(f"SELECT list(natural_key) FROM ({union}) GROUP BY party_id")}


def together(*keys: str) -> frozenset[str]:
    return frozenset(keys)


def member(store: Store, key: str) -> tuple[str, float, str]:
    """Return step, confidence and reason of one record's membership."""
    rows = store.rows("SELECT step, confidence, why FROM party_member m JOIN penalty p USING (record_id) "
                      "WHERE p.natural_key = ?", [key])
    return rows[0]


# --- one character


@pytest.mark.parametrize("name", ["张试样", "张验试", "章试验", "张试", "张试一验"])
def test_one_character_is_forgiven_beside_a_masked_number(store: Store, name: str) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试验", "resident_id": person_no()},
        {"key": "b", "party_name": name, "resident_id": f"410000********{person_no()[-4:]}"})

    assert groups(store) == {together("a", "b")}
    assert member(store, "b")[:2] == ("masked_number", 0.86)


def test_two_characters_are_not_forgiven(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试验", "resident_id": person_no()},
        {"key": "b", "party_name": "张样本", "resident_id": f"410000********{person_no()[-4:]}"})

    assert groups(store) == {together("a"), together("b")}


def test_one_character_is_forgiven_beside_birth_date_and_place(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试验", "resident_id": person_no(), "address": "漯河市某路"},
        {"key": "b", "party_name": "张试样", "birth_date": date(1990, 1, 1), "address": "漯河市另路"})

    assert groups(store) == {together("a", "b")}
    assert member(store, "b")[0] == "name_slip_birth"


def test_one_character_in_a_name_beside_a_sure_number_needs_no_check(store: Store) -> None:
    put(store, "penalty", *({"key": key, "party_name": name, "resident_id": person_no()}
                            for key, name in (("a", "张试验"), ("b", "张试验"), ("c", "张试样"))))
    groups(store)

    assert member(store, "c") == ("number", 1.0, "居民身份证号码一致")


def test_the_market_in_a_shops_name_is_no_city(store: Store) -> None:
    shop = {"party_kind": "individual_business", "authority": "漯河市市场监督管理局"}
    put(store, "penalty", {"key": "a", "party_name": "漯河市鑫永超市", **shop},
        {"key": "b", "party_name": "鑫永超市", **shop})

    assert groups(store) == {together("a", "b")}


def test_a_mask_and_a_mistyped_number_with_the_same_ends_are_one_under_one_name(store: Store) -> None:
    spoilt = person_no()[:9] + "5" + person_no()[10:]
    put(store, "penalty", {"key": "a", "party_name": "张试验", "resident_id": spoilt},
        {"key": "b", "party_name": "张试验", "resident_id": f"410000********{person_no()[-4:]}"},
        {"key": "c", "party_name": "张试", "resident_id": f"410000********{person_no()[-4:]}"})

    assert groups(store) == {together("a", "b"), together("c")}


# --- sure numbers


def test_one_code_is_one_party_whatever_the_spelling(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "漯河市甲乙商贸有限公司", "uscc": firm_no()})
    put(store, "court_review", {"key": "b", "party_name": "漯河市甲乙商贸有限责任公司", "uscc": firm_no().lower()})

    assert groups(store) == {together("a", "b")}
    assert store.rows("SELECT kind, name, uscc, mentions FROM party") == [
        ("organisation", "漯河市甲乙商贸有限公司", firm_no(), 2)]


def test_fifteen_digits_and_eighteen_are_one_number(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": "410000900101001"})
    put(store, "death", {"key": "b", "party_name": "张试", "resident_id": person_no()})

    assert groups(store) == {together("a", "b")}


def test_an_organisation_code_belongs_to_the_code_that_contains_it(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "漯河市甲乙厂", "org_code": firm_no()[8:17]},
        {"key": "b", "party_name": "甲乙厂", "uscc": firm_no(), "party_kind": "organisation"})

    assert groups(store) == {together("a", "b")}


def test_a_number_in_the_neighbouring_column_counts(store: Store) -> None:
    put(store, "dishonest_listing", {"key": "a", "party_name": "漯河市甲乙商贸有限公司", "resident_id": firm_no()})
    put(store, "penalty", {"key": "b", "party_name": "漯河市甲乙商贸有限公司", "uscc": firm_no()})

    assert groups(store) == {together("a", "b")}


def test_a_number_with_a_wrong_check_digit_proves_nothing_alone(store: Store) -> None:
    wrong = person_no()[:17] + "0"
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": wrong},
        {"key": "b", "party_name": "李验", "resident_id": wrong})

    assert groups(store) == {together("a"), together("b")}


def test_two_sure_numbers_never_meet_though_all_else_agrees(store: Store) -> None:
    same = {"party_name": "张试", "birth_date": date(1990, 1, 1), "sex": "male"}
    put(store, "penalty", {"key": "a", "resident_id": person_no(order="001"), **same},
        {"key": "b", "resident_id": person_no(order="003"), **same}, {"key": "c", **same})

    assert groups(store) == {together("a"), together("b"), together("c")}


def test_a_very_different_name_beside_a_sure_number_is_said(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": person_no()},
        {"key": "b", "party_name": "张试", "resident_id": person_no()},
        {"key": "c", "party_name": "李验样", "resident_id": person_no()})

    assert groups(store) == {together("a", "b", "c")}
    assert member(store, "c") == ("number", 0.9, "居民身份证号码一致，但名称与该主体的其他记录差异较大，请核对")
    assert member(store, "a") == ("number", 1.0, "居民身份证号码一致")


def test_a_representatives_number_is_not_the_organisations(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "漯河市甲乙商贸有限公司", "resident_id": person_no()},
        {"key": "b", "party_name": "漯河市丙丁建材有限公司", "resident_id": person_no()},
        {"key": "c", "party_name": "张试", "resident_id": person_no()})

    assert groups(store) == {together("a"), together("b"), together("c")}


def test_an_operator_and_the_only_business_are_one_party(store: Store) -> None:
    shop = {"party_kind": "individual_business", "party_name": "甲乙小吃店", "uscc": firm_no(head="92410000")}
    put(store, "penalty", {"key": "a", "resident_id": person_no(), **shop}, {"key": "b", **shop},
        {"key": "c", "party_name": "张试", "resident_id": person_no()})

    assert groups(store) == {together("a", "b", "c")}


def test_an_operator_of_two_businesses_joins_neither(store: Store) -> None:
    put(store, "penalty",
        {"key": "a", "party_kind": "individual_business", "party_name": "甲乙小吃店", "resident_id": person_no(),
         "uscc": firm_no("MA000001", "92410000")},
        {"key": "b", "party_kind": "individual_business", "party_name": "丙丁小吃店", "resident_id": person_no(),
         "uscc": firm_no("MA000002", "92410000")},
        {"key": "c", "party_name": "张试", "resident_id": person_no()})

    assert groups(store) == {together("a"), together("b"), together("c")}


# --- masked and spoilt numbers


@pytest.mark.parametrize("masked", [
    "410000********009X", "4100001990****009X", "41000019900****009X", "410000××××××××009X", "410000XXXXXXXX009X",
])
def test_a_masked_number_with_the_same_name_finds_the_full_one(store: Store, masked: str) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": masked},
        {"key": "b", "party_name": "张试", "resident_id": "41000019900101009X"})

    assert groups(store) == {together("a", "b")}
    assert member(store, "a")[:2] == ("masked_number", 0.97)


def test_nineteen_characters_are_three_digits_behind_four_stars(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": "41000019900****009X"},
        {"key": "b", "party_name": "张试", "resident_id": "41000019900101009X"},
        {"key": "c", "party_name": "张试", "resident_id": person_no("19910101", "009")})

    assert groups(store) == {together("a", "b"), together("c")}


def test_a_visible_digit_that_differs_separates(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": "410000********0097"},
        {"key": "b", "party_name": "张试", "resident_id": "41000019900101009X", "birth_date": date(1990, 1, 1)})

    assert groups(store) == {together("a"), together("b")}


@pytest.mark.parametrize("hidden", ["沈某甲", "沈某某", "沈**", "沈某"])
def test_a_surname_with_the_rest_hidden_fits_its_masked_number(store: Store, hidden: str) -> None:
    put(store, "nonprosecution", {"key": "a", "party_name": hidden, "resident_id": "410000********009X"})
    put(store, "penalty", {"key": "b", "party_name": "沈试样", "resident_id": "41000019900101009X"})

    assert groups(store) == {together("a", "b")}
    assert store.rows("SELECT confidence FROM party_member WHERE step = 'masked_number'") == [(0.88,)]


def test_another_surname_does_not_fit_a_masked_number(store: Store) -> None:
    put(store, "nonprosecution", {"key": "a", "party_name": "刘某某", "resident_id": "410000********009X"})
    put(store, "penalty", {"key": "b", "party_name": "沈试样", "resident_id": "41000019900101009X"})

    assert groups(store) == {together("a"), together("b")}


def test_hidden_names_alone_never_meet(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "沈某某", "birth_date": date(1990, 1, 1)},
        {"key": "b", "party_name": "沈某某", "birth_date": date(1990, 1, 1)},
        {"key": "c", "party_name": "某某商贸有限公司", "authority": "漯河市市场监督管理局"},
        {"key": "d", "party_name": "某某商贸有限公司", "authority": "漯河市市场监督管理局"})

    assert groups(store) == {together(k) for k in "abcd"}


def test_a_mask_that_fits_two_persons_joins_neither(store: Store) -> None:
    numbers = [n for y in range(1950, 2000) for o in range(9) if (n := person_no(f"{y}0101", f"00{o}"))[14:] == "0016"]
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": "410000********0016"},
        {"key": "b", "party_name": "张试", "resident_id": numbers[0]},
        {"key": "c", "party_name": "张试", "resident_id": numbers[1]})

    assert groups(store) == {together("a"), together("b"), together("c")}


def test_one_slip_in_a_number_is_forgiven_beside_the_same_name(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": "41000019910101009X"},
        {"key": "b", "party_name": "张试", "resident_id": "41000019900101009X"},
        {"key": "c", "party_name": "李验", "resident_id": "41000019910101009X"})

    assert groups(store) == {together("a", "b"), together("c")}
    assert member(store, "a")[0] == "one_slip"


# --- persons without numbers


def test_persons_are_never_merged_by_name_alone(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "authority": "漯河市公安局"},
        {"key": "b", "party_name": "张试", "authority": "漯河市公安局"},
        {"key": "c", "party_name": "张试", "resident_id": person_no()})

    assert groups(store) == {together("a"), together("b"), together("c")}
    assert member(store, "a") == ("alone", 1.0, "未与其他记录归并")


def test_name_and_birth_date_make_one_person(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "birth_date": date(1990, 1, 1)},
        {"key": "b", "party_name": "张试", "resident_id": person_no("19900101")},
        {"key": "c", "party_name": "张试", "birth_date": date(1991, 1, 1)})

    assert groups(store) == {together("a", "b"), together("c")}
    assert member(store, "a") == ("name_birth", 0.95, "姓名与出生日期一致")


def test_the_commoner_the_name_the_less_a_birth_date_says(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "birth_date": date(1990, 1, 1)},
        *({"key": f"b{n}", "party_name": "张试", "resident_id": person_no(f"199{n}0101")} for n in range(7)))

    assert together("a", "b0") in groups(store)
    assert member(store, "a")[1] == 0.9


def test_another_sex_speaks_against_name_and_birth_date(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "birth_date": date(1990, 1, 1), "sex": "male"},
        {"key": "b", "party_name": "张试", "birth_date": date(1990, 1, 1), "sex": "female"})

    assert groups(store) == {together("a"), together("b")}


# --- organisations without numbers

FIRM = "漯河市甲乙商贸有限公司"


def test_name_and_representative_make_one_organisation(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": FIRM, "legal_representative": "张试"},
        {"key": "b", "party_name": FIRM, "legal_representative": "张试"})

    assert groups(store) == {together("a", "b")}
    assert member(store, "a") == ("name_representative", 0.95, "单位名称与法定代表人一致")


def test_a_full_company_name_with_its_region_is_enough(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": FIRM}, {"key": "b", "party_name": FIRM, "uscc": firm_no()})

    assert groups(store) == {together("a", "b")}


def test_a_name_two_companies_bear_says_nothing(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": FIRM}, {"key": "b", "party_name": FIRM, "uscc": firm_no()},
        {"key": "c", "party_name": FIRM, "uscc": firm_no("MA000002")})

    assert groups(store) == {together("a"), together("b"), together("c")}


def test_a_shop_name_needs_its_place(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "老地方面馆", "authority": "漯河市市场监督管理局"},
        {"key": "b", "party_name": "老地方面馆", "authority": "漯河市卫生健康委员会"},
        {"key": "c", "party_name": "老地方面馆", "authority": "许昌市市场监督管理局"})

    assert groups(store) == {together("a", "b"), together("c")}


def test_a_company_name_without_region_needs_its_place(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "甲乙商贸有限公司", "authority": "漯河市市场监督管理局"},
        {"key": "b", "party_name": "甲乙商贸有限公司", "authority": "许昌市市场监督管理局"})

    assert groups(store) == {together("a"), together("b")}


def test_another_operator_separates_shops_of_one_name(store: Store) -> None:
    shop = {"party_name": "老地方面馆", "authority": "漯河市市场监督管理局"}
    put(store, "penalty", {"key": "a", "legal_representative": "张试", **shop},
        {"key": "b", "legal_representative": "李验", **shop})

    assert groups(store) == {together("a"), together("b")}


def test_a_left_out_region_is_filled_from_the_organ(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": FIRM, "uscc": firm_no()},
        {"key": "b", "party_name": "甲乙商贸有限公司", "authority": "漯河市市场监督管理局"},
        {"key": "c", "party_name": "河南省漯河甲乙商贸公司", "authority": "漯河市市场监督管理局"})

    assert groups(store) == {together("a", "b", "c")}
    assert member(store, "b")[:2] == ("core_name", 0.85)


def test_a_similar_name_joins_only_under_one_representative(store: Store) -> None:
    here = {"authority": "漯河市市场监督管理局"}
    put(store, "penalty", {"key": "a", "party_name": FIRM, "legal_representative": "张试", "uscc": firm_no(), **here},
        {"key": "b", "party_name": "漯河市甲己商贸有限公司", "legal_representative": "张试", **here},
        {"key": "c", "party_name": "漯河市甲巳商贸有限公司", "legal_representative": "李验", **here},
        {"key": "d", "party_name": "漯河市甲戊商贸有限公司", **here})

    assert groups(store) == {together("a", "b"), together("c"), together("d")}


def test_a_registered_former_name_leads_to_the_company(store: Store) -> None:
    put(store, "company", {"key": "a", "party_name": FIRM, "uscc": firm_no(),
                           "former_names": "漯河市旧名商贸有限公司；漯河市更旧商贸有限公司"})
    put(store, "penalty", {"key": "b", "party_name": "漯河市旧名商贸有限责任公司"})

    assert groups(store) == {together("a", "b")}
    assert member(store, "b") == ("former_name", 0.85, "与登记的曾用名一致")


# --- ids


def ids(store: Store) -> dict[str, int]:
    parties.resolve(store)
    return dict(store.rows("SELECT natural_key, party_id FROM penalty"))


ROWS: tuple[dict[str, Any], ...] = (
    {"key": "a", "party_name": FIRM, "uscc": firm_no()}, {"key": "b", "party_name": FIRM},
    {"key": "c", "party_name": "张试", "birth_date": date(1990, 1, 1)}, {"key": "d", "party_name": "李验"},
    {"key": "e", "party_name": "张试", "birth_date": date(1990, 1, 1)},
)


def test_party_ids_are_the_same_tomorrow_and_in_any_order(store: Store) -> None:
    put(store, "penalty", *ROWS)
    other = Store()
    put(other, "penalty", *reversed(ROWS))

    assert ids(store) == ids(store) == ids(other)


def test_a_new_mention_does_not_change_a_party_id(store: Store) -> None:
    put(store, "penalty", *ROWS)
    before = ids(store)
    put(store, "penalty", {"key": "f", "party_name": "张试", "birth_date": date(1990, 1, 1)},
        {"key": "g", "party_name": "王考"}, {"key": "h", "party_name": FIRM, "authority": "漯河市公安局"})

    after = ids(store)

    assert {key: after[key] for key in before} == before
    assert (after["f"], after["h"]) == (before["c"], before["a"])


def test_every_mention_is_a_member_once_and_carries_its_party(store: Store) -> None:
    put(store, "penalty", *ROWS)

    report = parties.resolve(store)

    assert (report.mentions, store.count("SELECT count(DISTINCT record_id) FROM party_member")) == (5, 5)
    assert store.count("SELECT count(*) FROM penalty p JOIN party_member m USING (record_id, party_id)") == 5
    assert store.count("SELECT sum(mentions) FROM party") == 5


def test_a_record_that_names_nobody_has_no_party(store: Store) -> None:
    put(store, "opinion", {"key": "x", "party_name": None})
    store.run("UPDATE opinion SET party_id = 1")

    assert parties.resolve(store).mentions == 0
    assert store.rows("SELECT party_id FROM opinion") == [(None,)]


# --- what must hold whatever comes

MENTION = st.fixed_dictionaries({
    "party_name": st.sampled_from(["张试", "张试样", "张某", "李验", FIRM, "甲乙商贸有限公司", "老地方面馆", None]),
    "party_kind": st.sampled_from(["person", "organisation", "individual_business", None]),
    "resident_id": st.sampled_from([None, person_no(order="001"), person_no(order="003"), "410000********009X",
                                    "4100001990********", person_no()[:17] + "0", firm_no()]),
    "uscc": st.sampled_from([None, firm_no(), firm_no("MA000002"), firm_no()[:17] + "0", firm_no(head="92410000")]),
    "birth_date": st.sampled_from([None, date(1990, 1, 1)]),
    "legal_representative": st.sampled_from([None, "李验"]),
    "authority": st.sampled_from([None, "漯河市市场监督管理局"]),
})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MENTION, min_size=2, max_size=30))
def test_no_party_holds_two_sure_numbers_of_a_kind(mentions: list[dict[str, Any]]) -> None:
    store = Store()
    put(store, "penalty", *({"key": str(i), **m} for i, m in enumerate(mentions)))

    parties.resolve(store)

    rows = store.rows("SELECT party_id, party_kind, party_name, resident_id, uscc FROM penalty")
    persons, firms = {}, {}
    for party, kind, name, number, code in rows:
        if kind == "person" and name != FIRM and name != "甲乙商贸有限公司" and number and resident_id.is_valid(number):
            persons.setdefault(party, set()).add(number)
        if kind == "organisation" and code and uscc.is_valid(code):
            firms.setdefault(party, set()).add(code)
    assert [p for p, numbers in [*persons.items(), *firms.items()] if len(numbers) > 1] == []
