"""The warehouse: asked in three ways, published whole, one writer."""

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import polars as pl
import pytest

from engine.errors import BusyError, EngineError
from engine.records import TABLES
from engine.store import CONTROL, VIEWS, Store, delivered, reading, warehouse, writing


def test_every_declared_table_exists_with_its_history() -> None:
    store = Store()

    names = {name for (name,) in store.rows("SELECT table_name FROM information_schema.tables")}

    assert {t.name for t in TABLES} | {delivered(t) for t in TABLES} | set(CONTROL) | set(VIEWS) == names


def test_put_fills_missing_columns_with_null() -> None:
    store = Store()

    appended = store.put("death", pl.DataFrame({"party_name": ["测某甲"]}))

    assert appended == 1
    assert store.rows("SELECT party_name, died_on FROM death") == [("测某甲", None)]


def test_a_lent_frame_is_gone_after_the_block() -> None:
    store = Store()

    with store.lend("lent", pl.DataFrame({"a": [1, 2]})):
        inside = store.count("SELECT sum(a) FROM lent")

    assert inside == 3
    assert store.count("SELECT count(*) FROM duckdb_views() WHERE view_name = 'lent'") == 0


def test_python_variables_are_not_read_by_name() -> None:
    store = Store()
    secret = pl.DataFrame({"a": [1]})

    with pytest.raises(Exception, match="secret does not exist"):
        store.rows("SELECT * FROM secret")

    assert secret.height == 1


def test_a_failing_statement_shows_its_sql() -> None:
    with pytest.raises(Exception, match="nothing_here") as caught:
        Store().rows("SELECT * FROM nothing_here")

    assert any("SELECT * FROM nothing_here" in note for note in caught.value.__notes__)


def test_what_was_written_is_read_after_publishing(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        store.run("INSERT INTO delivery (batch_id) VALUES (7)")

    with reading(tmp_path) as store:
        assert store.rows("SELECT batch_id FROM delivery") == [(7,)]


def test_a_failed_writer_leaves_the_last_complete_state(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        store.run("INSERT INTO delivery (batch_id) VALUES (1)")

    def fail() -> None:
        with writing(tmp_path) as store:
            store.run("INSERT INTO delivery (batch_id) VALUES (2)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with reading(tmp_path) as store:
        assert store.rows("SELECT batch_id FROM delivery") == [(1,)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["warehouse.duckdb", "write.lock"]


def _write_until_killed(home: Path, ready: Event) -> None:
    with writing(home) as store:
        store.run("INSERT INTO delivery (batch_id) SELECT range FROM range(10000)")
        ready.set()
        signal.pause()


def test_a_killed_writer_leaves_yesterday_and_the_next_one_completes(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        store.run("INSERT INTO delivery (batch_id) VALUES (1)")
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    child = context.Process(target=_write_until_killed, args=(tmp_path, ready))

    child.start()
    assert ready.wait(60)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()

    with reading(tmp_path) as store:
        assert store.count("SELECT count(*) FROM delivery") == 1
    with writing(tmp_path) as store:
        store.run("INSERT INTO delivery (batch_id) VALUES (2)")
    with reading(tmp_path) as store:
        assert store.count("SELECT count(*) FROM delivery") == 2


def test_a_second_writer_is_told_who_holds_the_warehouse(tmp_path: Path) -> None:
    with writing(tmp_path), pytest.raises(BusyError, match=f"进程 {os.getpid()}"), writing(tmp_path):
        pass


def test_a_reader_keeps_working_while_a_writer_publishes(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        store.run("INSERT INTO delivery (batch_id) VALUES (1)")

    with reading(tmp_path) as before:
        with writing(tmp_path) as store:
            store.run("INSERT INTO delivery (batch_id) VALUES (2)")
        seen = before.count("SELECT count(*) FROM delivery")

    assert seen == 1


def test_a_missing_warehouse_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="xiezhi load"), reading(tmp_path):
        pass

    assert not warehouse(tmp_path).exists()


def _older(home: Path) -> None:
    """Leave a warehouse as an engine wrote it that knew neither a column nor its comparable form."""
    with writing(home) as store:
        store.put("court_review", pl.DataFrame({"record_id": [1, 2], "case_no": ["（2024）豫1102行审007号", None]}))
        store.run("ALTER TABLE court_review DROP COLUMN case_no_key")
        store.run("ALTER TABLE court_review DROP COLUMN implementer")


def test_a_warehouse_of_an_older_engine_is_brought_up_to_date_by_the_next_writer(tmp_path: Path) -> None:
    _older(tmp_path)

    with writing(tmp_path):
        pass

    with reading(tmp_path) as store:
        rows = store.rows("SELECT case_no_key, implementer FROM court_review ORDER BY record_id")
    assert rows == [("(2024)豫1102行审7号", None), (None, None)]


def test_a_warehouse_of_an_older_engine_is_not_read_but_explained(tmp_path: Path) -> None:
    _older(tmp_path)

    with pytest.raises(EngineError, match="缺少 court_review") as caught, \
            reading(tmp_path):
        pass

    assert caught.value.code == "E-OLD-STORE"


def test_a_column_the_clue_table_lacks_is_added_by_the_next_writer_only(tmp_path: Path) -> None:
    with writing(tmp_path) as store:
        store.run("ALTER TABLE clue DROP COLUMN related")
    with pytest.raises(EngineError, match=r"clue\.related"), reading(tmp_path):
        pass

    with writing(tmp_path):
        pass

    with reading(tmp_path) as store:
        assert store.count("SELECT count(related) FROM clue") == 0
