"""The nightly run under Prefect: the engine's own stations, one coarse task each.

Nothing of the engine's logic is here: `xiezhi run` does the same without Prefect. Retries stand only where the outside
is touched (collecting files, writing lists). Results are never persisted, and parameters and artifacts hold folders,
dates and counts only, never a row: Prefect keeps them in clear.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

# reason: an office's server may not talk to the outside, and Prefect reads these when it is imported
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from engine import review, run
from engine.clock import now
from engine.run import Night, Plan


@task(name="收件", retries=3, retry_delay_seconds=60, persist_result=False, cache_policy=NO_CACHE)
def collect(inbox: Path, workplace: Path) -> dict[str, list[Path]]:
    """Copy what suppliers put into the inbox to this machine; one group for each supplier's folder."""
    groups: dict[str, list[Path]] = {}
    for path in sorted(p for p in inbox.rglob("*") if p.is_file() and not p.name.startswith(".")):
        parts = path.relative_to(inbox).parts
        copy = workplace.joinpath(*parts)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        groups.setdefault(parts[0] if len(parts) > 1 else "inbox", []).append(copy)
    return groups


@task(name="入库", task_run_name="入库 {supplier}", persist_result=False, cache_policy=NO_CACHE)
def load(night: Night, supplier: str, files: Sequence[Path]) -> None:
    """Load one supplier's files."""
    logger = get_run_logger()
    for report in night.load(files):
        logger.info("%s：%d 行，入库 %d，缺陷 %d，跳过 %d", report.source_id or "未识别", report.rows_in,
                    report.rows_loaded, report.rows_rejected, report.rows_skipped)


@task(name="归一与关联", persist_result=False, cache_policy=NO_CACHE)
def resolve(night: Night) -> None:
    """Decide who is who and what belongs to what."""
    night.resolve()


@task(name="适用规则", task_run_name="适用规则 {group}", persist_result=False, cache_policy=NO_CACHE)
def apply(night: Night, group: str) -> None:
    """Apply the rules of one folder."""
    logger = get_run_logger()
    for rule_id, counts in night.apply(group).items():
        logger.info("%s：命中 %d，排除 %d，缺口 %d", rule_id, counts.hit, counts.excluded, counts.gap)


@task(name="归并排序", persist_result=False, cache_policy=NO_CACHE)
def rank(night: Night) -> dict[str, int]:
    """Fold hits into clues and score them."""
    return night.rank()


@task(name="发布", persist_result=False, cache_policy=NO_CACHE)
def finish(night: Night) -> dict[str, Any]:
    """Write the run's row; the warehouse is renamed into place right after."""
    return night.finish()


@task(name="导出", retries=2, retry_delay_seconds=30, persist_result=False, cache_policy=NO_CACHE)
def export(plan: Plan) -> None:
    """Write the lists of the published run."""
    run.publish_lists(plan)


@task(name="研判库", retries=2, retry_delay_seconds=60, persist_result=False, cache_policy=NO_CACHE)
def publish_review(plan: Plan) -> None:
    """Copy the published run into the review database, where there is one."""
    if review.is_there(plan.home, plan.review):
        run.publish_review(plan)


@flow(name="xiezhi-nightly", persist_result=False, log_prints=False)
def nightly(inbox: str = "inbox", home: str = "data", out: str = "out", as_of: str | None = None) -> dict[str, int]:
    """Do one night over everything in the inbox and return the clues in each nightly status."""
    today = now().date()
    # reason: the URL may hold a password, which must not become a parameter that Prefect keeps in clear
    plan = Plan(Path(home), Path(out), date.fromisoformat(as_of) if as_of else today, today,
                review=os.environ.get("XIEZHI_REVIEW_URL") or None)
    groups = collect(Path(inbox), plan.home / "inbox")
    with run.night(plan) as open_night:
        for supplier, files in groups.items():
            load(open_night, supplier, files)
        resolve(open_night)
        for group in open_night.groups:
            apply(open_night, group)
        statuses = rank(open_night)
        summary = finish(open_night)
    export(plan)
    publish_review(plan)
    shutil.rmtree(plan.home / "inbox", ignore_errors=True)
    create_markdown_artifact(_page(summary), key="xiezhi-nightly", description="本次运行的数量")
    return statuses


def _page(summary: dict[str, Any]) -> str:
    """Return the run's counts as a Markdown page; counts only."""
    lines = [f"# 第 {summary['run_id']} 次运行（截至 {summary['as_of']}）", ""]
    lines += ["| 规则 | 命中 | 排除 | 缺口 |", "|---|--:|--:|--:|"]
    lines += [f"| {rule} | {c['hit']} | {c['excluded']} | {c['gap']} |" for rule, c in summary["rules"].items()]
    lines += ["", "| 线索状态 | 件数 |", "|---|--:|", *(f"| {name} | {n} |" for name, n in summary["clues"].items())]
    return "\n".join(lines)


if __name__ == "__main__":
    nightly()
