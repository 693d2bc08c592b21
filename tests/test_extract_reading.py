"""Documents of every format become the same numbered paragraphs; what cannot be read is refused with its reason."""

import io
from pathlib import Path

import pytest
from extract_world import ENFORCEMENT, KINDS, NONPROSECUTION, OPINION, PENALTY, RULING, docx, pdf, read, zipped
from pypdf import PdfReader, PdfWriter

from engine.errors import SourceError
from engine.extract import extract_document, read_document

LINES = ["虚构市虚构区人民法院", "行政裁定书", "（2025）豫9902行审15号"]


def texts(path: Path) -> list[str]:
    return [paragraph.text for paragraph in read_document(path, path.name).paragraphs]


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_document(path, path.name)
    return caught.value


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_word_document_gives_header_paragraphs_and_table_rows(tmp_path: Path) -> None:
    path = zipped(tmp_path / "甲.docx", docx(LINES, [["罚款", "20000元"], ["没收", "3000元"]], header="虚构法院"))

    read = read_document(path, "甲.docx")

    assert [(p.number, p.text, p.place) for p in read.paragraphs] == [
        (1, "虚构法院", "header"), (2, LINES[0], "body"), (3, LINES[1], "body"), (4, LINES[2], "body"),
        (5, "罚款\t20000元", "table"), (6, "没收\t3000元", "table")]


def test_deleted_words_of_tracked_changes_are_no_part_of_the_document(tmp_path: Path) -> None:
    parts = docx(["甲"])
    changed = "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins></w:p>"
    parts["word/document.xml"] = parts["word/document.xml"].replace("<w:tbl>", changed + "<w:tbl>")

    assert texts(zipped(tmp_path / "甲.docx", parts)) == ["甲", "新"]


def test_a_text_box_is_a_paragraph_of_its_own_and_read_once(tmp_path: Path) -> None:
    parts = docx(["甲"])
    inner = "<w:txbxContent><w:p><w:r><w:t>虚构市公安局</w:t></w:r></w:p></w:txbxContent>"
    box = (f'<w:p><w:r><w:t>外</w:t><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
           f"<mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent></w:r></w:p>")
    parts["word/document.xml"] = parts["word/document.xml"].replace("<w:tbl>", box + "<w:tbl>")

    assert texts(zipped(tmp_path / "甲.docx", parts)) == ["甲", "外", "虚构市公安局"]


@pytest.mark.parametrize(("prolog", "code"), [
    ('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', "E-XML-ENTITY"),
    ('<!DOCTYPE x SYSTEM "file:///etc/hostname">', "E-XML-ENTITY"),
])
def test_a_word_document_with_entities_is_refused(tmp_path: Path, prolog: str, code: str) -> None:
    parts = docx(["甲"])
    parts["word/document.xml"] = prolog + parts["word/document.xml"]

    assert refusal(zipped(tmp_path / "甲.docx", parts)).code == code


def test_a_word_document_blown_up_beyond_belief_is_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path / "甲.docx", docx([" " * (8 << 20)]))).code == "E-ARCHIVE-SIZE"


@pytest.mark.parametrize("wanted", ["E-FILE-DAMAGED"])
def test_a_cut_word_document_is_refused(tmp_path: Path, wanted: str) -> None:
    whole = zipped(tmp_path / "甲.docx", docx(LINES)).read_bytes()

    assert refusal(put(tmp_path, "乙.docx", whole[: len(whole) // 2])).code == wanted


def test_the_text_layer_of_a_pdf_is_read(tmp_path: Path) -> None:
    assert texts(put(tmp_path, "甲.pdf", pdf(LINES))) == LINES


def test_wrapped_lines_of_a_pdf_become_paragraphs_again(tmp_path: Path) -> None:
    body = "申请执行人虚构市市场监督管理局于二〇二五年三月十日向本院申请强制执行行政处罚决定本院依法受理后组成合议庭"
    wrapped = [body[:20], body[20:40], body[40:60], "裁定如下：", "准予强制执行。"]

    assert texts(put(tmp_path, "甲.pdf", pdf(wrapped))) == [body, "裁定如下：", "准予强制执行。"]


@pytest.mark.parametrize("width", [28, 38])
@pytest.mark.parametrize("text", [RULING, PENALTY, NONPROSECUTION, OPINION, ENFORCEMENT])
def test_a_wrapped_text_gives_the_values_of_the_whole_one(tmp_path: Path, text: str, width: int) -> None:
    indented = [line if len(line) < width - 6 else f"　　{line}" for line in text.split("\n")]
    wrapped = "\n".join(line[at:at + width] for line in indented for at in range(0, len(line), width))
    (tmp_path / "甲.txt").write_text(wrapped, encoding="utf-8")

    [record] = extract_document(read_document(tmp_path / "甲.txt", "甲.txt"), KINDS)

    assert {name: record.text(name) for name in record.values} == {
        name: value.text if value.status == "taken" else "" for name, value in read(text).values.items()}


def test_a_scanned_pdf_says_that_it_must_be_recognised_first(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    content = io.BytesIO()
    writer.write(content)

    refused = refusal(put(tmp_path, "甲.pdf", content.getvalue()))

    assert (refused.code, refused.what) == ("E-PDF-SCAN", "没有文字层，须先识别")


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(LINES))))
    writer.encrypt("secret", algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)

    assert refusal(put(tmp_path, "甲.pdf", content.getvalue())).code == "E-FILE-PASSWORD"


def test_a_damaged_pdf_is_refused_and_the_process_lives(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, "甲.pdf", b"%PDF-1.7\n" + b"\x00\xff" * 500)).code == "E-FILE-DAMAGED"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert texts(put(tmp_path, "甲.txt", RULING.encode(encoding))) == RULING.strip().split("\n")


def test_text_in_no_encoding_is_refused(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, "甲.txt", b"\xff\xfa\x81 \x80\xff" * 30)).code == "E-ENCODING"


def test_a_page_gives_its_blocks_and_rows_but_no_scripts(tmp_path: Path) -> None:
    page = ("<html><head><title>网站</title><style>p{}</style></head><body><div>虚构法院</div>"
            "<script>var a='裁定';</script>"
            "<p>（2025）豫9902&#x884C;审15号<br/>申请执行人：<b>甲</b>局</p>"
            "<table><tr><td>罚款</td><td><p>20000元</p></td></tr></table></body></html>")

    read = texts(put(tmp_path, "甲.html", page.encode()))

    assert read == ["虚构法院", "（2025）豫9902行审15号", "申请执行人：甲局", "罚款\t20000元"]


def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    page = '<html><meta charset="gb2312"><body><p>虚构市人民法院</p></body></html>'

    assert texts(put(tmp_path, "甲.htm", page.encode("gb18030"))) == ["虚构市人民法院"]


@pytest.mark.parametrize(("name", "content", "code"), [
    ("甲.txt", b"", "E-FILE-EMPTY"),
    ("甲.txt", b" \n\t\n", "E-DOCUMENT-EMPTY"),
    ("甲.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "E-FILE-TYPE"),
    ("甲.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "E-FILE-PASSWORD"),
    ("甲.rtf", b"{\\rtf1 a}", "E-FILE-TYPE"),
    ("甲.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 99, "E-PDF-SCAN"),
    ("甲.txt", bytes(range(256)) * 9, "E-FILE-TYPE"),
    ("甲.txt", "甲".encode() * 300_001, "E-DOCUMENT-LONG"),
])
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert refusal(put(tmp_path, name, content)).code == code


def test_a_wrong_extension_is_told_and_the_content_counts(tmp_path: Path) -> None:
    read = read_document(put(tmp_path, "甲.docx", RULING.encode()), "甲.docx")

    assert (read.format, read.warnings) == ("txt", ("扩展名是docx，内容是txt，按内容读取",))
