"""One clue: reading, deciding, taking back, assigning, noting, following up."""

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from engine import learning, review
from engine.errors import EngineError
from engine.law import Calendar, read_calendar
from engine.review import Decision, browsing
from engine.run import ROOT
from engine.web import finding_view, timeline
from engine.web.access import Asks
from engine.web.forms import read_chosen, read_day
from engine.web.pages import page
from engine.web.task_pages import ledger_of

router = APIRouter()

Text = Annotated[str, Form(max_length=4000)]
Version = Annotated[int, Form(ge=0, le=10**9)]


@router.get("/clues/{clue_id}")
def clue(asks: Asks, clue_id: str) -> Response:
    """线索详情."""
    opened = browsing.open_clue(asks.base, asks.actor, clue_id)
    other = review.lease(asks.base, asks.actor, clue_id)
    findings = [finding_view.shown(f, _calendar(asks.plan.rules if asks.plan else ROOT / "rules"), asks.statutes)
                for f in opened.findings]
    return page("clue.html", visitor=asks, clue=opened.clue, opened=opened, other=other, today=asks.base.clock().date(),
                chances=learning.shown(asks.base, clue_id), findings=findings, **ledger_of(opened),
                timeline=timeline.drawn(findings, opened.run["as_of"] if opened.run else None),
                handlers=browsing.handlers(asks.base) if asks.actor.may("assign") else [])


@cache
def _calendar(rules: Path) -> Calendar:
    return read_calendar(rules / "law" / "calendar_overrides.csv")


@router.post("/clues/{clue_id}/judge")
def judge(
    asks: Asks, clue_id: str, version: Version, finding_id: Text = "", decision: Text = "", reason: Text = "",
    words: Text = "", transfer_to: Text = "",
) -> Response:
    """研判：一项命中的结论."""
    made = Decision(finding_id, decision, reason if decision == "dismiss" else "", words,
                    transfer_to if decision == "transfer" else "")
    review.judge(asks.base, asks.actor, clue_id, version, [made])
    return _back(clue_id)


@router.post("/clues/{clue_id}/undo")
def undo(asks: Asks, clue_id: str, version: Version, judgement_id: Annotated[int, Form()]) -> Response:
    """撤销结论."""
    review.undo(asks.base, asks.actor, clue_id, version, judgement_id)
    return _back(clue_id)


@router.post("/clues/{clue_id}/comment")
def comment(asks: Asks, clue_id: str, version: Version, words: Text = "") -> Response:
    """备注."""
    review.remark(asks.base, asks.actor, clue_id, version, words)
    return _back(clue_id)


@router.post("/clues/{clue_id}/pair")
def pair(asks: Asks, clue_id: str, version: Version, finding_id: Text = "", alias: Text = "", answer: Text = "",
         question: Text = "link") -> Response:
    """是否同一件事（link），是否同一主体（party）."""
    opened = browsing.open_clue(asks.base, asks.actor, clue_id)
    rows = {row["alias"]: row for f in opened.findings if f["finding_id"] == finding_id for row in finding_view.rows(f)}
    if "" not in rows or not alias or alias not in rows:
        raise EngineError("是否同一", "没有这条关联记录", "请重新打开线索再试", "E-REVIEW-PAIR")
    review.answer_pair(asks.base, asks.actor, clue_id, version, {
        "finding_id": finding_id, "question": question, "one": rows[""]["key"], "other": rows[alias]["key"],
        "answer": answer})
    return _back(clue_id)


@router.post("/clues/{clue_id}/check")
def check(
    asks: Asks, clue_id: str, version: Version, finding_id: Text = "",
    item: Annotated[list[str] | None, Form(max_length=4000)] = None,
    answer: Annotated[list[str] | None, Form(max_length=4000)] = None,
) -> Response:
    """核查排除事由：每项一个回答，先后对应."""
    if not item or len(item) != len(answer or []):
        raise EngineError("排除事由", "没有回答，或回答与事由对不上", "请重新打开线索再试", "E-REVIEW-CHECK")
    given = dict(zip(item, answer or [], strict=True))
    review.check_exclusions(asks.base, asks.actor, clue_id, version, finding_id, given)
    return _back(clue_id)


@router.post("/assign")
def assign(
    asks: Asks, clue: Annotated[list[str] | None, Form(max_length=200)] = None, assignee_id: Text = "",
    due_on: Text = "", words: Text = "", then: Text = "",
) -> Response:
    """分派：一条或多条，每条写作 编号:版本."""
    given = read_chosen(clue)
    to = int(assignee_id) if assignee_id.isdigit() else None
    review.assign(asks.base, asks.actor, given, to, read_day(due_on), words)
    if then == "supervision":
        return RedirectResponse("/supervision", 303)
    return _back(next(iter(given))) if len(given) == 1 else RedirectResponse("/clues", 303)


def _back(clue_id: str) -> Response:
    return RedirectResponse(f"/clues/{clue_id}", 303)


