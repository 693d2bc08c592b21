"""A night over a handful of own rows: a delivered register of court reviews, one rule of the house, a review database.

Names are invented. The rest days of the house and its law apply; other rules are left out so that a night is short.
"""

import csv
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from engine import review, run
from engine.run import Plan

RULES = Path(__file__).parents[1] / "rules"
KEPT = ("late_ruling",)
"""Rules of non_litigation in the small house."""

AS_OF = date(2026, 6, 30)


def house(folder: Path, **changed: object) -> Plan:
    """Return a plan over an empty house below `folder` with its own small set of rules."""
    rules = folder / "rules"
    for name in ("law", "links", "facts"):
        shutil.copytree(RULES / name, rules / name)
    shutil.copy(RULES / "ranking.yaml", rules)
    (rules / "non_litigation").mkdir()
    for name in KEPT:
        shutil.copy(RULES / "non_litigation" / f"{name}.yaml", rules / "non_litigation")
    return Plan(folder / "data", folder / "out", AS_OF, AS_OF, rules, **changed)  # type: ignore[arg-type]


def late(number: int, party: str = "", court: str = "测试市测试区人民法院", **columns: object) -> dict[str, object]:
    """Return a review ruled on far too late; `ruled_on` moves its evidence."""
    return {
        "案号": f"（2026）豫1102行审{number}号", "审查法院": court, "申请执行人": "测试市市场监督管理局",
        "被执行人": party or f"测试{number}有限公司", "处罚决定书文号": f"测市监罚〔2025〕{number}号",
        "申请日期": "2026-02-02", "受理日期": "2026-02-03", "裁定日期": "2026-05-20", "裁定结果": "准予强制执行",
    } | columns


def deliver(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write a court's register as it is delivered (CSV, UTF-8)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def night(plan: Plan, *files: Path) -> dict[str, object]:
    """Do a whole night and return its summary."""
    return run.run(plan, files)


def opened(plan: Plan, **rest: object) -> review.Review:
    """Open the plan's review database."""
    return review.open_review(review.review_url(plan.home, plan.review), **rest)  # type: ignore[arg-type]
