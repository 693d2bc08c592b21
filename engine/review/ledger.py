"""The follow-up ledger of a clue: from the opened case over documents, service and replies to the closed file.

ORDER says which step may follow which. An entry is checked against what stands before it; a correction replaces an
earlier entry in its place (the earlier one stays readable), and everything behind it is checked anew. So what stands
is always a possible course of a case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from engine.errors import EngineError
from engine.review import audit, schema, terms
from engine.review.database import Review
from engine.review.rights import Actor
from engine.review.versions import entry as new_entry
from engine.review.versions import take

Entry = Mapping[Any, Any]
"""A row of follow_up; where it stands, with `root`: the number of the first entry in its place."""

DOCUMENTS = {"opinion": "检察意见", "recommendation": "检察建议", "governance": "社会治理检察建议",
             "retrial": "再审检察建议", "correction": "纠正违法通知", "police": "移送公安"}
"""Documents that are sent and answered."""

REPLIES = {"adopted": "采纳", "partly": "部分采纳", "refused": "不采纳", "none": "逾期未回复"}
"""What a reply says; the last one: that there was none in time."""


@dataclass(frozen=True)
class Step:
    """One kind of entry.

    `after`: one of these must stand before it, none: nothing need. `about`: it is about one document, and `after` and
    `once` look at what stands about that one alone. `wants`: fields it cannot do without. `late`: it is the end, its
    day comes after all others.
    """

    label: str
    after: tuple[str, ...] = ()
    about: bool = False
    once: bool = False
    wants: tuple[str, ...] = ()
    late: bool = False


ORDER: dict[str, Step] = {
    "handed_over": Step("移送", wants=("sent_to",)),
    "case_opened": Step("立案（成案）", once=True),
    "not_opened": Step("不立案", once=True, wants=("words",)),
    "investigated": Step("调查核实"),
    **{code: Step(label, after=("case_opened",)) for code, label in DOCUMENTS.items()},
    "served": Step("送达", after=tuple(DOCUMENTS), about=True, once=True),
    "reply": Step("回复", after=("served",), about=True, wants=("outcome",)),
    "supervise": Step("跟进监督", after=("reply",), about=True),
    "rectified": Step("整改", after=("served",), about=True, wants=("words",)),
    "terminated": Step("终结审查", after=("case_opened",), once=True, wants=("words",)),
    "closed": Step("办结", after=("not_opened", "terminated", "reply", "rectified", "handed_over"), once=True,
                   late=True),
    "archived": Step("归档", after=("closed",), once=True, late=True),
}
"""Steps of the ledger and their order."""

ENDED = {"case_opened": ("not_opened",), "not_opened": ("case_opened",), "investigated": ("not_opened",),
         **dict.fromkeys(DOCUMENTS, ("terminated",))}
"""Step → what rules it out; closing rules out everything but archiving and handing the file over."""

STRUCK = "struck"
STEPS = {code: step.label for code, step in ORDER.items()} | {STRUCK: "撤销记录"}
"""Steps with their Chinese; `struck` takes an entry back."""

FIELDS = {"sent_to": "接收单位", "words": "说明", "outcome": "回复结果"}

_TERM_STEPS = ("case_opened", "served", "supervise")


def follow(review: Review, actor: Actor, clue_id: str, version: int, step: Mapping[str, Any]) -> int:
    """Add a step to a clue's ledger and return the clue's new version.

    `step`: step, happened_on; about (number of the document's entry), sent_to, document_no, outcome, recovered_cents,
    due_on (a term the letter names, with its reason in words), words; `replaces`: number of the entry it corrects,
    with step `struck` to take that back.
    Raises EngineError for a stale version, a step out of order, days that run backwards or lie ahead, missing fields.
    """
    given = {name: value for name, value in step.items() if value not in (None, "")}
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "follow")
        stand = standing(connection, clue_id)
        clue = connection.execute(sa.select(schema.clue).where(schema.clue.c.clue_id == clue_id)).mappings().one()
        row, before, behind = _placed(given, stand)
        _check(row, before, review.clock().date())
        row |= _due(connection, clue, row, before)
        for number, later in enumerate(behind):
            _check(later, [*before, row, *behind[:number]], review.clock().date(), moved=True)
        made = {name: row.get(name) for name in ("step", "happened_on", "about", "sent_to", "outcome", "due_on",
                                                 "recovered_cents", "due_words", "replaces")}
        audit.append(review, connection, actor.who, schema.follow_up, {
            **new_entry(review, actor, clue_id, new), **made, "document_no": row.get("document_no", ""),
            "words": row.get("words", "")}, str(row["step"]))
        restate(connection, clue_id)
        return new


def standing(connection: Connection, clue_id: str) -> list[Entry]:
    """Return the entries of a clue that stand, in order."""
    s = standing_entries().subquery()
    found = connection.execute(sa.select(s).where(s.c.clue_id == clue_id).order_by(s.c.root)).mappings()
    return [dict(row) for row in found]


def standing_entries() -> sa.Select[Any]:
    """Return the select of all entries that stand: corrected by none, not taken back; with `root`, their place."""
    f, later = schema.follow_up.c, schema.follow_up.alias()
    root = sa.func.coalesce(f.replaces, f.follow_up_id)
    newer = sa.exists().where(later.c.clue_id == f.clue_id, later.c.replaces == root,
                              later.c.follow_up_id > f.follow_up_id)
    return sa.select(schema.follow_up, root.label("root")).where(~newer, f.step != STRUCK)


def of_history(history: Sequence[Entry]) -> list[Entry]:
    """Return the entries that stand, in order, among everything appended about one clue (`browsing.Opened.history`)."""
    latest = {entry["replaces"] or entry["number"]: entry
              for entry in sorted(history, key=lambda e: e["number"]) if entry["kind"] == "follow_up"}
    return [{**latest[root], "root": root} for root in sorted(latest) if latest[root]["step"] != STRUCK]


def possible(stand: Sequence[Entry]) -> dict[str, str]:
    """Return the steps that may follow what stands, with their Chinese."""
    return {code: step.label for code, step in ORDER.items()
            if any(not _out_of_order({"step": code, "about": about}, stand) for about in [None, *documents(stand)])}


def documents(stand: Sequence[Entry]) -> dict[int, Entry]:
    """Return the documents among what stands, by number of their place."""
    return {entry["root"]: entry for entry in stand if entry["step"] in DOCUMENTS}


def _placed(given: dict[str, Any], stand: Sequence[Entry]) -> tuple[dict[str, Any], list[Entry], list[Entry]]:
    """Return the new row, what stands before it, and behind it; a lone document needs no naming."""
    if given.get("step") not in STEPS:
        raise _fault("没有选步骤", f"步骤：{'、'.join(s.label for s in ORDER.values())}", "E-REVIEW-STEP")
    replaces = given.get("replaces")
    if replaces is None and given["step"] == STRUCK:
        raise _fault("没有选要撤销的记录", "请在那条记录下撤销", "E-REVIEW-STEP")
    old = next((e for e in stand if replaces in (e["root"], e["follow_up_id"])), None) if replaces else None
    if replaces and old is None:
        raise _fault("要更正的记录不存在，或已被更正、撤销", "请重新打开线索再试", "E-REVIEW-STEP")
    root = old["root"] if old else None
    before = [e for e in stand if root is None or e["root"] < root]
    row: dict[str, Any] = {**given, "root": root or float("inf")} | ({"replaces": root} if root else {})
    if old and row["step"] == STRUCK:
        row |= {"happened_on": old["happened_on"]}
    known = list(documents(before))
    if row["step"] in ORDER and ORDER[row["step"]].about:
        row.setdefault("about", known[0] if len(known) == 1 else None)
    else:
        row.pop("about", None)
    return row, before, [e for e in stand if root is not None and e["root"] > root]


def _check(row: Entry, before: Sequence[Entry], today: date, *, moved: bool = False) -> None:
    """Raise EngineError where the entry cannot stand behind the others; `moved`: an earlier one was corrected."""
    if row["step"] == STRUCK:
        return
    stand = [e for e in before if e["step"] != STRUCK]
    label, behind = STEPS[row["step"]], "；这样更正以后，其后的记录不成立，请先更正或撤销它" if moved else ""
    if missing := _out_of_order(row, stand):
        raise _fault(f"不能记“{label}”：{missing}", f"请先补上前面的步骤{behind}", "E-REVIEW-ORDER")
    if not moved:
        _check_fields(row, label)
    day = row["happened_on"]
    if day > today:
        raise _fault(f"“{label}”的日期 {day} 还没有到", "请填实际发生的日期", "E-REVIEW-DAY")
    first = max((e["happened_on"] for e in _rests_on(row, stand)), default=None)
    if first and day < first:
        raise _fault(f"“{label}”的日期 {day} 早于它前面步骤的日期 {first}", f"请核对日期{behind}", "E-REVIEW-DAY")
    if row.get("outcome") == "none" and (open_until := _open_until(row, stand)) and open_until >= day:
        raise _fault(f"回复期限到 {open_until}，{day} 还没有逾期", "届满以后再记“逾期未回复”", "E-REVIEW-DAY")


def _check_fields(row: Entry, label: str) -> None:
    if not row.get("happened_on"):
        raise _fault("没有填日期", "请填实际发生的日期", "E-REVIEW-STEP")
    wanted = [name for name in ORDER[row["step"]].wants if not row.get(name)]
    if wanted == ["words"] and row.get("recovered_cents") is not None:
        wanted = []
    if wanted:
        what = f"“{label}”没有写{'、'.join(FIELDS[name] for name in wanted)}"
        raise _fault(what, "请写明后再提交", "E-REVIEW-WORDS")
    if row.get("outcome") and row["outcome"] not in REPLIES:
        raise _fault("没有这种回复结果", f"可选：{'、'.join(REPLIES.values())}", "E-REVIEW-STEP")
    if (row.get("recovered_cents") or 0) < 0:
        raise _fault("金额不能是负数", "请填挽回、追缴的元数", "E-REVIEW-STEP")
    if row.get("due_on") and (row["step"] not in _TERM_STEPS or row["due_on"] < row["happened_on"]):
        fix = "只有立案、送达、跟进监督可以写文书另定的期限，且不早于当日"
        raise _fault(f"“{label}”不能写这个期限", fix, "E-REVIEW-DAY")


def _out_of_order(row: Entry, stand: Sequence[Entry]) -> str:
    """Return in Chinese what forbids the step after what stands; '' nothing does."""
    step, had = ORDER[row["step"]], {e["step"] for e in stand}
    if had & {"closed", "archived"} and row["step"] not in ("archived", "handed_over"):
        return f"已经{STEPS['archived' if 'archived' in had else 'closed']}"
    if ended := next((code for code in ENDED.get(row["step"], ()) if code in had), ""):
        return f"已经记了“{STEPS[ended]}”"
    if step.about and row.get("about") not in documents(stand):
        return "没有选所针对的文书" if documents(stand) else "还没有制发文书"
    mine = {e["step"] for e in _about(row, stand)} if step.about else had
    if step.once and row["step"] in mine:
        return "这一步已经记过，写错了请更正原来的记录"
    if step.after and not mine & set(step.after):
        return f"前面没有“{'”或“'.join(STEPS[code] for code in step.after)}”"
    return _unanswered(stand) if row["step"] == "closed" else ""


def _unanswered(stand: Sequence[Entry]) -> str:
    """What is still open of the documents, for who wants to close."""
    if not documents(stand) and any(e["step"] == "case_opened" for e in stand) and not any(
            e["step"] == "terminated" for e in stand):
        return "立案以后没有制发文书，也没有终结审查"
    for root, document in documents(stand).items():
        had = {e["step"] for e in stand if e["about"] == root}
        if not had & {"reply", "rectified"}:
            return f"《{STEPS[document['step']]}》{'没有回复或整改的记录' if 'served' in had else '还没有送达'}"
    return ""


def _about(row: Entry, stand: Sequence[Entry]) -> list[Entry]:
    return [e for e in stand if row["about"] in (e["root"], e["about"])]


def _rests_on(row: Entry, stand: Sequence[Entry]) -> list[Entry]:
    """Entries whose day cannot be later than this one's."""
    step = ORDER[row["step"]]
    if step.late:
        return list(stand)
    return _about(row, stand) if step.about else [e for e in stand if e["step"] in step.after]


def _open_until(row: Entry, stand: Sequence[Entry]) -> date | None:
    return next((e["due_on"] for e in reversed(_about(row, stand)) if e["due_on"]), None)


def _due(connection: Connection, clue: Entry, row: Entry, before: Sequence[Entry]) -> dict[str, Any]:
    """Return the day something is due after this step, counted by law or named by the letter, with its words."""
    found = None
    if row["step"] == "served":
        document = documents(before)[row["about"]]
        court = (document["sent_to"] or clue["unit"]).endswith("法院")
        found = terms.due(connection, document["step"], row["happened_on"], court=court)
    elif row["step"] == "case_opened" and clue["field"].startswith(terms.REFERRAL):
        found = terms.due(connection, "review", row["happened_on"])
    if not row.get("due_on"):
        return {"due_on": found.on, "due_words": found.words} if found else {"due_on": None, "due_words": None}
    if found and not row.get("words"):
        raise _fault(f"文书另定期限（依法为 {found.on}）没有写理由", "请在说明里写明文书怎样写的", "E-REVIEW-WORDS")
    by_law = f"；依法计算：{found.words}" if found else ""
    return {"due_words": f"文书另定为{row['due_on'].isoformat()}{by_law}"}


def restate(connection: Connection, clue_id: str | None = None) -> None:
    """Have one clue, or all, repeat the last step and the next due day of their ledger."""
    step, due_on = _stated()
    c = schema.clue.c
    which: list[ColumnElement[bool]] = [] if clue_id is None else [c.clue_id == clue_id]
    connection.execute(sa.update(schema.clue).where(*which).values(step=step, follow_due_on=due_on))


def misstated() -> sa.Select[Any]:
    """Return the select of clues whose step or due day is not what their ledger says."""
    step, due_on = _stated()
    c = schema.clue.c
    return sa.select(c.clue_id).where(sa.or_(c.step.is_distinct_from(step), c.follow_due_on.is_distinct_from(due_on)))


def _stated() -> tuple[Any, Any]:
    s = standing_entries().subquery()
    step = (sa.select(s.c.step).where(s.c.clue_id == schema.clue.c.clue_id)
            .order_by(s.c.step == "handed_over", s.c.root.desc()).limit(1).correlate(schema.clue).scalar_subquery())
    o = open_terms().subquery()
    due_on = (sa.select(sa.func.min(o.c.due_on)).where(o.c.clue_id == schema.clue.c.clue_id)
              .correlate(schema.clue).scalar_subquery())
    return sa.func.coalesce(step, ""), due_on


def open_terms() -> sa.Select[Any]:
    """Return the select of standing entries whose term still runs or has passed unmet."""
    s, later = standing_entries().subquery(), standing_entries().subquery()
    answered = sa.or_(later.c.step == "rectified", later.c.due_on.is_not(None),
                      sa.and_(later.c.step == "reply", later.c.outcome != "none"))
    met = sa.exists().where(later.c.clue_id == s.c.clue_id, later.c.root > s.c.root, sa.or_(
        later.c.step == "closed", sa.and_(later.c.about == s.c.about, answered),
        sa.and_(s.c.step == "case_opened", later.c.step.in_([*DOCUMENTS, "terminated"]))))
    return sa.select(s).where(s.c.due_on.is_not(None), ~met)


def _fault(what: str, fix: str, code: str) -> EngineError:
    return EngineError("跟进", what, fix, code)
