"""`xiezhi extract`: documents in, records and the sheet to check them with out."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine import extract
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import PARTLY, json_option
from engine.clock import now
from engine.errors import EngineError
from engine.export import write_extraction
from engine.export.extraction import RECORDS
from engine.extract import Extraction, Kinds
from engine.run import ROOT

KINDS = ROOT / "pipelines" / "documents"
_MOST_SHOWN = 30
_EXISTING = click.Path(path_type=Path, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("extract", cls=ChineseCommand)
@click.argument("paths", nargs=-1, required=True, type=_EXISTING, metavar="文件或文件夹…")
@click.option("--out", default="extracted", type=_FOLDER, metavar="文件夹", help="要素和核对表写到哪里")
@click.option("--kinds", envvar="XIEZHI_KINDS", default=KINDS, type=_FOLDER, metavar="文件夹", help="文书种类文件夹")
@json_option
def extract_command(paths: Sequence[Path], out: Path, kinds: Path, as_json: bool) -> int:
    """从文书（docx、pdf、txt、html）抽取要素，每个值写明出处。"""
    declared = extract.read_kinds(kinds)
    if not declared:
        fault = declared.problems[0] if declared.problems else None
        raise fault or EngineError(kinds.name, "没有文书种类文件", "请用 --kinds 指定文件夹", "E-KIND-NONE")
    files, others = _files(paths)
    begun = time.monotonic()
    with screen.progress(silent=as_json) as progress:
        done = extract.extract(files, declared, lambda now, total: progress("extract", now, total))
    seconds = time.monotonic() - begun
    written = write_extraction(done, out, now())
    if as_json:
        screen.emit(_as_dict(done, declared, others, written))
    else:
        _report(done, declared, others, seconds)
        screen.say(f"要素在 {out}/{RECORDS}/，核对后用 xiezhi load 入库；核对表在 {out}/核对表.xlsx")
    return PARTLY if done.rejects or declared.problems else 0


def _files(paths: Sequence[Path]) -> tuple[list[tuple[Path, str]], list[str]]:
    """Return the documents with the names they are called by, and the names of other files in the folders."""
    chosen: list[tuple[Path, str]] = []
    others: list[str] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if file.name.startswith((".", "~$")):
                continue
            if path.is_dir() and file.suffix.lower() not in (*extract.EXTENSIONS, *extract.REFUSED_EXTENSIONS):
                others.append(name)
            else:
                chosen.append((file, name))
    return chosen, others


def _report(done: Extraction, kinds: Kinds, others: Sequence[str], seconds: float) -> None:
    rows = [(kind.title, sum(r.is_first for r in records), sum(_count(r, "taken") for r in records),
             sum(_count(r, "unsure") for r in records), sum(len(r.conflicts) for r in records))
            for kind in kinds.values() if (records := [r for r in done.records if r.kind.name == kind.name])]
    screen.table("抽取情况", ("文书", "份数", "已取的值", "存疑未取", "不一致"), rows, right=(1, 2, 3, 4))
    screen.say(f"收到 {done.files} 份 = 已抽取 {done.read} + 重复 {len(done.repeated)}"
               f" + 拒收 {len(done.rejects)}，用时 {seconds:.1f} 秒")
    told = [f"✗ {problem}" for problem in kinds.problems]
    told += [f"✗ {fault}" for fault in done.rejects]
    told += [f"! {record.document.name}：{conflict.what}" for record in done.records for conflict in record.conflicts]
    told += [f"· {name}：与“{first}”的文字相同，只取一份" for name, first in done.repeated]
    for line in told[:_MOST_SHOWN]:
        screen.say(line)
    if len(told) > _MOST_SHOWN:
        screen.say(f"……共 {len(told)} 条，全部见核对表.xlsx的“冲突”“拒收”两页")
    if others:
        named = "、".join(others[:5]) + ("…" if len(others) > 5 else "")
        screen.say(f"另有 {len(others)} 个文件不是文书格式，未读取：{named}")


def _count(record: extract.Record, status: str) -> int:
    return sum(value.status == status for value in record.values.values())


def _as_dict(done: Extraction, kinds: Kinds, others: Sequence[str], written: Sequence[Path]) -> dict[str, Any]:
    return {
        "files": done.files,
        "extracted": [{
            "file": record.document.name, "party": record.party, "kind": record.kind.name, "title": record.kind.title,
            "taken": _count(record, "taken"), "unsure": _count(record, "unsure"),
            "conflicts": [conflict.what for conflict in record.conflicts],
        } for record in done.records],
        "repeated": [{"file": name, "same_as": first} for name, first in done.repeated],
        "rejected": [{"file": f.where, "what": f.what, "fix": f.fix, "code": f.code} for f in done.rejects],
        "not_documents": list(others),
        "problems": [str(problem) for problem in kinds.problems],
        "written": [path.as_posix() for path in written],
    }
