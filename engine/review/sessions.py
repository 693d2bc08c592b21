"""Sessions on the server: a random token in the cookie, its hash in the database; idle 15 minutes, at most 12 hours."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.audit import Who
from engine.review.database import Review
from engine.review.rights import Actor, actor_of

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """A session that is good now; `stage` is password until the second factor was given, then full."""

    token_hash: str
    stage: str
    csrf: str
    actor: Actor
    must_change: bool
    has_second_factor: bool


def begin(review: Review, account_id: int, stage: str = "password", how: str = "") -> str:
    """Begin a session for an account that proved itself and return the token, which is kept nowhere here.

    `how` tells the audit of another proof than password and second factor.
    """
    token = secrets.token_urlsafe(32)
    at = review.clock()
    with review.writing() as connection:
        connection.execute(sa.insert(schema.session).values(
            token_hash=_hash(token), account_id=account_id, stage=stage, csrf=secrets.token_urlsafe(32), created_at=at,
            seen_at=at))
        if stage == "full":
            actor = actor_of(connection, account_id)
            detail = {"how": how} if how else {}
            connection.execute(sa.update(schema.account).where(schema.account.c.account_id == account_id)
                               .values(used_at=at))
            audit.write(review, connection, actor.who if actor else Who("未登录"), "login", f"account:{account_id}",
                        **detail)
    return token


def find(review: Review, token: str) -> Session | None:
    """Return the session of a token and note that it was used; None where it ended or its account is locked."""
    s, a = schema.session.c, schema.account.c
    at = review.clock()
    with review.reading() as connection:
        row = connection.execute(
            sa.select(s.token_hash, s.stage, s.csrf, s.account_id, s.seen_at, a.must_change, a.totp_secret)
            .join(schema.account, a.account_id == s.account_id)
            .where(s.token_hash == _hash(token), s.ended_at.is_(None), s.seen_at > at - IDLE,
                   s.created_at > at - LONGEST)).first()
        actor = actor_of(connection, row.account_id) if row else None
    if row is None or actor is None:
        return None
    if at - row.seen_at >= timedelta(seconds=30):       # not at every request: a page fetches several
        with review.writing() as connection:
            connection.execute(sa.update(schema.session).where(s.token_hash == row.token_hash).values(seen_at=at))
    return Session(row.token_hash, row.stage, row.csrf, actor, row.must_change, row.totp_secret is not None)


def end(review: Review, session: Session) -> None:
    """End a session."""
    with review.writing() as connection:
        connection.execute(sa.update(schema.session).where(schema.session.c.token_hash == session.token_hash)
                           .values(ended_at=review.clock()))
        audit.write(review, connection, session.actor.who, "logout", f"account:{session.actor.account_id}")


@dataclass(frozen=True)
class Open:
    """A session that is good now, as administrators see it; `number` names it and proves nothing."""

    number: str
    login: str
    name: str
    stage: str
    created_at: datetime
    seen_at: datetime


def open_now(review: Review) -> list[Open]:
    """Return the sessions that are good now, the newest use first."""
    s, a, at = schema.session.c, schema.account.c, review.clock()
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(s.token_hash, a.login, a.name, s.stage, s.created_at, s.seen_at)
            .join(schema.account, a.account_id == s.account_id)
            .where(s.ended_at.is_(None), s.seen_at > at - IDLE, s.created_at > at - LONGEST, a.locked_at.is_(None))
            .order_by(s.seen_at.desc(), s.token_hash)).all()
    return [Open(_number(row.token_hash), *row[1:]) for row in rows]


def end_other(review: Review, who: Who, number: str) -> None:
    """End somebody's session by its number (see `open_now`); EngineError where there is none."""
    s = schema.session.c
    with review.writing() as connection:
        rows = connection.execute(sa.select(s.token_hash, s.account_id).where(
            s.ended_at.is_(None), s.seen_at > review.clock() - IDLE)).all()
        found = next((row for row in rows if _number(row.token_hash) == number), None)
        if found is None:
            raise EngineError("登录", "这次登录已经结束", "请刷新账号页", "E-SESSION-NONE")
        connection.execute(sa.update(schema.session).where(s.token_hash == found.token_hash)
                           .values(ended_at=review.clock()))
        audit.write(review, connection, who, "session:end", f"account:{found.account_id}", session=number)


def _number(token_hash: str) -> str:
    return _hash(token_hash)[:16]


def end_all(review: Review, account_id: int) -> None:
    """End every session of an account."""
    s = schema.session.c
    with review.writing() as connection:
        connection.execute(sa.update(schema.session).where(s.account_id == account_id, s.ended_at.is_(None))
                           .values(ended_at=review.clock()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
