"""Enterprise and livelihood: said where a record shows it, unknown where none does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clue_world import link, night, penalty, put, review, ruleset

from engine.export import tables
from engine.export.clue_kinds import clue_kinds
from engine.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


def kinds(store: Store, folder: Path, party: str, about: dict[str, object]) -> tuple[object, ...]:
    """Return enterprise and livelihood of the one clue; `party` are columns of the party table, `about` a penalty's."""
    put(store, "penalty", penalty(served_on="2024-03-01", **about))
    put(store, "court_review", review(applied_on="2024-07-01", party_name=about.get("party_name", "测试甲")))
    store.run(f"INSERT INTO party BY NAME SELECT 1 AS party_id, 'x' AS name, 'person' AS kind, 1 AS mentions, {party}")
    link(store)
    found = ruleset(folder)
    night(store, found)
    tables.prepare(store, found, answers=False)
    return clue_kinds(store).select("enterprise", "livelihood").row(0)


@pytest.mark.parametrize(("party", "about", "expected"), [
    ("'91410000MA00000001' AS uscc", {}, "yes"), ("'12410000MA00000001' AS uscc", {}, "no"),
    ("'1**************X' AS resident_id", {"party_name": "测试某"}, "no"),
    ("NULL AS uscc", {"party_name": "测试某", "party_kind": "person"}, "no"),
    ("NULL AS uscc", {"party_name": "测试某店", "party_kind": "individual_business"}, "yes"),
    ("NULL AS uscc", {"party_name": "测试县某农民专业合作社"}, "yes"),
    ("NULL AS uscc", {"party_name": "测试某店"}, "unknown"), ("NULL AS uscc", {"party_name": None}, "unknown"),
    ("NULL AS uscc", {"party_name": "测试某学校", "party_kind": "organisation"}, "unknown"),
])
def test_an_enterprise_is_what_a_record_shows(
    store: Store, tmp_path: Path, party: str, about: dict[str, object], expected: str
) -> None:
    assert kinds(store, tmp_path, party, about)[0] == expected


@pytest.mark.parametrize(("about", "expected"), [
    ({"violation": "经营超过保质期的食品"}, "yes"), ({"field": "卫生健康"}, "yes"), ({"violation": "无证采矿"}, "no"),
    ({}, "unknown"), ({"field": " "}, "unknown"),
])
def test_livelihood_goes_by_the_words_of_the_table(
    store: Store, tmp_path: Path, about: dict[str, object], expected: str
) -> None:
    assert kinds(store, tmp_path, "NULL AS uscc", about)[1] == expected
