"""移送包: clues handed to another department or organ as one file that tells all of itself and shows every change.

    manifest.json       what is inside: format, engine, run, data, counts, every file's size and SHA-256
    说明.txt             how to check the package, with and without this engine
    线索/<id>/           线索.json for machines, 线索.html for people, 证据.csv, 原始记录.csv, 法律依据.csv, 研判.csv,
                        线索移送函.docx (a draft)
    规则/<id>.yaml       each rule as it reads now

The container is stored, not packed, in one order and with fixed times: the same content gives the same bytes on every
machine, so a receiver makes it anew and compares. The manifest's own hash is not inside: it goes another way.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.documents.drafting import draft
from engine.documents.kinds import File, find_kind
from engine.documents.readable import page
from engine.documents.sheets import sheets
from engine.zips import pack

FORMAT = "xiezhi-handover-1"
"""Says how a package is read; raised when a part changes its meaning."""

MANIFEST = "manifest.json"

_README = """移送包

内容见 manifest.json：每个文件的大小和 SHA-256，规则版本，运行批次，数据截止日。
机器筛查结果不是违法认定，须调卷核实后使用。内部资料，注意保密。

核对：
1. 装有本程序的：xiezhi receive 移送包.zip
2. 没有的：在 Windows 上运行 certutil -hashfile manifest.json SHA256，得到的清单哈希与移送单位
   通过电话或者书面告知的比对；再同样比对各文件与 manifest.json 所列。
"""


@dataclass(frozen=True)
class About:
    """What a package says of itself.

    `database`: id of the review database, '' where there was none. `full`: numbers of persons are written out.
    """

    to: str
    made_at: datetime
    engine: str
    database: str = ""
    full: bool = False
    comments: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule's file as it is now; `version` is that of the file, which may be newer than the one that judged."""

    rule_id: str
    version: int
    text: bytes


@dataclass(frozen=True)
class Package:
    """A package not yet written: its bytes, its manifest, and the manifest's hash to be told another way."""

    content: bytes
    manifest: Mapping[str, Any]
    manifest_hash: str


def package(
    files: Sequence[File], work: Mapping[str, Mapping[str, Any]], rules: Sequence[Rule], about: About
) -> Package:
    """Return the package of some clues (`export.clue_files`); `work` is what people did with each (`documents.work`).

    The same clues, work, rules and `about` give the same bytes.
    """
    told = [{**file, "review": dict(work.get(file["clue_id"], {}))} for file in files]
    parts = {"说明.txt": _README.encode()}
    for file in told:
        parts |= {f"线索/{file['clue_id']}/{name}": content for name, content in _clue(file).items()}
    parts |= {f"规则/{rule.rule_id}.yaml": rule.text for rule in sorted(rules, key=lambda rule: rule.rule_id)}
    manifest = _manifest(told, rules, about, parts)
    text = written(manifest)
    content = packed({MANIFEST: text, **parts})
    return Package(content, manifest, hashlib.sha256(text).hexdigest())


def _clue(file: File) -> dict[str, bytes]:
    letter = draft(find_kind("transfer", [file]), [file])
    return {"线索.json": written(file), "线索.html": page(file), **sheets(file), "线索移送函.docx": letter.content}


def _manifest(
    files: Sequence[File], rules: Sequence[Rule], about: About, parts: Mapping[str, bytes]
) -> dict[str, Any]:
    judged = {f["rule_id"]: f["rule_version"] for file in files for f in file["findings"]}
    return {
        "format": FORMAT, **asdict(about), "made_at": about.made_at.isoformat(timespec="seconds"),
        "run": {name: files[0]["run"][name] for name in ("run_id", "as_of", "engine", "rules", "law", "data")},
        "clues": [file["clue_id"] for file in files], "counts": counted(files),
        "rules": [{"rule_id": rule.rule_id, "judged_version": judged.get(rule.rule_id), "file_version": rule.version}
                  for rule in sorted(rules, key=lambda rule: rule.rule_id)],
        "files": [{"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                  for name, content in parts.items()],
    }


def counted(files: Sequence[File]) -> dict[str, int]:
    """Return how many clues, findings, records, delivered rows, and entries of work are in a package."""
    records = [record for file in files for record in file["records"]]
    return {"clues": len(files), "findings": sum(len(file["findings"]) for file in files), "records": len(records),
            "rows": sum(len(record["rows"]) for record in records),
            "work": sum(len(file["review"].get("history", ())) for file in files)}


def written(value: object) -> bytes:
    """Return a value as JSON people can read; keys in the order given."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return the container of a package's parts."""
    return pack(parts, zipfile.ZIP_STORED)
