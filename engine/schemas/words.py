"""The words of hover texts: from the tables of the authors' pages where a key has a row there, else from here."""

import re
from dataclasses import dataclass
from pathlib import Path

_ROW = re.compile(r"\| `(?P<key>\w+)` \|(?:.*\|)? (?P<words>[^|]+) \|")
_MARKS = re.compile(r"`|\*\*|\[(?=[^\]]*\]\()|(?<=[^)])\]\([^)]*\)")

TABLES = {"rule": ("rule-language.md", "规则文件的键"), "use": ("rule-language.md", "关联"),
          "group": ("rule-language.md", "分组"),
          "step": ("linking.md", "写一个关联"), "link": ("linking.md", "写一个关联")}
"""Page and heading of the table that explains the keys of a place."""

WORDS: dict[str, dict[str, str]] = {
    "basis": {"law": "法律、司法解释的名称，可带文号", "article": "条、款、项", "from": "施行日，写成 2012-01-01",
              "to": "失效日", "note": "说明"},
    "condition": {"is": "名称，同一列表里不重复", "title": "问的是什么，给检察官看；没有 say 的必写",
                  "expr": "判断；写法见规则语言第四节",
                  "say": "成立时写进线索的一句话，可用 {名称}",
                  "unknown": "它成立（或不明）时，这个排除条件算不明"},
    "point": {"is": "名称", "title": "问的是什么；没有 say 的必写", "expr": "判断", "add": "加减分，-100 到 100",
              "say": "一句话"},
    "law": {"use": "rules/law/ 里的法定参数", "on": "决定适用哪一时期规定的日期"},
    "let": {"expr": "表达式", "title": "中文名"},
    "period": {"of": "汇总表的日期列", "every": "多长一期", "at": "主体一方的日期；汇总主体表的不写"},
    "measure": {"expr": "一个汇总，例如 sum(fine_yuan)", "title": "中文名"},
    "peers": {"of": "比哪个度量", "among": "只与 by 中这些列相同的组比",
              "against": "与同期其他组比，还是与本组以前各期比",
              "at_least": "至少几个才比，不少于 3；不写为 5"},
    "coverage": {"table": "须声明完整的表", "division": "地方（区划代码）；不写则只认不限地区的声明",
                 "from": "从哪一日起须完整", "until": "到哪一日须完整"},
    "expected": {"min": "最少条数", "max": "最多条数", "max_share": "占主体总数的最大比例，0 到 1"},
    "case": {"name": "用例名称，不重复", "like": "以前面哪个用例为底", "given": "给定的行，按表名",
             "change": "按行的代号写出与底例不同的值", "as_of": "截至日，不写为 2026-06-30",
             "then": "预期答案，主体表的每一行恰好写一次", "todo": "已知判错的原因", "note": "备注"},
    "tie": {"use": "rules/links/ 里的关联", "from": "关联起点那一行的代号", "to": "关联终点那一行的代号",
            "confidence": "把握，不写为 1", "step": "由哪一步关联上", "candidates": "候选个数"},
    "facts": {"table": "表名，与文件名相同", "facts": "推导事实，名称用英文", "cases": "用例", "x": "自由备注"},
    "fact_case": {"name": "用例名称，不重复", "given": "给定的行，只能是本表", "as_of": "截至日",
                  "then": "各行的推导事实应为什么；留空为不明", "note": "备注"},
    "fact": {"type": "结果是哪一种值", "title": "中文名", "basis": "条文", "law": "用到的法定参数",
             "let": "中间结果，只在这个事实内有效", "expr": "表达式", "cases": "用例", "x": "自由备注"},
    "parameter": {"title": "参数名称", "version": "整数；数值会变的修改都加一", "values": "数值，按施行日从早到晚",
                  "carry": "施行时期限尚未届满的适用新法：写 unexpired；法律没有明文的不写",
                  "exceptions": "例外情形", "recheck_by": "到期重新核对", "x": "自由备注"},
    "value": {"from": "施行日（含）", "to": "失效日（含）；仍有效的不写", "length": "数值", "unit": "单位",
              "counting": "日、月、年必须写：roll 末日遇休息日顺延，plain 不顺延；其他单位不写",
              "law": "法律、司法解释的名称", "article": "条、款、项", "quote": "条文原文；把握为高的必须有",
              "confidence": "高：读过条文；中：只见转载或部门规章", "note": "说明"},
    "link": {"title": "关联名称", "note": "说明", "from": "从哪张表的每一行出发", "to": "到哪张表",
             "one": "每个出发行至多取一个目标", "head": "两边是同一事项时，哪一边为首；不是同一事项的不写",
             "closest": "先后两个日期列，把握相同时取日期最近的",
             "steps": "步骤，由强到弱", "x": "自由备注"},
    "step": {"step": "步骤名，同一关联里不重复", "confidence": "把握，大于 0、不超过 1", "say": "为什么认为是同一件",
             "x": "自由备注"},
    "fuzzy": {"left": "出发表的文字列", "right": "目标表的文字列", "least": "最低相近程度，0 到 1 之间"},
}


@dataclass(frozen=True)
class Words:
    """Hover texts by place and key."""

    pages: dict[str, dict[str, str]]

    def of(self, place: str, key: str) -> str:
        """Return the words for a key; ValueError where nobody wrote any."""
        found = self.pages.get(place, {}).get(key) or WORDS.get(place, {}).get(key)
        if not found:
            raise ValueError(f"no words for key {key} of {place}")
        return found


def read_words(docs: Path) -> Words:
    """Return the words found in the tables of the authors' pages."""
    pages = {place: _table((docs / page).read_text(encoding="utf-8"), heading)
             for place, (page, heading) in TABLES.items()}
    return Words(pages)


def _table(page: str, heading: str) -> dict[str, str]:
    """Return key and last cell of each row below a heading."""
    found: dict[str, str] = {}
    inside = False
    for line in page.splitlines():
        if line.startswith("#"):
            inside = line.rpartition("、")[2].strip("# ") == heading
        match = _ROW.fullmatch(line) if inside else None
        if match:
            found.setdefault(match["key"], _MARKS.sub("", match["words"]).strip())
    return found
