"""The commands of review by workbook: take findings out as xlsx, read decisions back."""

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from engine import review, review_book, run
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import PARTLY, json_option, planned
from engine.errors import EngineError
from engine.review import OUTCOMES, Actor, Review, Who, accounts
from engine.review_book import Imported, Request
from engine.run import Plan


@click.command("export", cls=ChineseCommand)
@click.option("--for-review", is_flag=True, help="改为从研判库导出待研判表：每个部门一个xlsx，离线填写后再导入")
@click.option("--department", default="", metavar="部门", help="只导出这个部门的（待研判表）")
@click.option("--assignee", "assignees", multiple=True, metavar="登录名",
              help="只导出这位承办人的，每人一个文件，可多次；写 all 为每位承办人（待研判表）")
@click.option("--scope", "scopes", multiple=True, metavar="地区:部门",
              help="只导出这个范围的，可多次，如 411102、4111:行政检察部门（待研判表）")
@json_option
@planned
def export_command(
    plan: Plan, for_review: bool, as_json: bool, **chosen: Any
) -> int:
    """把最近一次完整运行的清单重新写到输出文件夹；或导出待研判表。"""
    if not for_review:
        if any(chosen.values()):
            raise click.UsageError("--department、--assignee、--scope 要与 --for-review 同用")
        paths = run.publish_lists(plan)
        names = [str(path) for path in paths]
        screen.emit(names) if as_json else screen.say("\n".join(names))
        return 0
    with run.opened_review(plan) as base:
        made = review_book.export_books(base, operator(), _request(**chosen), plan.out)
    if as_json:
        screen.emit([{"file": str(book.path), "clues": book.clues, "findings": book.findings} for book in made])
    else:
        for book in made:
            screen.say(f"{book.path}（线索 {book.clues:,} 条，命中 {book.findings:,} 项）")
    return 0


def _request(department: str, assignees: Sequence[str], scopes: Sequence[str]) -> Request:
    given = [accounts.read_scope(scope) for scope in scopes] or [("", "")]
    logins = [login.strip().lower() for login in assignees]
    return Request(department, given, [login for login in logins if login != "all"], "all" in logins)


@click.command("import", cls=ChineseCommand)
@click.argument("files", nargs=-1, required=True, metavar="文件…",
                type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "login", required=True, metavar="登录名", help="以这个账号的名义保存，须有研判权限")
@click.option("--dry-run", is_flag=True, help="只逐行检查，不保存")
@json_option
@planned
def import_command(plan: Plan, files: Sequence[Path], login: str, dry_run: bool, as_json: bool) -> int:
    """导入填好的待研判表：逐行核对，有疑问的不收，结果写在文件旁边。"""
    with run.opened_review(plan) as base:
        actor = review.actor_named(base, login)
        told = [_import(base, actor, path, save=not dry_run) for path in files]
    screen.emit(told) if as_json else _say(told, dry_run)
    return PARTLY if any(one["error"] or one["refused"] for one in told) else 0


def _import(base: Review, actor: Actor, path: Path, *, save: bool) -> dict[str, Any]:
    """Import one file and return what became of it; a refused file is told, the others go on."""
    by = Who(f"{operator().name}，代{actor.who.name}", actor.account_id)
    told: dict[str, Any] = {"file": str(path), "error": "", "rows": 0, "refused": 0, "counts": {}, "outcomes": ""}
    try:
        done = review_book.import_book(base, actor, path, by, save=save)
    except EngineError as fault:
        review.refused(base, by, "import", "workbook", fault.code)
        return told | {"error": str(fault)}
    return told | _counted(done) | {"outcomes": str(review_book.write_outcomes(path, done.outcomes)) if save else ""}


def _counted(done: Imported) -> dict[str, Any]:
    return {"rows": len(done.outcomes), "refused": review_book.refused(done.outcomes), "counts": dict(done.counts),
            "lines": [{"line": o.line, "clue": o.clue_id, "finding": o.finding_id, "outcome": o.code, "words": o.words}
                      for o in done.outcomes]}


def _say(told: Sequence[Mapping[str, Any]], dry_run: bool) -> None:
    for one in told:
        if one["error"]:
            screen.complain(one["error"])
            continue
        counts = "，".join(f"{OUTCOMES[code]} {number}" for code, number in one["counts"].items())
        screen.say(f"{one['file']}：共 {one['rows']} 行：{counts or '没有可导入的行'}")
        for line in one["lines"]:
            if line["outcome"] not in ("saved", "unchanged"):
                words = f"，{line['words']}" if line["words"] else ""
                screen.say(f"  第{line['line']}行 {line['clue']} {OUTCOMES[line['outcome']]}{words}")
        screen.say("只检查，没有保存" if dry_run else f"逐行结果：{one['outcomes']}")


def operator() -> Who:
    """Return who the audit names for a command: whoever the machine knows to be logged in (no account of ours)."""
    return Who(f"命令行（{getpass.getuser()}）")
