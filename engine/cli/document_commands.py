"""The commands that make papers of clues: drafts in Word."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from engine import documents, run
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import json_option, today, with_folders
from engine.run import Plan

_FOLDER = click.Path(path_type=Path, file_okay=False)
ids_argument = click.argument("clue_ids", nargs=-1, required=True, metavar="线索编号…")
templates_option = click.option("--templates", envvar="XIEZHI_TEMPLATES", type=_FOLDER, metavar="文件夹",
                                help="自备的docx模板；没有的种类用自带模板")
unmasked_option = click.option("--unmasked", is_flag=True, help="证件号等号码写全；默认遮盖")
replace_option = click.option("--replace", is_flag=True, help="覆盖已有的同名文件")


def from_warehouse(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the folders a clue is read from, and hand it one Plan; it has an `--out` of its own."""

    def build(home: Path, rules: Path, sources: Path, **rest: Any) -> Any:
        return command(Plan(home, Path("out"), today(), today(), rules, sources), **rest)

    build.__name__, build.__doc__ = command.__name__, command.__doc__
    build.__dict__["__click_params__"] = getattr(command, "__click_params__", [])
    return with_folders(build, own_out=True)


@click.command(cls=ChineseCommand)
@ids_argument
@click.option("--kind", "word", required=True, metavar="文书",
              help="、".join(kind.title for kind in documents.KINDS) + "；可以只写开头")
@click.option("--out", default="drafts", show_default=True, type=_FOLDER, metavar="文件夹", help="文书写到哪里")
@templates_option
@unmasked_option
@replace_option
@json_option
@from_warehouse
def draft(
    plan: Plan, clue_ids: Sequence[str], word: str, out: Path, templates: Path | None, **flags: bool
) -> int:
    """由线索起草文书（docx草稿）：事实逐条编号并附证据，文号、署名、日期留空。"""
    files = run.clue_files(plan, clue_ids, masked=not flags["unmasked"])
    kind = documents.find_kind(word, files)
    groups = [files] if kind.most > 1 else [[file] for file in files]
    made = [documents.draft(kind, group, templates) for group in groups]
    written = documents.write_drafts(made, out, replace=flags["replace"])
    if flags["as_json"]:
        screen.emit([{"kind": d.kind.id, "title": d.kind.title, "clues": d.clue_ids, "file": path.as_posix(),
                      "template": d.template} for d, path in zip(made, written, strict=True)])
    else:
        for done, path in zip(made, written, strict=True):
            screen.say(f"{path}（{done.template}）")
        screen.say("均为草稿：事实须逐项核实，红字提示和核查页发文前删除")
    return 0
