"""The catalogue of rules: one page a rule and one that lists them."""

from engine.catalogue.markdown import table
from engine.catalogue.rule_page import page
from engine.clues import cited
from engine.rules import Rule, RuleSet
from engine.rules.model import ADDRESSEES, LEVELS, MATURITIES

_HEAD = """# 规则目录

本目录由规则文件生成（`make docs`），请勿手改；改规则请改 `rules/` 里的文件，写法见
[怎样写一条规则](../writing-rules.md)。

线索是机器按规则筛出的可疑事项，不是违法认定。每条规则一页：凭哪一条、怎样判断、什么情形不算、看不见什么、用例和参数。
"""

_PLAIN = str.maketrans("[]", "（）")
"""A title is the text of a link."""


def rule_pages(rules: RuleSet) -> dict[str, str]:
    """Return every page by file name: README.md lists the rules, the others are one rule each."""
    found = sorted(rules.rules.values(), key=lambda rule: rule.id)
    return {"README.md": _index(found)} | {f"{rule.id}.md": page(rule, rules) for rule in found}


def _index(found: list[Rule]) -> str:
    header = ("规则", "编号", "被监督的是", "等级", "成熟度", "版本", "依据")
    rows = [(f"[{rule.title.translate(_PLAIN)}]({rule.id}.md)", f"`{rule.id}`", ADDRESSEES[rule.addressee],
             LEVELS[rule.level], MATURITIES[rule.maturity], str(rule.version), "\n".join(map(cited, rule.basis)))
            for rule in found]
    return "\n".join([_HEAD, *table(header, rows), f"共 {len(found)} 条。", ""])
