"""The commands of the review database: publish a run, accounts, verification."""

from collections.abc import Sequence
from pathlib import Path

import click

from engine import review, run
from engine.cli import book_commands, screen
from engine.cli.book_commands import operator
from engine.cli.chinese import ChineseCommand, ChineseGroup
from engine.cli.options import json_option, planned
from engine.cli.train_command import train
from engine.errors import EngineError
from engine.review import ROLES, accounts, keys
from engine.run import Plan

_ROLE_HELP = "角色，可多次：" + "、".join(f"{code} {label}" for code, label in ROLES.items())

login_argument = click.argument("login", metavar="登录名")


@click.command(cls=ChineseCommand)
@click.option("--force", is_flag=True, help="比已发布的旧、或来自另一个数据文件夹的也发布（记入审计）")
@json_option
@planned
def publish(plan: Plan, force: bool, as_json: bool) -> int:
    """把最近一次完整运行的线索和证据发布到研判库（没有就新建）。"""
    done = run.publish_review(plan, force=force)
    if as_json:
        screen.emit({"clues": done.clues, "findings": done.findings, "anchor": str(done.anchor)})
    else:
        screen.say(f"研判库现有在列线索 {done.clues:,} 条，命中 {done.findings:,} 项")
        screen.say(f"审计锚点：{done.anchor}（已记入 {run.anchors_file(plan)}，请抄存到另一台机器）")
    return 0


@click.group("user", cls=ChineseGroup)
def user() -> None:
    """研判库的账号。"""


@user.command("add", cls=ChineseCommand)
@login_argument
@click.option("--name", required=True, metavar="姓名", help="显示的姓名")
@click.option("--role", "roles", multiple=True, required=True, metavar="角色", help=_ROLE_HELP)
@click.option("--scope", "scopes", multiple=True, metavar="地区:部门",
              help="能看到的线索，可多次；如 411102、4111:行政检察部门，写 : 为全部")
@click.option("--prompt", is_flag=True, help="自己输入初始口令，不自动生成")
@planned
def add(plan: Plan, login: str, name: str, roles: Sequence[str], scopes: Sequence[str], prompt: bool) -> int:
    """新建账号；初始口令只显示这一次，首次登录必须改。"""
    password = _asked() if prompt else accounts.first_password()
    with run.opened_review(plan) as base:
        given = [accounts.read_scope(scope) for scope in scopes]
        accounts.add(base, operator(), login, name, password, roles=roles, scopes=given)
    screen.say(f"已新建账号 {login.strip().lower()}（{'、'.join(ROLES[role] for role in roles)}）")
    if not prompt:
        screen.say(f"初始口令：{password}")
    if set(roles) & {"handler", "head"} and not scopes:
        screen.say("还看不到任何线索：请用 xiezhi user grant 给出地区、部门范围")
    return 0


@user.command("grant", cls=ChineseCommand)
@login_argument
@click.option("--role", "roles", multiple=True, required=True, metavar="角色", help=_ROLE_HELP)
@click.option("--scope", "scopes", multiple=True, metavar="地区:部门", help="能看到的线索，可多次；写 : 为全部")
@planned
def grant(plan: Plan, login: str, roles: Sequence[str], scopes: Sequence[str]) -> int:
    """以这些角色和范围代替账号原有的。"""
    with run.opened_review(plan) as base:
        accounts.grant(base, operator(), login, roles, [accounts.read_scope(scope) for scope in scopes])
    screen.say(f"已变更 {login} 的角色和范围，它的登录已失效")
    return 0


@user.command("list", cls=ChineseCommand)
@json_option
@planned
def list_users(plan: Plan, as_json: bool) -> int:
    """列出全部账号。"""
    with run.opened_review(plan) as base:
        found = accounts.accounts(base)
    if as_json:
        screen.emit([vars(account) for account in found])
        return 0
    rows = [(a.login, a.name, "、".join(ROLES.get(r, r) for r in a.roles), "；".join(map(_scope, a.scopes)),
             "有" if a.has_second_factor else "未设", f"{a.locked_why}（{a.locked_at}）" if a.locked_at else "")
            for a in found]
    screen.table("账号", ("登录名", "姓名", "角色", "范围", "动态码", "锁定"), rows)
    return 0


@user.command("lock", cls=ChineseCommand)
@login_argument
@planned
def lock(plan: Plan, login: str) -> int:
    """锁定账号，它的登录立即失效。"""
    with run.opened_review(plan) as base:
        accounts.lock(base, operator(), login)
    screen.say(f"已锁定 {login}")
    return 0


@user.command("unlock", cls=ChineseCommand)
@login_argument
@click.option("--reset", is_flag=True, help="同时换新的初始口令，并要求重新绑定动态码")
@planned
def unlock(plan: Plan, login: str, reset: bool) -> int:
    """解除锁定。"""
    password = accounts.first_password() if reset else None
    with run.opened_review(plan) as base:
        accounts.unlock(base, operator(), login, password)
    screen.say(f"已解除 {login} 的锁定" + (f"；初始口令：{password}" if password else ""))
    return 0


@user.command("rekey", cls=ChineseCommand)
@click.option("--lost", is_flag=True, help="旧密钥确已丢失：解不开的动态码一律取消，由本人重新绑定")
@planned
def rekey(plan: Plan, lost: bool) -> int:
    """换新密钥，重新加密所有动态码。"""
    with run.opened_review(plan) as base:
        renewed, gone = keys.rekey(base, operator(), lost=lost)
    screen.say(f"已换新密钥：重新加密 {renewed} 个，取消 {gone} 个。请备份密钥文件，与数据库分开存放")
    return 0


@click.group("review", cls=ChineseGroup)
def review_group() -> None:
    """研判库：核对，训练模型，待研判表的导入。"""


review_group.add_command(train)


@review_group.command("verify", cls=ChineseCommand)
@click.option("--anchors", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="文件",
              help="抄存的审计锚点，默认数据文件夹里的 review-anchors.txt")
@json_option
@planned
def verify(plan: Plan, anchors: Path | None, as_json: bool) -> int:
    """核对审计链、研判记录和账号有没有被绕过程序改动。"""
    file = anchors or run.anchors_file(plan)
    known = _anchors(file)
    with run.opened_review(plan) as base:
        wrong = review.verify(base, known)
    if as_json:
        screen.emit({"ok": not wrong, "anchors": len(known), "wrong": wrong})
    else:
        for sentence in wrong:
            screen.say(f"✗ {sentence}")
        screen.say(f"{f'{len(wrong)} 处不符' if wrong else '全部相符'}（对照 {len(known)} 个锚点）")
    return 1 if wrong else 0


review_group.add_command(book_commands.import_command)
@review_group.command("reminders", cls=ChineseCommand)
@json_option
@planned
def reminders(plan: Plan, as_json: bool) -> int:
    """每位承办人有多少任务逾期、将到期、待办，供夜间作业提醒；只写登录名和件数。"""
    with run.opened_review(plan) as base:
        found = [(actor.login, counts) for actor, counts in review.tasks.reminders(base)]
    if as_json:
        screen.emit([{"login": login} | counts for login, counts in found])
        return 0
    rows = [(login, *(counts.get(code, 0) for code in review.tasks.GROUPS)) for login, counts in found]
    screen.table("任务提醒", ("登录名", *review.tasks.GROUPS.values()), rows)
    return 0


def _anchors(file: Path) -> dict[int, str]:
    if not file.exists():
        return {}
    try:
        lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {int(number): hashed for number, hashed in lines}
    except ValueError:
        raise EngineError(str(file), "不是审计锚点文件", "每行应为：序号 哈希", "E-REVIEW-ANCHORS") from None


def _asked() -> str:
    password = str(click.prompt("初始口令", hide_input=True))
    if password != click.prompt("再输入一次", hide_input=True):
        raise EngineError("口令", "两次输入不同", "请重新运行", "E-PASSWORD-TWICE")
    return password


def _scope(scope: tuple[str, str]) -> str:
    division, department = scope
    return f"{division or '各地'}{f'·{department}' if department else ''}"
