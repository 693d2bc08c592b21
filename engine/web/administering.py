"""Pages of the administrators of accounts: who there is, what they may do, who is logged in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from engine.review import accounts, sessions
from engine.web.access import Asks
from engine.web.pages import page

router = APIRouter()

Text = Annotated[str, Form(max_length=2000)]


@router.get("/accounts")
def list_accounts(asks: Asks) -> Response:
    """账号."""
    return page("accounts.html", visitor=asks, accounts=accounts.accounts(asks.base),
                sessions=sessions.open_now(asks.base), idle_days=asks.base.idle_days)


@router.post("/accounts/{login}/lock")
def lock(asks: Asks, login: str) -> Response:
    """锁定账号."""
    accounts.lock(asks.base, asks.actor.who, login)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{login}/unlock")
def unlock(asks: Asks, login: str) -> Response:
    """解除锁定."""
    accounts.unlock(asks.base, asks.actor.who, login)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{login}/grant")
def grant(
    asks: Asks, login: str, role: Annotated[list[str] | None, Form(max_length=10)] = None, scopes: Text = "",
) -> Response:
    """授予角色和范围."""
    given = [accounts.read_scope(part) for part in scopes.replace("；", "\n").split("\n") if part.strip()]
    accounts.grant(asks.base, asks.actor.who, login, role or [], given)
    return RedirectResponse("/accounts", 303)


@router.post("/sessions/{number}/end")
def end_session(asks: Asks, number: str) -> Response:
    """结束某人的一次登录."""
    sessions.end_other(asks.base, asks.actor.who, number)
    return RedirectResponse("/accounts", 303)
