"""Accounts: proof, locks, second factor, sessions; no account with two administrators' roles."""

import pyotp
import pytest
from review_world import PASSWORD, Clock, person, value

from engine import review
from engine.clock import CHINA
from engine.errors import EngineError
from engine.review import Review, Who, accounts, sessions

ADMIN = Who("测试")


def code(clock: Clock, secret: str) -> str:
    """Return the code an authenticator shows now."""
    return pyotp.TOTP(secret).at(clock.at.replace(tzinfo=CHINA))


def test_the_right_password_proves_an_account(base: Review) -> None:
    wang = person(base)

    assert accounts.prove(base, "WANG", PASSWORD) == wang.account_id
    assert accounts.prove(base, "wang", "falsch") is None
    assert accounts.prove(base, "nobody", PASSWORD) is None


def test_a_password_is_kept_as_argon2id_at_the_recommended_cost(base: Review, url: str) -> None:
    opened = review.open_review(url)
    person(opened)

    assert str(value(base, "SELECT password_hash FROM account")).startswith("$argon2id$v=19$m=65536,t=3")
    opened.close()


def test_five_failures_lock_an_account(base: Review) -> None:
    person(base)

    for _ in range(5):
        accounts.prove(base, "wang", "falsch")

    assert accounts.prove(base, "wang", PASSWORD) is None
    assert accounts.accounts(base)[0].locked_why == "连续5次口令或动态码错误"
    assert review.verify(base) == []


def test_wrong_codes_after_right_passwords_lock_as_well(base: Review, clock: Clock) -> None:
    wang = person(base)
    secret = accounts.new_secret()
    accounts.set_second(base, wang.who, wang.account_id, secret, code(clock, secret))
    clock.move(seconds=60)

    for _ in range(5):
        accounts.prove(base, "wang", PASSWORD)
        accounts.prove_second(base, wang.account_id, "000000")

    assert accounts.accounts(base)[0].locked_at is not None


def test_an_unlocked_account_begins_anew(base: Review) -> None:
    wang = person(base)
    accounts.lock(base, ADMIN, "wang")
    accounts.unlock(base, ADMIN, "wang", "Neu-Passwort-7")

    assert accounts.prove(base, "wang", PASSWORD) is None
    assert accounts.prove(base, "wang", "Neu-Passwort-7") == wang.account_id
    assert value(base, "SELECT totp_secret FROM account") is None


def test_a_code_works_once(base: Review, clock: Clock) -> None:
    wang = person(base)
    secret = accounts.new_secret()
    assert accounts.set_second(base, wang.who, wang.account_id, secret, code(clock, secret))

    assert not accounts.prove_second(base, wang.account_id, code(clock, secret))
    clock.move(seconds=30)
    assert accounts.prove_second(base, wang.account_id, code(clock, secret))
    assert not accounts.prove_second(base, wang.account_id, code(clock, secret))


def test_an_old_code_is_refused(base: Review, clock: Clock) -> None:
    wang = person(base)
    secret = accounts.new_secret()
    accounts.set_second(base, wang.who, wang.account_id, secret, code(clock, secret))
    clock.move(minutes=5)
    old = code(clock, secret)
    clock.move(minutes=2)

    assert not accounts.prove_second(base, wang.account_id, old)


@pytest.mark.parametrize("roles", [("auditor", "system_admin"), ("security_admin", "system_admin"),
                                   ("auditor", "handler"), ("wizard",), ("system_admin", "head")])
def test_no_account_mixes_an_administrator_s_role(base: Review, roles: tuple[str, ...]) -> None:
    with pytest.raises(EngineError, match="E-ROLE"):
        accounts.add(base, ADMIN, "li", "李某", PASSWORD, roles=roles)

    person(base, "wang")
    with pytest.raises(EngineError, match="E-ROLE"):
        accounts.grant(base, ADMIN, "wang", roles, ())


def test_nobody_grants_to_themselves(base: Review) -> None:
    an = person(base, "an", ("security_admin",))

    with pytest.raises(EngineError, match="E-RIGHTS"):
        accounts.grant(base, an.who, "an", ["auditor"], [])
    accounts.grant(base, person(base, "qian", ("security_admin",)).who, "an", ["auditor"], [])


@pytest.mark.parametrize("weak", ["short-A1", "alllowercaseletters", "wang-Wang-2026", "1234567890"])
def test_a_weak_password_is_refused(base: Review, weak: str) -> None:
    with pytest.raises(EngineError, match="E-PASSWORD-WEAK"):
        accounts.add(base, ADMIN, "wang", "王某", weak, roles=("handler",))


@pytest.mark.parametrize("login", ["", "王某", "a b", "a;b", "a'--"])
def test_a_login_name_is_plain(base: Review, login: str) -> None:
    with pytest.raises(EngineError, match="E-LOGIN"):
        accounts.add(base, ADMIN, login, "王某", PASSWORD, roles=("handler",))


def test_a_taken_name_is_refused(base: Review) -> None:
    person(base)

    with pytest.raises(EngineError, match="E-LOGIN-TAKEN"):
        accounts.add(base, ADMIN, "Wang", "另一人", PASSWORD, roles=("handler",))


def test_a_new_account_must_change_its_password(base: Review) -> None:
    wang = person(base)
    assert value(base, "SELECT must_change FROM account") in (True, 1)

    with pytest.raises(EngineError, match="E-PASSWORD-SAME"):
        accounts.set_password(base, wang.who, wang.account_id, PASSWORD)
    accounts.set_password(base, wang.who, wang.account_id, "Mein-Eigenes-1")

    assert value(base, "SELECT must_change FROM account") in (False, 0)


def test_a_session_ends_when_idle(base: Review, clock: Clock) -> None:
    token = sessions.begin(base, person(base).account_id, "full")
    clock.move(minutes=14)
    assert sessions.find(base, token) is not None

    clock.move(minutes=14)
    assert sessions.find(base, token) is not None
    clock.move(minutes=15)
    assert sessions.find(base, token) is None


def test_a_session_ends_after_twelve_hours_of_work(base: Review, clock: Clock) -> None:
    token = sessions.begin(base, person(base).account_id, "full")

    for _ in range(71):
        clock.move(minutes=10)
        assert sessions.find(base, token) is not None
    clock.move(minutes=10)

    assert sessions.find(base, token) is None


@pytest.mark.parametrize("how", ["logout", "lock", "grant"])
def test_a_session_ends_at_once(base: Review, how: str) -> None:
    wang = person(base)
    token = sessions.begin(base, wang.account_id, "full")
    found = sessions.find(base, token)
    assert found is not None

    if how == "logout":
        sessions.end(base, found)
    elif how == "lock":
        accounts.lock(base, ADMIN, "wang")
    else:
        accounts.grant(base, ADMIN, "wang", ["head"], [("", "")])

    assert sessions.find(base, token) is None


def test_the_database_does_not_hold_the_token(base: Review) -> None:
    token = sessions.begin(base, person(base).account_id)

    assert token not in str(value(base, "SELECT token_hash FROM session"))


@pytest.mark.parametrize(("text", "expected"), [("411102", ("411102", "")), ("4111", ("4111", "")),
                                                ("410000", ("41", "")), (":行政检察部门", ("", "行政检察部门"))])
def test_a_scope_is_read(text: str, expected: tuple[str, str]) -> None:
    assert accounts.read_scope(text) == expected


@pytest.mark.parametrize("text", ["漯河", "4", "991102x"])
def test_a_scope_of_no_place_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="E-SCOPE"):
        accounts.read_scope(text)
