"""The warehouse: one DuckDB file, written aside and published whole. The only module that imports duckdb.

Three ways to ask: `rows` (tuples), `count` (one number), `frame` (a polars frame). Two ways to write: `run` and `put`.
Values go in as parameters; identifiers come only from `engine.records`, never from a file.

A writer works on `<name>.next`, a copy of the last complete file; on success it is checkpointed, closed, flushed to
disk and renamed over the old one, so a reader or a killed run always finds the last complete state. One writer at a
time (file lock).
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from engine.errors import BusyError, EngineError
from engine.records import BASE, TABLES, Table
from engine.text import keys_of

Progress = Callable[[str, int, int], None]
"""Told (station, done, total) as long work on a store goes on."""

StoreFault = duckdb.Error
"""What a statement raises when the database cannot run it, for callers that go on without it."""

CONTROL: dict[str, tuple[tuple[str, str], ...]] = {
    "delivery": (
        ("batch_id", "BIGINT"), ("source_id", "VARCHAR"), ("table_name", "VARCHAR"), ("file", "VARCHAR"),
        ("sheet", "VARCHAR"), ("sha256", "VARCHAR"), ("bytes", "BIGINT"), ("format", "VARCHAR"),
        ("encoding", "VARCHAR"), ("status", "VARCHAR"), ("priority", "BIGINT"), ("rows_in", "BIGINT"),
        ("rows_loaded", "BIGINT"), ("rows_rejected", "BIGINT"), ("rows_skipped", "BIGINT"), ("loaded_at", "TIMESTAMP"),
    ),
    "reject": (
        ("batch_id", "BIGINT"), ("source_id", "VARCHAR"), ("file", "VARCHAR"), ("sheet", "VARCHAR"), ("line", "BIGINT"),
        ("kind", "VARCHAR"), ("column_name", "VARCHAR"), ("column_label", "VARCHAR"), ("value", "VARCHAR"),
        ("code", "VARCHAR"), ("reason", "VARCHAR"), ("fix", "VARCHAR"), ("raw", "VARCHAR"),
    ),
    "party": (
        ("party_id", "UBIGINT"), ("kind", "VARCHAR"), ("name", "VARCHAR"), ("resident_id", "VARCHAR"),
        ("uscc", "VARCHAR"), ("mentions", "BIGINT"),
    ),
    "party_member": (
        ("party_id", "UBIGINT"), ("table_name", "VARCHAR"), ("record_id", "UBIGINT"), ("step", "VARCHAR"),
        ("confidence", "DOUBLE"), ("why", "VARCHAR"),
    ),
    "party_weight": (
        ("kind", "VARCHAR"), ("criterion", "VARCHAR"), ("level", "VARCHAR"), ("m", "DOUBLE"), ("u", "DOUBLE"),
    ),
    "pair_answer": (
        ("question", "VARCHAR"), ("one", "VARCHAR"), ("other", "VARCHAR"), ("is_same", "BOOLEAN"), ("day", "DATE"),
        ("one_id", "UBIGINT"), ("other_id", "UBIGINT"), ("outcome", "VARCHAR"),
    ),
    "link": (
        ("link", "VARCHAR"), ("from_id", "UBIGINT"), ("to_id", "UBIGINT"), ("step", "VARCHAR"),
        ("confidence", "DOUBLE"), ("candidates", "BIGINT"), ("why", "VARCHAR"),
    ),
    "link_candidate": (
        ("link", "VARCHAR"), ("from_id", "UBIGINT"), ("to_id", "UBIGINT"), ("step", "VARCHAR"),
        ("confidence", "DOUBLE"), ("place", "BIGINT"), ("why", "VARCHAR"),
    ),
    "hit": (
        ("rule_id", "VARCHAR"), ("rule_version", "BIGINT"), ("table_name", "VARCHAR"), ("record_id", "UBIGINT"),
        ("answer", "VARCHAR"), ("say", "VARCHAR"), ("flags", "VARCHAR[]"), ("missing", "VARCHAR[]"),
        ("points", "VARCHAR"), ("facts", "VARCHAR"), ("conditions", "VARCHAR"), ("exclusions", "VARCHAR"),
        ("law", "VARCHAR"), ("linked", "VARCHAR"),
    ),
    "clue": (
        ("clue_id", "VARCHAR"), ("table_name", "VARCHAR"), ("record_id", "UBIGINT"), ("status", "VARCHAR"),
        ("changed", "VARCHAR"), ("score", "DOUBLE"), ("parts", "VARCHAR"), ("place", "BIGINT"),
        ("rule_ids", "VARCHAR[]"), ("amount_yuan", "DECIMAL(18,2)"), ("fingerprint", "VARCHAR"),
        ("evidence", "VARCHAR"), ("first_run", "BIGINT"), ("last_run", "BIGINT"), ("related", "VARCHAR"),
    ),
    "run": (
        ("run_id", "BIGINT"), ("as_of", "DATE"), ("started_at", "TIMESTAMP"), ("ended_at", "TIMESTAMP"),
        ("engine", "VARCHAR"), ("rules", "VARCHAR"), ("summary", "VARCHAR"),
    ),
}
"""The engine's own tables beside the record tables, with their columns.

delivery: one row a file, sheet and table; status is loaded or refused; priority is that of the source's mapping.
party_weight: how often a level of a criterion is seen within one party (m) and between two (u).
pair_answer: what reviewers said of pairs of records, as tonight's parties and links used it (`engine.parties.answers`).
reject.kind is file, row, cell, flag or note (see `engine.sources.defects`). A clue's table_name and record_id name the
record its id was made of, which need not be the one its findings are about.
"""

_FINDING = {
    "table_name": "VARCHAR", "record_id": "UBIGINT", "rule_id": "VARCHAR", "rule_version": "BIGINT", "as_of": "DATE",
    "say": "VARCHAR", "flags": ["VARCHAR"], "missing": ["VARCHAR"], "points": "JSON", "facts": "JSON",
    "conditions": "JSON", "exclusions": "JSON", "law": "JSON", "linked": "JSON",
}
_SUBJECT = ("table_name", "record_id")


def findings_of(clues: str) -> str:
    """Return a SELECT of one row for each finding of the clues of a table or query, as of the run that last saw it.

    Columns: clue_id, then the record the finding is about, the rule, and what it said (see `hit`).
    """
    # reason: evidence written before clues had several records leaves the record out; then it is the clue's own
    subject = ", ".join(f"coalesce(f.{name}, {name}) AS {name}" for name in _SUBJECT)
    others = ", ".join(f"f.{name} AS {name}" for name in _FINDING if name not in _SUBJECT)
    each = f"unnest(from_json(evidence, '[{json.dumps(_FINDING)}]')) AS f"
    return f"SELECT clue_id, {subject}, {others} FROM (SELECT clue_id, table_name, record_id, {each} FROM {clues})"


VIEWS: dict[str, str] = {"finding": findings_of("clue")}
"""Views over them: `finding` is one row for each finding of each clue."""


class Store:
    """One open warehouse (or an in-memory one for tests), with every declared table in place."""

    def __init__(self, path: Path | None = None, *, memory: str | None = None, read_only: bool = False) -> None:
        """Open `path` (None: in memory); `memory` is a DuckDB limit such as '4GB'."""
        config: dict[str, Any] = {
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "preserve_insertion_order": False,
        }
        if memory:
            config["memory_limit"] = memory
        self.path = path
        self.connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
        # reason: the bar would be written between the lines of a command's output
        self.run("SET enable_progress_bar = false")
        if not read_only:
            self.create()

    def create(self) -> None:
        """Create every declared table that is not there yet, and add the columns an older engine did not know."""
        for table in TABLES:
            self.run(f"CREATE TABLE IF NOT EXISTS {table.name} ({_columns(table.stored)})")
            history = (*table.stored, ("key_id", "UBIGINT"), ("is_current", "BOOLEAN"))
            self.run(f"CREATE TABLE IF NOT EXISTS {delivered(table)} ({_columns(history)})")
        # reason: one in memory was made a moment ago, and tests make thousands
        for table, name, column, kind in self.lacking() if self.path else ():
            self.run(f'ALTER TABLE {name} ADD COLUMN "{column}" {kind}')
            self._compare(table, name, column)
        for name, columns in CONTROL.items():
            self.run(f"CREATE TABLE IF NOT EXISTS {name} ({_columns(columns)})")
        for name, column, kind in self.lacking_control() if self.path else ():
            self.run(f'ALTER TABLE {name} ADD COLUMN "{column}" {kind}')
        for name, query in VIEWS.items():
            self.run(f"CREATE OR REPLACE VIEW {name} AS {query}")

    def lacking(self) -> list[tuple[Table, str, str, str]]:
        """Return what the record tables lack: declared table, table, column, SQL type."""
        there = set(self.rows("SELECT table_name, column_name FROM duckdb_columns()"))
        return [(table, name, column, kind) for table in TABLES for name in (table.name, delivered(table))
                for column, kind in table.stored if (name, column) not in there]

    def lacking_control(self) -> list[tuple[str, str, str]]:
        """Return what the engine's own tables lack: table, column, SQL type."""
        there = set(self.rows("SELECT table_name, column_name FROM duckdb_columns()"))
        return [(name, column, kind) for name, columns in CONTROL.items() for column, kind in columns
                if (name, column) not in there]

    def _compare(self, table: Table, name: str, key: str) -> None:
        """Fill a new comparable form from the column it belongs to; other new columns stay unknown."""
        source = next((c for c in table.columns if c.form and f"{c.name}_key" == key), None)
        if source is None:
            return
        values = self.frame(f"SELECT DISTINCT {source.name} AS value FROM {name} WHERE {source.name} IS NOT NULL")
        with self.lend("compared", values.with_columns(keys_of(source.form, values["value"]).alias("key"))):
            self.run(f"UPDATE {name} SET {key} = c.key FROM compared c WHERE c.value = {name}.{source.name}")

    def run(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> None:
        """Execute a statement for its effect."""
        self._ask(sql, params).fetchall()

    def rows(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows as tuples; for small answers only."""
        answer: list[tuple[Any, ...]] = self._ask(sql, params).fetchall()
        return answer

    def count(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> int:
        """Return the single number the query answers; NULL counts as 0."""
        row = self._ask(sql, params).fetchall()[0]
        return int(row[0] or 0)

    def frame(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> pl.DataFrame:
        """Return the answer as a polars frame."""
        try:
            relation = self.connection.sql(sql, params=params) if params is not None else self.connection.sql(sql)
            answer: pl.DataFrame = relation.pl()
        except duckdb.Error as fault:
            fault.add_note(f"SQL: {sql[:2000]}")
            raise
        return answer

    def put(self, table: str, frame: pl.DataFrame, computed: Mapping[str, str] | None = None) -> int:
        """Append the frame's rows to a table by column name; missing columns become NULL. Returns the rows appended.

        `computed` gives SQL expressions over the frame's columns for further columns. Raises ValueError for a column
        the table does not have.
        """
        if frame.height == 0:
            return 0
        names = [name for (name,) in self.rows(f"SELECT column_name FROM (DESCRIBE {table})")]
        made = computed or {}
        if strange := ({*frame.columns, *made} - set(names)):
            raise ValueError(f"{table} has no column {sorted(strange)}")
        values = [made.get(name) or (f'"{name}"' if name in frame.columns else "NULL") for name in names]
        try:
            # reason: a view registered for the frame would hold it until the transaction ends
            self.connection.from_arrow(frame.to_arrow()).project(", ".join(values)).insert_into(table)
        except duckdb.Error as fault:
            fault.add_note(f"put: {table} ({', '.join(values)[:2000]})")
            raise
        return frame.height

    @contextlib.contextmanager
    def lend(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Make a frame readable as a view called `name` while the block runs."""
        self.connection.register(name, frame)
        try:
            yield
        finally:
            self.connection.unregister(name)

    def close(self) -> None:
        """Close the connection; a writer checkpoints first."""
        self.connection.close()

    def _ask(self, sql: str, params: Sequence[object] | dict[str, object] | None) -> Any:
        try:
            return self.connection.execute(sql, params) if params is not None else self.connection.execute(sql)
        except duckdb.Error as fault:
            fault.add_note(f"SQL: {sql[:2000]}")
            raise


def delivered(table: Table) -> str:
    """Return the name of the history table: every accepted row of every delivery, `is_current` where not superseded.

    key_id is the record_id the row has while nothing else shares its natural key (co-parties of one decision do).
    """
    return f"{table.name}_delivered"


def _columns(columns: Sequence[tuple[str, str]]) -> str:
    # reason: rows as delivered repeat their headers; zstd writes them thrice as fast and ten times smaller
    return ", ".join(f'"{name}" {kind}{" USING COMPRESSION zstd" if name == "raw" else ""}' for name, kind in columns)


BASE_NAMES: tuple[str, ...] = tuple(name for name, _ in BASE)
"""Names of the base columns."""


def warehouse(home: Path) -> Path:
    """Return the place of the published warehouse file below the data folder."""
    return home / "warehouse.duckdb"


@contextlib.contextmanager
def writing(home: Path, *, memory: str | None = None) -> Iterator[Store]:
    """Yield a store built aside from the last complete one; publish it when the block ends well, else leave no trace.

    Raises BusyError when another process is writing.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / "write.lock"):
        target = warehouse(home)
        aside = target.with_suffix(".next")
        _discard(aside)
        if target.exists():
            shutil.copyfile(target, aside)
        store = Store(aside, memory=memory)
        try:
            yield store
            store.run("CHECKPOINT")
        except BaseException:
            store.close()
            _discard(aside)
            raise
        store.close()
        _publish(aside, target)


@contextlib.contextmanager
def reading(home: Path) -> Iterator[Store]:
    """Yield the last complete warehouse, read-only.

    Raises EngineError where there is none yet, or where an older engine wrote it.
    """
    target = warehouse(home)
    if not target.exists():
        raise _no_store(home)
    store = Store(target, read_only=True)
    try:
        _demand_current(store, home)
        yield store
    finally:
        store.close()


@contextlib.contextmanager
def borrowing(home: Path, *, memory: str | None = None) -> Iterator[Store]:
    """Yield a store in memory that sees all the last complete warehouse holds and can change nothing of it.

    Its own are `hit`, `clue` and `run`, which are empty; the others are views. Raises EngineError as
    `reading` does.
    """
    with reading(home):     # refuses what is not there, or written by an older engine
        target = warehouse(home)
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as spill:
        store = Store(memory=memory)
        try:
            store.run(f"SET temp_directory = {_literal(spill)}")
            store.run(f"ATTACH {_literal(str(target))} AS published (READ_ONLY)")
            there = {name for (name,) in store.rows(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'")}
            for name in sorted(there - {"hit", "clue", "run"}):
                store.run(f"DROP TABLE IF EXISTS main.{name}")
                store.run(f"CREATE VIEW main.{name} AS SELECT * FROM published.main.{name}")
            yield store
        finally:
            store.close()


def _demand_current(store: Store, home: Path) -> None:
    lacking = sorted({f"{table.name}.{column}" for table, _, column, _ in store.lacking()}
                     | {f"{name}.{column}" for name, column, _ in store.lacking_control()})
    if lacking:
        what = f"数据仓是旧版本的引擎写的，缺少 {'、'.join(lacking[:5])}{' 等' if len(lacking) > 5 else ''}"
        raise EngineError(str(home), what, "请先运行一次 xiezhi run（不需要文件），会自动补上", code="E-OLD-STORE")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _no_store(home: Path) -> EngineError:
    return EngineError(str(home), "还没有数据仓", "请先运行 xiezhi load 或 xiezhi run", code="E-NO-STORE")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            holder = os.pread(handle, 100, 0).decode("utf-8", "replace").strip()
            what = f"已有运行正在写入（{holder}）"
            raise BusyError(str(path.parent), what, "请等它结束后再试", code="E-BUSY") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"进程 {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _publish(aside: Path, target: Path) -> None:
    check = duckdb.connect(str(aside), read_only=True)
    check.execute("SELECT count(*) FROM delivery").fetchall()
    check.close()
    flush(aside)
    aside.replace(target)
    flush(target.parent)


def flush(path: Path) -> None:
    """Have a file, or a folder's list of names, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _discard(path: Path) -> None:
    for leftover in (path, Path(f"{path}.wal")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(f"{path}.tmp", ignore_errors=True)
