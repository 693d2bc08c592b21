"""One clue: reading, deciding, taking back, assigning, noting, following up."""

import itertools
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from engine import learning, review
from engine.errors import EngineError
from engine.law.periods import UNIT_LABEL
from engine.review import Decision, browsing
from engine.review.browsing import Opened
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
    return page("clue.html", visitor=asks, clue=opened.clue, opened=opened, other=other, today=asks.base.clock().date(),
                chances=learning.shown(asks.base, clue_id), timeline=_timeline(opened), **ledger_of(opened),
                findings=[_shown(f) for f in opened.findings],
                handlers=browsing.handlers(asks.base) if asks.actor.may("assign") else [])


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
         ) -> Response:
    """是否同一件事."""
    opened = browsing.open_clue(asks.base, asks.actor, clue_id)
    rows = {row["alias"]: row for f in opened.findings if f["finding_id"] == finding_id for row in _rows(f)}
    if "" not in rows or not alias or alias not in rows:
        raise EngineError("是否同一", "没有这条关联记录", "请重新打开线索再试", "E-REVIEW-PAIR")
    review.answer_pair(asks.base, asks.actor, clue_id, version, {
        "finding_id": finding_id, "question": "link", "one": rows[""]["key"], "other": rows[alias]["key"],
        "answer": answer})
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


EVIDENCE = ("label", "value", "source", "record", "elsewhere", "raw", "ground", "day", "listed")
"""What an item of evidence is made of, in order (see `engine.export.for_review`)."""

SOURCES = {"column": "原始记录", "fact": "推导事实", "let": "计算"}


def _items(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(EVIDENCE, item, strict=True)) for item in finding["texts"].get("evidence") or []]


def _rows(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(finding["texts"].get("rows") or [])


def _shown(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding as the page shows it: evidence with its record, rows with their cells, law in words."""
    rows = [row | {"cells": _cells(row["raw"])} for row in _rows(finding)]
    by_record = {row["record"]: row for row in rows}
    items = [item | {"row": by_record.get(item["record"]), "source": SOURCES.get(item["source"], "计算")}
             for item in _items(finding)]
    law = finding["texts"].get("law") or []
    texts = dict.fromkeys(("flags", "conditions", "exclusions", "innocent", "to_check", "basis")) | finding["texts"]
    return {**finding, "texts": texts, "rows": rows, "evidence": items,
            "law": [x | {"period": _period(x)} for x in law if "title" in x],
            "counted": [x["counted"] for x in law if x.get("counted")]}


def _cells(raw: str | None) -> list[tuple[str, str]]:
    try:
        row = json.loads(raw or "{}")
    except ValueError:
        return [("", str(raw))]
    cells = row.items() if isinstance(row, dict) else [("", row)]
    return [(str(name), "" if cell is None else str(cell)) for name, cell in cells]


def _period(law: Mapping[str, Any]) -> str:
    units = UNIT_LABEL | {"yuan": "元", "ratio": "倍"}
    return f"{law.get('length', '')}{units.get(str(law.get('unit')), '')}"


def _timeline(opened: Opened) -> list[dict[str, Any]]:
    """Return the matter's days in order, each with what happened and the days since the one before."""
    said: dict[str, dict[str, bool]] = {}
    for finding in opened.findings:
        for item in _items(finding):
            if item["day"] and (item["listed"] or item["source"] == "column"):
                labels = said.setdefault(item["day"], {})
                label = item["label"].split("·")[-1]
                labels[label] = labels.get(label, False) or item["source"] == "column"
    days = sorted(said)
    return [{"day": day, "since": since, "what": list(said[day]), "computed": not any(said[day].values())}
            for day, since in zip(days, _gaps(days), strict=True)]


def _gaps(days: Iterable[str]) -> list[int | None]:
    known = [date.fromisoformat(day) for day in days]
    return [None, *((later - earlier).days for earlier, later in itertools.pairwise(known))][:len(known)]
