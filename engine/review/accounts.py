"""Accounts: made by command or by administrators, proved by password and a second factor, locked after five failures.

Passwords are kept as argon2id; nobody, the maker included, knows one after its first use: a new account's password
must be changed at once. There is no default account and no default password.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.identifiers import division as divisions
from engine.review import audit, schema, sealing
from engine.review.audit import Who
from engine.review.database import Review
from engine.review.rights import check_roles

FAILURES = 5
"""Wrong passwords or codes in a row after which an account is locked."""

REMEMBERED = 5
"""Passwords, the present one included, that may not be taken again."""

LEAST = 10
"""Characters of a password, which must also mix kinds."""


@dataclass(frozen=True)
class Account:
    """An account as lists show it."""

    account_id: int
    login: str
    name: str
    roles: tuple[str, ...]
    scopes: tuple[tuple[str, str], ...]
    has_second_factor: bool
    locked_at: datetime | None
    locked_why: str
    used_at: datetime | None


def add(
    review: Review, who: Who, login: str, name: str, password: str, *, roles: Collection[str] = (),
    scopes: Collection[tuple[str, str]] = (),
) -> int:
    """Make an account and return its id; raises EngineError for a taken name, unfit roles or a weak password."""
    login = login.strip().lower()
    if not login or not login.isascii() or not login.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise EngineError("登录名", "只能用字母、数字和 . - _", "例如 zhangsan", "E-LOGIN")
    if roles:
        check_roles(frozenset(roles))
    check_password(password, login)
    with review.writing() as connection:
        a = schema.account.c
        if connection.execute(sa.select(a.account_id).where(a.login == login)).first():
            raise EngineError("登录名", f"已有账号 {login}", "请换一个登录名", "E-LOGIN-TAKEN")
        account_id = int(connection.execute(sa.insert(schema.account).values(
            login=login, name=name.strip() or login, password_hash=review.hasher.hash(password),
            created_at=review.clock()).returning(a.account_id)).scalar_one())
        _set_grants(connection, account_id, roles, scopes)
        audit.account_changed(review, connection, who, account_id, "account:add", login=login, roles=sorted(roles))
        return account_id


def grant(
    review: Review, who: Who, login: str, roles: Collection[str], scopes: Collection[tuple[str, str]]
) -> None:
    """Give an account these roles and scopes instead of those it has; its sessions end. Nobody grants to themselves."""
    check_roles(frozenset(roles))
    with review.writing() as connection:
        account_id = _id(connection, login)
        if account_id == who.account_id:
            raise EngineError("授权", "不能变更自己的角色和范围", "请由另一位安全管理员办理", "E-RIGHTS")
        _set_grants(connection, account_id, roles, scopes)
        _end_sessions(review, connection, account_id)
        audit.account_changed(review, connection, who, account_id, "account:grant", login=login, roles=sorted(roles),
                              scopes=sorted(scopes))


def lock(review: Review, who: Who, login: str, why: str = "管理员锁定") -> None:
    """Lock an account and end its sessions."""
    with review.writing() as connection:
        account_id = _id(connection, login)
        _lock(review, connection, who, account_id, why)


def unlock(review: Review, who: Who, login: str, password: str | None = None) -> None:
    """Unlock an account; with `password` also give it a new first password and ask for a new second factor."""
    if password is not None:
        check_password(password, login)
    with review.writing() as connection:
        account_id = _id(connection, login)
        values: dict[str, object] = {"locked_at": None, "locked_why": "", "failures": 0, "used_at": review.clock()}
        if password is not None:
            values |= {"password_hash": review.hasher.hash(password), "must_change": True, "totp_secret": None,
                       "totp_step": None}
        connection.execute(sa.update(schema.account).where(schema.account.c.account_id == account_id).values(**values))
        audit.account_changed(review, connection, who, account_id, "account:unlock", login=login,
                              new_password=password is not None)


def accounts(review: Review) -> list[Account]:
    """Return all accounts by login."""
    a, r, s = schema.account.c, schema.account_role.c, schema.account_scope.c
    with review.reading() as connection:
        roles: dict[int, list[str]] = {}
        for account_id, role in connection.execute(sa.select(r.account_id, r.role).order_by(r.role)):
            roles.setdefault(account_id, []).append(role)
        scopes: dict[int, list[tuple[str, str]]] = {}
        order = sa.select(s.account_id, s.division, s.department).order_by(s.division, s.department)
        for account_id, division, department in connection.execute(order):
            scopes.setdefault(account_id, []).append((division, department))
        rows = connection.execute(sa.select(schema.account).order_by(a.login)).all()
    return [Account(x.account_id, x.login, x.name, tuple(roles.get(x.account_id, ())),
                    tuple(scopes.get(x.account_id, ())), x.totp_secret is not None, x.locked_at, x.locked_why,
                    x.used_at)
            for x in rows]


def check_password(password: str, login: str = "") -> None:
    """Raise EngineError for a password that is short, of one kind, or holds the login name."""
    kinds = sum((any(c.islower() for c in password), any(c.isupper() for c in password),
                 any(c.isdigit() for c in password), any(not c.isalnum() for c in password)))
    if len(password) < LEAST or kinds < 3 or (login and login in password.lower()):
        fix = f"至少 {LEAST} 位，大写、小写、数字、符号中至少三种，且不含登录名"
        raise EngineError("口令", "太弱", fix, "E-PASSWORD-WEAK")


def first_password() -> str:
    """Return a random password for an account's first login."""
    return f"{secrets.token_urlsafe(12)}-Aa1"


def prove(review: Review, login: str, password: str) -> int | None:
    """Return the account that proves itself by name and password, else None; failures count, and lock at the fifth."""
    a = schema.account.c
    with review.writing() as connection:
        lock_idle(review, connection, login)
        row = connection.execute(sa.select(a.account_id, a.password_hash, a.locked_at)
                                 .where(a.login == login.strip().lower())).first()
        right = _fits(review, row.password_hash if row else review.nobody, password)
        if row is None or row.locked_at is not None:
            audit.write(review, connection, Who("未登录"), "login:refused",
                        f"account:{row.account_id}" if row else "", why="locked" if row else "unknown")
            return None
        if not right:
            fail(review, connection, row.account_id, "password")
            return None
        if review.hasher.check_needs_rehash(row.password_hash):
            _update(connection, row.account_id, password_hash=review.hasher.hash(password))
            audit.account_changed(review, connection, Who("系统"), row.account_id, "account:rehash")
        return int(row.account_id)


def identified(review: Review, login: str) -> int | None:
    """Return the account an identity provider vouches for by its name; None where there is none, or it is locked."""
    a = schema.account.c
    with review.writing() as connection:
        lock_idle(review, connection, login)
        row = connection.execute(sa.select(a.account_id, a.locked_at).where(a.login == login)).first()
        if row is None or row.locked_at is not None:
            audit.write(review, connection, Who("统一认证"), "login:refused",
                        f"account:{row.account_id}" if row else "", why="locked" if row else "unknown")
            return None
        return int(row.account_id)


def lock_idle(review: Review, connection: Connection, login: str) -> None:
    """Lock an account that nobody used for longer than is allowed (`XIEZHI_IDLE_DAYS`)."""
    a = schema.account.c
    before = review.clock() - timedelta(days=review.idle_days)
    found = connection.execute(sa.select(a.account_id).where(
        a.login == login.strip().lower(), a.locked_at.is_(None),
        sa.func.coalesce(a.used_at, a.created_at) < before)).scalar()
    if review.idle_days and found is not None:
        _lock(review, connection, Who("系统"), int(found), f"超过{review.idle_days}天没有登录")


def prove_second(review: Review, account_id: int, code: str) -> bool:
    """Return whether the code is right for now (or half a minute off) and was not used before; failures count."""
    a = schema.account.c
    with review.writing() as connection:
        row = connection.execute(sa.select(a.totp_secret, a.totp_step, a.locked_at)
                                 .where(a.account_id == account_id)).one()
        secret = row.totp_secret and sealing.unseal(review.keys, account_id, row.totp_secret)
        step = None if not secret or row.locked_at else _step(review, secret, code)
        if step is None or (row.totp_step is not None and step <= row.totp_step):
            if row.locked_at is None:
                fail(review, connection, account_id, "code")
            return False
        _update(connection, account_id, totp_step=step, failures=0)
        return True


def _step(review: Review, secret: str, code: str) -> int | None:
    """Return the half-minute the code belongs to, or None."""
    totp = pyotp.TOTP(secret)
    now = review.instant() // totp.interval
    return next((s for s in (now, now - 1, now + 1)
                 if secrets.compare_digest(totp.generate_otp(s).encode(), code.strip().encode())), None)


def fail(review: Review, connection: Connection, account_id: int, why: str) -> None:
    """Count a failure; the fifth locks."""
    a = schema.account.c
    failures = connection.execute(sa.update(schema.account).where(a.account_id == account_id).values(
        failures=a.failures + 1).returning(a.failures)).scalar_one()
    audit.write(review, connection, Who("未登录"), "login:refused", f"account:{account_id}", why=why, failures=failures)
    if failures >= FAILURES:
        _lock(review, connection, Who("系统"), account_id, f"连续{FAILURES}次口令或动态码错误")


def set_password(review: Review, who: Who, account_id: int, password: str) -> None:
    """Give an account the password its owner chose; its other sessions end."""
    a = schema.account.c
    with review.writing() as connection:
        row = connection.execute(sa.select(a.login, a.password_hash).where(a.account_id == account_id)).one()
        check_password(password, row.login)
        if _fits(review, row.password_hash, password):
            raise EngineError("口令", "与原口令相同", "请换一个", "E-PASSWORD-SAME")
        if any(_fits(review, hashed, password) for hashed in _before(connection, account_id)):
            what = f"与以前用过的口令相同（最近{REMEMBERED}个不能再用）"
            raise EngineError("口令", what, "请换一个", "E-PASSWORD-SAME")
        connection.execute(sa.insert(schema.password_before).values(
            account_id=account_id, at=review.clock(), password_hash=row.password_hash))
        _update(connection, account_id, password_hash=review.hasher.hash(password), must_change=False)
        audit.account_changed(review, connection, who, account_id, "account:password")


def _before(connection: Connection, account_id: int) -> list[str]:
    """Return the passwords an account had last, the present one left out."""
    b = schema.password_before.c
    return list(connection.execute(sa.select(b.password_hash).where(b.account_id == account_id)
                                   .order_by(b.at.desc()).limit(REMEMBERED - 1)).scalars())


def new_secret() -> str:
    """Return a fresh secret for a second factor."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Return whether a text is shaped as a secret of ours."""
    return re.fullmatch("[A-Z2-7]{32}", text) is not None


def secret_uri(secret: str, login: str) -> str:
    """Return what an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="獬豸")


def set_second(review: Review, who: Who, account_id: int, secret: str, code: str) -> bool:
    """Make a secret the account's second factor once its owner shows a right code; return whether it was right."""
    with review.writing() as connection:
        step = _step(review, secret, code)
        if step is None:
            fail(review, connection, account_id, "code")
            return False
        sealed = sealing.seal(connection, review.keys, account_id, secret)
        _update(connection, account_id, totp_secret=sealed, totp_step=step, failures=0)
        audit.account_changed(review, connection, who, account_id, "account:second")
        return True


def read_scope(text: str) -> tuple[str, str]:
    """Return a scope written 地区代码:部门, either part may be empty (all); raises EngineError for an unknown code.

    >>> read_scope("411102"), read_scope("4111"), read_scope(":行政检察部门"), read_scope("")
    (('411102', ''), ('4111', ''), ('', '行政检察部门'), ('', ''))
    """
    code, _, department = text.partition(":")
    known = divisions.clean(code) if code else ""
    if known is None:
        raise EngineError("范围", f"{code} 不是行政区划代码", "请写 2、4 或 6 位代码，如 4111", "E-SCOPE")
    return divisions.prefix(known) if known else "", department.strip()


def _fits(review: Review, hashed: str, password: str) -> bool:
    try:
        return review.hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _update(connection: Connection, account_id: int, **values: object) -> None:
    connection.execute(sa.update(schema.account).where(schema.account.c.account_id == account_id).values(**values))


def _id(connection: Connection, login: str) -> int:
    a = schema.account.c
    found = connection.execute(sa.select(a.account_id).where(a.login == login.strip().lower())).scalar()
    if found is None:
        raise EngineError("登录名", f"没有账号 {login}", "请用 xiezhi user list 查看", "E-LOGIN-NONE")
    return int(found)


def _set_grants(
    connection: Connection, account_id: int, roles: Collection[str], scopes: Collection[tuple[str, str]]
) -> None:
    for table in (schema.account_role, schema.account_scope):
        connection.execute(sa.delete(table).where(table.c.account_id == account_id))
    for role in sorted(set(roles)):
        connection.execute(sa.insert(schema.account_role).values(account_id=account_id, role=role))
    for division, department in sorted(set(scopes)):
        connection.execute(sa.insert(schema.account_scope).values(
            account_id=account_id, division=division, department=department))


def _lock(review: Review, connection: Connection, who: Who, account_id: int, why: str) -> None:
    _update(connection, account_id, locked_at=review.clock(), locked_why=why)
    _end_sessions(review, connection, account_id)
    audit.account_changed(review, connection, who, account_id, "account:lock", why=why)


def _end_sessions(review: Review, connection: Connection, account_id: int) -> None:
    s = schema.session.c
    connection.execute(sa.update(schema.session).where(s.account_id == account_id, s.ended_at.is_(None))
                       .values(ended_at=review.clock()))
