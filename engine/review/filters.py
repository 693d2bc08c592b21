"""What the list can be asked for: read from an address, told to people, turned into conditions.

Every filter is a text of the address, so a list can be linked to, kept as a view and turned page by page. What the
address says and the list cannot mean is refused in words; nothing is quietly left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.errors import EngineError
from engine.review import schema
from engine.review.judging import STATES
from engine.review.publishing import PRESENCE
from engine.review.rights import Actor

SORTS = {"place": "位次", "score": "得分", "amount": "金额", "due": "办理期限", "newest": "首次发现",
         "chance": "属实可能性"}
"""Orders of the list."""

STATUS = {"新增": "新增", "变化": "变化", "持续": "持续", "复现": "复现"}
ASSIGNEES = {"me": "我承办的", "nobody": "还没有分派"}
DUES = {"overdue": "已超期", "week": "七日内到期", "none": "没有期限"}
FOUND = {"tonight": "本次新发现", "7": "近7日", "30": "近30日"}
ENTERPRISE = {"yes": "涉企", "no": "不涉企", "unknown": "不明"}
LIVELIHOOD = {"yes": "民生领域", "no": "不在词表内", "unknown": "不明"}

CHOSEN: dict[str, tuple[str, Mapping[str, str]]] = {
    "state": ("研判状态", STATES), "presence": ("是否在列", PRESENCE), "status": ("与上次比", STATUS),
    "assignee": ("承办", ASSIGNEES), "due": ("办理期限", DUES), "found": ("首次发现", FOUND),
    "enterprise": ("涉企", ENTERPRISE), "livelihood": ("民生", LIVELIHOOD),
}
"""Filters with a fixed choice: label, and value → what it is called."""

NAMED = {"field": "监督领域", "rule": "规则", "unit": "被监督单位", "division": "地区"}
"""Filters whose choice comes from the data."""

WRITTEN = {"amount_from": "金额从", "amount_to": "金额到", "score_from": "得分从", "due_from": "期限从",
           "due_to": "期限到"}
"""Filters that are written in."""

SPANS = (("金额", ("amount_from", "amount_to"), "元"), ("得分", ("score_from",), ""),
         ("期限", ("due_from", "due_to"), ""))
"""Written filters as they are told: label, ends, unit."""

WORDS = 8
"""Most words of one search."""


@dataclass(frozen=True)
class Query:
    """What the list is asked for; an empty text asks nothing. `assignee` me keeps clues assigned to the asker.

    Amounts are yuan, dates ISO; `division` is a code of six digits or the leading two or four.
    """

    words: str = ""
    state: str = ""
    presence: str = "standing"
    status: str = ""
    field: str = ""
    rule: str = ""
    unit: str = ""
    division: str = ""
    assignee: str = ""
    amount_from: str = ""
    amount_to: str = ""
    score_from: str = ""
    due: str = ""
    due_from: str = ""
    due_to: str = ""
    found: str = ""
    enterprise: str = ""
    livelihood: str = ""
    sort: str = "place"
    page: int = 1

    def asked(self) -> dict[str, str]:
        """Return what differs from the list as it is at first, without the page: an address, or a view to keep."""
        return {f.name: str(getattr(self, f.name)) for f in fields(self)
                if f.name != "page" and getattr(self, f.name) != f.default}


@dataclass(frozen=True)
class Chip:
    """One filter that is on: what it is, in words, and the query's values without it."""

    text: str
    without: Mapping[str, str]


def read(asked: Mapping[str, str]) -> Query:
    """Return the query of an address's parameters; others' are passed over.

    Raises EngineError for a choice there is not, and for what is no number or date where one belongs.
    """
    names = {f.name for f in fields(Query)} - {"page"}
    given = {name: text.strip() for name, text in asked.items() if name in names}
    for name, text in given.items():
        if len(text) > 200 or "\0" in text:
            raise _unfit(_label(name), "内容太长，或含有不可用的字符", "请改短后再试")
    query = Query(**given, page=_page(asked.get("page", "")))
    _check(query)
    return query


def _page(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text[:8]) <= 10**6):
        raise _unfit("页码", f"没有第“{text[:20]}”页", "应为从1起的整数")
    return int(text or 1)


def _check(query: Query) -> None:
    for name, (label, choices) in CHOSEN.items():
        if getattr(query, name) not in ("", *choices):
            raise _unfit(label, f"没有“{getattr(query, name)[:20]}”这一项", f"可选：{'、'.join(choices.values())}")
    if query.sort not in SORTS:
        raise _unfit("排序", f"没有“{query.sort[:20]}”这一项", f"可选：{'、'.join(SORTS.values())}")
    if query.division and not (query.division.isascii() and query.division.isdigit() and len(query.division) <= 6):
        raise _unfit("地区", f"“{query.division[:20]}”不是行政区划代码", "应为二、四或六位数字，如 4111")
    if len(query.words.split()) > WORDS:
        raise _unfit("搜索", "词太多", f"最多{WORDS}个词")
    for low, high in (("amount_from", "amount_to"), ("due_from", "due_to")):
        ends = [_value(query, name) for name in (low, high)]
        if None not in ends and ends[0] > ends[1]:
            raise _unfit(WRITTEN[low], "起点在终点之后", "请对调两头再试")
    _value(query, "score_from")


def _value(query: Query, name: str) -> Any:
    """Return what was written in: a date, cents, or points; None where nothing was. Raises EngineError."""
    text = getattr(query, name)
    if not text:
        return None
    try:
        if name.startswith("due"):
            return date.fromisoformat(text)
        number = Decimal(text.replace(",", "").replace("，", ""))
    except (ValueError, InvalidOperation):
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number < 10**13):
        fix = "应写作 2026-10-31" if name.startswith("due") else "应为不小于零的数，如 50000"
        raise _unfit(WRITTEN[name], f"“{text[:20]}”读不出来", fix)
    return int(number * 100) if name.startswith("amount") else float(number)


def _label(name: str) -> str:
    return CHOSEN[name][0] if name in CHOSEN else (NAMED | WRITTEN).get(name, {"words": "搜索"}.get(name, "排序"))


def _unfit(label: str, what: str, fix: str) -> EngineError:
    return EngineError("线索列表", f"筛选条件“{label}”：{what}", fix, "E-REVIEW-FILTER")


def tests(query: Query, actor: Actor, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions on `clue`; `today` is what overdue and the last days are counted from."""
    c = schema.clue.c
    found: list[ColumnElement[bool]] = [
        c[name] == getattr(query, name)
        for name in ("state", "presence", "status", "field", "unit", "enterprise", "livelihood")
        if getattr(query, name)]
    found += [c.search.contains(word.lower(), autoescape=True) for word in query.words.split()]
    if query.rule:
        f = schema.finding.c
        found.append(c.clue_id.in_(sa.select(f.clue_id).where(f.rule_id == query.rule, f.presence != "gone")))
    if query.division:
        found.append(c.division.startswith(query.division, autoescape=True))
    if query.assignee:
        found.append(c.assignee_id == actor.account_id if query.assignee == "me" else c.assignee_id.is_(None))
    return [*found, *_spans(query), *_days(query, today)]


def _spans(query: Query) -> list[ColumnElement[bool]]:
    c = schema.clue.c
    ends = {"amount_from": c.amount_cents.__ge__, "amount_to": c.amount_cents.__le__, "score_from": c.score.__ge__,
            "due_from": c.due_on.__ge__, "due_to": c.due_on.__le__}
    return [end(value) for name, end in ends.items() if (value := _value(query, name)) is not None]


def _days(query: Query, today: date) -> list[ColumnElement[bool]]:
    c, found = schema.clue.c, []
    if query.due == "overdue":
        # reason: what was decided is no longer late, whatever its day was
        found.append(sa.and_(c.due_on < today, c.state.in_(["open", "need_material"])))
    elif query.due == "week":
        found.append(c.due_on.between(today, today + timedelta(days=7)))
    elif query.due == "none":
        found.append(c.due_on.is_(None))
    if query.found == "tonight":
        last = sa.select(schema.run.c.run_id).order_by(schema.run.c.publication.desc()).limit(1).scalar_subquery()
        found.append(c.first_run == last)
    elif query.found:
        found.append(c.first_on > today - timedelta(days=int(query.found)))
    return found


def order(query: Query) -> list[ColumnElement[Any]]:
    """Return what the list is ordered by, always down to the single clue."""
    c = schema.clue.c
    # reason: what stands has a place, and an order without NULLS LAST is read from the index
    place = c.place if query.presence == "standing" else c.place.asc().nulls_last()
    first: dict[str, list[ColumnElement[Any]]] = {
        "score": [c.score.desc().nulls_last()], "amount": [c.amount_cents.desc().nulls_last()],
        "due": [c.due_on.asc().nulls_last()], "newest": [c.first_on.desc().nulls_last()],
        "chance": [c.chance.desc().nulls_last()],
    }
    return [*first.get(query.sort, []), place, c.clue_id]


def chips(query: Query, titles: Mapping[str, str]) -> list[Chip]:
    """Return every filter that is on, each with the query's values without it; `titles` are rules by id.

    >>> [chip.text for chip in chips(Query(words="甲 乙", amount_from="50000", due="none"), {})]
    ['搜索：甲', '搜索：乙', '是否在列：在列', '办理期限：没有期限', '金额：50000元起']
    """
    words = query.words.split()
    found = [Chip(f"搜索：{word}", {"words": " ".join(w for w in words if w != word)}) for word in dict.fromkeys(words)]
    for name, (label, choices) in CHOSEN.items():
        if value := getattr(query, name):
            found.append(Chip(f"{label}：{choices[value]}", {name: ""}))
    for name, label in NAMED.items():
        if value := getattr(query, name):
            found.append(Chip(f"{label}：{titles.get(value, value) if name == 'rule' else value}", {name: ""}))
    for label, ends, unit in SPANS:
        low, high = (*(getattr(query, name) for name in ends), "")[:2]
        if low or high:
            told = f"{low}{unit}至{high}{unit}" if low and high else f"{low}{unit}起" if low else f"至{high}{unit}"
            found.append(Chip(f"{label}：{told}", dict.fromkeys(ends, "")))
    return found
