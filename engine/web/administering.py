"""Pages of the three administrators: accounts, what they may do, and the audit."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from engine import review
from engine.review import accounts, browsing
from engine.web.access import Asks
from engine.web.pages import page

router = APIRouter()

Text = Annotated[str, Form(max_length=2000)]


@router.get("/accounts")
def list_accounts(asks: Asks) -> Response:
    """账号."""
    return page("accounts.html", visitor=asks, accounts=accounts.accounts(asks.base))


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


@router.get("/audit")
def audit(asks: Asks, words: Annotated[str, Query(max_length=200)] = "") -> Response:
    """审计."""
    return page("audit.html", visitor=asks, words=words, entries=browsing.entries(asks.base, words), wrong=None)


@router.post("/audit/verify")
def verify(asks: Asks) -> Response:
    """核对审计."""
    wrong = review.verify(asks.base)
    return page("audit.html", visitor=asks, words="", entries=browsing.entries(asks.base), wrong=wrong)
