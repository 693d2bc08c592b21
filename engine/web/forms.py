"""What forms hold, read: days and sums."""

import re
from datetime import date

from engine.errors import EngineError


def read_day(text: str) -> date | None:
    """Return the date a form holds, None where it is empty; EngineError where it is no date."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise EngineError("日期", "不是日期", "应写作 2026-10-31", "E-REVIEW-DAY") from None


def read_chosen(parts: list[str] | None) -> dict[str, int]:
    """Return the clues chosen in a list, id and version seen, each written id:version; EngineError where none are."""
    chosen = [part.rpartition(":") for part in parts or []]
    if not chosen or not all(version.isdigit() and clue_id for clue_id, _, version in chosen):
        raise EngineError("线索", "没有选线索", "请先在左侧勾选", "E-REVIEW-NONE")
    return {clue_id: int(version) for clue_id, _, version in chosen}


def read_yuan(text: str) -> int | None:
    """Return the cents of a sum in yuan, None where it is empty; EngineError where it is none.

    >>> read_yuan("12,345.6"), read_yuan("３００"), read_yuan(" ")
    (1234560, 30000, None)
    """
    plain = text.strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    parts = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,2}))?", plain)
    if parts is None:
        raise EngineError("金额", "不是元数", "应写作 12345.67，至多两位小数", "E-REVIEW-SUM")
    return int(parts[1]) * 100 + int((parts[2] or "0").ljust(2, "0"))
