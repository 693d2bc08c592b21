"""Clues taken out of the database into workbooks, and the seal by which their rows are known when they come back.

Each row carries a token: which database and publication it is from, the clue, its version, the finding, the hash of
its evidence, the hashes of the cells as they were written, and a code (HMAC-SHA256, RFC 2104) over all of it with a key
that never leaves the database. Whoever edits a token, or writes one, cannot make the code.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import audit, filters, schema
from engine.review.audit import Who
from engine.review.database import Review
from engine.review.filters import Query
from engine.review.rights import Actor, demand, visible

ALONE = 200
"""Clues somebody may take out without a second person's consent (`releases`)."""

_VERSION = "xiezhi-1"

_ROWS = {
    "clue_id": pl.String, "place": pl.Int64, "party": pl.String, "unit": pl.String, "numbers": pl.String,
    "amount_cents": pl.Int64, "version": pl.Int64, "clue_texts": pl.String, "finding_id": pl.String,
    "title": pl.String, "rule_id": pl.String, "rule_version": pl.Int64, "evidence_hash": pl.String, "say": pl.String,
    "texts": pl.String, "decision": pl.String, "reason": pl.String, "words": pl.String, "transfer_to": pl.String,
}


@dataclass(frozen=True)
class Key:
    """What a row's token says; `shown` and `given` are hashes of its evidence cells and its decision cells."""

    base: str
    publication: int
    clue_id: str
    version: int
    finding_id: str
    evidence_hash: str
    shown: str
    given: str


@dataclass(frozen=True)
class Seal:
    """The name and the key of a review database."""

    base: str
    secret: bytes

    def token(self, key: Key) -> str:
        """Return the token of a row."""
        told = [_VERSION, *(getattr(key, field.name) for field in fields(Key))]
        return json.dumps([*told, self._code(told)], ensure_ascii=False, separators=(",", ":"))

    def open(self, token: str) -> Key | None:
        """Return what a token says, None where nobody of this database wrote it."""
        try:
            *told, code = json.loads(token)
            right = isinstance(code, str) and hmac.compare_digest(code.encode(), self._code(told).encode())
        except (ValueError, TypeError, RecursionError):
            return None
        return Key(*told[1:]) if right and told[0] == _VERSION else None

    def is_foreign(self, token: str) -> bool:
        """Return whether a token names another database; what it says is not proved."""
        try:
            told = json.loads(token)
            return isinstance(told, list) and told[0] == _VERSION and told[1] != self.base
        except (ValueError, IndexError, RecursionError):
            return False

    def _code(self, told: Sequence[object]) -> str:
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return hmac.new(self.secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Taken:
    """Clues taken out: a row a finding (in the order of the ids), whose they are, and who took them when.

    `rows` has the columns of the review database; `texts` and `clue_texts` are JSON; the decision is the one that
    holds, in its codes.
    """

    rows: pl.DataFrame
    seal: Seal
    publication: int
    run_id: int
    as_of: date
    by: Who
    at: datetime


def pick(
    review: Review, actor: Actor, query: Query, *, department: str = "", login: str | None = None
) -> pl.DataFrame:
    """Return the clues that somebody sees and a query finds: clue_id, department, login and name of the assignee.

    In the order of the query. `department` and `login` keep one department's, one assignee's.
    """
    c, a = schema.clue.c, schema.account.c
    kept = [c.department == department] if department else []
    kept += [a.login == login] if login is not None else []
    has_finding = sa.select(schema.finding.c.clue_id).where(schema.finding.c.presence != "gone")
    kept += filters.tests(query, actor, review.clock().date())
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(c.clue_id, c.department, a.login, a.name)
            .outerjoin(schema.account, a.account_id == c.assignee_id)
            .where(visible(actor), *kept, c.clue_id.in_(has_finding))
            .order_by(*filters.order(query))).all()
    names = ("clue_id", "department", "login", "name")
    return pl.DataFrame([tuple(row) for row in rows], schema=dict.fromkeys(names, pl.String), orient="row")


def take_out(review: Review, actor: Actor, clue_ids: Sequence[str], by: Who, **told: object) -> Taken:
    """Return the findings of those clues the actor sees, and keep in the audit who took which clues out.

    At most a few thousand ids; `told` goes into the audit as well. Raises EngineError for somebody who may not judge.
    """
    demand(actor, "judge")
    with review.writing() as connection:
        rows = pl.DataFrame([tuple(row) for row in connection.execute(_taken(actor, clue_ids))],
                            schema=_ROWS, orient="row")
        order = pl.DataFrame({"clue_id": list(clue_ids)}, schema={"clue_id": pl.String})
        rows = order.unique(maintain_order=True).join(rows, on="clue_id", maintain_order="left_right")
        ids = rows["clue_id"].unique(maintain_order=True).to_list()
        run = _newest(connection)
        audit.write(review, connection, by, "export", "workbook", clues=ids, findings=rows.height, **told)
        return Taken(rows, seal_of(connection), *run, by, review.clock())


def _taken(actor: Actor, clue_ids: Sequence[str]) -> sa.Select[tuple[object, ...]]:
    """The columns of `_ROWS`: findings that stand, with the decision that holds on the evidence as it is."""
    c, f, t, j = schema.clue.c, schema.finding.c, schema.finding_text.c, schema.judgement.c
    holds = sa.and_(j.judgement_id == f.judgement_id, f.decided_hash == f.evidence_hash)
    return (
        sa.select(c.clue_id, c.place, c.party, c.unit, c.numbers, c.amount_cents, c.version, schema.clue_text.c.texts,
                  f.finding_id, f.title, f.rule_id, f.rule_version, f.evidence_hash, t.say, t.texts, j.decision,
                  j.reason, j.words, j.transfer_to)
        .join(schema.clue_text, schema.clue_text.c.clue_id == c.clue_id)
        .join(schema.finding, f.clue_id == c.clue_id).join(schema.finding_text, t.finding_id == f.finding_id)
        .outerjoin(schema.judgement, holds)
        .where(c.clue_id.in_(clue_ids), visible(actor), f.presence != "gone")
        .order_by(c.clue_id, f.turn, f.rule_id, f.finding_id))


def seal_of(connection: Connection) -> Seal:
    """Return the database's own key, made with its tables, and its name: the beginning of the key's hash."""
    s = schema.setting.c
    key = bytes.fromhex(connection.execute(sa.select(s.value).where(s.name == "book_key")).scalar_one())
    return Seal(hashlib.sha256(key).hexdigest()[:16], key)


def _newest(connection: Connection) -> tuple[int, int, date]:
    """Return the newest publication with its run and the day its data end; zeros where nothing was published."""
    r = schema.run.c
    row = connection.execute(
        sa.select(r.publication, r.run_id, r.as_of).order_by(r.publication.desc()).limit(1)).first()
    return (row.publication, row.run_id, row.as_of) if row else (0, 0, date.min)
