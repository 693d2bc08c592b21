"""The workbench in Debian's Chromium: one working day from login to logout, with an eye on what leaves the machine."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pyotp
import pytest
import uvicorn
from argon2 import PasswordHasher
from playwright.sync_api import Page, sync_playwright
from review_world import PASSWORD, clue, finding, person, publish, value
from test_web_detail import COMPARED, TEXTS, row

from engine import review
from engine.review import Review
from engine.web import make_app
from engine.web.access import COOKIE

pytestmark = pytest.mark.slow

CHROMIUM = shutil.which("chromium")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Review, str]]:
    """Yield a review database and the address of its workbench, served for real."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", hasher=PasswordHasher(1, 8, 1))
    publish(base, *(clue(n) for n in range(1, 61)), *(finding(n) for n in range(1, 61)))
    server = uvicorn.Server(uvicorn.Config(make_app(base), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield base, f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)
    base.close()


@pytest.fixture
def page(site: tuple[Review, str]) -> Iterator[tuple[Page, list[str]]]:
    """Yield a browser's page and the list of what it should not have done: requests elsewhere, refusals, errors."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    strange: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        opened.on("request", lambda r: None if r.url.startswith(site[1]) else strange.append(f"outside: {r.url}"))
        # reason: a test may fill a field before the browser came to focus it; people do not
        opened.on("console", lambda m: None if m.text.startswith("Autofocus processing was blocked")
                  else strange.append(f"console: {m.text}"))
        opened.on("pageerror", lambda e: strange.append(f"error: {e}"))
        yield opened, strange
        browser.close()


def log_in(page: Page, address: str, login: str) -> None:
    """Log in for the first time."""
    page.goto(address)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("新口令").fill("Neue-Worte-9")
    page.get_by_label("再输入一次").fill("Neue-Worte-9")
    page.get_by_role("button", name="保存").click()
    secret = page.locator("input[name=secret]").get_attribute("value") or ""
    page.get_by_label("六位动态码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="登录").click()


AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def grave(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it stands: rule, and the first place."""
    page.evaluate(f"() => {{ {AXE} }}")      # through the debugger: the page's own policy stays as it is
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")]


def test_no_page_has_a_grave_fault_for_who_cannot_see_or_use_a_mouse(
    site: tuple[Review, str], page: tuple[Page, list[str]]
) -> None:
    base, address = site
    opened, strange = page
    publish(base, clue(1), finding(1, texts=json.dumps(TEXTS | {"rows": [
        row("", "A"), row("penalty", "B", compared=json.dumps(COMPARED))]})), number=2)
    person(base, "zhao", ("head",))
    opened.goto(f"{address}/login")
    told = {"/login": grave(opened)}

    log_in(opened, address, "zhao")
    for path in ("/clues?amount_from=1", "/clues/C1", "/tasks", "/supervision", "/inventory", "/statistics", "/rules",
                 "/workbooks", "/why", "/password", "/nowhere"):
        opened.goto(address + path)
        told[path] = grave(opened)
    for role, path in (("system_admin", "/accounts"), ("security_admin", "/accounts"), ("auditor", "/audit")):
        token = review.sessions.begin(base, person(base, role.replace("_", "-"), (role,)).account_id, "full")
        opened.context.add_cookies([{"name": COOKIE, "value": token, "url": address.replace("http:", "https:")}])
        opened.goto(address + path)
        assert opened.url == address + path
        told[f"{role} {path}"] = grave(opened)

    assert {path: faults for path, faults in told.items() if faults} == {}
    assert [line for line in strange if "404" not in line] == []


def test_a_working_day(site: tuple[Review, str], page: tuple[Page, list[str]]) -> None:
    base, address = site
    opened, strange = page
    person(base, "zhao", ("head",))

    log_in(opened, address, "zhao")
    opened.get_by_label("搜索").fill("测试7公司")
    opened.get_by_role("button", name="筛选").click()
    assert "符合 1 条，筛选条件另外隐去 59 条" in opened.inner_text("main")

    opened.get_by_role("link", name="超期申请").click()
    opened.get_by_label("排除", exact=True).check()
    opened.get_by_label("排除理由").select_option("justified")
    opened.get_by_label("说明").first.fill("已调卷，有正当理由")
    opened.get_by_role("button", name="保存结论").click()
    assert opened.locator(".head .state").inner_text() == "已排除"

    opened.get_by_role("button", name="撤销").click()
    assert opened.locator(".head .state").inner_text() == "待研判"

    opened.get_by_label("承办人").select_option(label="zhao某")
    opened.get_by_role("button", name="分派").click()
    assert "zhao某" in opened.locator(".facts").inner_text()

    opened.get_by_role("button", name="退出").click()
    assert opened.url == f"{address}/login"
    assert strange == []
    assert value(base, "SELECT count(*) FROM judgement") == 2
    assert review.verify(base) == []


def test_the_list_is_read_and_turned_by_keyboard(site: tuple[Review, str], page: tuple[Page, list[str]]) -> None:
    base, address = site
    opened, strange = page
    person(base, "zhao", ("head",))
    log_in(opened, address, "zhao")

    opened.get_by_role("link", name="下一页").focus()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/clues?page=2")

    assert "第 2 页，共 2 页" in opened.inner_text("main")
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert strange == []
