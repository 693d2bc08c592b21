"""What people see: the list with filters and honest counts, and one clue with all that is known of it.

Every question goes through `visible`: a clue outside somebody's scope is not there for them, by number either.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from engine.errors import EngineError
from engine.review import audit, filters, schema
from engine.review.database import Review
from engine.review.filters import Query
from engine.review.memo import stamp
from engine.review.rights import Actor, visible

PAGE = 50

Row = Mapping[Any, Any]
"""A row by column name."""


@dataclass(frozen=True)
class Found:
    """One page of the list: its rows, how many match, how many the filter hides, and counts by state without it."""

    rows: Sequence[Row]
    matching: int
    hidden: int
    by_state: Mapping[str, int]
    page: int
    pages: int


def find(review: Review, actor: Actor, query: Query) -> Found:
    """Return a page of the clues the actor may see; a page past the end is the last one."""
    with review.reading() as connection:
        asked = _Asked(review, connection, actor, stamp(connection))
        total = sum(asked.states(Query(presence="")).values())
        by_state = asked.states(query)
        matching = by_state.get(query.state, 0) if query.state else sum(by_state.values())
        pages = max(1, -(-matching // PAGE))
        page = min(query.page, pages)
        c, ids = schema.clue.c, asked.ids(replace(query, page=page))
        found = connection.execute(
            sa.select(schema.clue, schema.account.c.name.label("assignee"))
            .outerjoin(schema.account, schema.account.c.account_id == c.assignee_id)
            .where(c.clue_id.in_(ids), visible(actor))).mappings()
        rows = {row["clue_id"]: row for row in found}
        shown = [rows[clue_id] for clue_id in ids if clue_id in rows]
    return Found(shown, matching, total - matching, by_state, page, pages)


@dataclass(frozen=True)
class _Asked:
    """Questions of one actor at one state of the database; their answers are remembered (see `memo`)."""

    review: Review
    connection: Connection
    actor: Actor
    stamp: tuple[int | None, ...]

    def states(self, query: Query) -> Mapping[str, int]:
        """Return how many clues match in each state, whatever state the query asks for."""
        stateless, c = replace(query, state="", sort="place", page=1), schema.clue.c
        counted: Mapping[str, int] = self._answer(
            "states", stateless, sa.select(c.state, sa.func.count()).group_by(c.state), dict)
        return counted

    def ids(self, query: Query) -> Sequence[str]:
        """Return the ids of the query's page, in order."""
        chosen = sa.select(schema.clue.c.clue_id).order_by(*filters.order(query)).limit(PAGE)
        ids: Sequence[str] = self._answer("ids", query, chosen.offset((query.page - 1) * PAGE),
                                          lambda rows: [clue_id for clue_id, in rows])
        return ids

    def _answer(self, kind: str, query: Query, select: sa.Select[Any], read: Callable[[Any], Any]) -> Any:
        today = self.review.clock().date()
        asker = self.actor.account_id if query.assignee == "me" else None
        key = (kind, self.stamp, self.actor.roles, self.actor.scopes, asker, query, today)
        where = sa.and_(visible(self.actor), *filters.tests(query, self.actor, today))
        return self.review.memo.get(key, lambda: read(tuple(
            row) for row in self.connection.execute(select.where(where)).all()))


def choices(review: Review, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer, value and label: fields, units, places of clues the actor sees, and all rules."""
    with review.reading() as connection:
        key = ("choices", stamp(connection)[0], actor.roles, actor.scopes)
        return review.memo.get(key, lambda: _choices(connection, actor))


def _choices(connection: Connection, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    c, f = schema.clue.c, schema.finding.c
    other = schema.finding.alias()
    title = sa.select(other.c.title).where(other.c.rule_id == f.rule_id).limit(1).scalar_subquery()
    seen = {name: connection.execute(
        sa.select(c[name]).where(visible(actor)).distinct().order_by(c[name])).scalars().all()
        for name in ("field", "unit", "division")}
    rules = connection.execute(sa.select(f.rule_id, title).group_by(f.rule_id).order_by(f.rule_id)).all()
    offered = {name: [(value, value) for value in values if value] for name, values in seen.items()}
    return offered | {"rule": [(rule_id, title) for rule_id, title in rules]}


@dataclass(frozen=True)
class Opened:
    """One clue with its texts, findings (with theirs), all that people did, and other clues of the same party."""

    clue: Row
    texts: Row
    findings: Sequence[Row]
    history: Sequence[Row]
    related: Sequence[Row]
    run: Row | None


def open_clue(review: Review, actor: Actor, clue_id: str) -> Opened:
    """Return a clue and keep in the audit who read it; EngineError where it is not there or not theirs to see."""
    c, a = schema.clue.c, schema.account.c
    with review.writing() as connection:
        clue = connection.execute(
            sa.select(schema.clue, schema.clue_text.c.texts, a.name.label("assignee"))
            .join(schema.clue_text, schema.clue_text.c.clue_id == c.clue_id)
            .outerjoin(schema.account, a.account_id == c.assignee_id)
            .where(c.clue_id == clue_id, visible(actor))).mappings().first()
        if clue is None:
            raise EngineError("线索", "没有这条线索", "请核对线索编号", "E-REVIEW-CLUE")
        audit.write(review, connection, actor.who, "read", f"clue:{clue_id}")
        related = connection.execute(
            sa.select(c.clue_id, c.titles, c.numbers, c.score, c.state)
            .where(c.party == clue["party"], c.party != "", c.clue_id != clue_id, c.presence != "gone", visible(actor))
            .order_by(c.place.asc().nulls_last(), c.clue_id).limit(20)).mappings().all()
        run = connection.execute(
            sa.select(schema.run).where(_named_by(clue)).order_by(schema.run.c.publication.desc()).limit(1)
        ).mappings().first()
        history = _history(connection, clue_id)
        return Opened(clue, json.loads(clue["texts"]), _findings(connection, clue_id, history), history, related, run)


def _named_by(clue: Row) -> ColumnElement[bool]:
    """Runs that named the clue: all up to the last one where it stands, else all before it left."""
    standing = clue["presence"] == "standing"
    return sa.true() if standing else schema.run.c.publication <= clue["publication"]


def _findings(connection: Connection, clue_id: str, history: Sequence[Row]) -> list[dict[str, Any]]:
    f, t, j, a = schema.finding.c, schema.finding_text.c, schema.judgement.c, schema.account.c
    rows = connection.execute(
        sa.select(schema.finding, t.say, t.texts, j.reason, j.words, j.transfer_to, j.at, j.account_id, a.name)
        .join(schema.finding_text, t.finding_id == f.finding_id)
        .outerjoin(schema.judgement, j.judgement_id == f.judgement_id)
        .outerjoin(schema.account, a.account_id == j.account_id)
        .where(f.clue_id == clue_id).order_by(f.presence == "gone", f.turn, f.rule_id)).mappings()
    pairs = {(e["question"], *sorted((e["one"], e["other"]))): e for e in reversed(history)
             if e["kind"] == "pair_answer"}
    return [{**row, "texts": json.loads(row["texts"]), "holds": row["decided_hash"] == row["evidence_hash"],
             "pairs": pairs,
             "checks": {e["item"]: e for e in reversed(history)
                        if e["kind"] == "exclusion_check" and e["finding_id"] == row["finding_id"]}}
            for row in rows]


def _history(connection: Connection, clue_id: str) -> list[Row]:
    """Everything appended about a clue, the newest first."""
    entries: list[Row] = []
    for table in schema.APPENDED:
        key = table.primary_key.columns[0]
        rows = connection.execute(
            sa.select(table, schema.account.c.name, sa.literal(table.name).label("kind"), key.label("number"))
            .join(schema.account, schema.account.c.account_id == table.c.account_id)
            .where(table.c.clue_id == clue_id)).mappings()
        entries += [dict(row) for row in rows]
    return sorted(entries, key=lambda e: (e["version"], e["at"], e["number"]), reverse=True)


def entries(review: Review, words: str = "", most: int = 200) -> Sequence[Row]:
    """Return the newest entries of the audit whose actor, action or object hold the words."""
    a = schema.audit.c
    tests = [sa.or_(*(column.contains(word, autoescape=True) for column in (a.actor, a.action, a.object)))
             for word in words.split()[:5]]
    with review.reading() as connection:
        return connection.execute(
            sa.select(schema.audit).where(*tests).order_by(a.audit_id.desc()).limit(most)).mappings().all()


def handlers(review: Review) -> list[tuple[int, str]]:
    """Return account id and name of everybody who may be given a clue."""
    a, r = schema.account.c, schema.account_role.c
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(a.account_id, a.name).distinct().join(schema.account_role, r.account_id == a.account_id)
            .where(r.role.in_(["handler", "head"]), a.locked_at.is_(None)).order_by(a.name)).all()
    return [(account_id, name) for account_id, name in rows]
