"""The sample's files through the real mappings: all recognised, and exactly the planted defects turned away."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from engine import sample, sources
from engine.sample.flaws import FLAWS
from engine.store import Store

MAPPINGS = Path(__file__).parents[1] / "pipelines" / "sources"


@pytest.mark.slow
def test_every_file_is_recognised_and_only_planted_defects_are_rejected(tmp_path: Path) -> None:
    report = sample.generate(tmp_path / "in", rows=300, seed=3)
    store = Store()
    paths = [tmp_path / "in" / name for name in report.files]

    mappings = sources.read_mappings(MAPPINGS)
    loads = sources.load(store, mappings, paths, home=tmp_path / "home", today=date(2026, 10, 31))

    turned_away = Counter(name for (name,) in store.rows("SELECT file FROM reject WHERE kind = 'row'"))
    one_too_long, bad_service_day = 1, report_copies(report.rows)
    planned = sum(flaw.outcome == "reject" for flaw in FLAWS) + one_too_long + bad_service_day
    assert [r.file for r in loads if r.status != "loaded"] == []
    assert turned_away.total() == planned
    assert turned_away["双公示行政处罚_市本级.xlsx"] == 6
    assert store.count("SELECT count(*) FROM nonprosecution") == report.files["不起诉案卡.xlsx"]


def report_copies(rows: int) -> int:
    """How often the planted ledger row with a service day that does not exist occurs."""
    return max(1, round(rows / 1_500))
