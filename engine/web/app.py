"""The application: its routes, what happens to errors, and the headers every answer carries."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from engine import review
from engine.errors import EngineError
from engine.law.statutes import Statutes
from engine.review import Review, Who
from engine.review_book import LARGEST as LARGEST_BOOK
from engine.run import Plan
from engine.web import (
    administering,
    audit_pages,
    book_pages,
    clue_pages,
    handover_pages,
    list_pages,
    login_pages,
    rule_pages,
    statistics_pages,
    task_pages,
    why_pages,
)
from engine.web.access import COOKIE, Forged, NoSession, check_routes
from engine.web.identity import Identity
from engine.web.pages import page

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                               "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}
"""No script at all, nothing from elsewhere, nothing kept in a cache."""

LARGEST = 256 * 1024
"""Bytes of a request's body; our forms are small."""

UPLOAD = "/workbooks/upload"
"""The one address that takes a file."""

STATUS = {"E-RIGHTS": 403, "E-REVIEW-CLUE": 404, "E-REVIEW-FINDING": 409, "E-REVIEW-STALE": 409, "E-REVIEW-UNDO": 409,
          "E-REVIEW-BUSY": 503, "E-RELEASE-NONE": 404, "E-RELEASE-DONE": 409, "E-REVIEW-LIMIT": 429}
"""HTTP status of an error; others are 400."""


def make_app(
    base: Review, plan: Plan | None = None, statutes: Statutes | None = None, identity: Identity | None = None,
) -> FastAPI:
    """Return the application over an open review database.

    `plan` tells where the warehouse and the rules are, `statutes` holds the texts of laws; without one, pages do
    without what only these know. With `identity` a proxy in front says who somebody is, and nobody logs in by password.
    """
    pages = (login_pages, book_pages, list_pages, clue_pages, handover_pages, task_pages, why_pages, statistics_pages,
             rule_pages, administering, audit_pages)
    routes = [route for some in pages for route in some.router.routes]
    app = FastAPI(title="獬豸", routes=routes, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.base, app.state.plan, app.state.statutes, app.state.identity = base, plan, statutes, identity
    check_routes(app)
    app.middleware("http")(_guard)
    app.add_exception_handler(NoSession, _to_login)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(EngineError, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _not_there)
    app.add_exception_handler(Exception, _broken)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse large bodies; add the headers to every answer."""
    length = request.headers.get("content-length", "0")
    chunked = "transfer-encoding" in request.headers
    if chunked or not length.isdigit() or (int(length) > LARGEST and int(length) > await _most(request)):
        answer: Response = _told(request, 413, "提交的内容太大", "请删减后再试")
    else:
        answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


async def _most(request: Request) -> int:
    """Return the bytes a large body may have: only an upload's, and only from somebody with a whole login."""
    if request.method != "POST" or request.url.path != UPLOAD:
        return LARGEST
    base: Review = request.app.state.base
    session = await run_in_threadpool(review.sessions.find, base, request.cookies.get(COOKIE, ""))
    return LARGEST_BOOK + LARGEST if session and session.stage == "full" and session.actor.may("judge") else LARGEST


def _to_login(request: Request, fault: Exception) -> Response:
    return RedirectResponse(fault.where if isinstance(fault, NoSession) else "/login", 303)


def _forged(request: Request, fault: Exception) -> Response:
    _keep(request, "E-FORGED")
    return _told(request, 403, "这张表单已失效，或不是本站发出的", "没有保存。请返回上一页刷新后再试")


def _refused(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, EngineError):
        raise fault
    if request.method == "POST" or fault.code in ("E-RIGHTS", "E-REVIEW-CLUE"):
        _keep(request, fault.code)
    return _told(request, STATUS.get(fault.code, 400), fault.what, fault.fix, fault.code)


def _keep(request: Request, code: str) -> None:
    """Put a refusal into the audit."""
    base: Review = request.app.state.base
    session = review.sessions.find(base, request.cookies.get(COOKIE, ""))
    who = session.actor.who if session else Who("未登录")
    route = request.scope.get("route")
    review.refused(base, who, route.name if route else "form", request.url.path[:200], code)


def _unreadable(request: Request, fault: Exception) -> Response:
    if request.method == "POST":
        _keep(request, "E-FORM")
    return _told(request, 400, "表单里有不认识的内容", "没有保存。请返回上一页刷新后再试")


def _not_there(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    return _told(request, status, "没有这一页", "请从导航进入")


def _broken(request: Request, fault: Exception) -> Response:
    answer = _told(request, 500, "程序出错了，操作没有保存", "请把时间告诉管理员；其他页面不受影响")
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _told(request: Request, status: int, what: str, fix: str, code: str = "") -> Response:
    back = request.url.path.rsplit("/", 1)[0] if request.method == "POST" and "clue_id" in request.path_params else "/"
    return page("message.html", status, what=what, fix=fix, code=code, back=back)
