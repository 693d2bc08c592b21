"""A package from another office: read within limits, compared with its manifest, unpacked when it agrees.

What agrees is only that the package is as its manifest says. Whether the manifest is the sender's is for people: the
sender tells its hash another way. A package is believed in nothing: not in names, sizes, counts or formats.
"""

import hashlib
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.documents.handover import FORMAT, MANIFEST, counted, packed
from engine.errors import EngineError
from engine.store import flush
from engine.text import visible
from engine.zips import CONTAINERS, MIB, MOST_TOTAL, damaged, opened, opened_bytes, read_member, shown_name

_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9_.\u4e00-\u9fff-]{0,120}(?<!\.)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that are no files on Windows."""
_ENDINGS = (".json", ".txt", ".html", ".csv", ".docx", ".yaml")
_MOST_MANIFEST = 8 << 20


@dataclass(frozen=True)
class Received:
    """A package as found: what its manifest says, the manifest's hash, and what does not agree (nothing: verified)."""

    name: str
    manifest: Mapping[str, Any]
    manifest_hash: str
    wrong: Sequence[str]
    parts: Mapping[str, bytes]
    about: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether everything is as the manifest says."""
        return not self.wrong


def receive(path: Path, expected: str = "") -> Received:
    """Return what a package holds and what does not agree; writes nothing.

    `expected` is the manifest's hash as the sender told it, or its beginning (from 8 signs). Raises EngineError for a
    file that is no package or not safe to open at all.
    """
    with opened(path) as archive:
        parts, wrong = _read(archive, path.name)
    manifest = _manifest(parts, path.name, wrong)
    hashed = hashlib.sha256(parts[MANIFEST]).hexdigest()
    wrong += _compared(manifest, parts)
    files = _clues(parts)
    if not wrong:
        wrong += _counts(manifest, files)
    if not wrong and packed(parts) != path.read_bytes():
        wrong.append("压缩包里的文件都相符，但压缩包本身被改动或者重新打包过，可能夹带其他内容")
    if expected and not hashed.startswith(_hash_of(expected)):
        wrong.append(f"清单哈希与移送单位告知的不同：包内是 {hashed}")
    return Received(path.name, manifest, hashed, wrong, parts, [_told(file) for file in files])


def unpack(received: Received, folder: Path) -> list[Path]:
    """Write a verified package's files below a folder, which may be new or empty, and return them.

    Raises EngineError where it does not agree, or there is something in the folder.
    """
    if not received.agrees:
        raise damaged(received.name, "与清单不符，没有解包", "E-RECEIVE-WRONG")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EngineError(str(folder), "不是空文件夹", "请另外指定一个新文件夹", "E-RECEIVE-INTO")
    aside = folder.with_name(f".{folder.name}.next")
    shutil.rmtree(aside, ignore_errors=True)
    for name, content in received.parts.items():
        target = aside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        flush(target)
    if folder.exists():
        folder.rmdir()
    aside.replace(folder)
    return [folder / name for name in received.parts]


def _read(archive: zipfile.ZipFile, where: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the members by name, and the damaged ones named; raises EngineError for what must not be opened."""
    parts: dict[str, bytes] = {}
    wrong: list[str] = []
    total = 0
    for item in archive.infolist():
        if fault := _strange(item.filename):
            raise damaged(where, f"包内{fault}（{shown_name(item.filename)}）", "E-ZIP-PATH")
        try:
            content = read_member(archive, item, where)
        except zipfile.BadZipFile:
            wrong.append(f"{item.filename}：内容损坏（与压缩包自己的校验和不符）")
            parts[item.filename] = b""
            continue
        total += len(content)
        if total > MOST_TOTAL:
            raise damaged(where, f"解压后超过上限（{MOST_TOTAL // MIB} MiB）", "E-ZIP-SIZE")
        _demand_plain(item.filename, content, where)
        parts[item.filename] = content
    return parts, wrong





def _strange(name: str) -> str:
    """Return why a name is not one a package has, '' where it is."""
    parts = name.split("/")
    if len(parts) > 3 or not all(_NAME.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts):
        return "文件名不合规定"
    return "" if name.endswith(_ENDINGS) else "有移送包里不该有的文件"


def _demand_plain(name: str, content: bytes, where: str) -> None:
    """Raise EngineError for a container inside, other than a Word document without anything live."""
    is_container = content.startswith(CONTAINERS)
    if is_container and not name.endswith(".docx"):
        raise damaged(where, f"包内套着压缩包（{shown_name(name)}）", "E-ZIP-NESTED")
    if not name.endswith(".docx") or not content:
        return
    with opened_bytes(content, f"{where} 的 {name}") as document:
        for item in document.infolist():
            inside = read_member(document, item, name)
            if inside.startswith(CONTAINERS) or "vbaproject" in item.filename.lower():
                raise damaged(where, f"包内文档含有宏或者套着压缩包（{shown_name(name)}）", "E-ZIP-NESTED")


def _manifest(parts: Mapping[str, bytes], where: str, wrong: Sequence[str]) -> dict[str, Any]:
    text = parts.get(MANIFEST)
    if not text:
        what = wrong[0] if wrong else f"没有清单 {MANIFEST}"
        raise damaged(where, f"不是移送包，或者清单已损坏（{what}）", "E-RECEIVE-MANIFEST")
    try:
        told = json.loads(text) if len(text) <= _MOST_MANIFEST else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not _is_whole(told):
        raise damaged(where, f"清单 {MANIFEST} 无法读取", "E-RECEIVE-MANIFEST")
    if told["format"] != FORMAT:
        shown = visible(str(told["format"]))[:40]
        fix = "请用制作它的那个版本（或更新的版本）打开"
        raise EngineError(where, f"移送包的格式是 {shown}，本版本只认识 {FORMAT}", fix, "E-RECEIVE-FORMAT")
    return told


def _is_whole(told: Mapping[str, Any]) -> bool:
    """Whether everything we read of a manifest is there and of its kind."""
    kinds = {"format": str, "to": str, "made_at": str, "engine": str, "run": dict, "clues": list, "counts": dict,
             "rules": list, "files": list, "full": bool, "comments": bool}
    return (all(isinstance(told.get(name), kind) for name, kind in kinds.items())
            and all(isinstance(told["run"].get(name), int | str) for name in ("run_id", "as_of"))
            and all(isinstance(clue, str) for clue in told["clues"])
            and all(isinstance(f, dict) and isinstance(f.get("name"), str) and isinstance(f.get("sha256"), str)
                    and type(f.get("size")) is int for f in told["files"]))


def _compared(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what differs between the manifest and the files: missing, extra, of another size, of another content."""
    listed = Counter(f["name"] for f in manifest["files"])
    yield from (f"{shown_name(name)}：清单里列了{times}次" for name, times in listed.items() if times > 1)
    for file in manifest["files"]:
        name, content = shown_name(file["name"]), parts.get(file["name"])
        if content is None:
            yield f"{name}：缺少这个文件"
        elif len(content) != file["size"]:
            yield f"{name}：大小不符（清单 {file['size']:,} 字节，实际 {len(content):,} 字节）"
        elif hashlib.sha256(content).hexdigest() != file["sha256"]:
            yield f"{name}：内容被改过（哈希不符）"
    yield from (f"{shown_name(name)}：清单里没有的文件" for name in parts if name != MANIFEST and name not in listed)


def _clues(parts: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the clue files that can be read, in the order of the package."""
    found = []
    for name, content in parts.items():
        if name.endswith("/线索.json"):
            try:
                file = json.loads(content)
                counted([file])
            except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
                continue
            found.append(file)
    return found


def _counts(manifest: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if manifest["clues"] != [file.get("clue_id") for file in files]:
        yield "清单所列的线索与包内的线索不符"
    elif manifest["counts"] != counted(files):
        yield "清单所列的件数与包内不符"


def _told(file: Mapping[str, Any]) -> str:
    """Return a clue in one line."""
    titles = "、".join(dict.fromkeys(str(f.get("title")) for f in file["findings"]))
    parties = "、".join(dict.fromkeys(str(f.get("party") or "（未记载）") for f in file["findings"]))
    return f"{file.get('clue_id')} {titles}，当事人 {parties}"


def _hash_of(told: str) -> str:
    """Return a hash as people write it down, without spaces; raises EngineError for what is none."""
    text = re.sub(r"[\s-]", "", told).lower()
    if not re.fullmatch("[0-9a-f]{8,64}", text):
        raise EngineError("--hash", "不是清单哈希", "请写移送单位告知的 64 位十六进制数，至少前 8 位", "E-RECEIVE-HASH")
    return text
