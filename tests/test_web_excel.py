"""Workbooks in the browser: downloads, uploads, and large downloads that need a second person."""

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from argon2 import PasswordHasher
from book_world import fill, rows, take, texts, write
from review_world import Clock, clue, finding, person, publish, value
from web_world import Browser

from engine import review
from engine.review import Review, browsing


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database with three clues and four findings."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    fill(base)
    yield base
    base.close()


def many(base: Review) -> None:
    """Publish 201 clues, the last of another place."""
    publish(base, *(clue(n, division="411103" if n == 201 else "411102") for n in range(1, 202)),
            *(finding(n, texts=texts()) for n in range(1, 202)), number=2)


def saved(content: bytes, path: Path) -> Path:
    """Keep a download."""
    path.write_bytes(content)
    return path


def send(client: Browser, book: Path, **form: object) -> tuple[int, str]:
    """Upload a workbook as the page's form does."""
    answer = client.post("/workbooks/upload", data=client.form(**form),
                         files={"file": (book.name, book.read_bytes(), "application/octet-stream")})
    return answer.status_code, answer.text


def test_a_filter_is_downloaded_filled_in_and_uploaded(site: Review, tmp_path: Path) -> None:
    client = Browser(site, person(site))
    assert "/workbooks/download?words=" in client.get("/clues", params={"words": "测试1公司"}).text

    answer = client.get("/workbooks/download", params={"words": "测试1公司"})
    book = saved(answer.content, tmp_path / "b.xlsx")
    status, text = send(client, write(book, {0: {"结论": "确认"}, 1: {"结论": "排除"}}))

    assert "attachment" in answer.headers["content-disposition"]
    assert [row["线索编号"] for row in rows(book)] == ["C1", "C1"]
    assert status == 200
    assert '<a href="/clues/C1">C1</a>' in text
    assert "缺结论、理由或说明 <strong>1</strong>" in text
    assert value(site, "SELECT state FROM clue WHERE clue_id = 'C1'") == "confirmed"
    assert review.verify(site) == []


def test_every_sheet_says_who_took_it_out_and_when(site: Review, tmp_path: Path) -> None:
    client = Browser(site, person(site))

    sheets = openpyxl.load_workbook(io.BytesIO(client.get("/workbooks/download").content))

    assert all("导出：wang某（wang）　2026-11-02 09:00" in sheet.oddHeader.left.text for sheet in sheets)
    assert [row[0] for row in sheets["清单"].iter_rows(min_row=4, values_only=True)] == ["C1", "C1", "C2", "C3"]


def test_a_foreign_clue_is_neither_downloaded_nor_uploaded(site: Review, tmp_path: Path) -> None:
    book = write(take(site, person(site), tmp_path / "b.xlsx"), {0: {"结论": "确认"}})
    client = Browser(site, person(site, "li", scopes=(("411103", ""),)))

    status, text = send(client, book)

    assert (status, "不在范围" in text) == (200, True)
    assert 'href="/clues/C1"' not in text
    assert value(site, "SELECT count(*) FROM judgement") == 0
    assert [row["线索编号"] for row in rows(saved(client.get("/workbooks/download").content, book))] == ["C2"]


def test_a_forged_upload_changes_nothing(site: Review, tmp_path: Path) -> None:
    wang = person(site)
    book = write(take(site, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}})

    assert send(Browser(site, wang), book, csrf="x")[0] == 403
    assert value(site, "SELECT count(*) FROM judgement") == 0
    assert browsing.entries(site)[0]["action"] == "refused:upload"


@pytest.mark.parametrize(("content", "words"), [
    (b"", "文件为空"), ("线索编号,结论\n".encode(), "内容是csv"), (b"PK\x03\x04" + b"x" * 300, "内容是zip")])
def test_a_bad_upload_is_told_in_chinese_and_kept_in_the_audit(
    site: Review, tmp_path: Path, content: bytes, words: str
) -> None:
    client = Browser(site, person(site))
    (tmp_path / "b.xlsx").write_bytes(content)

    status, text = send(client, tmp_path / "b.xlsx")

    assert (status, words in text) == (400, True)
    assert browsing.entries(site)[0]["action"] == "refused:upload"


def test_only_the_upload_takes_a_large_body_and_only_from_somebody_logged_in(site: Review, tmp_path: Path) -> None:
    client, large = Browser(site, person(site)), tmp_path / "b.xlsx"
    large.write_bytes(b"PK\x03\x04" + b"x" * 400_000)

    assert send(client, large)[0] == 400
    assert send(Browser(site), large)[0] == 413
    assert client.post("/workbooks/requests", data=client.form(words="x" * 400_000)).status_code == 413
    large.write_bytes(b"x" * (21 << 20))
    assert send(client, large)[0] == 413


def test_a_large_download_needs_another_head_who_sees_all_of_it(site: Review, tmp_path: Path) -> None:
    many(site)
    zhao, qian = person(site, "zhao", ("head",)), person(site, "qian", ("head",))
    foreign = Browser(site, person(site, "sun", ("head",), (("411102", ""),)))
    asker, other = Browser(site, zhao), Browser(site, qian)
    form = {"number": 1, "given": "approve"}

    assert "201 条线索，须另一位部门负责人同意" in asker.get("/workbooks/download").text
    assert asker.post("/workbooks/requests", data=asker.form(words="现场核实")).status_code == 303
    assert asker.get("/workbooks/released?number=1").status_code == 400
    assert asker.post("/workbooks/answer", data=asker.form(**form)).status_code == 403
    assert "现场核实" not in foreign.get("/workbooks").text
    assert foreign.post("/workbooks/answer", data=foreign.form(**form)).status_code == 404
    assert "现场核实" in other.get("/workbooks").text
    assert other.post("/workbooks/answer", data=other.form(**form)).status_code == 303
    assert other.post("/workbooks/answer", data=other.form(number=1, given="refuse")).status_code == 409
    assert other.get("/workbooks/released?number=1").status_code == 404

    book = saved(asker.get("/workbooks/released?number=1").content, tmp_path / "b.xlsx")
    assert len(rows(book)) == 201
    assert "第1号，zhao某" in str(list(openpyxl.load_workbook(book)["填写说明"].values))
    assert [entry["action"] for entry in browsing.entries(site, "export")][:3] == [
        "export", "release:approve", "release:ask"]
    assert review.verify(site) == []


def test_consent_runs_out_and_a_refusal_is_none(site: Review, clock: Clock) -> None:
    many(site)
    asker, other = Browser(site, person(site)), person(site, "qian", ("head",))
    for number, given in ((1, "approve"), (2, "refuse")):
        asker.post("/workbooks/requests", data=asker.form(words="核实"))
        review.releases.answer(site, other, number, given)

    assert asker.get("/workbooks/released?number=2").status_code == 400
    clock.move(days=8)
    later = Browser(site, review.actor_named(site, "wang"))
    assert "同意已超过7日" in later.get("/workbooks/released?number=1").text


def test_requests_and_answers_cannot_be_changed_unseen(site: Review) -> None:
    many(site)
    asker = Browser(site, person(site))
    asker.post("/workbooks/requests", data=asker.form(words="核实"))

    for table in ("export_request", "setting"):
        with pytest.raises(Exception, match="only appended to"), site.writing() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    with site.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER export_request_no_update")
        connection.exec_driver_sql("UPDATE export_request SET words = '别的'")
    assert review.verify(site) == ["export_request:1 的内容被改过"]
