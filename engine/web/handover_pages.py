"""Handing a clue over: one form on its page, answered with the package as a download."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Response

import engine
from engine import review, run
from engine.documents import About
from engine.errors import EngineError
from engine.review import Handed, browsing
from engine.web.access import Asks

router = APIRouter()

Text = Annotated[str, Form(max_length=200)]


@router.post("/clues/{clue_id}/handover")
def handover(
    asks: Asks, clue_id: str, version: Annotated[int, Form(ge=0, le=10**9)], to: Text = "", full: bool = Form(False),
    reason: Text = "", comments: bool = Form(False),
) -> Response:
    """移送包."""
    opened = browsing.open_clue(asks.base, asks.actor, clue_id)
    given = Handed(to, "", full, reason, comments)
    review.check_handing(given)
    if asks.plan is None:
        fix = "请在有数据仓的机器上用 xiezhi handover"
        raise EngineError("移送包", "网页服务所在的机器上没有数据仓", fix, "E-HANDOVER-NONE")
    about = About(to.strip(), asks.base.clock(), engine.__version__, review.database_id(asks.base), full, comments)
    made = run.handover(asks.plan, {clue_id: opened}, [clue_id], about)
    review.hand_over(asks.base, asks.actor, {clue_id: version}, replace(given, manifest_hash=made.manifest_hash))
    headers = {"Content-Disposition": f'attachment; filename="{clue_id}.zip"'}
    return Response(made.content, media_type="application/zip", headers=headers)
