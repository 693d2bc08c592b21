"""The list of clues: filters that say what they hide, each with its way back, orders, and views kept under a name."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from engine.review import browsing, filters, views
from engine.review.filters import Query
from engine.web.access import Asks
from engine.web.pages import page

router = APIRouter()

Text = Annotated[str, Form(max_length=4000)]
Number = Annotated[int, Form(ge=1, le=2**62)]

MORE = ("division", "found", "enterprise", "livelihood", "amount_from", "amount_to", "score_from", "due_from", "due_to")
"""Filters the page folds away until one of them is on."""


@router.get("/clues")
def clues(asks: Asks, request: Request) -> Response:
    """线索列表."""
    query = filters.read(request.query_params)
    found = browsing.find(asks.base, asks.actor, query)
    choices = browsing.choices(asks.base, asks.actor)
    return page("clues.html", visitor=asks, query=query, found=found, choices=choices, filters=filters,
                chips=filters.chips(query, dict(choices["rule"])), more=any(getattr(query, name) for name in MORE),
                link=lambda **change: address(query, **change),
                views=views.views(asks.base, asks.actor), asked=urlencode(query.asked()),
                handlers=browsing.handlers(asks.base) if asks.actor.may("assign") else [])


def address(query: Query, **change: Any) -> str:
    """Return the list's address with some of the query changed, the first page unless another is asked for."""
    changed = replace(query, **{"page": 1} | change)
    rest = {"page": changed.page} if changed.page > 1 else {}
    return "/clues?" + urlencode(changed.asked() | rest)


@router.post("/views")
def keep_view(asks: Asks, name: Text = "", asked: Text = "", shared: Text = "") -> Response:
    """保存视图."""
    query = filters.read(dict(parse_qsl(asked, keep_blank_values=True)))
    views.keep(asks.base, asks.actor, name, query, shared=bool(shared))
    return RedirectResponse(address(query), 303)


@router.post("/views/rename")
def rename_view(asks: Asks, view_id: Number, name: Text = "") -> Response:
    """视图改名."""
    views.rename(asks.base, asks.actor, view_id, name)
    return RedirectResponse("/clues", 303)


@router.post("/views/delete")
def drop_view(asks: Asks, view_id: Number) -> Response:
    """删除视图."""
    views.drop(asks.base, asks.actor, view_id)
    return RedirectResponse("/clues", 303)


@router.post("/views/first")
def enter_by_view(asks: Asks, view_id: Annotated[int, Form(ge=0, le=2**62)] = 0) -> Response:
    """设进入时的视图；0 为不设."""
    views.enter_by(asks.base, asks.actor, view_id or None)
    return RedirectResponse("/clues", 303)
