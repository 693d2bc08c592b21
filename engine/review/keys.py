"""Second factors under a new key: those of older versions sealed at all, all renewed, those lost bound anew."""

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema, sealing
from engine.review.audit import Who
from engine.review.database import Review


def seal_clear(review: Review) -> int:
    """Seal what an older version left in clear and return how many; nothing where no place for a key is known."""
    with review.reading() as connection:
        waiting = any(sealing.is_clear(stored) for _, stored in sealing.stored_secrets(connection))
    if not waiting or (not review.keys.given and review.keys.file is None):
        return 0
    with review.writing() as connection:
        clear = [(account_id, stored) for account_id, stored in sealing.stored_secrets(connection)
                 if sealing.is_clear(stored)]
        for account_id, stored in clear:
            _seal(review, connection, Who("系统"), account_id, stored)
        return len(clear)


def rekey(review: Review, who: Who, *, lost: bool = False) -> tuple[int, int]:
    """Seal every second factor by a fresh key, forget the old ones; return how many were renewed and taken away.

    `lost`: second factors whose key is not here any more are taken away, their owners bind again. Without it they stop
    the whole. An interruption leaves old and new keys side by side, and everything can be opened.
    """
    with review.writing(alone=True) as connection:
        gone = sealing.lost(connection, review.keys)
        if gone and not lost:
            fix = "请先从备份恢复密钥文件；确实丢失的，加 --lost，这些人须重新绑定动态码"
            raise EngineError("动态码", f"{len(gone)} 个账号的密钥不在这台机器上", fix, "E-REVIEW-KEY")
        for account_id in gone:
            connection.execute(sa.update(schema.account).where(schema.account.c.account_id == account_id)
                               .values(totp_secret=None, totp_step=None))
            audit.account_changed(review, connection, who, account_id, "account:second-lost")
        review.keys.add()
        kept = sealing.stored_secrets(connection)
        for account_id, stored in kept:
            _seal(review, connection, who, account_id, sealing.unseal(review.keys, account_id, stored))
    review.keys.keep_first()
    return len(kept), len(gone)


def _seal(review: Review, connection: Connection, who: Who, account_id: int, secret: str) -> None:
    sealed = sealing.seal(connection, review.keys, account_id, secret)
    connection.execute(sa.update(schema.account).where(schema.account.c.account_id == account_id)
                       .values(totp_secret=sealed))
    audit.account_changed(review, connection, who, account_id, "account:sealed")
