"""Who asks, and whether they may: sessions, anti-forgery, and one list of routes with the right each needs.

Deny by default: a route that is not in ROUTES does not start (`check_routes`), and every handler gets its visitor from
`visitor`, which has already decided.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Form, Request
from fastapi.routing import APIRoute

from engine import review
from engine.errors import EngineError
from engine.law.statutes import Statutes
from engine.review import Actor, Review, tasks
from engine.review.rights import RIGHTS
from engine.review.sessions import Session
from engine.run import Plan
from engine.web.identity import Identity

COOKIE = "__Host-xiezhi"
"""The browser keeps a cookie of this name only from the very host, over TLS (or this machine), for every path."""

LOGIN_COOKIE = "__Host-xiezhi-login"

OPEN, HALF, ANY = "open", "half", "any"
"""Rights of routes that are none of a role: for everybody; with a proved password; with a whole login."""

ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/login"): OPEN, ("POST", "/login"): OPEN, ("GET", "/style.css"): OPEN,
    ("GET", "/icon.svg"): OPEN,
    ("GET", "/password"): HALF, ("POST", "/password"): HALF, ("GET", "/second"): HALF, ("POST", "/second"): HALF,
    ("GET", "/"): ANY, ("POST", "/logout"): HALF,
    ("GET", "/statistics"): "read", ("GET", "/statistics/file"): "read",
    ("GET", "/rules"): "read", ("GET", "/rules/{rule_id}"): "read",
    ("GET", "/clues"): "read", ("GET", "/clues/{clue_id}"): "read",
    ("POST", "/views"): "read", ("POST", "/views/rename"): "read", ("POST", "/views/delete"): "read",
    ("POST", "/views/first"): "read",
    ("POST", "/clues/{clue_id}/judge"): "judge", ("POST", "/clues/{clue_id}/undo"): "judge",
    ("POST", "/clues/{clue_id}/pair"): "judge", ("POST", "/clues/{clue_id}/comment"): "comment",
    ("POST", "/clues/{clue_id}/follow"): "follow", ("POST", "/clues/{clue_id}/handover"): "follow",
    ("POST", "/assign"): "assign",
    ("GET", "/workbooks"): "judge", ("GET", "/workbooks/download"): "judge", ("POST", "/workbooks/upload"): "judge",
    ("POST", "/workbooks/requests"): "judge", ("POST", "/workbooks/answer"): "release",
    ("GET", "/workbooks/released"): "judge",
    ("GET", "/supervision"): "assign", ("POST", "/urge"): "assign",
    ("GET", "/tasks"): "read", ("POST", "/clues/{clue_id}/urged"): "judge",
    ("GET", "/inventory"): "read", ("GET", "/inventory/{kind}"): "read",
    ("POST", "/clues/{clue_id}/check"): "judge", ("GET", "/why"): "read", ("POST", "/clues/{clue_id}/unmask"): "unmask",
    ("GET", "/accounts"): "admin", ("POST", "/accounts/{login}/lock"): "accounts",
    ("POST", "/accounts/{login}/unlock"): "accounts", ("POST", "/accounts/{login}/grant"): "grants",
    ("POST", "/sessions/{number}/end"): "accounts", ("GET", "/audit.csv"): "audit",
    ("GET", "/audit"): "audit", ("POST", "/audit/verify"): "audit",
}
"""Method and path → who may: OPEN, HALF, ANY, `admin` (either administrator of accounts), or an action of RIGHTS."""


class NoSession(Exception):
    """Nobody is logged in (or not far enough): to `where`."""

    def __init__(self, where: str = "/login") -> None:
        super().__init__(where)
        self.where = where


class Forged(Exception):
    """A form that this site did not give to this visitor."""


@dataclass(frozen=True)
class Visitor:
    """Who asks, through which session, of which database.

    `plan` is where the warehouse is, `statutes` the texts of laws; None: not here.
    """

    base: Review
    session: Session
    plan: Plan | None = None
    statutes: Statutes | None = None

    @property
    def actor(self) -> Actor:
        """Who the session belongs to."""
        return self.session.actor

    @property
    def pressing(self) -> int:
        """How many of their tasks are overdue, pressed for or due within a week."""
        return tasks.pressing(self.base, self.actor)


def may(actor: Actor, right: str) -> bool:
    """Return whether somebody with a whole login may use a route of this right."""
    if right in (OPEN, HALF, ANY):
        return True
    return any(actor.may(action) for action in (("accounts", "grants") if right == "admin" else (right,)))


def visitor(request: Request, csrf: Annotated[str, Form()] = "") -> Visitor:
    """Return who asks; raises NoSession, Forged, or EngineError where the route is not for their role."""
    base: Review = request.app.state.base
    session = review.sessions.find(base, request.cookies.get(COOKIE, ""))
    right = ROUTES[request.method.replace("HEAD", "GET"), request.scope["route"].path]
    if session is None:
        raise NoSession
    _same_name(request, base, session, right)
    if right != HALF and session.stage != "full":
        raise NoSession(next_step(session))
    if request.method == "POST":
        check_form(request, csrf, session.csrf)
    if not may(session.actor, right):
        raise EngineError("权限", "您的角色不能使用这一页", "需要的话请向安全管理员申请", "E-RIGHTS")
    return Visitor(base, session, request.app.state.plan, request.app.state.statutes)


def _same_name(request: Request, base: Review, session: Session, right: str) -> None:
    """Hold a session against the name the identity provider vouches for now; it ends where that is another's.

    Passwords and second factors are the provider's matter: their pages lead home.
    """
    identity: Identity | None = request.app.state.identity
    if identity is None:
        return
    if identity.login(request) != session.actor.login:
        review.sessions.end(base, session)
        raise NoSession
    if right == HALF and request.scope["route"].path != "/logout":
        raise NoSession("/")


def next_step(session: Session) -> str:
    """Return where somebody who proved a password goes next."""
    if session.stage == "full":
        return "/"
    return "/password" if session.must_change else "/second"


def check_form(request: Request, given: str, expected: str) -> None:
    """Raise Forged where the token is wrong, or the browser says that another site sent the form."""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    foreign = foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if foreign or not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Forged


def check_routes(app: FastAPI) -> None:
    """Raise ValueError where a route has no entry in ROUTES, or an entry no route."""
    there = {(method, getattr(route, "path", str(route))) for route in app.routes
             for method in (route.methods or () if isinstance(route, APIRoute) else ("?",))}
    if there != set(ROUTES):
        raise ValueError(f"routes without a right, or rights without a route: {sorted(there ^ set(ROUTES))}")
    unknown = set(ROUTES.values()) - set(RIGHTS) - {OPEN, HALF, ANY, "admin"}
    if unknown:
        raise ValueError(f"unknown rights: {sorted(unknown)}")


def cookie() -> Mapping[str, Any]:
    """Return the attributes of our cookies."""
    return {"secure": True, "httponly": True, "samesite": "strict", "path": "/"}


Asks = Annotated[Visitor, Depends(visitor)]
"""A handler's parameter that is who asks."""
