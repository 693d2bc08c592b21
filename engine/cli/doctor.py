"""Whether this installation is fit for tonight: environment, folders, calendar, rules, mappings, warehouse."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine import rules, sources
from engine.errors import EngineError
from engine.law import read_law
from engine.run import Plan
from engine.store import reading, warehouse

FREE_GB = 5
"""Below this much free disk the next night may not have room to build a warehouse aside."""

CALENDAR_DAYS = 60
"""Warn when fewer announced days than this are left after the as-of date: periods ending later become gaps."""


@dataclass(frozen=True)
class Finding:
    """One thing examined: whether it is well, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: str
    fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for `--json`."""
        return asdict(self)


def examine(plan: Plan) -> list[Finding]:
    """Return one finding for each thing examined; none of them changes anything."""
    return [_safely(name, look, plan) for name, look in EXAMINATIONS.items()]


def _safely(name: str, look: Callable[[Plan], tuple[bool, str, str]], plan: Plan) -> Finding:
    try:
        return Finding(name, *look(plan))
    except EngineError as fault:
        return Finding(name, False, f"{fault.where}：{fault.what}", fault.fix)


def _python(plan: Plan) -> tuple[bool, str, str]:
    return sys.version_info >= (3, 11), f"Python {sys.version.split()[0]}", "需要 Python 3.11 或更新"


def _folder(path: Path) -> tuple[bool, str, str]:
    nearest = next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())
    return os.access(nearest, os.W_OK), f"{path}", "当前用户没有写入权限，请换文件夹或调整权限"


def _disk(plan: Plan) -> tuple[bool, str, str]:
    nearest = next(p for p in (plan.home.absolute(), *plan.home.absolute().parents) if p.exists())
    free = shutil.disk_usage(nearest).free / 1e9
    size = warehouse(plan.home).stat().st_size / 1e9 if warehouse(plan.home).exists() else 0
    need = max(FREE_GB, 3 * size)
    fix = f"运行时要在旁边另建一份数据仓，请腾出至少 {need:.0f} GB"
    return free >= need, f"可用 {free:.0f} GB，数据仓 {size:.1f} GB", fix


def _calendar(plan: Plan) -> tuple[bool, str, str]:
    last = read_law(plan.rules / "law").calendar.last_on
    left = (last - plan.as_of).days
    short = f"，缺 {last.year + 1} 年的放假安排" if left < CALENDAR_DAYS else ""
    return left >= CALENDAR_DAYS, f"工作日历到 {last}，距判断日 {left} 天{short}", (
        "国务院办公厅公布次年放假安排后，请升级 chinesecalendar 或补充 rules/law/calendar_overrides.csv；"
        "超出日历的期限一律列为资料缺口，不作推测")


def _rules(plan: Plan) -> tuple[bool, str, str]:
    law = read_law(plan.rules / "law")
    ruleset = rules.read_rules(plan.rules, law)
    first = f"；{ruleset.problems[0]}" if ruleset.problems else ""
    found = f"{len(ruleset.rules)} 条规则可用，{len(ruleset.problems)} 处问题{first}"
    return not ruleset.problems, found, "请运行 xiezhi check"


def _law(plan: Plan) -> tuple[bool, str, str]:
    law = read_law(plan.rules / "law")
    due = "、".join(p.title for p in law.to_recheck(plan.as_of))
    found = f"{len(law.parameters)} 个法定参数，{len(law.tables)} 张法律表，{len(law.problems)} 处问题"
    found += f"；应复核：{due}" if due else ""
    return not law.problems and not due, found, "请对照现行法律复核这些参数，改 rules/law/ 中的 recheck_by"


def _sources(plan: Plan) -> tuple[bool, str, str]:
    return True, f"{len(sources.read_mappings(plan.sources))} 个来源映射可用", ""


def _warehouse(plan: Plan) -> tuple[bool, str, str]:
    if not warehouse(plan.home).exists():
        return True, "尚未建立，首次入库时自动建立", ""
    with reading(plan.home) as store:
        last = store.rows("SELECT run_id, as_of, ended_at FROM run ORDER BY run_id DESC LIMIT 1")
        files = store.count("SELECT count(DISTINCT sha256) FROM delivery WHERE rows_loaded > 0")
    told = f"最近一次完整运行：第 {last[0][0]} 次，判断日 {last[0][1]}" if last else "还没有完整运行过"
    return True, f"已入库 {files} 个文件；{told}", ""


EXAMINATIONS: dict[str, Callable[[Plan], tuple[bool, str, str]]] = {
    "运行环境": _python,
    "数据文件夹": lambda plan: _folder(plan.home),
    "输出文件夹": lambda plan: _folder(plan.out),
    "磁盘空间": _disk,
    "工作日历": _calendar,
    "法律参数": _law,
    "规则": _rules,
    "来源映射": _sources,
    "数据仓": _warehouse,
}
"""What is examined, in order."""
