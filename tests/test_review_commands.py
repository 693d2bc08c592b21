"""The commands of the review database, in their own processes."""

import sqlite3
from pathlib import Path

import pytest
from book_world import fill, write
from review_world import person
from test_cli import xiezhi

from engine import review, sample


@pytest.fixture
def places(tmp_path: Path) -> tuple[object, ...]:
    """Return the options that keep a command inside the test's folder."""
    return ("--home", tmp_path / "data", "--out", tmp_path / "out")


def test_an_account_is_made_listed_and_locked(places: tuple[object, ...]) -> None:
    made = xiezhi("user", "add", "Zhang", "--name", "张三", "--role", "handler", "--scope", "4111:", *places).stdout
    xiezhi("user", "lock", "zhang", *places)
    shown = xiezhi("user", "list", "--json", *places).stdout

    assert "初始口令：" in made
    assert '"locked_why": "管理员锁定"' in shown
    assert "password" not in shown


def test_two_administrators_in_one_account_are_refused(places: tuple[object, ...]) -> None:
    done = xiezhi("user", "add", "li", "--name", "李四", "--role", "auditor", "--role", "system_admin", *places, code=1)

    assert "E-ROLE-MIXED" in done.stderr


def test_verify_finds_a_change_and_says_so(tmp_path: Path, places: tuple[object, ...]) -> None:
    xiezhi("user", "add", "zhang", "--name", "张三", "--role", "handler", *places)
    assert "全部相符" in xiezhi("review", "verify", *places).stdout
    with sqlite3.connect(tmp_path / "data" / "review.db") as connection:
        connection.execute("UPDATE account_role SET role = 'auditor'")
    connection.close()

    assert "account:1" in xiezhi("review", "verify", *places, code=1).stdout


def test_publishing_without_a_run_says_what_to_do(places: tuple[object, ...]) -> None:
    assert "E-NO-STORE" in xiezhi("publish", *places, code=1).stderr


@pytest.mark.slow
def test_a_run_publishes_by_itself_once_there_is_a_review_database(
    tmp_path: Path, places: tuple[object, ...]
) -> None:
    made = sample.generate(tmp_path / "sample", rows=300, seed=3)
    night = ("run", *places, "--as-of", made.as_of)
    xiezhi(*night, tmp_path / "sample")
    assert not (tmp_path / "data" / "review.db").exists()
    first = xiezhi("publish", *places).stdout

    xiezhi(*night)

    with sqlite3.connect(tmp_path / "data" / "review.db") as connection:
        assert connection.execute("SELECT count(*), max(clues) = min(clues) FROM run").fetchall() == [(2, 1)]
    connection.close()
    anchors = (tmp_path / "data" / "review-anchors.txt").read_text(encoding="utf-8").splitlines()
    assert anchors[0] in first
    assert len(anchors) == 2
    assert "对照 2 个锚点" in xiezhi("review", "verify", *places).stdout


def test_a_workbook_goes_out_and_comes_back(tmp_path: Path, places: tuple[object, ...]) -> None:
    with review.opened(f"sqlite:///{tmp_path / 'data' / 'review.db'}") as base:
        fill(base)
        person(base)
    xiezhi("export", "--for-review", *places)
    book = next((tmp_path / "out").glob("待研判表-行政检察部门-*.xlsx"))
    write(book, {0: {"结论": "确认"}, 1: {"结论": "同意"}})
    (tmp_path / "b.xlsx").write_bytes(b"")

    done = xiezhi("review", "import", book, tmp_path / "b.xlsx", "--as", "wang", *places, code=4)

    assert "共 4 行：已保存 1，未改动 2，不认识的结论 1" in done.stdout
    assert "E-FILE-EMPTY" in done.stderr
    assert book.with_name(f"{book.stem}-导入结果.csv").exists()
    assert "E-LOGIN-NONE" in xiezhi("review", "import", book, "--as", "li", *places, code=1).stderr
def test_reminders_name_logins_and_counts_alone(places: tuple[object, ...]) -> None:
    xiezhi("user", "add", "zhang", "--name", "张三", "--role", "handler", "--scope", ":", *places)
    assert "任务提醒" in xiezhi("review", "reminders", *places).stdout
    assert xiezhi("review", "reminders", "--json", *places).stdout.strip() == "[]"
