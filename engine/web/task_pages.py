"""Work that waits: the ledger of a clue, 我的任务, 督办, 任务清单."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import RedirectResponse

from engine import review
from engine.errors import EngineError
from engine.export import inventory_file
from engine.review import browsing, inventory, ledger, supervising, tasks
from engine.review.browsing import Opened
from engine.web.access import Asks
from engine.web.forms import read_chosen, read_day, read_yuan
from engine.web.pages import page

router = APIRouter()

Text = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Form(max_length=200)]
Version = Annotated[int, Form(ge=0, le=10**9)]
Number = Annotated[str, Form(pattern=r"^\d{0,18}$")]


class Entry:
    """A form's entry of the ledger."""

    def __init__(
        self, step: Short = "", happened_on: Short = "", about: Number = "", sent_to: Short = "",
        document_no: Short = "", outcome: Short = "", recovered: Short = "", due_on: Short = "", words: Text = "",
        replaces: Number = "",
    ) -> None:
        self.values: dict[str, Any] = {
            "step": step, "happened_on": read_day(happened_on), "about": int(about or 0) or None,
            "sent_to": sent_to.strip(), "document_no": document_no.strip(), "outcome": outcome,
            "recovered_cents": read_yuan(recovered), "due_on": read_day(due_on), "words": words.strip(),
            "replaces": int(replaces or 0) or None}


@router.post("/clues/{clue_id}/follow")
def follow(asks: Asks, clue_id: str, version: Version, entry: Annotated[Entry, Depends()]) -> Response:
    """跟进：一步，或对一步的更正."""
    review.follow(asks.base, asks.actor, clue_id, version, entry.values)
    return RedirectResponse(f"/clues/{clue_id}#ledger", 303)


@router.get("/tasks")
def my_tasks(asks: Asks) -> Response:
    """我的任务."""
    return page("tasks.html", visitor=asks, tasks=tasks.mine(asks.base, asks.actor), GROUPS=tasks.GROUPS)


@router.get("/supervision")
def supervision(
    asks: Asks, show: Annotated[str, Query(max_length=20)] = "overdue",
    days: Annotated[int, Query(ge=1, le=3650)] = 30, handler: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
) -> Response:
    """督办：各承办人、逾期未回复的单位和一张清单."""
    shown = show if show in supervising.SHOWN else "overdue"
    whose = int(handler or 0) or None
    return page("supervision.html", visitor=asks, shown=shown, days=days, handler=whose, SHOWN=supervising.SHOWN,
                today=asks.base.clock().date(), handlers=browsing.handlers(asks.base),
                overview=supervising.overview(asks.base, asks.actor, shown, days, whose))


@router.post("/urge")
def urge(
    asks: Asks, clue: Annotated[list[str] | None, Form(max_length=200)] = None, urge_on: Short = "",
    demand: Text = "",
) -> Response:
    """督办：一条或多条，每条写作 编号:版本."""
    supervising.urge(asks.base, asks.actor, read_chosen(clue), read_day(urge_on), demand)
    return RedirectResponse("/supervision?show=urged", 303)


@router.post("/clues/{clue_id}/urged")
def urged(asks: Asks, clue_id: str, version: Version, words: Text = "") -> Response:
    """答复督办."""
    supervising.answer(asks.base, asks.actor, clue_id, version, words)
    return RedirectResponse(f"/clues/{clue_id}", 303)


Organ = Annotated[str, Query(max_length=200)]
Place = Annotated[str, Query(pattern=r"^\d{0,6}$")]


@router.get("/inventory")
def show_inventory(asks: Asks, organ: Organ = "", place: Place = "", open_only: bool = False) -> Response:
    """任务清单."""
    asked = inventory.Asked(organ, place, open_only)
    query = {"organ": organ, "place": place} | ({"open_only": "true"} if open_only else {})
    return page("inventory.html", visitor=asks, found=inventory.documents_sent(asks.base, asks.actor, asked),
                asked=asked, most=inventory.MOST,
                address=lambda kind: f"/inventory/{kind}?{urlencode({k: v for k, v in query.items() if v})}")


@router.get("/inventory/{kind}")
def take_inventory(
    asks: Asks, kind: str, organ: Organ = "", place: Place = "", open_only: bool = False,
) -> Response:
    """任务清单，下载."""
    if kind not in KINDS:
        raise EngineError("任务清单", "没有这种文件", "可以下载 xlsx 或 csv", "E-REVIEW-KIND")
    found = inventory.taken_away(asks.base, asks.actor, inventory.Asked(organ, place, open_only), kind)
    at = asks.base.clock()
    about = f"{organ or place or '全部'}，截至{at:%Y-%m-%d}，内部资料，注意保密"
    headers = {"Content-Disposition": f'attachment; filename="inventory-{at:%Y%m%d}.{kind}"'}
    return Response(inventory_file(found.rows, kind, about, at), media_type=KINDS[kind], headers=headers)


KINDS = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def ledger_of(opened: Opened) -> dict[str, Any]:
    """Return what a clue's page shows of its ledger: what stands, documents, possible steps; and open marks."""
    stand = ledger.of_history(opened.history)
    return {"ledger": stand, "documents": ledger.documents(stand), "possible": ledger.possible(stand),
            "urgings": supervising.of_history(opened.history)}
