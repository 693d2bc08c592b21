"""The auditor's pages: search, download, and the check of the whole chain."""

from dataclasses import asdict
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response

from engine import review
from engine.errors import EngineError
from engine.export.masking import hide_in_texts
from engine.review import audit_search
from engine.review.audit_search import Search
from engine.text import safe_csv
from engine.web.access import Asks
from engine.web.pages import action, page

router = APIRouter()

Word = Annotated[str, Query(max_length=200)]

HEADERS = {"audit_id": "序号", "at": "时间", "actor": "谁", "action": "动作", "object": "对象", "detail": "说明",
           "hash": "哈希"}


def asked(person: Word = "", action: Word = "", object: Word = "", since: Word = "", until: Word = "") -> Search:
    """Return what the form asks for."""
    return Search(person, action, object, _day(since), _day(until))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise EngineError("日期", "不是日期", "应写作 2026-10-31", "E-REVIEW-DAY") from None


Asked = Annotated[Search, Depends(asked)]


@router.get("/audit")
def audit(asks: Asks, search: Asked, page_no: Annotated[int, Query(alias="page", ge=1, le=10**7)] = 1) -> Response:
    """审计."""
    return _page(asks, search, page_no, None)


@router.post("/audit/verify")
def verify(asks: Asks) -> Response:
    """核对审计."""
    return _page(asks, Search(), 1, review.verify(asks.base))


@router.get("/audit.csv")
def download(asks: Asks, search: Asked) -> Response:
    """下载审计：号码遮盖，不含公式."""
    found = audit_search.taken(asks.base, asks.actor.who, search)
    named = found.with_columns(found["at"].dt.strftime("%Y-%m-%d %H:%M:%S"),
                               found["action"].replace({code: action(code) for code in found["action"].unique()}))
    return Response(safe_csv(hide_in_texts(named.rename(HEADERS))), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="audit.csv"'})


def _page(asks: Asks, search: Search, page_no: int, wrong: list[str] | None) -> Response:
    given = urlencode({name: value for name, value in asdict(search).items() if value})
    return page("audit.html", visitor=asks, search=search, found=audit_search.search(asks.base, search, page_no),
                actions=[(code, action(code)) for code in audit_search.actions(asks.base)], given=given, wrong=wrong)
