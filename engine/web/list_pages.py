"""The list of clues: filters that say what they hide, each with its way back, and orders."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from engine.review import browsing, filters
from engine.review.filters import Query
from engine.web.access import Asks
from engine.web.pages import page

router = APIRouter()

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
                handlers=browsing.handlers(asks.base) if asks.actor.may("assign") else [])


def address(query: Query, **change: Any) -> str:
    """Return the list's address with some of the query changed, the first page unless another is asked for."""
    changed = replace(query, **{"page": 1} | change)
    rest = {"page": changed.page} if changed.page > 1 else {}
    return "/clues?" + urlencode(changed.asked() | rest)
