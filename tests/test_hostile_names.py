"""Forty hostile names on the whole way: delivered, judged, listed, drafted, published, shown, handed over.

Nothing runs, nothing becomes a formula, nothing is cut in silence, a terminal gets no orders. Pages are found by
following links and held against `access.ROUTES`: a page that comes later is tried here without a word.
"""

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import night_world
import openpyxl
import pytest
from argon2 import PasswordHasher
from document_world import texts
from hostile_names import LONG, NAMES, SURROGATES
from review_world import person
from web_world import Browser

from engine import documents, review, run
from engine.cli.commands import cli
from engine.errors import EngineError
from engine.review import Actor, Review, Who
from engine.run import Plan
from engine.store import reading
from engine.text import clean_text, one_line, visible
from engine.web.access import HALF, OPEN, ROUTES, may

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
KEPT = [name for name in NAMES if "\x00" not in name]
"""Names that are loaded; an empty byte sets its row aside."""
ROLES = {"head": "head", "system": "system_admin", "security": "security_admin", "audit": "auditor"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return a house where the names were delivered as party and court (CSV, and JSON for what CSV cannot hold)."""
    folder = tmp_path_factory.mktemp("house")
    made = night_world.house(folder)
    rows = [night_world.late(n, name, court=name) for n, name in enumerate(NAMES, 1)]
    more = [night_world.late(100 + n, name, court=name) for n, name in enumerate((*SURROGATES, NAMES[0], LONG), 1)]
    lines = folder / "in" / "行审.jsonl"
    csv_file = night_world.deliver(folder / "in" / "行审.csv", rows)
    lines.write_text("\n".join(json.dumps(row) for row in more), encoding="utf-8")
    assert not night_world.night(made, csv_file, lines)["refused"]
    run.publish_review(made)
    return made


@pytest.fixture(scope="module")
def base(plan: Plan) -> Iterator[Review]:
    """Yield its review database with people of every role, and an account of every name."""
    opened = night_world.opened(plan, hasher=PasswordHasher(1, 8, 1))
    for login, role in ROLES.items():
        person(opened, login, (role,))
    for number, name in enumerate(NAMES):
        if "\x00" not in name:
            review.accounts.add(opened, Who("测试"), f"u{number}", name, "Xun-Cha-2026", roles=["handler"])
    yield opened
    opened.close()


def actor(base: Review, login: str) -> Actor:
    """Return who a login is."""
    return review.actor_named(base, login)


def ids(plan: Plan) -> list[str]:
    """Return all clues in order."""
    with reading(plan.home) as store:
        return [clue_id for (clue_id,) in store.rows("SELECT clue_id FROM clue ORDER BY place")]


def files(plan: Plan) -> list[dict[str, Any]]:
    """Return all clues as drafts are made of them."""
    return run.clue_files(plan, ids(plan))


def test_every_name_is_a_clue_or_a_named_defect(plan: Plan) -> None:
    with reading(plan.home) as store:
        raws = [json.loads(raw)["被执行人"] for (raw,) in store.rows("SELECT raw FROM court_review")]
        aside = store.rows("SELECT file, line, code FROM reject WHERE kind = 'row' ORDER BY ALL")

    assert sorted(raws) == sorted([*KEPT, NAMES[0], LONG])
    assert [code for *_, code in aside] == ["E-CELL-NUL", "E-JSON", "E-JSON"]


def test_no_list_holds_a_formula_or_is_cut_in_silence(plan: Plan) -> None:
    books = sorted(plan.out.rglob("*.xlsx"))
    sheets = sorted(plan.out.rglob("*.csv"))

    assert (len(books), len(sheets)) == (2, 10)
    for path in books:
        no_formula_in_a_book(path.read_bytes())
    for path in sheets:
        no_formula_in_a_sheet(path.read_text(encoding="utf-8-sig"))
    [told] = [row["当事人"] for row in csv.DictReader(io.StringIO((plan.out / "线索清单.csv").read_text("utf-8-sig")))
              if "x" * 100 in row["当事人"]][:1]
    assert told == LONG
    book = openpyxl.load_workbook(plan.out / "线索清单.xlsx")
    longest = max((str(c.value) for page in book for row in page.iter_rows() for c in row if c.value), key=len)
    assert (len(longest), longest.endswith("…（截断，全文见CSV）")) == (32_767, True)


def no_formula_in_a_book(content: bytes) -> None:
    """Demand that no cell of a workbook is a formula or a link, and that no part of it reaches out."""
    for page in openpyxl.load_workbook(io.BytesIO(content)):
        assert [c.coordinate for row in page.iter_rows() for c in row if c.data_type == "f" or c.hyperlink] == []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [n for n in archive.namelist() if "external" in n.lower() or "vba" in n.lower()] == []


def no_formula_in_a_sheet(text: str) -> None:
    """Demand that no cell of a CSV begins as a formula does."""
    csv.field_size_limit(10_000_000)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [c for c in cells if c.startswith(RISKY) and not re.fullmatch(r"-?[\d.]+", c)] == []


def test_drafts_hold_the_names_as_text_and_whole(plan: Plan) -> None:
    for file in files(plan):
        party = visible(file["findings"][0]["party"])
        for kind in ("outline", "transfer", "suggestion-court"):
            made = documents.draft(documents.find_kind(kind, [file]), [file])
            assert party in "\n".join(texts(made.content)), kind
            assert made.name.isprintable()


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe]")
"""What no terminal and no page may get."""


def printed(capfd: pytest.CaptureFixture[str], plan: Plan, *words: object, code: int = 0) -> str:
    """Run a command here and return what it printed, which gives a terminal no order."""
    where = ["--home", plan.home, "--rules", plan.rules]
    capfd.readouterr()
    try:
        done = cli.main([str(word) for word in (*words, *where)], standalone_mode=False)
    except EngineError as fault:
        from engine.cli import screen
        screen.complain(str(fault))
        done = fault.exit_code
    told = capfd.readouterr()
    assert done == code, told
    assert UNSEEN.findall(told.out + told.err) == []
    return told.out + told.err


def test_commands_print_no_order_to_the_terminal(
    plan: Plan, base: Review, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = ("--out", tmp_path)
    shown = printed(capfd, plan, "list", "--top", 100, *out)
    assert re.sub(r"\s|│", "", visible("[31m红[0m]0;标题")) in re.sub(r"\s|│", "", shown)
    printed(capfd, plan, "list", "--rejects", *out)
    printed(capfd, plan, "list", "--gaps", *out)
    printed(capfd, plan, "user", "list", *out)
    printed(capfd, plan, "draft", *ids(plan)[:3], "--kind", "outline", *out)
    for name in ("甲\u202e乙", "\x1b[31m红", "甲\x9b2J\n✓ 全部相符", *SURROGATES):
        printed(capfd, plan, "draft", f"C{name}", "--kind", "outline", *out, code=1)
        printed(capfd, plan, "user", "lock", name, *out, code=1)


def test_json_for_machines_gives_a_terminal_no_order_and_loses_nothing(
    plan: Plan, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = json.loads(printed(capfd, plan, "list", "--json", "--top", 100, "--out", tmp_path))

    assert {row["当事人"] for row in told} == {clean_text(name) for name in KEPT}


def test_a_package_of_all_names_runs_nothing_and_agrees(
    plan: Plan, base: Review, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, to = tmp_path / "p.zip", "=cmd|甲\x1b[2J\n乙"
    printed(capfd, plan, "handover", *ids(plan), "--to", to, "--as", "head", "--out", out)
    capfd.readouterr()

    assert cli.main(["receive", str(out), "--into", str(tmp_path / "into")], standalone_mode=False) == 0

    shown = capfd.readouterr().out
    assert UNSEEN.findall(shown) == []
    assert one_line(to) in shown
    for path in (tmp_path / "into").rglob("*.*"):
        assert re.fullmatch(r"[\w.\-]+", path.name)
        if path.suffix == ".csv":
            no_formula_in_a_sheet(path.read_text(encoding="utf-8-sig"))
        if path.suffix == ".html":
            tame(path.read_text(encoding="utf-8"), styles=1)


def test_workbooks_for_review_hold_no_formula(plan: Plan, base: Review, tmp_path: Path) -> None:
    where = ("--home", plan.home, "--rules", plan.rules, "--out", tmp_path)
    assert cli.main([str(word) for word in ("export", "--for-review", *where)], standalone_mode=False) == 0

    (path,) = tmp_path.rglob("*.xlsx")
    no_formula_in_a_book(path.read_bytes())
    with path.open("rb") as file:
        texts_of = [str(c.value) for page in openpyxl.load_workbook(file) for row in page.iter_rows() for c in row]
    assert [name for name in KEPT if name != LONG and visible(clean_text(name)) not in "\n".join(texts_of)] == []


class Page(HTMLParser):
    """What a page is made of: its tags, its live attributes, its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.live: list[str] = []
        self.links: set[str] = set()
        self.styles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag brings."""
        self.tags.add(tag)
        self.styles += tag == "style"
        for name, value in attrs:
            place = re.sub(r"\s", "", (value or "").lower())
            if name.startswith("on") or name in ("style", "srcdoc") or place.startswith(("javascript:", "data:", "//")):
                self.live.append(f"{tag} {name}={value}")
            if tag == "a" and name == "href" and value and value.startswith("/"):
                self.links.add(value)


def tame(text: str, styles: int = 0) -> Page:
    """Demand that a page brings nothing that runs, reaches out or hides, and return what it is made of."""
    page = Page()
    page.feed(text)
    assert page.live == []
    assert page.tags & {"script", "iframe", "object", "embed", "base", "foreignobject", "audio", "video"} == set()
    assert page.styles == styles
    assert UNSEEN.findall(text) == []
    return page


PARAMS = {"clue_id": lambda plan: ids(plan)[0], "login": lambda plan: "u1"}
"""Values for parts of an address that no link leads to."""

MOST = 400
"""Pages looked at for one role; the links of a list go on for ever."""


def crawl(base: Review, plan: Plan, login: str) -> dict[str, str]:
    """Follow every link a role finds, and every route it may use, and return address → text of the pages."""
    browser = Browser(base, actor(base, login))
    browser.app.state.plan = plan
    mine = [path for (method, path), right in ROUTES.items()
            if method == "GET" and right not in (OPEN, HALF) and may(actor(base, login), right)]
    todo = ["/", *(re.sub(r"\{(\w+)(:\w+)?\}", lambda m: PARAMS.get(m[1], lambda _: "x")(plan), path) for path in mine)]
    seen: dict[str, str] = {}
    while todo and len(seen) < MOST:
        address = todo.pop(0)
        if address in seen:
            continue
        answer = browser.get(address)
        assert answer.status_code < 500, address
        kind = answer.headers.get("content-type", "")
        seen[address] = answer.text if "html" in kind else ""
        if "html" in kind:
            assert "script-src" not in answer.headers["content-security-policy"]
            todo += sorted(tame(answer.text).links)
        elif "csv" in kind:
            no_formula_in_a_sheet(answer.content.decode("utf-8-sig"))
        elif "sheet" in kind:
            no_formula_in_a_book(answer.content)
        elif "svg" in kind:
            tame(answer.text)
        if answer.status_code in (302, 303):
            todo.append(answer.headers["location"])
    return seen


@pytest.mark.parametrize("login", sorted(ROLES))
def test_every_page_of_a_role_shows_names_as_names(base: Review, plan: Plan, login: str) -> None:
    seen = crawl(base, plan, login)

    if login == "head":
        shown = "".join(seen.values())
        assert {f"/clues/{clue_id}" for clue_id in ids(plan)} <= set(seen)
        assert [name for name in KEPT if _escaped(clean_text(name)) not in shown] == []
    if login == "system":
        assert [name for name in KEPT if _escaped(name.strip()) not in seen["/accounts"]] == []


def _escaped(name: str) -> str:
    text = visible(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


@pytest.mark.parametrize("name", [*NAMES, *SURROGATES], ids=range(len(NAMES) + len(SURROGATES)))
def test_words_of_a_form_are_kept_whole_or_refused(base: Review, plan: Plan, name: str) -> None:
    browser, clue_id = Browser(base, actor(base, "head")), ids(plan)[0]
    version = review.browsing.open_clue(base, actor(base, "head"), clue_id).clue["version"]
    words = name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    answer = browser.post(f"/clues/{clue_id}/comment", data=browser.form(version=version, words=words))

    assert answer.status_code in (303, 400)
    kept = review.browsing.open_clue(base, actor(base, "head"), clue_id).history
    lines = [entry["words"] for entry in kept if entry["kind"] == "comment"]
    assert (answer.status_code == 303) == (words.strip().replace("\r", "\r\n") in [*lines, *(
        line.replace("\n", "\r\n") for line in lines)] or words.strip() in lines)


@pytest.mark.slow
def test_a_real_browser_runs_nothing_of_them(base: Review, plan: Plan) -> None:
    from test_web_browser import CHROMIUM

    if CHROMIUM is None or shutil.which("chromium") is None:
        pytest.skip("no chromium here: apt-get install chromium")
    pages = crawl(base, plan, "head") | crawl(base, plan, "system") | crawl(base, plan, "audit")
    assert look(pages, CHROMIUM) == []


def look(pages: dict[str, str], chromium: str) -> list[str]:
    """Show pages in a browser without their policy and return whatever they did: run, ask, complain."""
    from playwright.sync_api import Route, sync_playwright

    did: list[str] = []
    site = "https://workbench.example"

    def answer(route: Route) -> None:
        # reason: without the policy, so that the page itself must be harmless; the policy is tested by test_web
        text = pages.get(route.request.url.removeprefix(site))
        kind = "text/css" if text is None else "text/html; charset=utf-8"
        route.fulfill(body=text or "", content_type=kind)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.on("dialog", lambda d: (did.append(f"dialog {d.message}"), d.dismiss()))
        opened.on("console", lambda m: did.append(f"console {m.text}"))
        opened.on("pageerror", lambda e: did.append(f"error {e}"))
        opened.on("request", lambda r: None if r.url.startswith(site) else did.append(r.url))
        opened.route("**/*", answer)
        for address, text in pages.items():
            if text and "?" not in address:
                opened.goto(site + address)
                did += [f"ran {address}"] if opened.title() == "ran" else []
        browser.close()
    return did
