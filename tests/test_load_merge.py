"""Rows about the same matter: repeated, corrected, co-parties, and what several sources say."""

import itertools
from pathlib import Path

import pytest
from load_world import HEAD, LEDGER, World

from engine.sources import merge

ROW = ("漯市监处罚〔2024〕1号", "漯河市市场监督管理局", "测某甲", "2024-03-01")
OTHER = LEDGER.replace("处罚台账", "公示").replace("priority: 10", "priority: 5").replace("[文号]", "[公示文号]")
OTHER_HEAD = ("公示文号", *HEAD[1:])


def test_a_row_repeated_word_for_word_is_skipped(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows(HEAD, ROW, ROW, ROW)[0]

    assert (report.rows_loaded, report.skipped) == (1, {"重复行": 2})
    assert world.store.rows("SELECT reason FROM reject WHERE code = 'E-ROW-REPEATED'") == [
        ("重复行：第3、4行与前面的行内容相同，未重复入库",)]


def test_a_second_row_that_says_otherwise_is_rejected_naming_both_lines(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows(HEAD, ROW, (*ROW[:3], "2024-03-02"))[0]

    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
    assert world.store.rows("SELECT line, code, reason FROM reject WHERE kind = 'row'") == [
        (3, "E-DUPLICATE-KEY", "与第2行是同一件、同一当事人，内容却不同（第3行未入库）")]


def test_co_parties_of_one_decision_are_records_of_their_own(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows(HEAD, ROW, (*ROW[:2], "测某乙", ROW[3]))[0]

    assert report.rows_loaded == 2
    assert world.store.rows("SELECT natural_key FROM penalty ORDER BY line") == [
        ("漯河市市场监督管理局|漯市监处罚(2024)1|测某甲",), ("漯河市市场监督管理局|漯市监处罚(2024)1|测某乙",)]


def test_co_parties_part_whatever_the_order_of_files(tmp_path: Path) -> None:
    files = {
        "a.csv": [ROW], "b.csv": [ROW, (*ROW[:2], "测某乙", ROW[3])], "c.csv": [(*ROW[:2], "测某乙", "2024-03-02")],
    }
    seen = set()

    for number, order in enumerate(itertools.permutations(files)):
        (tmp_path / str(number)).mkdir()
        world = World(tmp_path / str(number))
        for name in order:
            world.rows(HEAD, *files[name], name=name)
        keys = world.store.rows("SELECT natural_key, record_id FROM penalty ORDER BY natural_key")
        seen.add(tuple(keys))

    assert len(seen) == 1
    assert len(seen.pop()) == 2


def test_a_later_delivery_of_a_source_takes_the_earlier_rows_place(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.rows((*HEAD, "罚款金额"), (*ROW, "100"))

    world.rows((*HEAD, "罚款金额"), (*ROW, "200"), name="b.csv")

    assert world.store.rows("SELECT fine_yuan, file FROM penalty") == [(200, "b.csv")]
    history = "SELECT file, is_current FROM penalty_delivered ORDER BY batch_id"
    assert world.store.rows(history) == [("a.csv", False), ("b.csv", True)]


def test_columns_come_from_the_trusted_source_and_gaps_from_the_others(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)

    world.rows((*HEAD, "送达日期"), (*ROW, "2024-03-05"))
    world.rows((*OTHER_HEAD, "送达日期", "罚款金额"), (*ROW, "", "100"), name="b.csv")

    assert world.store.rows("SELECT served_on::VARCHAR, fine_yuan, source_id, file FROM penalty") == [
        ("2024-03-05", 100, "ledger", "a.csv")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_priority_and_not_the_order_of_files_decides(tmp_path: Path, order: tuple[int, int]) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)
    files = [((*HEAD, "罚款金额"), (*ROW, "100"), "a.csv"), ((*OTHER_HEAD, "罚款金额"), (*ROW, "90"), "b.csv")]

    for place in order:
        header, row, name = files[place]
        world.rows(header, row, name=name)

    assert world.store.rows("SELECT fine_yuan, source_id FROM penalty") == [(100, "ledger")]


def test_sources_that_disagree_on_a_date_or_sum_are_flagged_naming_both_places(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)
    world.rows((*HEAD, "罚款金额"), (*ROW, "100"))
    world.rows((*OTHER_HEAD, "罚款金额"), (*ROW[:3], "2024-03-11", "100"), name="b.csv")

    merge(world.store)

    flags = world.store.rows("SELECT file, line, column_name, value, reason FROM reject WHERE kind = 'flag'")
    assert flags == [("b.csv", 2, "decided_on", "2024-03-11",
                      "不同来源的记载不一致：a.csv第2行为2024-03-01，b.csv第2行为2024-03-11")]


def test_a_disagreement_that_is_settled_is_no_longer_flagged(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)
    world.rows(HEAD, ROW)
    world.rows(OTHER_HEAD, (*ROW[:3], "2024-03-11"), name="b.csv")

    world.rows(OTHER_HEAD, ROW, name="c.csv")

    assert world.store.count("SELECT count(*) FROM reject WHERE code = 'E-SOURCES-DISAGREE'") == 0


def test_numbers_of_another_party_are_never_mixed_in(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)

    world.rows(HEAD, ROW)
    world.rows((*OTHER_HEAD, "身份证号"), (*ROW[:2], "测某乙", ROW[3], "41000019900101009X"), name="b.csv")

    assert world.store.rows("SELECT party_name, resident_id FROM penalty") == [("测某甲", None)]


def test_a_full_name_is_preferred_to_a_masked_one(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)

    world.rows(HEAD, (*ROW[:2], "测某某", ROW[3]))
    world.rows((*OTHER_HEAD, "身份证号"), (*ROW[:2], "测甲", ROW[3], "41000019900101009X"), name="b.csv")

    assert world.store.rows("SELECT party_name, resident_id FROM penalty") == [("测甲", "41000019900101009X")]


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER, public=OTHER)
    world.rows(HEAD, ROW)
    world.rows(OTHER_HEAD, (*ROW[:3], "2024-03-11"), name="b.csv")
    before = world.store.rows("SELECT * FROM penalty"), world.store.count("SELECT count(*) FROM reject")

    counts = merge(world.store, ["penalty"])

    assert counts == {"penalty": 1}
    assert (world.store.rows("SELECT * FROM penalty"), world.store.count("SELECT count(*) FROM reject")) == before
