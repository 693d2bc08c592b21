"""The sheet 研判: its columns, what may be filled in, and how cells are compared when they come back."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from engine.review import DECISIONS, REASONS

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")

SHEET, EVIDENCE, MANIFEST, GUIDE = "研判", "证据", "清单", "填写说明"

KEY = "密钥（勿改）"
"""The hidden column of tokens."""

SHOWN: Mapping[str, float] = {
    "线索编号": 14, "位次": 5, "规则": 13, "违法情形": 33, "当事人": 15, "被监督单位": 14, "文号、案号": 20,
    "金额（元）": 12, "关键日期": 17,
}
"""Locked columns before the decision with their widths; they and the decision are printed."""

GIVEN: Mapping[str, float] = {"结论": 9, "理由": 15, "说明": 22, "移送至": 12}
"""Columns to fill in."""

BESIDE: Mapping[str, float] = {"提示": 22, "条件和排除事由": 76, "须核实": 36, "来源文件和行": 32}
"""Locked columns beside the decision, for the screen."""

COLUMNS: Mapping[str, float] = {**SHOWN, **GIVEN, **BESIDE, KEY: 12}
"""All columns in order."""

LOCKED = (*SHOWN, *BESIDE)

MOST_WORDS = {"说明": 2000, "移送至": 200}
"""Characters a cell to fill in may hold, as on the page."""

CONCLUSIONS = {label: code for code, label in DECISIONS.items()}
CAUSES = {label: code for code, label in REASONS.items()}


def normal(text: str | None) -> str:
    """Return a cell's text as every spreadsheet program gives it back: line ends and outer blanks do not count.

    >>> normal(" 甲\\r\\n乙 \\n"), normal(None)
    ('甲\\n乙', '')
    """
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def _plain(text: str) -> str:
    """Undo escapes of ECMA-376 (ST_Xstring): some programs escape a text that looks like one, others do not."""
    while (undone := _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)) != text:
        text = undone
    return text


def hash_of(cells: Sequence[str | None]) -> str:
    """Return the hash of some cells of a row.

    >>> hash_of(["_x005F_x0041_"]) == hash_of(["_x0041_"]) == hash_of(["A"])
    True
    """
    text = json.dumps([_plain(normal(cell)) for cell in cells], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
