"""`xiezhi evaluate --judgements`, in its own process."""

import json
from pathlib import Path

import pytest
from review_world import clue, finding, person, publish
from test_cli import xiezhi

from engine import review
from engine.review import Decision


@pytest.fixture
def places(tmp_path: Path) -> tuple[object, ...]:
    """Return the options that keep a command inside the test's folder."""
    return ("--home", tmp_path / "data", "--out", tmp_path / "out")


def test_precision_by_judgements_is_told_per_rule_version(tmp_path: Path, places: tuple[object, ...]) -> None:
    with review.opened(review.review_url(tmp_path / "data")) as base:
        publish(base, clue(1), finding(1, title="=1+1"))
        review.judge(base, person(base), "C1", 1, [Decision("F1late", "dismiss", "rule_fault")])

    told = json.loads(xiezhi("evaluate", "--judgements", "--save", "--json", *places).stdout)
    table = xiezhi("evaluate", "--judgements", *places).stdout

    assert [(row["rule_version"], row["precision"], row["few"], row["reasons"]) for row in told] == [
        (1, 0.0, True, {"规则有误": 1})]
    assert "样本太少" in table
    assert "'=1+1" in (tmp_path / "out" / "研判查准率.csv").read_text(encoding="utf-8")


def test_precision_by_judgements_needs_a_review_database(places: tuple[object, ...]) -> None:
    assert "xiezhi publish" in xiezhi("evaluate", "--judgements", *places, code=1).stderr
    assert "--judgements" in xiezhi("evaluate", *places, code=2).stderr
