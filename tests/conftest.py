"""The review database for tests: on SQLite, and on a PostgreSQL of Debian started once a test process.

What asks for `base` runs on both; without a PostgreSQL on the machine that half is skipped with the reason.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from review_world import Clock

from engine import review
from engine.review import Review
from engine.review.sealing import KeyRing


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((p for p in places if (p / "initdb").exists() and (p / "postgres").exists()), None)


def _server_account() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yield the URL of a server of its own, on a socket in a temporary folder; skip where there is no PostgreSQL."""
    if given := os.environ.get("XIEZHI_TEST_POSTGRES"):
        yield given
        return
    binaries, account = _binaries(), _server_account()
    if binaries is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql, or set XIEZHI_TEST_POSTGRES to a server's URL")
    folder = Path(tempfile.mkdtemp(prefix="xz-pg-", dir="/tmp"))
    if account:
        shutil.chown(folder, account)
    run = {"user": account, "cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "tester", "-E", "UTF8", "-N",
                    "--locale=C"], **run)
    server = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        user=account, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"postgresql+psycopg://tester@/postgres?host={folder}"
    try:
        _await(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)       # at once, whatever is connected
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str) -> None:
    engine = sa.create_engine(url)
    for _ in range(100):
        try:
            engine.connect().close()
            break
        except sa.exc.OperationalError:
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of an empty database, once on each system."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'review.db'}"
        return
    server = str(request.getfixturevalue("postgres"))
    name = f"t{time.monotonic_ns()}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def base(url: str, clock: Clock, tmp_path: Path) -> Iterator[Review]:
    """Yield an open, empty review database."""
    opened = review.open_review(url, clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
                                KeyRing(file=tmp_path / "review-key"))
    yield opened
    opened.close()
