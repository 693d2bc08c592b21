"""`xiezhi new`: a rule file from options, or from a few questions where the command runs on a terminal."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from engine import rules, run
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import planned
from engine.records import BY_NAME
from engine.rules import Draft, RuleSet
from engine.rules.model import ADDRESSEES, LEVELS
from engine.run import Plan

NONE = {"gap": "算资料缺口", "clear": "算未命中", "keep": "照常判断"}


def _one(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> str:
    """Return the one value; click would silently take the last of several."""
    if len(values) > 1:
        raise click.UsageError("--law 只能写一个；其余的期间在生成的文件里加，写法见 docs/writing-rules.md 第四步")
    return values[0] if values else ""


@click.command(cls=ChineseCommand)
@click.argument("rule_id", required=False, metavar="领域.名称")
@click.option("--subject", metavar="表", help="主体表：一行就是一件")
@click.option("--title", metavar="名称", help="规则名称，说明什么不对")
@click.option("--addressee", default="authority", show_default=True, metavar="单位", help="被监督的是谁")
@click.option("--level", default="medium", show_default=True, metavar="等级", help="high、medium 或 low")
@click.option("--link", "links", multiple=True, metavar="关联", help="用到的关联，可多次")
@click.option("--none", default="gap", show_default=True, metavar="答案", help="没有关联记录时：gap、clear 或 keep")
@click.option("--absent", default="", metavar="关联", help="要判断“没有”哪种关联的记录")
@click.option("--law", multiple=True, callback=_one, metavar="参数", help="用到的法定期间")
@click.option("--start", default="", metavar="列", help="期间从哪个日期列起算")
@click.option("--end", default="", metavar="列", help="哪个日期列不得晚于最后一日；截至日写 as_of")
@planned
def new(plan: Plan, rule_id: str | None, subject: str | None, title: str | None, **rest: Any) -> int:
    """写一个带注释和用例、能通过检查的规则草稿；在终端里不写选项就逐项询问。"""
    ruleset = run.read_ruleset(plan, locked=False)
    if not (rule_id and subject and title):
        if not sys.stdin.isatty():
            raise click.UsageError("缺少编号、--subject 或 --title；在终端里运行可逐项询问")
        draft = _asked(ruleset, rule_id, subject, title)
    else:
        draft = replace(Draft(rule_id, subject, title), **rest)
    path = rules.write_draft(draft, ruleset, plan.rules)
    screen.say(f"已写入 {path}，下一步：改“待填”处，再运行 xiezhi check {draft.rule_id}")
    return 0


def _asked(ruleset: RuleSet, rule_id: str | None, subject: str | None, title: str | None) -> Draft:
    """Return the draft from questions; what was given is not asked."""
    rule_id = rule_id or click.prompt("规则编号（领域.名称，例如 non_litigation.late_application）", type=str)
    title = title or click.prompt("名称（什么不对）", type=str)
    table = subject or _choice("主体表（一行就是一件）", {name: BY_NAME[name].label for name in rules.SUBJECTS})
    draft = Draft(rule_id, table, title, _choice("被监督的是谁", ADDRESSEES), _choice("等级", LEVELS, "medium"))
    known = rules.links_of(table, ruleset)
    link = _choice("用到的关联", known, "") if known else ""
    none = _choice("没有关联记录时", NONE, "gap") if link else "gap"
    others = {name: words for name, words in known.items() if name != link}
    absent = _choice("要判断“没有”的关联", others, "") if others else ""
    dates = rules.dates_of(table)
    law = _choice("用到的法定期间", rules.periods_of(ruleset), "") if dates else ""
    start = _choice("从哪一天起算", dates, next(iter(dates))) if dates else ""
    ends = {name: words for name, words in dates.items() if name != start} | {"as_of": "截至日"}
    end = _choice("哪一天不得晚于最后一日", ends, next(iter(ends))) if dates else ""
    return replace(draft, links=(link,) if link else (), none=none, absent=absent, law=law, start=start, end=end)


def _choice(question: str, known: Mapping[str, str], default: str | None = None) -> str:
    """Return the word chosen by its number or itself; an empty default means none, and asks again what is unknown."""
    words: Sequence[str] = list(known)
    screen.say(f"\n{question}：")
    for number, word in enumerate(words, start=1):
        screen.say(f"  {number}. {word}　{known[word]}")
    hint = "直接回车表示不用" if default == "" else f"直接回车选 {default}" if default else "写编号或名称"
    while True:
        answer = str(click.prompt(f"选择（{hint}）", default=default, show_default=False, type=str)).strip()
        if answer in known or answer == default:
            return answer
        if answer.isdecimal() and 1 <= int(answer) <= len(words):
            return words[int(answer) - 1]
        screen.say(f"没有“{answer[:40]}”，请写 1 到 {len(words)} 的编号或名称")
