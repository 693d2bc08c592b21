"""What is printed about missing cases: YAML to paste under `cases`, everything else as comments above it."""

from collections.abc import Sequence

from engine.cli import screen
from engine.rules import Boundaries, Mutation, Rule


def boundaries(found: Sequence[Boundaries]) -> None:
    """Print the cases at the limits of each rule that are not there yet."""
    for limits in found:
        told = f"界限 {limits.wanted} 处，用例已有 {limits.reached} 处，下列 {len(limits.cases)} 处待作者确认"
        screen.say(f"# {limits.rule_id}：{told}")
        for case in limits.cases:
            screen.say(case)
        for place in limits.unreached:
            screen.say(f"# 现有用例移不到：{place}")


def mutation(rule: Rule, found: Mutation) -> None:
    """Print what became of a rule's mutants, then the missing cases, then those that may be equivalent."""
    if found.fault:
        screen.say(f"# {rule.id}：请先改正用例，再看变异。{found.fault}")
        return
    facts = f"（其中 {found.by_facts} 由推导事实自己的用例发现）" if found.by_facts else ""
    screen.say(f"# {rule.id} {rule.title}：变异 {found.mutants}，被杀 {found.killed}{facts}，等价 {found.equivalent}，"
               f"存活 {len(found.survivors)}，存疑 {len(found.doubtful)}（{found.seconds:.1f} 秒）")
    for case in found.missing:
        screen.say(case.yaml)
    for mutant in found.doubtful:
        screen.say(f"# 存疑（未找到能区分的用例，可能等价）：{mutant}")
