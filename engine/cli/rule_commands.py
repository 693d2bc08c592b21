"""The commands rule authors work with: their bodies; `commands` declares them in the order of the help page."""

import difflib
from collections.abc import Sequence
from dataclasses import asdict

import click

from engine import rule_diff, rules, run
from engine.cli import case_reports, reports, screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import PARTLY, json_option, planned
from engine.errors import EngineError
from engine.rules import RuleSet
from engine.run import Plan
from engine.store import reading

DIFFERENT = 5
"""Exit code where two rule sets differ."""


@click.command(cls=ChineseCommand)
@click.argument("names", nargs=-1, metavar="规则…")
@click.option("--lock", is_flag=True, help="全部通过后写入规则锁 rules.lock；改了逻辑而未加版本的不写")
@click.option("--boundaries", "limits", is_flag=True, help="给出每个界限前一步、当日、后一步还没有的用例，核对后粘贴")
@json_option
@planned
def check(plan: Plan, names: Sequence[str], lock: bool, limits: bool, as_json: bool) -> int:
    """检查规则文件：读取、核对名称与类型、运行其自带用例，与规则锁对照。"""
    if lock and names:
        raise click.UsageError("--lock 写入全部规则，不能只写几条")
    ruleset = run.read_ruleset(plan, locked=not lock)
    demand_known(ruleset, [name for name in names if not (plan.rules / f"{name.replace('.', '/')}.yaml").exists()])
    ruleset.problems.extend(rules.unnamed(ruleset))
    checks = rules.check_rules(ruleset, only=list(names) or None)
    if limits and all(r.passed for c in checks for r in c.results):
        found = [rules.boundaries(ruleset, c.rule) for c in checks]
        screen.emit([asdict(b) for b in found]) if as_json else case_reports.boundaries(found)
        return 0
    facts = [] if names else rules.check_facts(ruleset)
    screen.emit(reports.check_as_dict(ruleset, checks, facts)) if as_json else reports.checked(ruleset, checks, facts)
    if ruleset.problems or ruleset.law.problems or any(not r.passed for r in reports.results_of(checks, facts)):
        return 1
    if lock:
        lines = rules.write_lock(ruleset, plan.rules)
        screen.complain(f"规则锁 {plan.rules.name}/{rules.LOCK} 已写入，{lines} 行")
    return 1 if any(note.code == "E-LOCK-STALE" for note in ruleset.notes) else 0


@click.command(cls=ChineseCommand)
@click.argument("names", nargs=-1, metavar="规则…")
@json_option
@planned
def mutate(plan: Plan, names: Sequence[str], as_json: bool) -> int:
    """逐处改坏规则，看用例能否发现；没有发现的，给出缺的用例。"""
    ruleset = run.read_ruleset(plan)
    demand_known(ruleset, names)
    found = []
    for rule_id in sorted(names or ruleset.rules):
        found.append(rules.mutate(ruleset, ruleset.rules[rule_id]))
        if not as_json:
            case_reports.mutation(ruleset.rules[rule_id], found[-1])
    if as_json:
        screen.emit([m.as_dict() for m in found])
    return 0 if all(m.passed for m in found) else 1


@click.command(cls=ChineseCommand)
@click.argument("rule", metavar="规则")
@click.argument("key", metavar="文号或案号")
@json_option
@planned
def why(plan: Plan, rule: str, key: str, as_json: bool) -> int:
    """说明某条规则对某件事为什么命中、排除、缺资料或未命中。"""
    ruleset = run.read_ruleset(plan)
    with reading(plan.home) as store:
        found = rules.explain(store, ruleset, rule, rules.find(store, ruleset, rule, key), plan.as_of)
    screen.emit(found.as_dict()) if as_json else screen.say(found.text())
    return 0


@click.command(cls=ChineseCommand)
@click.argument("old", metavar="原规则")
@click.argument("new", required=False, metavar="新规则")
@click.option("--top", default=20, show_default=True, metavar="条数", help="屏幕上最多列出几条变化")
@click.option("--drafts", is_flag=True, help="草稿规则也参加比较")
@click.option("--save", is_flag=True, help="把全部变化写到输出文件夹：规则对照.csv、规则对照.parquet")
@json_option
@planned
def diff(plan: Plan, old: str, new: str | None, top: int, drafts: bool, save: bool, as_json: bool) -> int:
    """同一数据上比较两套规则：哪些线索新增、消失、答案或得分变了，为什么。

    每套规则写文件夹，或 git 版本（HEAD~1、v1.2:rules）；新规则不写就是 --rules 的文件夹。
    """
    newer = new or str(plan.rules)
    with rule_diff.opened(old, plan.rules) as before, rule_diff.opened(newer, plan.rules) as after:
        found = rule_diff.compare(plan.home, (old, before), (newer, after), plan.as_of, memory=plan.memory,
                                  drafts=drafts)
    screen.emit(found.as_dict()) if as_json else reports.difference(found, top)
    for path in found.write(plan.out) if save else ():
        screen.complain(str(path))
    if found.is_partial:
        return PARTLY
    return DIFFERENT if found.changes.height else 0


def demand_known(ruleset: RuleSet, names: Sequence[str]) -> None:
    """Raise EngineError where one of the names is no rule's, with the nearest ones."""
    if strange := [name for name in names if name not in ruleset.rules]:
        near = difflib.get_close_matches(strange[0], ruleset.rules, n=3, cutoff=0.4)
        hint = f"是否 {'、'.join(near)}" if near else f"可用的规则：{'、'.join(sorted(ruleset.rules))}"
        raise EngineError(strange[0], "没有这条规则", hint, "E-RULE-NONE")
