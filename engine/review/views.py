"""Views: filters of the list kept under a name. One's own are private; a head may share one with the department.

A view holds no clue, only what the list is asked for; whoever opens it sees what their own scope holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.filters import Query
from engine.review.rights import Actor, demand

LONGEST = 30
"""Signs of a name."""

MOST = 50
"""Views of one account."""


@dataclass(frozen=True)
class View:
    """A view somebody may open: what it asks for (see `Query.asked`), whose it is, who sees it, if one enters by it.

    What it asks for is checked when it is opened: a later version may have given up a choice.
    """

    view_id: int
    name: str
    asked: Mapping[str, str]
    owner: str
    is_own: bool
    is_shared: bool
    is_first: bool


def views(review: Review, actor: Actor) -> list[View]:
    """Return the actor's own views and those shared with them, own ones first, by name."""
    v, a = schema.saved_view.c, schema.account.c
    with review.reading() as connection:
        first = _first(connection, actor)
        rows = connection.execute(
            sa.select(schema.saved_view, a.name.label("owner")).join(schema.account, a.account_id == v.account_id)
            .where(_open_to(actor)).order_by(v.account_id != actor.account_id, v.name, v.view_id)).mappings().all()
    return [View(row["view_id"], row["name"], json.loads(row["asked"]), row["owner"],
                 row["account_id"] == actor.account_id, row["is_shared"], row["view_id"] == first) for row in rows]


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """One's own, or shared by a head of whom one has a department in common; no department named is all of them."""
    v, s, r = schema.saved_view.c, schema.account_scope.c, schema.account_role.c
    departments = {department for _, department in actor.scopes}
    # reason: somebody without a scope sees no clue, and so no view of one
    common = sa.true() if "" in departments else sa.or_(s.department == "", s.department.in_(sorted(departments)))
    head = sa.exists().where(r.account_id == v.account_id, r.role == "head")
    shares = sa.exists().where(s.account_id == v.account_id, common)
    shared = sa.and_(v.is_shared, head, shares) if departments else sa.false()
    return sa.or_(v.account_id == actor.account_id, shared)


def keep(review: Review, actor: Actor, name: str, query: Query, *, shared: bool = False) -> None:
    """Keep a query under a name; the actor's view of that name is replaced.

    Raises EngineError for an unfit name, a fifty-first view, or sharing without the right to assign.
    """
    named = _named(name)
    if shared:
        demand(actor, "assign")
    v = schema.saved_view.c
    values = {"asked": json.dumps(query.asked(), ensure_ascii=False), "is_shared": shared}
    with review.writing() as connection:
        _alone(review, connection, actor)
        mine = connection.execute(sa.select(v.view_id, v.name).where(v.account_id == actor.account_id)).all()
        known = {row.name: row.view_id for row in mine}
        if named not in known and len(mine) >= MOST:
            raise EngineError("已存视图", f"已有{MOST}个视图", "请先删除不用的", "E-REVIEW-VIEW")
        if named in known:
            connection.execute(sa.update(schema.saved_view).where(v.view_id == known[named]).values(**values))
        else:
            known[named] = connection.execute(sa.insert(schema.saved_view).values(
                account_id=actor.account_id, name=named, **values).returning(v.view_id)).scalar_one()
        audit.write(review, connection, actor.who, "view:keep", f"view:{known[named]}", shared=shared)


def rename(review: Review, actor: Actor, view_id: int, name: str) -> None:
    """Give one of the actor's own views another name; raises EngineError for an unfit or a taken one."""
    named, v = _named(name), schema.saved_view.c
    with review.writing() as connection:
        _alone(review, connection, actor)
        taken = connection.execute(sa.select(v.view_id).where(
            v.account_id == actor.account_id, v.name == named, v.view_id != view_id)).first()
        if taken is not None:
            raise EngineError("已存视图", "已有同名的视图", "请换一个名称，或先删除那一个", "E-REVIEW-VIEW")
        changed = connection.execute(sa.update(schema.saved_view).where(_own(actor, view_id)).values(name=named))
        _told(review, connection, actor, view_id, "view:rename", changed.rowcount)


def drop(review: Review, actor: Actor, view_id: int) -> None:
    """Delete one of the actor's own views; whoever entered by it enters by the plain list."""
    with review.writing() as connection:
        owned = connection.execute(sa.select(schema.saved_view.c.view_id).where(_own(actor, view_id))).first()
        if owned is not None:
            connection.execute(sa.delete(schema.first_view).where(schema.first_view.c.view_id == view_id))
            connection.execute(sa.delete(schema.saved_view).where(_own(actor, view_id)))
        _told(review, connection, actor, view_id, "view:drop", int(owned is not None))


def enter_by(review: Review, actor: Actor, view_id: int | None) -> None:
    """Have the actor enter by a view they may open, or (None) by the plain list."""
    with review.writing() as connection:
        _alone(review, connection, actor)
        connection.execute(sa.delete(schema.first_view).where(schema.first_view.c.account_id == actor.account_id))
        found = 1
        if view_id is not None:
            found = len(connection.execute(sa.select(schema.saved_view.c.view_id).where(
                schema.saved_view.c.view_id == view_id, _open_to(actor))).all())
            connection.execute(sa.insert(schema.first_view).from_select(
                ["account_id", "view_id"], sa.select(sa.literal(actor.account_id), schema.saved_view.c.view_id)
                .where(schema.saved_view.c.view_id == view_id, _open_to(actor))))
        _told(review, connection, actor, view_id or 0, "view:first", found)


def entrance(review: Review, actor: Actor) -> Mapping[str, str]:
    """Return what the actor's list asks for on entering; nothing is the plain list."""
    return next((view.asked for view in views(review, actor) if view.is_first), {})


def _first(connection: Connection, actor: Actor) -> int | None:
    f = schema.first_view.c
    return connection.execute(sa.select(f.view_id).where(f.account_id == actor.account_id)).scalar()


def _own(actor: Actor, view_id: int) -> ColumnElement[bool]:
    v = schema.saved_view.c
    return sa.and_(v.view_id == view_id, v.account_id == actor.account_id)


def _named(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > LONGEST:
        raise EngineError("已存视图", "名称为空或太长", f"应为1至{LONGEST}个字", "E-REVIEW-VIEW")
    if not named.isprintable():
        raise EngineError("已存视图", "名称里有看不见的字符", "请重新输入名称", "E-REVIEW-VIEW")
    return named


def _alone(review: Review, connection: Connection, actor: Actor) -> None:
    """Have one account's views changed one after the other, on PostgreSQL as well."""
    if not review.is_sqlite:
        connection.execute(sa.select(schema.account.c.account_id).where(
            schema.account.c.account_id == actor.account_id).with_for_update())


def _told(review: Review, connection: Connection, actor: Actor, view_id: int, action: str, found: int) -> None:
    if not found:
        raise EngineError("已存视图", "没有这个视图，或不是您的", "请从列表上选择", "E-REVIEW-VIEW")
    audit.write(review, connection, actor.who, action, f"view:{view_id}")
