"""What would be read from a file, before anything is loaded."""

from pathlib import Path

from load_world import HEAD, World, csv

from engine.sources import explain, read_mapping

ROW = ("漯市监处罚〔2024〕1号", "漯河市市场监督管理局", "测某甲", "2024-03-01")


def test_a_known_form_shows_what_each_column_feeds_and_its_unit(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = csv(tmp_path / "a.csv", (*HEAD, "罚款金额（万元）"), (*ROW, "1"))

    found = explain(world.mappings, [path])[0]

    assert (found.source_id, found.score, found.refusal, found.unknown) == ("ledger", 1.0, "", ())
    assert [(r.header, r.column, r.unit) for r in found.read][-2:] == [
        ("决定日期", "decided_on", ""), ("罚款金额（万元）", "fine_yuan", "万元")]
    assert "罚款金额（万元） → penalty.fine_yuan 罚款金额，单位万元" in found.text()


def test_an_unknown_header_is_proposed_the_nearest_column(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = csv(tmp_path / "a.csv", (*HEAD, "送达之日期", "承办人"), (*ROW, "2024-03-01", "x"))

    found = explain(world.mappings, [path])[0]

    assert [(p.header, p.column) for p in found.unknown] == [("送达之日期", "served_on"), ("承办人", "")]


def test_a_renamed_column_is_told_as_it_would_be_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = csv(tmp_path / "a.csv", (*HEAD, "罚款总金额"), (*ROW, "1"))

    found = explain(world.mappings, [path])[0]

    assert "缺少列“罚款金额”" in found.refusal
    assert "不能入库" in found.text()


def test_the_draft_for_an_unknown_form_is_a_mapping_that_loads_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    header = ("处罚决定书文号码", "处罚机关名", "当事人名称", "处罚决定日", "罚款金额（元）", "楼层")
    path = csv(tmp_path / "new.csv", header, (*ROW, "5", "二楼"))

    found = explain(world.mappings, [path])[0]
    draft = tmp_path / "new.yaml"
    draft.write_text(found.draft, encoding="utf-8")
    mapping, problems = read_mapping(draft)

    assert (found.refusal.count("E-HEADER-UNKNOWN"), problems) == (1, [])
    assert mapping is not None
    world.mappings["new"] = mapping
    assert world.load(path)[0].rows_loaded == 1
    assert world.store.rows("SELECT party_name, fine_yuan FROM penalty") == [("测某甲", 5)]


def test_explaining_loads_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)

    explain(world.mappings, [csv(tmp_path / "a.csv", HEAD, ROW)])

    assert world.store.count("SELECT count(*) FROM delivery") == 0
    assert not (tmp_path / "home").exists()


def test_an_unreadable_file_is_explained_by_its_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")

    found = explain(World(tmp_path).mappings, [tmp_path / "a.csv"])[0]

    assert (found.source_id, found.refusal != "") == ("", True)
