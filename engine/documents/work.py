"""What people did with a clue, as it goes along with the clue: decisions and ledger, oldest first, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.review import ANSWERS, DECISIONS, REASONS, STATES, STEPS
from engine.review.browsing import Opened

_Entry = Mapping[Any, Any]


def work_of(opened: Opened, *, comments: bool = False, hide: Callable[[str], str] = str) -> dict[str, Any]:
    """Return a clue's state and its history: at, by, what, rule_id, reason, to, document_no, on, words.

    Internal comments only where asked; who was given the clue stays inside. `hide` goes over what people wrote.
    """
    kinds = ("judgement", "follow_up", "pair_answer", *(("comment",) if comments else ()))
    told = [_entry(entry, hide) for entry in reversed(opened.history) if entry["kind"] in kinds]
    return {"state": STATES[opened.clue["state"]], "version": opened.clue["version"], "history": told}


def _entry(entry: _Entry, hide: Callable[[str], str]) -> dict[str, Any]:
    words = {name: hide(str(entry.get(name) or "")) for name in ("words", "document_no")}
    return {
        "at": f"{entry['at']:%Y-%m-%d %H:%M}", "by": entry["name"], "what": _what(entry),
        "rule_id": entry.get("rule_id") or "", "reason": REASONS.get(entry.get("reason") or "", ""),
        "to": hide(str(entry.get("transfer_to") or entry.get("sent_to") or "")), **words,
        "on": str(entry.get("happened_on") or ""),
    }


def _what(entry: _Entry) -> str:
    if entry["kind"] == "judgement":
        return "撤销结论" if entry["decision"] == "undo" else DECISIONS[entry["decision"]]
    if entry["kind"] == "follow_up":
        return f"跟进：{STEPS.get(entry['step'], entry['step'])}"
    return f"是否同一件事：{ANSWERS[entry['answer']]}" if entry["kind"] == "pair_answer" else "备注"
