"""Secrets of second factors sealed with a key that is not in the database: a copied database alone lets nobody in.

AES-256-GCM with the account's number bound in, so a sealed secret moved to another account opens nothing. The key is
`XIEZHI_REVIEW_KEY`, else a file (`XIEZHI_REVIEW_KEY_FILE`, else beside the data folder), made on first use with mode
600. A line a key: the first seals, the others still open what was sealed by them, until `rekey` has renewed it.
"""

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import schema

VARIABLE, FILE_VARIABLE = "XIEZHI_REVIEW_KEY", "XIEZHI_REVIEW_KEY_FILE"

MARK = "s1"
"""First part of a sealed secret; one without is in clear, of an older version."""


@dataclass(frozen=True)
class KeyRing:
    """Where the keys are: in the environment or in a file; neither is known for a PostgreSQL without settings."""

    given: str = field(default="", repr=False)
    file: Path | None = None

    def known(self) -> list[bytes]:
        """Return the keys, the sealing one first; none where the file is not there yet."""
        if self.given:
            return [_key(self.given, VARIABLE)]
        if self.file is None or not self.file.exists():
            return []
        if self.file.stat().st_mode & 0o077:
            fix = f"请运行 chmod 600 {self.file}"
            raise EngineError(str(self.file), "密钥文件别人也能读", fix, "E-REVIEW-KEY")
        lines = self.file.read_text(encoding="ascii", errors="replace").split()
        return [_key(line, str(self.file)) for line in lines]

    def add(self) -> None:
        """Put a fresh key before those there are; an interrupted write leaves the file as it was."""
        if self.given or self.file is None:
            fix = f"请把 {FILE_VARIABLE} 设为密钥文件的位置（多台机器共用的，每台放同一份）"
            raise EngineError("动态码密钥", "不知道密钥文件在哪里", fix, "E-REVIEW-KEY")
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        old = [base64.urlsafe_b64encode(key).decode() for key in self.known()]
        self._write([fresh, *old])

    def keep_first(self) -> None:
        """Forget all keys but the sealing one."""
        if self.file is not None and not self.given:
            self._write([base64.urlsafe_b64encode(key).decode() for key in self.known()[:1]])

    def _write(self, lines: list[str]) -> None:
        assert self.file is not None
        unfinished = self.file.with_name(f"{self.file.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            fix = f"请给运行账号写权限，或用 {FILE_VARIABLE} 换个位置"
            raise EngineError(str(self.file), "不能写动态码密钥文件", fix, "E-REVIEW-KEY") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.file)


def ring(url: sa.URL, home: Path | None = None) -> KeyRing:
    """Return where the keys of a database are: by the environment, else beside the data folder (or the SQLite file's).
    """
    given, file = os.environ.get(VARIABLE, ""), os.environ.get(FILE_VARIABLE, "")
    if given or file:
        return KeyRing(given, Path(file) if file and not given else None)
    folder = home and home.absolute()
    if folder is None:
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return KeyRing()
        folder = Path(url.database).absolute().parent
    return KeyRing(file=folder.parent / f"{folder.name}.review-key")


def seal(connection: Connection, keys: KeyRing, account_id: int, secret: str) -> str:
    """Return a secret sealed for an account; the first time a key is made."""
    known = keys.known()
    if not known:
        if lost(connection, keys):
            raise _gone()
        keys.add()
        known = keys.known()
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(known[0]).encrypt(nonce, secret.encode(), _bound(account_id))
    return f"{MARK}:{_name(known[0])}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(keys: KeyRing, account_id: int, stored: str) -> str:
    """Return the secret; EngineError where its key is not here, or it was sealed for another account or changed."""
    if not stored.startswith(f"{MARK}:"):
        return stored
    _, name, text = stored.split(":", 2)
    key = next((k for k in keys.known() if _name(k) == name), None)
    if key is None:
        raise _gone()
    try:
        raw = base64.urlsafe_b64decode(text)
        return AESGCM(key).decrypt(raw[:12], raw[12:], _bound(account_id)).decode()
    except (InvalidTag, ValueError):
        raise EngineError("动态码", "绑定的密钥被改动过", "请找系统管理员重新绑定", "E-REVIEW-KEY") from None


def lost(connection: Connection, keys: KeyRing) -> list[int]:
    """Return the accounts whose secret was sealed by a key that is not here."""
    names = {_name(key) for key in keys.known()}
    return [account_id for account_id, stored in stored_secrets(connection)
            if stored.startswith(f"{MARK}:") and stored.split(":")[1] not in names]


def stored_secrets(connection: Connection) -> list[tuple[int, str]]:
    """Return account and secret, sealed or (of older versions) in clear, of all that have one."""
    a = schema.account.c
    rows = connection.execute(sa.select(a.account_id, a.totp_secret).where(a.totp_secret.is_not(None))
                              .order_by(a.account_id)).all()
    return [(int(row.account_id), str(row.totp_secret)) for row in rows]


def is_clear(stored: str) -> bool:
    """Return whether a stored secret is in clear."""
    return not stored.startswith(f"{MARK}:")


def _key(text: str, where: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        fix = "应是 32 个字节的 base64（URL 安全），一行一个；请从备份恢复"
        raise EngineError(where, "不是动态码密钥", fix, "E-REVIEW-KEY")
    return key


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def _bound(account_id: int) -> bytes:
    return f"totp:{account_id}".encode()


def _gone() -> EngineError:
    fix = "请管理员从备份恢复密钥文件；确实丢失的，运行 xiezhi user rekey --lost 后各人重新绑定"
    return EngineError("动态码", "解开动态码的密钥不在这台机器上", fix, "E-REVIEW-KEY")
