"""移送包: what is inside, that it is the same again, and that a receiver finds whatever does not agree."""

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from document_world import clue, finding, item, record, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import documents
from engine.documents import About, Rule
from engine.documents.handover import packed
from engine.errors import EngineError

ABOUT = About("测试市某局", datetime.fromisoformat("2026-11-02T09:00:00"), "0.1.0", "db1")
WORK = {"C000000000001": {"state": "已确认", "version": 3, "history": [
    {"at": "2026-11-02 09:00", "by": "张三", "what": "确认", "rule_id": "non_litigation.late", "reason": "",
     "to": "", "document_no": "", "on": "", "words": "已核实"}]}}
RULE = Rule("non_litigation.late", 2, "title: 测试\n".encode())


def made(**changed: object) -> documents.Package:
    """Return the package of one clue."""
    return documents.package([clue(**changed)], WORK, [RULE], ABOUT)


PACKAGE = made()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return a package's files by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def received(tmp_path: Path, content: bytes, told: str = "") -> documents.Received:
    """Put a package into a file and receive it."""
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    return documents.receive(path, told)


def test_a_package_tells_the_clue_for_people_and_for_machines() -> None:
    parts = parts_of(PACKAGE.content)
    folder = "线索/C000000000001/"

    assert list(parts) == ["manifest.json", "说明.txt", *(folder + name for name in (
        "线索.json", "线索.html", "证据.csv", "原始记录.csv", "法律依据.csv", "研判.csv", "线索移送函.docx")),
        "规则/non_litigation.late.yaml"]
    assert json.loads(parts[folder + "线索.json"])["review"]["state"] == "已确认"
    assert "2024年7月1日申请，超28日" in parts[folder + "线索.html"].decode()
    assert "申请执行日,2024年7月1日,原始记录,行审.xlsx,台账,3" in parts[folder + "证据.csv"].decode("utf-8-sig")
    assert "可以自期限届满之日起三个月内" in parts[folder + "法律依据.csv"].decode("utf-8-sig")
    assert "张三,确认" in parts[folder + "研判.csv"].decode("utf-8-sig")
    assert "测试甲有限公司" in "".join(texts(parts[folder + "线索移送函.docx"]))


def test_the_same_content_gives_the_same_bytes() -> None:
    assert made().content == PACKAGE.content


def test_the_manifest_says_what_the_package_was_made_of() -> None:
    told = json.loads(parts_of(PACKAGE.content)["manifest.json"])

    assert told == dict(PACKAGE.manifest)
    assert (told["to"], told["database"], told["run"]["data"], told["full"]) == ("测试市某局", "db1", "d", False)
    assert told["counts"] == {"clues": 1, "findings": 1, "records": 1, "rows": 1, "work": 1}
    assert told["rules"] == [{"rule_id": "non_litigation.late", "judged_version": 2, "file_version": 2}]


def test_a_package_as_it_was_made_agrees(tmp_path: Path) -> None:
    found = received(tmp_path, PACKAGE.content, PACKAGE.manifest_hash[:12].upper())

    assert (found.wrong, found.manifest_hash) == ([], PACKAGE.manifest_hash)
    assert found.about == ["C000000000001 测试超期申请，当事人 测试甲有限公司"]


def test_a_verified_package_is_unpacked_whole(tmp_path: Path) -> None:
    files = documents.unpack(received(tmp_path, PACKAGE.content), tmp_path / "into")

    assert {f.relative_to(tmp_path / "into").as_posix(): f.read_bytes() for f in files} == parts_of(PACKAGE.content)


def test_nothing_is_unpacked_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "mine").write_text("x")

    with pytest.raises(EngineError, match="不是空文件夹"):
        documents.unpack(received(tmp_path, PACKAGE.content), tmp_path / "into")


def test_another_manifest_than_the_sender_told_is_found(tmp_path: Path) -> None:
    forged = documents.package([clue(findings=[finding(party="另一个人")])], WORK, [RULE], ABOUT)

    (wrong,) = received(tmp_path, forged.content, PACKAGE.manifest_hash).wrong

    assert "清单哈希与移送单位告知的不同" in wrong


def altered(parts: dict[str, bytes], how: str) -> dict[str, bytes]:
    """Return the parts with one thing changed."""
    name = "线索/C000000000001/证据.csv"
    if how == "missing":
        return {n: c for n, c in parts.items() if n != name}
    if how == "extra":
        return parts | {"线索/C000000000001/另外.csv": b"x"}
    if how == "truncated":
        return parts | {name: parts[name][:-5]}
    return parts | {name: parts[name].replace("申请执行日".encode(), "申请执行年".encode())}


@pytest.mark.parametrize(("how", "said"), [
    ("missing", "证据.csv：缺少这个文件"), ("extra", "另外.csv：清单里没有的文件"),
    ("truncated", "证据.csv：大小不符"), ("altered", "证据.csv：内容被改过"),
])
def test_a_file_that_does_not_agree_is_named_and_nothing_is_unpacked(tmp_path: Path, how: str, said: str) -> None:
    found = received(tmp_path, packed(altered(parts_of(PACKAGE.content), how)))

    assert [line for line in found.wrong if line.startswith(f"线索/C000000000001/{said}")] == found.wrong != []
    with pytest.raises(EngineError, match="没有解包"):
        documents.unpack(found, tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_a_package_packed_anew_with_the_same_files_is_told(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(PACKAGE.content).items():
            archive.writestr(name, content)

    assert "重新打包过" in received(tmp_path, made.getvalue()).wrong[0]


def test_a_count_that_does_not_agree_is_told(tmp_path: Path) -> None:
    parts = parts_of(PACKAGE.content)
    parts["manifest.json"] = parts["manifest.json"].replace(b'"rows": 1', b'"rows": 2')

    assert received(tmp_path, packed(parts)).wrong == ["清单所列的件数与包内不符"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PACKAGE.content) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, at: int, by: int) -> None:
    content = bytearray(PACKAGE.content)
    content[at] = (content[at] + by) % 256

    assert not agrees(tmp_path_factory, bytes(content))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PACKAGE.content) - 1))
def test_any_cut_is_found(tmp_path_factory: pytest.TempPathFactory, at: int) -> None:
    assert not agrees(tmp_path_factory, PACKAGE.content[:at])


def test_bytes_before_or_behind_are_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert not agrees(tmp_path_factory, b"MZ" + PACKAGE.content)
    assert not agrees(tmp_path_factory, PACKAGE.content + b"\0")


def agrees(factory: pytest.TempPathFactory, content: bytes) -> bool:
    """Return whether a package is received as verified."""
    path = factory.mktemp("p") / "p.zip"
    path.write_bytes(content)
    try:
        return documents.receive(path).agrees
    except EngineError:
        return False


def dangerous(name: str, content: bytes = b"x", **zipinfo: object) -> bytes:
    """Return the package with one more member."""
    held = io.BytesIO(PACKAGE.content)
    with zipfile.ZipFile(held, "a") as archive:
        entry = zipfile.ZipInfo(name)
        for key, value in zipinfo.items():
            setattr(entry, key, value)
        archive.writestr(entry, content)
    return held.getvalue()


NESTED = packed({"a.txt": b"x"})


@pytest.mark.parametrize(("content", "code"), [
    (dangerous("../x.txt"), "E-ZIP-PATH"), (dangerous("/x.txt"), "E-ZIP-PATH"), (dangerous("C:x.txt"), "E-ZIP-PATH"),
    (dangerous("a\\..\\x.txt"), "E-ZIP-PATH"), (dangerous("con.txt"), "E-ZIP-PATH"),
    (dangerous(".x.txt"), "E-ZIP-PATH"),
    (dangerous("x\u202etxt.exe"), "E-ZIP-PATH"), (dangerous("a/b/c/d.txt"), "E-ZIP-PATH"),
    (dangerous("run.exe"), "E-ZIP-PATH"), (dangerous("说明.txt/x.txt"), "E-ZIP-PATH"), (dangerous("x/"), "E-ZIP-PATH"),
    (dangerous("link.txt", b"/etc/passwd", external_attr=0o120777 << 16), "E-ZIP-PATH"),
    (dangerous("线索/C000000000001/inner.txt", NESTED), "E-ZIP-NESTED"),
    (dangerous("MANIFEST.json"), "E-ZIP-PATH"),
    (dangerous("bomb.txt", b"0" * (65 << 20), compress_type=zipfile.ZIP_DEFLATED), "E-ZIP-SIZE"),
    (b"PK not a package", "E-ZIP-DAMAGED"), (b"", "E-ZIP-DAMAGED"), (NESTED, "E-RECEIVE-MANIFEST"),
    (packed({"manifest.json": b"[" * 100_000}), "E-RECEIVE-MANIFEST"),
    (packed({"manifest.json": b'{"format": "xiezhi-handover-1"}'}), "E-RECEIVE-MANIFEST"),
    (packed(parts_of(PACKAGE.content) | {"manifest.json": parts_of(PACKAGE.content)["manifest.json"].replace(
        b"xiezhi-handover-1", b"xiezhi-handover-9")}), "E-RECEIVE-FORMAT"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_safe_to_open_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(EngineError) as fault:
        received(tmp_path, content)

    assert fault.value.code == code


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="超过上限"):
        received(tmp_path, packed({f"f{n}.txt": b"" for n in range(5_001)}))


def test_a_member_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(PACKAGE.content)
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(EngineError, match="有密码"):
        received(tmp_path, bytes(content))


def test_a_text_like_a_formula_is_quoted_in_the_sheets_and_whole_in_the_json() -> None:
    lure = "=HYPERLINK(\"http://x\")\u202e"
    rows = [record()["rows"][0] | {"cells": {"当事人": lure}}]
    parts = parts_of(made(findings=[finding(evidence=[item(value=lure)])], records=[record(rows=rows)]).content)
    folder = "线索/C000000000001/"

    assert json.loads(parts[folder + "线索.json"])["findings"][0]["evidence"][0]["value"] == lure
    for name in ("证据.csv", "原始记录.csv"):
        assert '"\'=HYPERLINK(""http://x"")⟦U+202E⟧"' in parts[folder + name].decode("utf-8-sig")


def test_the_page_of_a_hostile_name_runs_nothing() -> None:
    hostile = "<script>alert(1)</script>\" onclick=\"x"
    parts = parts_of(made(findings=[finding(party=hostile, say=hostile)]).content)
    shown = parts["线索/C000000000001/线索.html"].decode()

    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 2
    assert "default-src 'none'" in shown
