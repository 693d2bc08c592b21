"""Review by workbook in the browser: download, upload, and consent to large downloads."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from engine import review, review_book
from engine.errors import EngineError
from engine.export import hide_numbers
from engine.review import OUTCOMES, Taken, filters, releases
from engine.review.filters import Query
from engine.review_book import Book
from engine.text import visible
from engine.web.access import Asks
from engine.web.pages import page

router = APIRouter()

Text = Annotated[str, Form(max_length=4000)]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/workbooks")
def workbooks(asks: Asks) -> Response:
    """待研判表."""
    return page("workbooks.html", visitor=asks, releases=releases.releases(asks.base, asks.actor),
                consent=releases.CONSENT, alone=review.ALONE)


@router.get("/workbooks/download")
def download(asks: Asks, request: Request) -> Response:
    """下载待研判表：当前筛选的线索；多了先申请."""
    query = filters.read(request.query_params)
    ids = review.pick(asks.base, asks.actor, query)["clue_id"].to_list()
    if not ids:
        raise EngineError("待研判表", "没有符合条件的线索", "请调整筛选", "E-BOOK-NONE")
    if len(ids) > review.ALONE:
        return page("workbook_ask.html", visitor=asks, found=len(ids), asked=_words(query), alone=review.ALONE,
                    query=urlencode(query.asked()), most=releases.MOST)
    taken = review.take_out(asks.base, asks.actor, ids, asks.actor.who)
    return _file(taken, Book(f"待研判表（{asks.actor.name}）"))


@router.post("/workbooks/requests")
def ask(asks: Asks, query: Text = "", words: Text = "") -> Response:
    """申请导出较多的线索."""
    wanted = filters.read(dict(parse_qsl(query)))
    ids = review.pick(asks.base, asks.actor, wanted)["clue_id"].to_list()
    releases.ask(asks.base, asks.actor, ids, _words(wanted), words)
    return RedirectResponse("/workbooks", 303)


@router.post("/workbooks/answer")
def answer(
    asks: Asks, number: Annotated[int, Form(ge=0, le=10**9)] = 0, given: Text = "", words: Text = "",
) -> Response:
    """答复导出申请."""
    releases.answer(asks.base, asks.actor, number, given, words)
    return RedirectResponse("/workbooks", 303)


@router.get("/workbooks/released")
def released(asks: Asks, number: int = 0) -> Response:
    """下载得到同意的待研判表."""
    release = releases.consented(asks.base, asks.actor, number)
    taken = review.take_out(asks.base, asks.actor, release.clue_ids, asks.actor.who, request=release.number)
    told = [("申请", f"第{release.number}号，{release.asker}，{release.at:%Y-%m-%d %H:%M}，用途：{release.words}"),
            ("同意", f"{release.answerer}，{release.answered_at:%Y-%m-%d %H:%M}"),
            ("申请的线索", f"{len(release.clue_ids)} 条，筛选：{release.asked}；现在不在范围内或已不在列的没有导出")]
    return _file(taken, Book(f"待研判表（{asks.actor.name}，第{release.number}号申请）", told))


@router.post("/workbooks/upload")
def upload(asks: Asks, file: UploadFile | None = None) -> Response:
    """上传填好的待研判表，逐行告知结果."""
    if file is None or not file.filename:
        raise EngineError("上传", "没有选文件", "请选择填好的待研判表", "E-BOOK-FILE")
    name = visible(file.filename)[:120]
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as folder:
        path = Path(folder) / ("book" + (".xlsm" if name.lower().endswith(".xlsm") else ".xlsx"))
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        done = review_book.import_book(asks.base, asks.actor, path, asks.actor.who, name=name)
    shown = [outcome for outcome in done.outcomes if outcome.code != "unchanged" or outcome.words]
    return page("workbook_result.html", visitor=asks, name=name, done=done, shown=shown, outcomes=OUTCOMES,
                kept=review.KEPT, refused=review_book.refused(done.outcomes))


def _file(taken: Taken, book: Book) -> Response:
    """Return the workbook as a download."""
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as folder:
        path = Path(folder) / "book.xlsx"
        review_book.write_book(path, taken, book)
        content = path.read_bytes()
    name = quote(f"待研判表-{taken.at:%Y%m%d-%H%M}.xlsx")
    return Response(content, media_type=_XLSX, headers={
        "Content-Disposition": f"attachment; filename=\"review.xlsx\"; filename*=UTF-8''{name}"})


def _words(query: Query) -> str:
    """Return a filter in words, without numbers of persons that were searched for."""
    return hide_numbers("；".join(chip.text for chip in filters.chips(query, {})) or "全部")
