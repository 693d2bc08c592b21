"""Logging in: password, then (the first time) a password of one's own and a second factor, then a fresh session."""

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from engine import review
from engine.errors import EngineError
from engine.review import Review, Who, accounts, views
from engine.web.access import COOKIE, LOGIN_COOKIE, Asks, check_form, cookie, may, next_step
from engine.web.pages import FOLDER, page

router = APIRouter()

Text = Annotated[str, Form(max_length=200)]


@router.get("/style.css")
def style() -> Response:
    """The one stylesheet."""
    return FileResponse(FOLDER / "static" / "style.css", media_type="text/css")


@router.get("/icon.svg")
def icon() -> Response:
    """The one picture."""
    return FileResponse(FOLDER / "static" / "icon.svg", media_type="image/svg+xml")


@router.get("/login")
def login_form(request: Request) -> Response:
    """The form, with a token of its own: there is no session yet. An identity provider in front spares it."""
    if request.app.state.identity is not None:
        return _identified(request)
    return _login(200, "")


def _identified(request: Request) -> Response:
    """Begin a session for whom the provider vouches for; refuse everybody else, and say so in the audit."""
    base: Review = request.app.state.base
    name = request.app.state.identity.login(request)
    account_id = accounts.identified(base, name) if name else None
    if account_id is None:
        if name is None:
            review.refused(base, Who("未登录"), "identity", "", "E-IDENTITY")
        what = "统一认证的账号在这里没有开通或已锁定" if name else "没有经过统一认证"
        fix = "请找系统管理员开通或解锁" if name else "请从单位的统一认证入口进入"
        return page("message.html", 403, what=what, fix=fix, code="E-IDENTITY", back="")
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, review.sessions.begin(base, account_id, "full", "identity"), **cookie())
    return answer


def _login(status: int, wrong: str) -> Response:
    token = secrets.token_urlsafe(24)
    answer = page("login.html", status, token=token, wrong=wrong)
    answer.set_cookie(LOGIN_COOKIE, token, **cookie())
    return answer


@router.post("/login")
def login(request: Request, login: Text = "", password: Text = "", csrf: Text = "") -> Response:
    """Prove name and password; whatever is wrong, the answer is the same."""
    if request.app.state.identity is not None:
        return _identified(request)
    check_form(request, csrf, request.cookies.get(LOGIN_COOKIE, ""))
    base: Review = request.app.state.base
    account_id = accounts.prove(base, login, password)
    if account_id is None:
        return _login(403, "登录名或口令不对，或账号已锁定（连续五次错误即锁定，请找系统管理员）")
    answer = RedirectResponse("/second", 303)
    answer.set_cookie(COOKIE, review.sessions.begin(base, account_id), **cookie())
    answer.delete_cookie(LOGIN_COOKIE, **cookie())
    return answer


@router.get("/password")
def password_form(asks: Asks) -> Response:
    """The form for a password of one's own."""
    return page("password.html", visitor=asks, wrong="")


@router.post("/password")
def change_password(asks: Asks, old: Text = "", new: Text = "", again: Text = "") -> Response:
    """Take the new password (later on only with the old one); all sessions of the account end."""
    actor = asks.actor
    try:
        if not asks.session.must_change and accounts.prove(asks.base, actor.login, old) != actor.account_id:
            raise EngineError("口令", "原口令不对", "连续五次错误即锁定", "E-PASSWORD-OLD")
        if new != again:
            raise EngineError("口令", "两次输入不同", "请重新输入", "E-PASSWORD-TWICE")
        accounts.set_password(asks.base, actor.who, actor.account_id, new)
    except EngineError as fault:
        return page("password.html", 400, visitor=asks, wrong=f"{fault.what}。{fault.fix}")
    review.sessions.end_all(asks.base, actor.account_id)
    answer = RedirectResponse("/second", 303)
    answer.set_cookie(COOKIE, review.sessions.begin(asks.base, actor.account_id), **cookie())
    return answer


@router.get("/second")
def second_form(asks: Asks) -> Response:
    """The form for the second factor; the first time with a fresh secret to put into an authenticator."""
    if asks.session.must_change or asks.session.stage == "full":
        return RedirectResponse(next_step(asks.session), 303)
    return _second(asks, 200, "")


def _second(asks: Asks, status: int, wrong: str, secret: str = "") -> Response:
    fresh = "" if asks.session.has_second_factor else secret or accounts.new_secret()
    uri = accounts.secret_uri(fresh, asks.actor.login) if fresh else ""
    return page("second.html", status, visitor=asks, wrong=wrong, secret=fresh, uri=uri)


@router.post("/second")
def second(asks: Asks, code: Text = "", secret: Text = "") -> Response:
    """Prove the second factor, or bind it the first time; then begin the whole session under a new token."""
    account_id = asks.actor.account_id
    if asks.session.must_change or asks.session.stage == "full":
        return RedirectResponse(next_step(asks.session), 303)
    if asks.session.has_second_factor:
        right = accounts.prove_second(asks.base, account_id, code)
    else:
        right = accounts.is_secret(secret) and accounts.set_second(asks.base, asks.actor.who, account_id, secret, code)
    if not right:
        return _second(asks, 403, "动态码不对或已用过，请等下一个", secret if accounts.is_secret(secret) else "")
    review.sessions.end(asks.base, asks.session)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, review.sessions.begin(asks.base, account_id, "full"), **cookie())
    return answer


@router.post("/logout")
def logout(request: Request, asks: Asks) -> Response:
    """End the session."""
    review.sessions.end(asks.base, asks.session)
    answer: Response = RedirectResponse("/login", 303)
    if request.app.state.identity is not None:
        answer = page("message.html", what="已退出", fix="统一认证仍然登录着，请从那里退出", code="", back="")
    answer.delete_cookie(COOKIE, **cookie())
    return answer


@router.get("/")
def home(asks: Asks) -> Response:
    """To the first page the role has."""
    first = next((path for path, right in (("/clues", "read"), ("/audit", "audit"), ("/accounts", "admin"))
                  if may(asks.actor, right)), None)
    if first is None:
        return page("message.html", visitor=asks, what="账号还没有角色", fix="请找安全管理员授权", code="", back="")
    asked = views.entrance(asks.base, asks.actor) if first == "/clues" else {}
    return RedirectResponse(f"/clues?{urlencode(asked)}" if asked else first, 303)
