"""The audit: who did what to what, each entry chained by hash to the one before, each decided row held by its own.

An entry is written in the transaction of the change it tells of. A row of `judgement`, `assignment` and the like is
told of by exactly one entry, which carries the row's hash; so a row written, changed or removed past the engine is
found, and so is an entry changed, removed or put in between. Only cutting off the end, or writing the whole chain anew,
leaves no trace inside: compare with an anchor (number and hash of the last entry) kept on another machine.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import schema
from engine.review.database import Review

START = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True)
class Anchor:
    """Number and hash of the last entry at some time; one line of text for a file or a sheet of paper."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


@dataclass(frozen=True)
class Who:
    """Who an entry names: an account, or the command line of the machine (no account)."""

    name: str
    account_id: int | None = None


def write(
    review: Review, connection: Connection, who: Who, action: str, object: str = "", **detail: object
) -> int:
    """Append an entry in the running transaction and return its number."""
    return _write(review, connection, who, action, object, detail, "")


def refused(review: Review, who: Who, action: str, object: str, code: str) -> None:
    """Keep that an attempt was refused, in a transaction of its own: the attempt's was undone."""
    with review.writing() as connection:
        write(review, connection, who, f"refused:{action}", object, code=code)


def append(
    review: Review, connection: Connection, who: Who, table: sa.Table, row: Mapping[str, object], action: str
) -> int:
    """Append a decided row together with the entry that tells of it, and return the row's number."""
    key = table.primary_key.columns[0]
    number = int(connection.execute(sa.insert(table).values(**row).returning(key)).scalar_one())
    written = connection.execute(sa.select(table).where(key == number)).mappings().one()
    detail = {"clue": row.get("clue_id")}
    _write(review, connection, who, action, f"{table.name}:{number}", detail, row_hash(written))
    return number


def account_changed(
    review: Review, connection: Connection, who: Who, account_id: int, action: str, **detail: object
) -> None:
    """Append an entry about an account, with the hash of its rights and secrets as they now are."""
    hashed = account_hash(connection, account_id)
    _write(review, connection, who, action, f"account:{account_id}", detail, hashed)


def _write(
    review: Review, connection: Connection, who: Who, action: str, object: str, detail: Mapping[str, object], held: str
) -> int:
    review.order_audit(connection)
    last = anchor(connection)
    number = last.number + 1
    entry = {
        "audit_id": number, "at": review.clock(), "account_id": who.account_id, "actor": who.name, "action": action,
        "object": object, "detail": json.dumps(detail, ensure_ascii=False, default=str, sort_keys=True),
        "row_hash": held, "previous": last.hash,
    }
    connection.execute(sa.insert(schema.audit).values(**entry, hash=row_hash(entry)))
    return number


def row_hash(row: Mapping[Any, Any]) -> str:
    """Return the hash of a row's columns in the order of their names; the same on every database.

    A column the table got later counts where it holds something: rows from before it keep their hash.
    """
    told = {str(name): _plain(value) for name, value in row.items()
            if name != "hash" and not (value is None and name in schema.LATER)}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def account_hash(connection: Connection, account_id: int) -> str:
    """Return the hash of what an account may do and how it proves itself; counters of a login are left out."""
    a = schema.account.c
    row = connection.execute(
        sa.select(a.login, a.name, a.password_hash, a.must_change, a.totp_secret, a.locked_at)
        .where(a.account_id == account_id)).mappings().one()
    roles = connection.execute(
        sa.select(schema.account_role.c.role).where(schema.account_role.c.account_id == account_id)
        .order_by(schema.account_role.c.role)).scalars()
    s = schema.account_scope.c
    scopes = connection.execute(sa.select(s.division, s.department).where(s.account_id == account_id)
                                .order_by(s.division, s.department))
    return row_hash({**row, "roles": list(roles), "scopes": [list(scope) for scope in scopes]})


def anchor(connection: Connection) -> Anchor:
    """Return the last entry's number and hash; (0, START) of an empty audit."""
    a = schema.audit.c
    last = connection.execute(sa.select(a.audit_id, a.hash).order_by(a.audit_id.desc()).limit(1)).first()
    return Anchor(last.audit_id, last.hash) if last else Anchor(0, START)
