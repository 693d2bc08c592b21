"""Review by workbook: what is taken out, what comes back, and what is never taken."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from argon2 import PasswordHasher
from book_world import TOP, copy, fill, hand_in, key_of, rows, take, texts, write
from hypothesis import given, settings
from hypothesis import strategies as st
from review_world import Clock, clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.review import Decision, Review, Who, browsing, judge
from engine.review_book import Request, export_books, refused, write_outcomes
from engine.review_book.layout import KEY, SHEET
from engine.review_book.reading import read_book

STATES = "SELECT group_concat(finding_id || ':' || coalesce(decision, ''), ' ') FROM (SELECT * FROM finding ORDER BY 1)"


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database on SQLite with three clues and four findings."""
    opened = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    fill(opened)
    yield opened
    opened.close()


def codes(base: Review, actor: review.Actor, path: Path) -> list[str]:
    """Return the outcome of each row of a workbook handed in."""
    return [outcome.code for outcome in hand_in(base, actor, path)]


def test_what_is_filled_in_is_saved_as_on_the_page(base: Review, tmp_path: Path) -> None:
    fill(base)
    wang = person(base)
    book = write(take(base, wang, tmp_path / "b.xlsx"), {
        0: {"结论": "确认"}, 1: {"结论": "排除", "理由": "有正当理由", "说明": "已核"},
        2: {"结论": "移送", "移送至": "公安机关"}, 3: {"结论": "需补材料", "说明": "向法院调卷"}})

    assert codes(base, wang, book) == ["saved"] * 4
    assert value(base, "SELECT reason || words FROM judgement WHERE decision = 'dismiss'") == "justified已核"
    assert value(base, "SELECT transfer_to FROM judgement WHERE finding_id = 'F2late'") == "公安机关"
    assert value(base, "SELECT state FROM clue WHERE clue_id = 'C3'") == "need_material"
    assert review.verify(base) == []


def test_a_second_import_changes_nothing(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}, 2: {"结论": "确认"}})
    hand_in(desk, wang, book)

    assert codes(desk, wang, book) == ["unchanged"] * 4
    assert value(desk, "SELECT count(*) FROM judgement") == 2


def test_a_dry_run_says_what_would_be_and_saves_nothing(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}})

    assert [o.code for o in hand_in(desk, wang, book, save=False)] == ["would", *["unchanged"] * 3]
    assert value(desk, "SELECT count(*) FROM judgement") == 0


def test_the_audit_tells_which_file_and_not_where_it_lay(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    hand_in(desk, wang, write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}}))

    told = [dict(entry) for entry in browsing.entries(desk, "import")]

    assert [entry["object"] for entry in told] == ["workbook", "clue:C1"]
    assert all(re.search('"sha256": "[0-9a-f]{64}"', entry["detail"]) for entry in told)
    assert str(tmp_path) not in str(browsing.entries(desk))


def test_taking_out_is_in_the_audit_with_every_clue(desk: Review, tmp_path: Path) -> None:
    take(desk, person(desk), tmp_path / "b.xlsx")

    entry = browsing.entries(desk, "export")[0]

    assert entry["actor"] == "wang某（wang）"
    assert '"clues": ["C1", "C2", "C3"], "findings": 4' in entry["detail"]


def test_a_decision_there_is_already_filled_in(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    judge(desk, wang, "C1", 1, [Decision("F1late", "dismiss", "lawful", "合法")])

    book = take(desk, wang, tmp_path / "b.xlsx")

    assert [rows(book)[0][name] for name in ("结论", "理由", "说明")] == ["排除", "依法不构成违法", "合法"]
    assert codes(desk, wang, book) == ["unchanged"] * 4


def test_a_decision_made_elsewhere_since_is_left_alone_where_the_row_is(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    judge(desk, wang, "C1", 1, [Decision("F1late", "confirm")])
    book = take(desk, wang, tmp_path / "b.xlsx")
    judge(desk, wang, "C1", 2, [Decision("F1late", "transfer", transfer_to="公安机关")])

    assert codes(desk, wang, book) == ["unchanged"] * 4
    assert value(desk, "SELECT decision FROM finding WHERE finding_id = 'F1late'") == "transfer"


BAD_ROWS = {
    "no reason": ({"结论": "排除"}, "incomplete"),
    "other without words": ({"结论": "排除", "理由": "其他（须写明）"}, "incomplete"),
    "no material named": ({"结论": "需补材料"}, "incomplete"),
    "nobody to transfer to": ({"结论": "移送", "说明": "请办"}, "incomplete"),
    "words alone": ({"说明": "看过"}, "incomplete"),
    "a conclusion of one's own": ({"结论": "同意"}, "unknown"),
    "a reason of one's own": ({"结论": "排除", "理由": "不想办"}, "unknown"),
    "a reason for a confirmation": ({"结论": "确认", "理由": "有正当理由"}, "unclear"),
    "an addressee for a dismissal": ({"结论": "排除", "理由": "有正当理由", "移送至": "某局"}, "unclear"),
    "too many words": ({"结论": "确认", "说明": "长" * 2001}, "unclear"),
    "evidence edited": ({"结论": "确认", "当事人": "张三"}, "edited"),
    "amount edited": ({"结论": "确认", "金额（元）": 1}, "edited"),
    "key edited": ({"结论": "确认", KEY: '["xiezhi-1","x"]'}, "foreign"),
    "key spoilt": ({"结论": "确认", KEY: "x"}, "key"),
    "key removed": ({"结论": "确认", KEY: None}, "key"),
}


def test_a_doubtful_row_is_told_and_never_taken(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    numbers = range(1, len(BAD_ROWS) + 1)
    publish(desk, *(clue(n) for n in numbers), *(finding(n, texts=texts()) for n in numbers), number=2)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {n: cells for n, (cells, _) in enumerate(BAD_ROWS.values())})

    outcomes = hand_in(desk, wang, book)

    assert dict(zip(BAD_ROWS, (o.code for o in outcomes), strict=True)) == {
        name: code for name, (_, code) in BAD_ROWS.items()}
    assert all(outcome.words for outcome in outcomes)
    assert value(desk, "SELECT count(*) FROM judgement") == 0


def test_a_key_made_up_from_a_real_one_is_found(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = take(desk, wang, tmp_path / "b.xlsx")
    forged = key_of(book).replace('"C1",1,', '"C1",2,')

    assert forged != key_of(book)
    assert codes(desk, wang, write(book, {0: {"结论": "确认", KEY: forged}}))[0] == "key"


def test_a_key_of_another_row_does_not_fit(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = take(desk, wang, tmp_path / "b.xlsx")

    assert codes(desk, wang, write(book, {0: {"结论": "确认", KEY: key_of(book, 2)}}))[0] == "edited"


def test_somebody_faster_is_a_conflict(desk: Review, tmp_path: Path) -> None:
    wang, li = person(desk), person(desk, "li")
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}, 2: {"结论": "确认"}})
    judge(desk, li, "C1", 1, [Decision("F1early", "confirm")])

    assert codes(desk, wang, book) == ["conflict", "unchanged", "saved", "unchanged"]
    assert value(desk, "SELECT decision FROM finding WHERE finding_id = 'F1late'") is None


def test_one_s_own_piecemeal_import_is_no_conflict(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}})
    hand_in(desk, wang, book)

    assert codes(desk, wang, write(book, {1: {"结论": "确认"}})) == ["unchanged", "saved", "unchanged", "unchanged"]


def test_evidence_that_changed_since_is_told(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}, 3: {"结论": "确认"}})
    publish(desk, clue(1), clue(2, division="411103"), finding(1, evidence_hash="e2", texts=texts()),
            finding(1, "early", texts=texts()), finding(2, texts=texts()), number=2)

    assert codes(desk, wang, book) == ["moved", "unchanged", "unchanged", "moved"]


def test_a_workbook_of_an_earlier_run_is_taken_where_nothing_moved(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}})
    fill(desk)

    assert codes(desk, wang, book)[0] == "saved"


def test_a_clue_of_another_place_is_not_there(desk: Review, tmp_path: Path) -> None:
    wang, li = person(desk), person(desk, "li", scopes=(("411103", ""),))
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}, 2: {"结论": "确认"}})

    assert codes(desk, li, book) == ["scope", "unchanged", "saved", "unchanged"]


def test_only_what_is_in_scope_is_taken_out(desk: Review, tmp_path: Path) -> None:
    book = take(desk, person(desk, "li", scopes=(("411103", ""),)), tmp_path / "b.xlsx")

    assert [row["线索编号"] for row in rows(book)] == ["C2"]


def test_an_auditor_takes_nothing_out_and_brings_nothing_in(desk: Review, tmp_path: Path) -> None:
    book = take(desk, person(desk), tmp_path / "b.xlsx")
    auditor = person(desk, "shen", ("auditor",))

    for act in (lambda: take(desk, auditor, tmp_path / "c.xlsx"), lambda: hand_in(desk, auditor, book)):
        with pytest.raises(EngineError, match="E-RIGHTS"):
            act()


def test_a_workbook_of_another_database_is_not_taken(desk: Review, tmp_path: Path, clock: Clock) -> None:
    other = review.open_review(f"sqlite:///{tmp_path / 'other.db'}", clock, PasswordHasher(1, 8, 1))
    fill(other)
    book = write(take(other, person(other), tmp_path / "b.xlsx"), {0: {"结论": "确认"}})
    other.close()

    assert codes(desk, person(desk), book) == ["foreign"] * 4


def test_a_workbook_of_a_publication_that_is_not_there_is_not_taken(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    copy(tmp_path / "r.db", tmp_path / "old.db")
    fill(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}})
    old = review.open_review(f"sqlite:///{tmp_path / 'old.db'}")

    assert codes(old, review.actor_named(old, "wang"), book) == ["run"] * 4
    old.close()


def test_copies_of_a_row_count_once_and_must_agree(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认"}, 2: {"结论": "确认"}})
    opened = openpyxl.load_workbook(book)
    page = opened[SHEET]
    for number, conclusion in ((0, "确认"), (2, "需补材料")):
        copied = [cell.value for cell in page[TOP + 1 + number]]
        page.append([*copied[:9], conclusion, None, "x" if number else None, *copied[12:]])
    opened.save(book)

    assert codes(desk, wang, book) == ["saved", "unchanged", "twice", "unchanged", "unchanged", "twice"]


def test_rows_in_any_order_and_any_parts_come_to_the_same(desk: Review, tmp_path: Path) -> None:
    book = write(take(desk, person(desk), tmp_path / "b.xlsx"), {
        0: {"结论": "确认"}, 1: {"结论": "排除", "理由": "有正当理由"}, 2: {"结论": "移送", "移送至": "某局"},
        3: {"结论": "需补材料", "说明": "卷"}})
    start, returned = copy(tmp_path / "r.db", tmp_path / "start.db"), read_book(book, "b.xlsx")

    @settings(max_examples=12, deadline=None)
    @given(order=st.permutations(returned), first=st.integers(0, 4))
    def come_to_the_same(order: list[review.Returned], first: int) -> None:
        base = review.open_review(f"sqlite:///{shutil.copy(start, tmp_path / 'try.db')}")
        actor = review.actor_named(base, "wang")
        for part in (order[:first], order):
            review.take_back(base, actor, part, ("0" * 64, Who("测试")))
        states, entries = value(base, STATES), value(base, "SELECT count(*) FROM judgement")
        base.close()
        assert states == "F1early:dismiss F1late:confirm F2late:transfer F3late:need_material"
        assert entries == 4

    come_to_the_same()


def bad_file(path: Path, kind: str, book: Path) -> Path:
    """Make a file that is no workbook of ours."""
    contents = {
        "empty": b"", "csv renamed": "线索编号,结论\nC1,确认\n".encode(), "text": b"\x00\x01\x02" * 50,
        "password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"),
        "old format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cut": book.read_bytes()[:3000],
    }
    if kind in contents:
        path.write_bytes(contents[kind])
    elif kind == "macro":
        shutil.copy(book, path)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"x")
    else:
        other = openpyxl.Workbook()
        other.active.title = SHEET if kind == "header edited" else "别的"
        other.active.append(["线索编号", "结论"])
        other.save(path)
    return path


@pytest.mark.parametrize(("kind", "code"), [
    ("empty", "E-FILE-EMPTY"), ("csv renamed", "E-FILE-TYPE"), ("text", "E-FILE-TYPE"),
    ("password", "E-FILE-PASSWORD"), ("old format", "E-FILE-TYPE"), ("cut", "E-FILE-DAMAGED"),
    ("macro", "E-BOOK-MACRO"), ("another table", "E-BOOK-FORM"), ("header edited", "E-BOOK-FORM")])
def test_a_file_of_another_kind_is_refused_in_chinese(desk: Review, tmp_path: Path, kind: str, code: str) -> None:
    wang = person(desk)
    path = bad_file(tmp_path / "bad.xlsx", kind, take(desk, wang, tmp_path / "b.xlsx"))

    with pytest.raises(EngineError, match=r"[一-鿿]") as caught:
        hand_in(desk, wang, path)

    assert caught.value.code == code
    assert value(desk, "SELECT count(*) FROM judgement") == 0


HOSTILE = ["=1+1", '=HYPERLINK("http://x.example","y")', "+cmd|'/c calc'!A0", "@SUM(A1)", "-1", "http://x.example/a",
           "张\u202e三", "a\u200bb\x00c", "<b>&amp;\"'", "_x0041_", "{=1}", "mailto:a@x.example", "'引号", "1e5"]


def test_a_hostile_name_stays_text_and_comes_back_as_it_was(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    names = {number + 1: name for number, name in enumerate(HOSTILE)}
    publish(desk, *(clue(n, party=name, unit=name, numbers=name) for n, name in names.items()),
            *(finding(n, say=name, title=name, texts=texts(name.replace("\x00", ""))) for n, name in names.items()),
            number=2)
    book = take(desk, wang, tmp_path / "b.xlsx")

    sheets = openpyxl.load_workbook(book)
    cells = [cell for page in sheets for row in page.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell for cell in cells if cell.hyperlink] == []
    assert rows(book)[6]["当事人"] == "张⟦U+202E⟧三"
    write(book, {n: {"结论": "确认"} for n in range(len(HOSTILE))})
    assert codes(desk, wang, book) == ["saved"] * len(HOSTILE)


def test_a_text_too_long_for_a_cell_is_cut_and_said(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    publish(desk, clue(1), finding(1, say="长" * 40_000, texts=texts()), number=2)

    book = take(desk, wang, tmp_path / "b.xlsx")

    assert str(rows(book)[0]["违法情形"]).endswith("…（截断，全文见网页上的线索详情）")
    assert "1 个单元格超过32,767字" in str(list(openpyxl.load_workbook(book)["填写说明"].values))
    assert codes(desk, wang, book) == ["unchanged"]


def test_no_number_of_a_person_leaves_in_full(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    number = "410000199001010010"
    publish(desk, clue(1, party=f"张三{number}"), finding(1, say=number, texts=texts(number)), number=2)
    judge(desk, wang, "C1", 2, [Decision("F1late", "confirm", words=f"当事人{number}")])

    with zipfile.ZipFile(take(desk, wang, tmp_path / "b.xlsx")) as archive:
        inside = "".join(archive.read(name).decode() for name in archive.namelist())

    assert number not in inside
    assert "410*************10" in inside


def test_only_the_decision_cells_may_be_written_into(desk: Review, tmp_path: Path) -> None:
    sheets = openpyxl.load_workbook(take(desk, person(desk), tmp_path / "b.xlsx"))
    page = sheets[SHEET]
    open_columns = {page[TOP][cell.column - 1].value for row in page.iter_rows(min_row=TOP + 1) for cell in row
                    if not cell.protection.locked}

    assert all(sheet.protection.sheet for sheet in sheets)
    assert open_columns == {"结论", "理由", "说明", "移送至"}
    assert page.column_dimensions["R"].hidden
    assert next(v.formula1 for v in page.data_validations.dataValidation) == '"确认,排除,需补材料,移送"'
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.freeze_panes == f"D{TOP + 1}"
    assert "导出：wang某（wang）" in page.oddHeader.left.text


def test_every_department_and_every_assignee_gets_a_workbook(desk: Review, tmp_path: Path) -> None:
    zhao, wang = person(desk, "zhao", ("head",)), person(desk)
    review.assign(desk, zhao, {"C2": 1}, wang.account_id)

    by_department = export_books(desk, Who("命令行"), Request(), tmp_path / "a")
    by_person = export_books(desk, Who("命令行"), Request(each=True), tmp_path / "b")
    mine = export_books(desk, Who("命令行"), Request(assignees=["wang"]), tmp_path / "c")

    assert [(book.clues, book.findings) for book in by_department] == [(3, 4)]
    assert {book.path.name.split("-")[2]: book.clues for book in by_person} == {"未分派": 2, "wang某": 1}
    assert [book.clues for book in mine] == [1]


def test_a_workbook_that_is_there_is_not_written_over(desk: Review, tmp_path: Path) -> None:
    export_books(desk, Who("命令行"), Request(), tmp_path)

    with pytest.raises(EngineError, match="E-BOOK-THERE"):
        export_books(desk, Who("命令行"), Request(), tmp_path)
    with pytest.raises(EngineError, match="E-BOOK-NONE"):
        export_books(desk, Who("命令行"), Request(department="没有的部门"), tmp_path / "n")


def test_the_outcomes_are_written_beside_and_never_over(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    outcomes = hand_in(desk, wang, write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "同意"}}))

    made = [write_outcomes(tmp_path / "b.xlsx", outcomes) for _ in range(2)]

    assert [path.name for path in made] == ["b-导入结果.csv", "b-导入结果-2.csv"]
    assert "4,C1,F1late,不认识的结论" in made[0].read_text(encoding="utf-8-sig")
    assert refused(outcomes) == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here: apt-get install libreoffice-calc")
def test_a_workbook_saved_by_libreoffice_is_taken(desk: Review, tmp_path: Path) -> None:
    wang = person(desk)
    publish(desk, clue(1, party="甲\n乙 ", amount_cents=123_456_789), finding(1, say=" _x0041_\t丙", texts=texts()),
            clue(2), finding(2, texts="{}"), number=2)
    book = write(take(desk, wang, tmp_path / "b.xlsx"), {0: {"结论": "确认", "说明": "一\n二"}, 1: {"结论": "确认"}})
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
                    "--outdir", tmp_path / "saved", book], check=True, capture_output=True, timeout=180)

    assert codes(desk, wang, tmp_path / "saved" / "b.xlsx") == ["saved", "saved"]
    assert value(desk, "SELECT words FROM judgement WHERE clue_id = 'C1'") == "一\n二"
