"""「为什么没有」: what every rule says of a record that somebody names by its number, and a party's number in full.

Both read the published warehouse beside the server, which a night under way leaves alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from engine import export, review, rules
from engine.errors import EngineError
from engine.law import read_law
from engine.review import browsing
from engine.rules import ANSWERS, RuleSet
from engine.rules.explanation import TRUTH, Explanation
from engine.run import Plan
from engine.store import Store, reading
from engine.web.access import Asks, Visitor
from engine.web.pages import page

router = APIRouter()

NONE = "没有这个编号的记录，或不在您的范围内"


@dataclass(frozen=True)
class Found:
    """A record with what each rule about its kind says: rule id, title, answer, sentence."""

    table: str
    record_id: int
    key: str
    place: str
    answers: list[tuple[str, str, str, str]]


@router.get("/why")
def why(
    asks: Asks, number: Annotated[str, Query(max_length=200)] = "", rule: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """为什么没有：按编号查一条记录，各规则怎样判断."""
    if not number.strip():
        return page("why.html", visitor=asks, number="", found=[], told=None, message="")
    plan = _beside(asks)
    with reading(plan.home) as store:
        ruleset = _ruleset(plan.rules, _stamp(plan.rules))
        found = list(_visible(store, ruleset, asks, number.strip()))
        told = _explained(store, ruleset, found, rule) if rule else None
    review.reading.asked_why(asks.base, asks.actor, len(found), " ".join(f"{f.table}:{f.record_id}" for f in found),
                             rule if told else "")
    return page("why.html", 200 if found else 404, visitor=asks, number=number.strip(), found=found, told=told,
                message="" if found else NONE, TRUTH=TRUTH, ANSWERS=ANSWERS, hide=export.hide_numbers)


@router.post("/clues/{clue_id}/unmask")
def unmask(
    asks: Asks, clue_id: str, finding_id: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """查看全号：写明理由，只显示这一次."""
    if asks.plan is None:
        browsing.open_clue(asks.base, asks.actor, clue_id)      # a clue out of scope must not read otherwise here
    plan = _beside(asks)
    record = review.reading.unmask(asks.base, asks.actor, clue_id, finding_id, reason)
    with reading(plan.home) as store:
        numbers = export.full_numbers(store, record)
    return page("unmasked.html", visitor=asks, clue_id=clue_id, numbers=numbers)


def _beside(asks: Visitor) -> Plan:
    """Return where the warehouse is; EngineError where there is none beside this server."""
    if asks.plan is None:
        raise EngineError("数据仓", "这台服务器旁边没有数据仓，查不了", "请在运行獬豸的机器上查", "E-WHY-STORE")
    return asks.plan


def _visible(store: Store, ruleset: RuleSet, asks: Visitor, number: str) -> Iterator[Found]:
    """Yield the records of that number that are the visitor's to see."""
    for table, record_id, key, place in rules.find_all(store, ruleset, number):
        division = export.place_of(store, table, record_id)
        if review.reading.may_read_record(asks.base, asks.actor, f"{table.name}|{key}", division, export.DEPARTMENT):
            stored = store.rows("SELECT rule_id, answer, say FROM hit WHERE table_name = ? AND record_id = ?",
                                [table.name, record_id])
            said = {rule_id: (answer, say) for rule_id, answer, say in stored}
            answers = [(r.id, r.title, *said.get(r.id, ("clear", ""))) for r in ruleset.rules.values()
                       if r.is_active and r.subject == table.name]
            yield Found(table.name, record_id, f"{table.label} {key.strip('|')}", place, sorted(
                answers, key=lambda a: (list(ANSWERS).index(a[2]), a[0])))


def _explained(store: Store, ruleset: RuleSet, found: list[Found], rule_id: str) -> Explanation | None:
    """Return why the rule answers as it does for the first of the records it is about."""
    as_of = export.last_run(store)["as_of"]
    record = next((f for f in found if rule_id in [a[0] for a in f.answers]), None)
    return rules.explain(store, ruleset, rule_id, record.record_id, as_of) if record else None


@lru_cache(maxsize=2)
def _ruleset(folder: Path, stamp: float) -> RuleSet:
    return rules.read_rules(folder, read_law(folder / "law"))


def _stamp(folder: Path) -> float:
    """Return when the newest rule file was written: rules are read again when one is."""
    return max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=0.0)
