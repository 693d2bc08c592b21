"""Why two mentions are, or are not, one party, told criterion by criterion. All names and numbers are invented."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from record_world import put
from test_parties import firm_no, person_no

from engine import parties
from engine.cli.commands import cli
from engine.errors import EngineError
from engine.parties.weights import weights
from engine.store import Store, writing

FIRM = {"party_kind": "organisation", "party_name": "漯河市甲乙商贸有限公司"}


@pytest.fixture
def store() -> Store:
    return Store()


def compared(store: Store, one: str, other: str, *rows: dict[str, Any]) -> parties.Comparison:
    """Resolve these penalties (`key` is a natural key) and compare two of them."""
    put(store, "penalty", *rows)
    parties.resolve(store)
    return parties.compare(store, one, other)


def criterion(found: parties.Comparison, name: str) -> tuple[str, float, str]:
    """Return level, weight and sentence of one criterion."""
    return next((c.level, c.weight, c.say) for c in found.criteria if c.name == name)


def bearers(store: Store, count: int) -> None:
    """Fill the store with so many persons called 张伟, each with a number of their own."""
    for n in range(count):
        put(store, "death", {"key": f"d{n}", "party_name": "张伟", "resident_id": person_no(order=f"{n:03d}")})


def test_the_same_number_decides_whatever_the_names(store: Store) -> None:
    found = compared(store, "a", "b", {"key": "a", "party_name": "张试", "resident_id": person_no()},
                     {"key": "b", "party_name": "李验", "resident_id": person_no()})

    assert (found.is_one, found.decision) == (True, "已归为一个主体")
    assert criterion(found, "number")[0] == "equal"
    assert found.confidence > 0.999


def test_two_sure_numbers_speak_against_all_else_and_are_masked(store: Store) -> None:
    same = {"party_name": "张试", "birth_date": date(1990, 1, 1), "sex": "male"}
    found = compared(store, "a", "b", {"key": "a", "resident_id": person_no(), **same},
                     {"key": "b", "resident_id": person_no(order="003"), **same})

    told = json.dumps(found.as_dict(), ensure_ascii=False)
    assert "可靠号码不同" in found.decision
    assert found.confidence < 0.001
    assert person_no() not in told
    assert "410*************" in told


def test_a_name_many_bear_says_next_to_nothing_and_a_rare_one_much(store: Store) -> None:
    bearers(store, 105)
    common = compared(store, "a", "b", {"key": "a", "party_name": "张伟"}, {"key": "b", "party_name": "张伟"})
    rare = compared(store, "c", "d", {"key": "c", "party_name": "欧阳试验"}, {"key": "d", "party_name": "欧阳试验"})

    assert "本库 107 人同名，几乎不说明问题" in criterion(common, "name")[2]
    assert criterion(common, "name")[1] < 1 < criterion(rare, "name")[1]
    assert common.confidence < rare.confidence


@pytest.mark.parametrize(("name", "level"), [
    ("漯河市甲乙商贸有限公司", "equal"), ("甲乙商贸", "core"), ("漯河甲乙商贸有限公司", "core"), ("甲商贸", "short"),
    ("漯河市甲乙丙商贸有限公司", "like"),
    ("漯河市丙丁建材有限公司", "other"),
])
def test_names_of_firms_agree_in_degrees(store: Store, name: str, level: str) -> None:
    found = compared(store, "a", "b", {"key": "a", **FIRM}, {"key": "b", **FIRM, "party_name": name})

    assert criterion(found, "name")[0] == level


def test_a_registered_former_name_is_told(store: Store) -> None:
    put(store, "company", {"key": "C", **FIRM, "uscc": firm_no(),
                             "former_names": "漯河市丙丁建材有限公司；漯河市戊己厂"})
    found = compared(store, "a", "company:C", {"key": "a", "party_name": "漯河市丙丁建材有限公司"})

    assert criterion(found, "name")[0] == "former"


def test_a_masked_number_is_weighed_by_what_it_shows(store: Store) -> None:
    number = person_no()
    rows = [{"key": key, "party_name": "张试", "resident_id": written} for key, written in (
        ("a", number), ("b", f"{number[:6]}********{number[-4:]}"), ("c", f"{number[:10]}****{number[-4:]}"),
        ("d", f"{number[:6]}********9999"))]
    little, more = compared(store, "a", "b", *rows), parties.compare(store, "a", "c")

    assert 0 < criterion(little, "number")[1] < criterion(more, "number")[1]
    assert criterion(parties.compare(store, "a", "d"), "number")[0] == "contradicting"


def test_a_name_two_parties_bear_lists_the_candidates(store: Store) -> None:
    put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": person_no()},
        {"key": "b", "party_name": "张试"})
    parties.resolve(store)

    with pytest.raises(EngineError, match=r"有 2 个主体用这个名称.*号码 410\*{13}") as fault:
        parties.compare(store, "张试", "a")

    assert person_no() not in str(fault.value)


def test_a_number_two_tables_have_needs_the_table(store: Store) -> None:
    put(store, "penalty", {"key": "x", "party_name": "张试"})
    put(store, "death", {"key": "x", "party_name": "张试"})
    parties.resolve(store)

    with pytest.raises(EngineError, match=r"penalty:x.*death:x"):
        parties.compare(store, "x", "x")

    found = parties.compare(store, "行政处罚决定:x", "death：x")
    assert (found.one.table, found.other.table) == ("penalty", "death")


def test_what_nobody_is_called_is_an_error_that_shows_no_number(store: Store) -> None:
    with pytest.raises(EngineError, match="没有这样的主体或记录") as fault:
        parties.compare(store, person_no(), "x")

    assert person_no() not in str(fault.value)


def test_an_answer_of_people_is_the_decision(store: Store) -> None:
    rows = [{"key": key, "party_name": "张试", "birth_date": date(1990, 1, 1)} for key in "ab"]
    put(store, "penalty", *rows)
    answer = [("party", "penalty|a", "penalty|b", False, date(2026, 11, 2))]
    named = ["question", "one", "other", "is_same", "day"]
    parties.note_answers(store, pl.DataFrame(answer, schema=named, orient="row"))
    parties.resolve(store)

    assert parties.compare(store, "a", "b").decision == "没有归为一个主体：人工认定不是（2026-11-02）"


def test_the_weakest_tie_of_the_party_is_told(store: Store) -> None:
    found = compared(store, "a", "b", {"key": "a", **FIRM, "uscc": firm_no()}, {"key": "b", **FIRM, "uscc": firm_no()},
                     {"key": "c", **FIRM})

    assert found.weakest.endswith("共 3 条记录，最弱的一环：单位名称与所在地区一致（name_place，把握 0.92）")


def test_a_party_beside_its_own_record_is_spoken_for_by_another(store: Store) -> None:
    compared(store, "a", "b", {"key": "a", **FIRM, "uscc": firm_no()}, {"key": "b", **FIRM, "uscc": firm_no()})
    (party_id,), = store.rows("SELECT party_id FROM party")

    sides = {parties.compare(store, str(party_id), key).one.record_id for key in "ab"}

    assert len(sides) == 2


def test_what_a_criterion_says_is_counted_in_the_data(store: Store) -> None:
    before = weights(store)["organisation", "representative", "different"]
    for n in range(60):
        row = {**FIRM, "uscc": firm_no(f"MA{n:06d}"), "party_name": f"漯河市甲{chr(0x4E00 + n)}商贸有限公司"}
        put(store, "penalty", {"key": f"a{n}", **row, "legal_representative": "张试"},
            {"key": f"b{n}", **row, "legal_representative": "李验"})
    parties.resolve(store)

    m, u = weights(store)["organisation", "representative", "different"]

    assert before == (0.1, 0.999)
    assert m > 0.5 > 1 - u
    assert sum(x for (kind, name, _), (x, _) in weights(store).items()
               if (kind, name) == ("organisation", "name")) == pytest.approx(1)


def test_the_command_prints_sentences_and_masks_numbers(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        put(store, "penalty", {"key": "a", "party_name": "张试", "resident_id": person_no()},
            {"key": "b", "party_name": "李验"})
        parties.resolve(store)

    told = CliRunner().invoke(cli, ["who", "a", "李验", "--home", str(tmp_path)])
    as_json = CliRunner().invoke(cli, ["who", "a", "李验", "--home", str(tmp_path), "--json"], standalone_mode=False)

    assert "运行的结论：没有归为一个主体" in told.output
    assert "号码无法比对" in told.output
    assert person_no() not in told.output + as_json.output
