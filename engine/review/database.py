"""The review database: one SQLite file in the data folder, or PostgreSQL by URL. The only copy of people's work.

SQLite writes ahead with `synchronous=FULL` (an acknowledged entry survives a power cut) and every change begins with
BEGIN IMMEDIATE, so writers wait for each other instead of failing. On PostgreSQL advisory locks order the same:
entries of people run side by side, a publication waits for them and they for it.
"""

import contextlib
import functools
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, event

from engine.clock import CHINA, now
from engine.errors import EngineError
from engine.review.memo import Memo
from engine.review.sealing import KeyRing, ring

WAIT_SECONDS = 60
"""How long a change waits for another one, a whole publication included, before it is refused."""

_WORK, _CHAIN = 729_001, 729_002
"""Advisory locks of PostgreSQL: who changes clues at all; who appends to the audit."""


class Review:
    """An open review database; the clock and the cost of password hashes are parameters so that tests can be quick."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime] = now, hasher: PasswordHasher | None = None,
        keys: KeyRing | None = None,
    ) -> None:
        """Take an engine made by `open_review`; without `hasher` passwords cost what argon2-cffi recommends.

        `keys` seal the secrets of second factors; without them they are where the environment says (see `sealing`).
        """
        self.engine = engine
        self.keys = keys or ring(engine.url)
        self.idle_days = _idle_days()
        self.is_forced = False      # whether a run is published over one that is newer, or of another warehouse
        self.clock = clock
        self.hasher = hasher or PasswordHasher()
        self.memo = Memo()

    @functools.cached_property
    def nobody(self) -> str:
        """A hash that no password fits, checked where there is no such account: the answer takes as long."""
        return self.hasher.hash(secrets.token_urlsafe())

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database; what it writes is thrown away."""
        with self.engine.connect() as connection, _fit(), connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextlib.contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[Connection]:
        """Yield a connection whose changes are kept together when the block ends well; `alone`: nobody else writes."""
        options = {"immediate": True}
        with self.engine.connect().execution_options(**options) as connection, _busy(), _fit(), connection.begin():
            if not self.is_sqlite:
                lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
                connection.exec_driver_sql(f"SELECT {lock}({_WORK})")
            yield connection

    def order_audit(self, connection: Connection) -> None:
        """Have entries of the audit written one after the other until the transaction ends."""
        if not self.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CHAIN})")

    def instant(self) -> int:
        """Return the seconds since 1970 by this database's clock."""
        return int(self.clock().replace(tzinfo=CHINA).timestamp())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _idle_days() -> int:
    """Return after how many days without a login an account is locked; 0 is never."""
    text = os.environ.get("XIEZHI_IDLE_DAYS", "90")
    if not (text.isascii() and text.isdigit()):
        raise EngineError("XIEZHI_IDLE_DAYS", "不是天数", "请写整数，如 90；写 0 为从不", "E-REVIEW-IDLE")
    return int(text)


def review_url(home: Path, url: str | None = None) -> str:
    """Return the URL given, else that of the SQLite file in the data folder."""
    return url or f"sqlite:///{(home / 'review.db').absolute()}"


def is_there(home: Path, url: str | None = None) -> bool:
    """Return whether nights have a review database to serve: one is named by URL, or the file exists."""
    return bool(url) or (home / "review.db").exists()


def open_review(
    url: str, clock: Callable[[], datetime] = now, hasher: PasswordHasher | None = None, keys: KeyRing | None = None,
) -> Review:
    """Return the database behind the URL, brought up to this version's tables.

    Raises EngineError where it cannot be reached, or where a newer version wrote it.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", **_options(parsed))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    review = Review(engine, clock, hasher, keys)
    try:
        _migrate(review)
        # reason: sealing writes to the audit, which needs this module
        from engine.review import keys as renewing

        renewing.seal_clear(review)
    except BaseException as fault:
        engine.dispose()
        # reason: sqlite3 calls a file of another kind a DatabaseError, as such
        if isinstance(fault, sa.exc.OperationalError) or type(fault) is sa.exc.DatabaseError:
            raise _unreachable(engine) from fault
        raise
    return review


@contextlib.contextmanager
def opened(url: str, home: Path | None = None) -> Iterator[Review]:
    """Yield the database behind the URL and close it afterwards; raises as `open_review` does.

    `home` is the data folder; beside it is the key of second factors where nothing else is set.
    """
    review = open_review(url, keys=ring(_parsed(url), home))
    try:
        yield review
    finally:
        review.close()


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise _unfit() from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise _unfit()
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _unfit() -> EngineError:
    fix = "应形如 postgresql://用户@主机/库名，或留空以使用数据文件夹里的 review.db"
    return EngineError("XIEZHI_REVIEW_URL", "不是可用的数据库地址", fix, "E-REVIEW-URL")


def _options(url: sa.URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False}, "pool_size": 20}
    return {"connect_args": {"options": f"-c lock_timeout={WAIT_SECONDS * 1000} -c timezone=Asia/Shanghai"},
            "pool_size": 20}


def _unreachable(engine: Engine) -> EngineError:
    where = engine.url.render_as_string(hide_password=True)
    fix = "请检查地址、口令、文件权限和数据库服务"
    return EngineError(where, "连不上研判数据库，或它不是本程序的文件", fix, "E-REVIEW-DOWN")


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    """Settings of one SQLite connection; BEGIN is ours to send."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT_SECONDS * 1000}",
                   "trusted_schema=OFF", "temp_store=MEMORY", "cache_size=-65536", f"mmap_size={2**31}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextlib.contextmanager
def _busy() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as fault:
        if "locked" not in str(fault.orig) and "lock timeout" not in str(fault.orig):
            raise
        fix = "可能正在发布线索，请过一分钟再试；刚才的操作没有保存"
        raise EngineError("研判数据库", f"等了 {WAIT_SECONDS} 秒仍被占用", fix, "E-REVIEW-BUSY") from None


@contextlib.contextmanager
def _fit() -> Iterator[None]:
    """Halves of characters fit no database, an empty byte (U+0000) does not fit PostgreSQL."""
    try:
        yield
    except (UnicodeEncodeError, sa.exc.DataError):
        fix = "刚才的操作没有保存；请删去看不见的字符，重新输入"
        raise EngineError("研判数据库", "内容里有不能保存的字符", fix, "E-REVIEW-SIGNS") from None


def _migrate(review: Review) -> None:
    """Bring the tables to the newest version; two processes that start at once do it one after the other."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = ScriptDirectory.from_config(config)
    with review.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == known.get_current_head():
            return
    with review.writing(alone=True) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {script.revision for script in known.walk_revisions()}:
            fix = "请用写它的那个版本（或更新的版本）打开"
            raise EngineError("研判数据库", "由更新版本的程序建立", fix, "E-REVIEW-NEWER")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
