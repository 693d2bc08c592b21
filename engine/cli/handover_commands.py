"""The commands of packages: hand clues over, and receive what another office handed over."""

import getpass
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

import engine
from engine import documents, review, run
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.document_commands import from_warehouse, ids_argument
from engine.cli.options import json_option, review_option
from engine.clock import now
from engine.documents import About, Package, Received
from engine.errors import EngineError
from engine.review import Handed
from engine.text import one_line

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=ChineseCommand)
@ids_argument
@click.option("--to", required=True, metavar="接收单位", help="移送给哪个部门或机关")
@click.option("--out", required=True, type=_FILE, metavar="文件.zip", help="移送包写到哪里；已有的不覆盖")
@click.option("--as", "login", default="", metavar="登录名", help="以谁的名义移送；有研判库时必须写")
@click.option("--full", is_flag=True, help="证件号等号码写全；默认遮盖")
@click.option("--reason", default="", metavar="理由", help="号码写全的理由，记入审计")
@click.option("--comments", is_flag=True, help="附上内部备注；默认不附")
@review_option
@json_option
@from_warehouse
def handover(plan: run.Plan, clue_ids: Sequence[str], to: str, out: Path, **rest: object) -> int:
    """制作移送包：线索、证据、条文、研判记录、规则，附清单和哈希。"""
    if out.exists():
        raise EngineError(str(out), "已有这个文件", "请另写一个文件名", "E-HANDOVER-EXISTS")
    given = Handed(to, "", bool(rest["full"]), str(rest["reason"]), bool(rest["comments"]))
    review.check_handing(given)
    plan = replace(plan, review=str(rest["review"] or "") or None)
    about = About(to.strip(), now(), engine.__version__, full=given.full, comments=given.comments)
    if review.is_there(plan.home, plan.review):
        with run.opened_review(plan) as base:
            made = _with_review(plan, base, clue_ids, (about, given, str(rest["login"]), out))
    else:
        if given.full:
            fix = "请先 xiezhi publish 建立研判库，或者不写 --full"
            raise EngineError("移送", "号码写全须留审计，而这里没有研判库", fix, "E-HANDOVER-AUDIT")
        made = run.handover(plan, {}, clue_ids, about)
        documents.write_file(out, made.content)
    _tell(made, out, as_json=bool(rest["as_json"]))
    return 0


def _with_review(
    plan: run.Plan, base: review.Review, clue_ids: Sequence[str], how: tuple[About, Handed, str, Path]
) -> Package:
    """Make and write the package as somebody, and keep it in ledger and audit; without the entry there is no file."""
    about, given, login, out = how
    if not login:
        raise EngineError("--as", "没有写以谁的名义移送", "请写登录名，移送记入其台账和审计", "E-HANDOVER-AS")
    actor = review.actor_named(base, login)
    actor = replace(actor, name=f"{actor.name}，命令行 {getpass.getuser()}")
    opened = {clue_id: review.browsing.open_clue(base, actor, clue_id) for clue_id in dict.fromkeys(clue_ids)}
    made = run.handover(plan, opened, clue_ids, replace(about, database=review.database_id(base)))
    versions = {clue_id: int(told.clue["version"]) for clue_id, told in opened.items()}
    documents.write_file(out, made.content)
    try:
        review.hand_over(base, actor, versions, replace(given, manifest_hash=made.manifest_hash))
    except BaseException:
        out.unlink()
        raise
    return made


def _tell(made: Package, out: Path, *, as_json: bool) -> None:
    if as_json:
        screen.emit({"file": out.as_posix(), "manifest_hash": made.manifest_hash, "manifest": made.manifest})
        return
    counts = made.manifest["counts"]
    screen.say(f"{out}：线索 {counts['clues']} 条，命中 {counts['findings']} 项，原始记录 {counts['rows']} 行，"
               f"处理记录 {counts['work']} 条；号码{'没有遮盖' if made.manifest['full'] else '已遮盖'}")
    screen.say(f"清单哈希：{in_groups(made.manifest_hash)}")
    screen.say("请通过电话或者书面把清单哈希告知接收单位核对，不要随包发送")
    for rule in made.manifest["rules"]:
        judged, now_is = rule["judged_version"], rule["file_version"]
        if judged != now_is:
            screen.say(f"注意：{rule['rule_id']} 判断时是第{judged}版，所附文本是第{now_is}版")


@click.command(cls=ChineseCommand)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="移送包.zip")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
              help="全部相符的，解包到这个新文件夹；默认只核对")
@click.option("--hash", "told", default="", metavar="清单哈希", help="移送单位告知的清单哈希，或其前 8 位以上")
@json_option
def receive(file: Path, into: Path | None, told: str, as_json: bool) -> int:
    """核对收到的移送包：逐个文件比对清单，说明里面是什么、哪里不符。"""
    found = documents.receive(file, told)
    unpacked = documents.unpack(found, into) if into is not None and found.agrees else []
    if as_json:
        screen.emit({"ok": found.agrees, "file": found.name, "manifest_hash": found.manifest_hash,
                     "wrong": found.wrong, "clues": found.about, "manifest": found.manifest,
                     "unpacked": [path.as_posix() for path in unpacked]})
    else:
        _tell_received(found, compared=bool(told))
        if unpacked:
            screen.say(f"已解包到 {into}：{len(unpacked)} 个文件")
    return 0 if found.agrees else 1


def _tell_received(found: Received, *, compared: bool) -> None:
    told, run_of = found.manifest, found.manifest["run"]
    screen.say(one_line(f"移送包 {found.name}：移送给{told['to']}，{told['made_at']} 由獬豸 {told['engine']} 制作，"
                        f"第{run_of['run_id']}次运行，数据截止日 {run_of['as_of']}"))
    screen.say(f"号码{'没有遮盖' if told['full'] else '已遮盖'}，{'附' if told['comments'] else '不附'}内部备注；"
               f"清单列 {len(told['files'])} 个文件")
    for line in found.about:
        screen.say(f"  {one_line(line)}")
    for line in found.wrong:
        screen.say(f"✗ {one_line(line)}")
    if found.agrees:
        screen.say("包内文件与清单全部相符")
    else:
        screen.say(f"{len(found.wrong)} 处不符：不要使用，请移送单位重新提供")
    screen.say(f"清单哈希：{in_groups(found.manifest_hash)}")
    if not compared:
        screen.say("清单是不是移送单位的那一份，请通过电话或者书面核对清单哈希")


def in_groups(hashed: str) -> str:
    """Return a hash in groups of four, as people read it out.

    >>> in_groups("0123456789abcdef")
    '0123 4567 89ab cdef'
    """
    return " ".join(hashed[at:at + 4] for at in range(0, len(hashed), 4))
