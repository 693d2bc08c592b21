"""Secrets of second factors: of no use without the key, which is not in the database."""

import os
import stat
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from review_world import Clock, person, value

from engine import review
from engine.clock import CHINA
from engine.errors import EngineError
from engine.review import Actor, Review, Who, accounts, keys, schema
from engine.review.sealing import KeyRing

OPERATOR = Who("测试")


def code(clock: Clock, secret: str) -> str:
    """Return the code an authenticator shows now."""
    return pyotp.TOTP(secret).at(clock.at.replace(tzinfo=CHINA))


def bound(base: Review, clock: Clock, login: str = "wang") -> tuple[Actor, str]:
    """Make an account with a second factor and return it with its secret."""
    actor, secret = person(base, login), accounts.new_secret()
    assert accounts.set_second(base, actor.who, actor.account_id, secret, code(clock, secret))
    clock.move(minutes=1)
    return actor, secret


def put(base: Review, actor: Actor, stored: str) -> None:
    """Write a stored secret past the engine."""
    with base.writing() as connection:
        connection.execute(sa.update(schema.account).where(schema.account.c.account_id == actor.account_id)
                           .values(totp_secret=stored))


def opened(base: Review, clock: Clock, ring: KeyRing) -> Review:
    """Open the same database with another ring of keys."""
    return review.open_review(base.engine.url.render_as_string(hide_password=False), clock, PasswordHasher(1, 8, 1),
                              ring)


def test_a_secret_is_not_in_the_database(base: Review, clock: Clock) -> None:
    actor, secret = bound(base, clock)

    assert secret not in str(value(base, "SELECT totp_secret FROM account"))
    assert accounts.prove_second(base, actor.account_id, code(clock, secret))
    assert review.verify(base) == []


def test_the_key_file_is_its_owner_s_alone(base: Review, clock: Clock) -> None:
    bound(base, clock)

    assert base.keys.file is not None
    assert stat.S_IMODE(base.keys.file.stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(base: Review, clock: Clock) -> None:
    actor, secret = bound(base, clock)
    assert base.keys.file is not None
    base.keys.file.chmod(0o644)

    with pytest.raises(EngineError, match="chmod 600") as fault:
        accounts.prove_second(base, actor.account_id, code(clock, secret))

    assert fault.value.code == "E-REVIEW-KEY"


def test_a_database_copied_without_its_key_proves_nothing(base: Review, clock: Clock, tmp_path: Path) -> None:
    actor, secret = bound(base, clock)
    copy = opened(base, clock, KeyRing(file=tmp_path / "elsewhere"))

    with pytest.raises(EngineError, match="密钥不在这台机器上"):
        accounts.prove_second(copy, actor.account_id, code(clock, secret))

    assert not (tmp_path / "elsewhere").exists()
    copy.close()


def test_a_secret_moved_to_another_account_opens_nothing(base: Review, clock: Clock) -> None:
    bound(base, clock)
    thief = person(base, "li")
    put(base, thief, str(value(base, "SELECT totp_secret FROM account WHERE login = 'wang'")))

    with pytest.raises(EngineError, match="被改动过"):
        accounts.prove_second(base, thief.account_id, "000000")


def test_secrets_of_older_versions_are_sealed_at_the_first_opening(base: Review, clock: Clock) -> None:
    actor, secret = person(base), accounts.new_secret()
    put(base, actor, secret)
    again = opened(base, clock, base.keys)

    assert secret not in str(value(again, "SELECT totp_secret FROM account"))
    assert accounts.prove_second(again, actor.account_id, code(clock, secret))
    assert review.verify(again) == []
    again.close()


def test_a_fresh_key_opens_everything_and_the_old_one_nothing(base: Review, clock: Clock, tmp_path: Path) -> None:
    actor, secret = bound(base, clock)
    assert base.keys.file is not None
    old = KeyRing(file=tmp_path / "old")
    (tmp_path / "old").write_bytes(base.keys.file.read_bytes())
    (tmp_path / "old").chmod(0o600)

    assert keys.rekey(base, OPERATOR) == (1, 0)

    assert accounts.prove_second(base, actor.account_id, code(clock, secret))
    assert len(base.keys.known()) == 1
    clock.move(minutes=1)
    stolen = opened(base, clock, old)
    with pytest.raises(EngineError, match="密钥不在这台机器上"):
        accounts.prove_second(stolen, actor.account_id, code(clock, secret))
    stolen.close()


def test_a_lost_key_is_given_up_on_purpose_only(base: Review, clock: Clock) -> None:
    actor, _ = bound(base, clock)
    assert base.keys.file is not None
    base.keys.file.unlink()

    with pytest.raises(EngineError, match="--lost"):
        keys.rekey(base, OPERATOR)
    assert keys.rekey(base, OPERATOR, lost=True) == (0, 1)

    fresh = accounts.new_secret()
    assert accounts.set_second(base, actor.who, actor.account_id, fresh, code(clock, fresh))
    assert review.verify(base) == []


def test_a_key_in_the_environment_goes_before_a_file(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIEZHI_REVIEW_KEY", "A" * 43 + "=")
    base = review.open_review(f"sqlite:///{tmp_path / 'data' / 'r.db'}", clock, PasswordHasher(1, 8, 1))

    actor, secret = bound(base, clock)

    assert accounts.prove_second(base, actor.account_id, code(clock, secret))
    assert os.listdir(tmp_path) == ["data"]
    base.close()


@pytest.mark.parametrize("text", ["short", "密钥", "!" * 44])
def test_a_broken_key_is_told(base: Review, clock: Clock, text: str) -> None:
    actor, secret = bound(base, clock)
    assert base.keys.file is not None
    base.keys.file.write_text(text, encoding="utf-8")

    with pytest.raises(EngineError, match="不是动态码密钥"):
        accounts.prove_second(base, actor.account_id, code(clock, secret))
