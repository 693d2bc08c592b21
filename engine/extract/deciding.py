"""Several finds for one field: one value, or none with the reason."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from engine.extract.found import Found
from engine.extract.kinds import Field
from engine.extract.values import Value
from engine.extract.words import Candidate, Words
from engine.text import clean_text

_SHOWN = 4
_ALIAS = re.compile(
    r"[（(](?:以下|下称|简称|又名|曾用名|经营者|负责人|法定代表人|身份证|公民身份|统一社会信用).*$", re.DOTALL)
_NEXT_LABEL = re.compile(
    r"(?<=.)\s*(?:性别|民族|年龄|出生[日年]|身份证|公民身份|住所|住址|地址|户籍|职业|工作单位|文化程度|联系电话|电话号码|"
    r"统一社会信用代码|法定代表人|营业执照).*$", re.DOTALL)
_WIDE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef〇]"
_SPACES = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_HIDDEN = re.compile(r"某|[*＊×]|XX|xx")
_EDGES = " \t\u3000,，。；;:：、"


def candidate_text(mention: Found | None, written: str) -> str:
    """Return a find as it is written out: dates and sums in plain form, all else as it stands, without the spaces."""
    if mention is not None and isinstance(mention.value, date):
        return mention.value.isoformat()
    if mention is not None and isinstance(mention.value, Decimal):
        return f"{mention.value:f}"
    words = _NEXT_LABEL.sub("", _ALIAS.sub("", _SPACES.sub("", clean_text(written)))).strip(_EDGES)
    unopened = words.count("）") + words.count(")") > words.count("（") + words.count("(")
    return words.rstrip("）)") if unopened else words


def decide(words: Words, field: Field, found: Sequence[Candidate]) -> Value:
    """Return the value all finds agree on; where they do not, what the field says counts, or nothing."""
    sure = [candidate for candidate in found if candidate.value is not None]
    if not sure:
        quotes = tuple(quote for candidate in found[:_SHOWN] for quote in words.quotes(candidate))
        return Value(field, "unsure", quotes=quotes, reason=found[0].fault or "读不出", span=found[0].span)
    values = {candidate.value for candidate in sure}
    if len(values) == 1 or field.pick in ("first", "last"):
        chosen = sure[-1] if field.pick == "last" else sure[0]
        return _taken(words, field, chosen)
    if field.pick == "total" and (total := _total(words, field, sure)):
        return total
    first_of_each = {candidate.value: candidate for candidate in reversed(sure)}
    shown = sorted(first_of_each.values(), key=lambda c: c.target)[:_SHOWN]
    said = "、".join(candidate.text for candidate in shown)
    quotes = tuple(words.quote(*candidate.span) for candidate in shown)
    return Value(field, "unsure", quotes=quotes, reason=f"文中有{len(values)}个不同的值：{said}", span=shown[0].span)


def _taken(words: Words, field: Field, chosen: Candidate) -> Value:
    mention = chosen.mention
    quotes = words.quotes(chosen)
    note = mention.note if mention else ""
    masked = mention.masked if mention else field.type == "text" and _HIDDEN.search(chosen.text) is not None
    if masked:
        note = "有遮盖，不能用于精确比对"
    behind = words.text[chosen.target[1]:chosen.target[1] + 16]
    return Value(field, "taken", chosen.value, chosen.text, quotes, note=note, masked=masked, span=chosen.span,
                 behind=behind)


def _total(words: Words, field: Field, sure: Sequence[Candidate]) -> Value | None:
    """Return the sum of different sums, where the text states that sum, as one of them or somewhere else."""
    distinct = {c.value: c for c in reversed(sure) if isinstance(c.value, Decimal)}
    total = sum(distinct, Decimal(0))
    if (half := total / 2) in distinct:
        total = half
    stated = next((mention for mention in words.amounts() if mention.value == total), None)
    if stated is None:
        return None
    parts = sorted((c for value, c in distinct.items() if value != total), key=lambda c: c.target)
    quotes = (*(words.quote(*c.span) for c in parts), words.of_mention(stated))
    note = " + ".join(c.text for c in parts) + "，与文中所写合计相符"
    return Value(field, "taken", total, f"{total:f}", quotes, note=note, span=parts[0].span)
