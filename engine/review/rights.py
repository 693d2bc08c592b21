"""Who may do what, and which clues somebody sees: deny by default, decided here alone.

Three administrators share the power over the system (GB/T 22239, 三员分立): one makes and locks accounts, one grants
roles and scopes, one reads the audit. None of them sees a clue, and no account holds two of these roles.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from engine.errors import EngineError
from engine.review import schema
from engine.review.audit import Who

ROLES = {
    "handler": "承办人", "head": "部门负责人", "system_admin": "系统管理员", "security_admin": "安全管理员",
    "auditor": "审计员",
}
"""Roles with their Chinese."""

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "auditor"})

RIGHTS: dict[str, frozenset[str]] = {
    "read": frozenset({"handler", "head"}),
    "unmask": frozenset({"handler", "head"}),
    "judge": frozenset({"handler", "head"}),
    "comment": frozenset({"handler", "head"}),
    "follow": frozenset({"handler", "head"}),
    "assign": frozenset({"head"}),
    "release": frozenset({"head"}),
    "accounts": frozenset({"system_admin"}),
    "grants": frozenset({"security_admin"}),
    "audit": frozenset({"auditor"}),
}
"""Action → the roles that may do it."""


@dataclass(frozen=True)
class Actor:
    """Somebody who logged in: account, roles, and the (division prefix, department) pairs they see; '' is all."""

    account_id: int
    login: str
    name: str
    roles: frozenset[str]
    scopes: tuple[tuple[str, str], ...]

    @property
    def who(self) -> Who:
        """How the audit names them."""
        return Who(f"{self.name}（{self.login}）", self.account_id)

    def may(self, action: str) -> bool:
        """Return whether one of the roles allows the action."""
        return bool(self.roles & RIGHTS[action])


OFFICE = Actor(0, "", "命令行", frozenset({"handler"}), (("", ""),))
"""Whoever works at the command line of the machine sees every clue; the machine's own accounts guard it."""


def actor_of(connection: Connection, account_id: int) -> Actor | None:
    """Return who an account is and what it may see; None where there is none, or it is locked."""
    a, r, s = schema.account.c, schema.account_role.c, schema.account_scope.c
    row = connection.execute(
        sa.select(a.login, a.name).where(a.account_id == account_id, a.locked_at.is_(None))).first()
    if row is None:
        return None
    roles = connection.execute(sa.select(r.role).where(r.account_id == account_id)).scalars()
    scopes = connection.execute(sa.select(s.division, s.department).where(s.account_id == account_id)
                                .order_by(s.division, s.department))
    return Actor(account_id, row.login, row.name, frozenset(roles), tuple((d, p) for d, p in scopes))


def demand(actor: Actor, action: str) -> None:
    """Raise EngineError where the actor may not do this."""
    if not actor.may(action):
        raise EngineError("权限", "您的角色不能进行这项操作", "需要的话请向安全管理员申请", "E-RIGHTS")


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `clue` that keeps the rows the actor may see."""
    if not actor.may("read"):
        return sa.false()
    return sa.or_(sa.false(), *(_within(division, department) for division, department in actor.scopes))


def _within(division: str, department: str) -> ColumnElement[bool]:
    tests = [schema.clue.c.division.startswith(division, autoescape=True)] if division else []
    tests += [schema.clue.c.department == department] if department else []
    return sa.and_(sa.true(), *tests)


def check_roles(roles: frozenset[str]) -> None:
    """Raise EngineError for an unknown role, none at all, or an administrator's beside any other."""
    if unknown := sorted(roles - set(ROLES)):
        known = "、".join(f"{code}（{label}）" for code, label in ROLES.items())
        raise EngineError("角色", f"没有角色 {'、'.join(unknown)}", f"可用的角色：{known}", "E-ROLE-UNKNOWN")
    if not roles:
        raise EngineError("角色", "没有写角色", f"请至少写一个：{'、'.join(ROLES)}", "E-ROLE-NONE")
    if len(roles) > 1 and roles & ADMINISTRATORS:
        fix = "系统管理员、安全管理员、审计员三者分立，也不兼办线索；请另设账号"
        raise EngineError("角色", "管理员角色不能与其他角色并存", fix, "E-ROLE-MIXED")
