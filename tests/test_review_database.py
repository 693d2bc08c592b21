"""The review database itself: made and brought up to date, durable settings, refusals."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from review_world import clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.review import Decision, Review
from engine.review.schema import METADATA


def test_the_migrations_make_what_is_declared(base: Review) -> None:
    with base.reading() as connection:
        # reason: PostgreSQL refuses entries as long as this index holds
        skipped = {"clue_by_words"} if connection.dialect.name == "postgresql" else set()
        context = MigrationContext.configure(connection, opts={
            "include_object": lambda _, name, kind, *rest: kind != "index" or name not in skipped})

        assert compare_metadata(context, METADATA) == []


def test_opening_again_changes_nothing(base: Review, url: str) -> None:
    publish(base, clue(), finding())

    again = review.open_review(url)

    assert value(again, "SELECT count(*) FROM clue") == 1
    again.close()


def test_a_database_of_a_newer_version_is_refused(base: Review, url: str) -> None:
    with base.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(EngineError, match="E-REVIEW-NEWER"):
        review.open_review(url)


@pytest.mark.parametrize("wrong", ["mysql://a/b", "数据库", "oracle://x"])
def test_another_kind_of_database_is_refused(wrong: str) -> None:
    with pytest.raises(EngineError, match="E-REVIEW-URL"):
        review.open_review(wrong)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path) -> None:
    with pytest.raises(EngineError) as fault:
        review.open_review(f"postgresql://a:geheim@/b?host={tmp_path}")

    assert fault.value.code == "E-REVIEW-DOWN"
    assert "geheim" not in str(fault.value)


def test_a_file_that_is_no_database_is_refused(tmp_path) -> None:
    path = tmp_path / "review.db"
    path.write_text("不是数据库" * 1000, encoding="utf-8")

    with pytest.raises(EngineError, match="E-REVIEW-DOWN"):
        review.open_review(f"sqlite:///{path}")


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path) -> None:
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}")

    assert value(base, "PRAGMA journal_mode") == "wal"
    assert value(base, "PRAGMA synchronous") == 2
    assert value(base, "PRAGMA foreign_keys") == 1
    base.close()


@pytest.mark.parametrize("sql", ["UPDATE judgement SET words = 'x'", "DELETE FROM judgement", "DELETE FROM audit",
                                 "UPDATE audit SET actor = 'x'"])
def test_decided_rows_and_the_audit_cannot_be_changed(base: Review, sql: str) -> None:
    publish(base, clue(), finding())
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "confirm")])

    with pytest.raises(sa.exc.DBAPIError, match="only appended to"), base.writing() as connection:
        connection.exec_driver_sql(sql)
