"""Rows of a workbook that came back, each held against the database; only what is beyond doubt is kept.

A row counts as changed where its decision cells are not what was written into them. Of the changed ones those are
kept whose token is ours, whose evidence cells are untouched, whose finding the account may judge, whose evidence and
clue are as they were, and whose decision is whole. Saving goes clue by clue, through `judge`, as on the page.
Since one's own import moves the clue on, versions that only the same account made, on other findings, do not count as
somebody else's work: a workbook may be filled and handed in piece by piece.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.audit import Who
from engine.review.database import Review
from engine.review.judging import Decision, check, judge
from engine.review.rights import Actor, demand, visible
from engine.review.workbooks import Key, seal_of

OUTCOMES = {
    "saved": "已保存", "would": "可以保存", "unchanged": "未改动", "conflict": "冲突（别人先改了）",
    "moved": "证据已更新", "edited": "证据单元格被改动", "key": "密钥列被改动", "scope": "不在范围",
    "incomplete": "缺结论、理由或说明", "unclear": "填写有矛盾", "unknown": "不认识的结论",
    "twice": "同一命中填了不同的结论", "foreign": "另一研判库的工作簿", "run": "另一次运行的工作簿",
}
"""What becomes of a row."""

KEPT = ("saved", "would", "unchanged")
"""Outcomes that are not a refusal."""

_AT_ONCE = 5000


@dataclass(frozen=True)
class Returned:
    """A row that came back: its line, its token, the hashes of its cells now, the decision in codes.

    `decision` is None where no conclusion is chosen; `fault` is an outcome and its words where a cell cannot be read.
    """

    line: int
    token: str
    shown: str
    given: str
    decision: Decision | None = None
    fault: tuple[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one row, for the person who filled it."""

    line: int
    clue_id: str
    finding_id: str
    code: str
    words: str = ""


def take_back(
    review: Review, actor: Actor, rows: Sequence[Returned], origin: tuple[str, Who], *, save: bool = True
) -> list[Outcome]:
    """Save what a workbook decides beyond doubt and return the outcome of every row, by line.

    `origin` is the file's SHA-256 and who handed it in. Without `save` nothing is kept; what could be saved is said.
    Each clue is a transaction of its own; a second import of the same file changes nothing. Raises EngineError for an
    account that may not judge.
    """
    demand(actor, "judge")
    with review.reading() as connection:
        done, left = _opened(connection, rows)
        seen = _Seen(connection, actor, [key for _, key in left])
        more, ready = _judged(seen, left)
    done += more
    done += [out for same in _by_clue(ready) for out in _save(review, actor, same, origin[0], save=save)]
    if len(done) != len(rows):
        raise AssertionError(f"{len(rows)} rows in, {len(done)} outcomes")
    if save:
        counts = dict(sorted(Counter(outcome.code for outcome in done).items()))
        with review.writing() as connection:
            audit.write(review, connection, origin[1], "import", "workbook", sha256=origin[0], rows=len(rows),
                        account=actor.login, outcomes=counts)
    return sorted(done, key=lambda outcome: outcome.line)


_Row = tuple[Returned, Key]


def _opened(connection: Connection, rows: Iterable[Returned]) -> tuple[list[Outcome], list[_Row]]:
    """Return the outcomes of rows that need no look at the clue, and the changed rows whose token is ours."""
    seal, publications = seal_of(connection), set(connection.execute(sa.select(schema.run.c.publication)).scalars())
    done: list[Outcome] = []
    left: list[_Row] = []
    for row in rows:
        key = seal.open(row.token)
        if key is None:
            code = "foreign" if seal.is_foreign(row.token) else "key"
            done.append(Outcome(row.line, "", "", code, _TOKEN[code if row.token else "none"]))
        elif key.publication not in publications:
            done.append(_out(row, key, "run", "这个研判库没有这次发布，请重新导出待研判表"))
        elif key.shown != row.shown:
            done.append(_out(row, key, "edited", "证据单元格与导出时不同，请恢复原样或重新导出后再填"))
        elif key.given == row.given:
            done.append(_out(row, key, "unchanged"))
        elif row.fault or row.decision is None:
            done.append(_out(row, key, *(row.fault or ("incomplete", "没有选结论；要撤销原结论请在网页上撤销"))))
        else:
            left.append((row, key))
    return _once(done, left)


_TOKEN = {
    "foreign": "这一行不是本研判库导出的", "key": "隐藏的密钥列被改动，请重新导出后再填",
    "none": "这一行没有密钥，不是导出的行；请填在导出的行里",
}


def _once(done: list[Outcome], left: list[_Row]) -> tuple[list[Outcome], list[_Row]]:
    """Of copies of one row keep the first; copies that decide differently are all refused."""
    copies: dict[str, list[_Row]] = {}
    for row, key in left:
        copies.setdefault(key.finding_id, []).append((row, key))
    kept = []
    for same in copies.values():
        if len({row.given for row, _ in same}) > 1:
            lines = "、".join(str(row.line) for row, _ in same)
            done += [_out(row, key, "twice", f"第{lines}行是同一项命中") for row, key in same]
            continue
        kept.append(same[0])
        done += [_out(row, key, "unchanged", f"与第{same[0][0].line}行相同") for row, key in same[1:]]
    return done, kept


class _Seen:
    """The findings named, as the database has them and as far as the actor sees them, and the actor's own entries."""

    def __init__(self, connection: Connection, actor: Actor, keys: Sequence[Key]) -> None:
        c, f, j = schema.clue.c, schema.finding.c, schema.judgement.c
        self.findings: dict[str, Mapping[Any, Any]] = {}
        self.own: dict[str, list[tuple[int, str]]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            rows = connection.execute(
                sa.select(f.finding_id, f.clue_id, f.presence, f.evidence_hash, f.decision, f.decided_hash, c.version,
                          j.reason, j.words, j.transfer_to)
                .join(schema.clue, c.clue_id == f.clue_id).outerjoin(schema.judgement, j.judgement_id == f.judgement_id)
                .where(f.finding_id.in_([key.finding_id for key in part]), visible(actor))).mappings()
            self.findings |= {row["finding_id"]: row for row in rows}
            entries = connection.execute(sa.select(j.clue_id, j.version, j.finding_id).where(
                j.clue_id.in_(sorted({key.clue_id for key in part})), j.account_id == actor.account_id))
            for clue_id, version, finding_id in entries:
                self.own.setdefault(clue_id, []).append((version, finding_id))

    def is_as_seen(self, key: Key) -> bool:
        """Return whether nobody else, and nothing on this finding, came after the version in the workbook."""
        version = self.findings[key.finding_id]["version"]
        later = [(made, finding) for made, finding in self.own.get(key.clue_id, ()) if made > key.version]
        alone = {made for made, _ in later} == set(range(key.version + 1, version + 1))
        return alone and version >= key.version and key.finding_id not in {finding for _, finding in later}


_Ready = tuple[Returned, Key, int]


def _judged(seen: _Seen, left: Iterable[_Row]) -> tuple[list[Outcome], list[_Ready]]:
    """Return the outcomes of rows that cannot be kept, and the others with the version their clue has now."""
    done: list[Outcome] = []
    ready: list[_Ready] = []
    for row, key in left:
        if refusal := _refusal(seen, row, key):
            done.append(_out(row, key, *refusal))
        else:
            ready.append((row, key, seen.findings[key.finding_id]["version"]))
    return done, ready


def _refusal(seen: _Seen, row: Returned, key: Key) -> tuple[str, str] | None:
    now = seen.findings.get(key.finding_id)
    decision = row.decision
    if now is None or decision is None:
        return "scope", "没有这项命中，或不在这个账号的地区、部门范围内"
    if now["presence"] == "gone" or now["clue_id"] != key.clue_id:
        return "moved", "新一次运行不再列入这项命中，请重新导出"
    if now["evidence_hash"] != key.evidence_hash:
        return "moved", "导出之后证据变了，请看过最新内容再决定"
    told = (decision.decision, decision.reason, decision.words.strip(), decision.transfer_to.strip())
    if now["decided_hash"] == now["evidence_hash"] and told == tuple(
            now[name] for name in ("decision", "reason", "words", "transfer_to")):
        return "unchanged", "已经是这个结论"
    if not seen.is_as_seen(key):
        return "conflict", "导出之后有人处理过，或其他命中的证据变了，请看过最新内容再决定"
    try:
        check(decision)
    except EngineError as fault:
        return "incomplete", f"{fault.what}，{fault.fix}"
    return None


def _by_clue(ready: Sequence[_Ready]) -> list[list[_Ready]]:
    groups: dict[str, list[_Ready]] = {}
    for item in ready:
        groups.setdefault(item[1].clue_id, []).append(item)
    return [groups[clue_id] for clue_id in sorted(groups)]


def _save(review: Review, actor: Actor, same: Sequence[_Ready], sha256: str, *, save: bool) -> list[Outcome]:
    """Decide on the findings of one clue together."""
    if not save:
        return [_out(row, key, "would") for row, key, _ in same]
    decisions = [replace(row.decision, finding_id=key.finding_id, origin=sha256)
                 for row, key, _ in sorted(same, key=lambda item: item[1].finding_id) if row.decision]
    try:
        judge(review, actor, same[0][1].clue_id, same[0][2], decisions)
    except EngineError as fault:
        # reason: somebody was faster between our look and our hand; anything else must be seen by a person
        if fault.code not in ("E-REVIEW-STALE", "E-REVIEW-FINDING", "E-REVIEW-CLUE"):
            raise
        return [_out(row, key, "conflict", fault.what) for row, key, _ in same]
    return [_out(row, key, "saved") for row, key, _ in same]


def _out(row: Returned, key: Key, code: str, words: str = "") -> Outcome:
    return Outcome(row.line, key.clue_id, key.finding_id, code, words)
