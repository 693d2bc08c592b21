"""`xiezhi who`: are two records, or two names, one party, and why."""

import click

from engine import parties
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import json_option, planned
from engine.run import Plan
from engine.store import reading


@click.command("who", cls=ChineseCommand)
@click.argument("one", metavar="甲")
@click.argument("other", metavar="乙")
@json_option
@planned
def who(plan: Plan, one: str, other: str, as_json: bool) -> int:
    """逐项说明甲、乙是不是同一主体。

    甲、乙各写一个：主体编号；文号、案号（两张表都有的，前面写表名和冒号，如 行政处罚决定:文号）；完整的名称。
    """
    with reading(plan.home) as store:
        found = parties.compare(store, one, other)
    screen.emit(found.as_dict()) if as_json else _show(found)
    return 0


def _show(found: parties.Comparison) -> None:
    for word, side in (("甲", found.one), ("乙", found.other)):
        screen.say(f"{word}：{side.shown}　{side.name or '（未记载）'}　主体 {side.party_id}")
    rows = [(c.say, f"{c.weight:+.1f}" if c.weight else "—") for c in found.criteria]
    rows.append(("任取两条记录恰为同一主体的可能", f"{found.prior:+.1f}"))
    screen.table("逐项比较", ("依据", "权重"), rows, right=(1,))
    screen.say(f"合计 {found.total:+.1f}，按本库的频率折算，同一主体的可能 {found.confidence:.2%}"
               "（权重每加 1，可能性的比值加倍）")
    screen.say(f"运行的结论：{found.decision}")
    for step in found.steps:
        screen.say(f"  {step}")
    screen.say(found.weakest)
