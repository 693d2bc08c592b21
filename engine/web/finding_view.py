"""A finding as the page shows it: each condition with its values and how its limits were counted, evidence, records."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from engine.law import Calendar, explain_period
from engine.law.periods import UNIT_LABEL
from engine.law.statutes import Article, Statutes

EVIDENCE = ("label", "value", "source", "record", "elsewhere", "raw", "ground", "day", "listed", "name")
"""What an item of evidence is made of, in order (see `engine.export.for_review`)."""

SOURCES = {"column": "原始记录", "fact": "推导事实", "let": "计算"}

_TEXTS = ("flags", "innocent", "to_check", "basis")


def items(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the evidence of a finding, item by item; what an older publication did not say is None."""
    told = finding["texts"].get("evidence") or []
    return [dict.fromkeys(EVIDENCE) | dict(zip(EVIDENCE, item, strict=False)) for item in told]


def rows(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the delivered rows behind a finding; the subject's own has the alias ''."""
    return list(finding["texts"].get("rows") or [])


def shown(finding: Mapping[str, Any], calendar: Calendar, statutes: Statutes | None = None) -> dict[str, Any]:
    """Return a finding as the page shows it, with the articles it rests on where their texts are at hand."""
    delivered = [row | {"cells": _cells(row["raw"]), "compared": _compared(row.get("compared"))}
                 for row in rows(finding)]
    by_record = {row["record"]: row for row in delivered}
    evidence = [item | {"row": by_record.get(item["record"]), "recorded": item["source"] == "column",
                        "source": SOURCES.get(item["source"], "计算")} for item in items(finding)]
    law = finding["texts"].get("law") or []
    texts = dict.fromkeys(_TEXTS, ()) | {k: v for k, v in finding["texts"].items() if v is not None}
    return {**finding, "texts": texts, "rows": delivered, "evidence": evidence,
            "law": [x | {"period": _period(x)} for x in law if "title" in x],
            "articles": list(_articles(texts["basis"], law, statutes)) if statutes else [],
            "conditions": list(_conditions(texts.get("conditions") or (), evidence, law, calendar)),
            "exclusions": [*(texts.get("exclusions") or ()),
                           *({"reason": text, "value": "person"} for text in texts["innocent"])]}


def _conditions(
    conditions: Sequence[Mapping[str, Any]], evidence: Sequence[Mapping[str, Any]], law: Sequence[Mapping[str, Any]],
    calendar: Calendar,
) -> Iterator[dict[str, Any]]:
    """Yield each condition with its values and workings; a working is told once, with the first that rests on it."""
    told: set[str] = set()
    counted = [x for x in law if x.get("counted")]
    for condition in conditions:
        uses, reaches = condition.get("uses") or (), condition.get("reaches") or ()
        mine = [x for x in counted if x.get("owner", "") in reaches and x["counted"] not in told]
        told |= {x["counted"] for x in mine}
        yield {**condition, "values": [item for item in evidence if item["name"] in uses],
               "workings": [_working(x, law, calendar) for x in mine]}
    rest = [x for x in counted if x["counted"] not in told]
    if rest:
        yield {"say": "其他计算", "asks": "", "value": "", "values": [],
               "workings": [_working(x, law, calendar) for x in rest]}


_CITED = re.compile(r"《?([^》第]+?)》?(第[^（]+)(?:（(\d+)年(\d+)月(\d+)日起施行)?")


def _articles(basis: Sequence[str], law: Sequence[Mapping[str, Any]], statutes: Statutes) -> Iterator[Article]:
    """Yield each article cited, once, as in force when what was applied took effect."""
    cited = [(found[1], found[2], "-".join(f"{int(n):02}" for n in found.groups()[2:] if n))
             for found in map(_CITED.match, basis) if found]
    cited += [(x["law"], x["article"], x["from"]) for x in law if x.get("law")]
    told: set[tuple[str, str]] = set()
    for name, article, since in cited:
        for found in statutes.articles(name, article, date.fromisoformat(since) if since else None):
            if (found.law, found.title) not in told:
                told.add((found.law, found.title))
                yield found


def _working(counted: Mapping[str, Any], law: Sequence[Mapping[str, Any]], calendar: Calendar) -> dict[str, Any]:
    """Return a calculation step by step; only the sentence where it cannot be done again to the same end."""
    label, _, sentence = counted["counted"].rpartition("：自")
    plain = {"label": label, "sentence": f"自{sentence}", "steps": None}
    use = next((x for x in law if x.get("name") and x["name"] == counted.get("of")), None)
    if use is None or not counted.get("from") or use.get("unit") not in UNIT_LABEL:
        return plain
    rolls = bool(counted.get("rolls") and use.get("rolls"))
    done = explain_period(date.fromisoformat(counted["from"][:10]), int(use["length"]), use["unit"], calendar,
                          roll=rolls)
    if done.end is None or _say(done.end) not in counted["counted"]:
        return plain
    return plain | {"steps": done, "period": _period(use), "law": f"{use['law']}{use['article']}", "rolls": rolls}


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _compared(told: str | None) -> list[dict[str, Any]]:
    """Return the columns two records are compared by; where they say different things, the parts that differ."""
    found = []
    for field in json.loads(told or "[]"):
        one, other = field["one"] or "", field["other"] or ""
        differs = field["same"] is False
        found.append(field | {"one": parts(one, other) if differs else [(one, False)],
                              "other": parts(other, one) if differs else [(other, False)]})
    return found


def parts(text: str, other: str) -> list[tuple[str, bool]]:
    """Return a text in parts, each with whether the other text lacks it.

    >>> parts("甲公司", "乙公司")
    [('甲', True), ('公司', False)]
    """
    blocks = SequenceMatcher(None, text[:_MOST], other[:_MOST], autojunk=False).get_opcodes()
    found = [(text[a:b], kind != "equal") for kind, a, b, _, _ in blocks if b > a]
    return found + ([(text[_MOST:], False)] if text[_MOST:] else [])


_MOST = 200
"""Characters compared one by one; nobody reads further differences in a longer text."""


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
