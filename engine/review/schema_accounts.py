"""The tables of accounts, their rights, sessions and saved views (see `engine.review.schema`)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

Key = BigInteger().with_variant(Integer, "sqlite")
"""A key the database counts up itself."""

account = Table(
    "account", METADATA,
    Column("account_id", Key, primary_key=True),
    Column("login", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False, default=True),
    Column("totp_secret", Text),
    Column("totp_step", BigInteger),                        # the last one used: a code works once
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_at", DateTime),
    Column("locked_why", String, nullable=False, default=""),
    Column("created_at", DateTime, nullable=False),
    Column("used_at", DateTime),                            # last whole login or unlocking; none yet: since it was made
)

password_before = Table(                                    # passwords an account had: not to be taken again
    "password_before", METADATA,
    Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("password_hash", Text, nullable=False),
    Index("password_before_by_account", "account_id"),
)

account_role = Table(
    "account_role", METADATA,
    Column("account_id", Key, ForeignKey("account.account_id"), primary_key=True),
    Column("role", String, primary_key=True),
)

account_scope = Table(
    "account_scope", METADATA,
    Column("account_id", Key, ForeignKey("account.account_id"), primary_key=True),
    Column("division", String, primary_key=True),           # leading digits; '' is every place, known or not
    Column("department", String, primary_key=True),         # '' is every department
)

saved_view = Table(
    "saved_view", METADATA,
    Column("view_id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
    Column("name", String, nullable=False),
    Column("asked", Text, nullable=False),                  # JSON object: filter of the list -> text
    Column("is_shared", Boolean, nullable=False),
    UniqueConstraint("account_id", "name"),
    sqlite_autoincrement=True,
)

first_view = Table(
    "first_view", METADATA,
    Column("account_id", Key, ForeignKey("account.account_id"), primary_key=True, autoincrement=False),
    Column("view_id", Key, ForeignKey("saved_view.view_id"), nullable=False),
)

session = Table(
    "session", METADATA,
    Column("token_hash", String, primary_key=True),
    Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
    Column("stage", String, nullable=False),                # password, or full once the second factor was given
    Column("csrf", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Index("session_by_account", "account_id"),
)
