"""The workbench as a browser meets it: who gets in, who may what, what is refused, and that names stay names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from review_world import PASSWORD, Clock, clue, finding, person, publish, value
from web_world import Browser

from engine import review
from engine.clock import CHINA
from engine.review import Actor, Review
from engine.web.access import HALF, OPEN, ROUTES, may

PEOPLE = {role: (role,) for role in review.ROLES}


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database with two clues of different places, each with a finding and a linked record."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    publish(base, clue(1), clue(2, division="411103"), finding(1), finding(2))
    yield base
    base.close()


def browser(base: Review, actor: Actor | None = None, stage: str = "full") -> Browser:
    """Return a client, logged in as somebody."""
    return Browser(base, actor, stage)


FORMS: dict[str, dict[str, object]] = {
    "/clues/{clue_id}/judge": {"version": 1, "finding_id": "F1late", "decision": "confirm"},
    "/clues/{clue_id}/undo": {"version": 1, "judgement_id": 1},
    "/clues/{clue_id}/pair": {"version": 1, "finding_id": "F1late", "alias": "penalty", "answer": "same"},
    "/clues/{clue_id}/unmask": {"finding_id": "F1late", "reason": "核对身份"},
    "/clues/{clue_id}/check": {"version": 1, "finding_id": "F1late", "item": "已延期", "answer": "absent"},
    "/clues/{clue_id}/comment": {"version": 1, "words": "核实过"},
    "/clues/{clue_id}/follow": {"version": 1, "step": "case_opened", "happened_on": "2026-11-02"},
    "/clues/{clue_id}/handover": {"version": 1, "to": "测试市某局"},
    "/assign": {"clue": "C1:1"},
    "/workbooks/requests": {"words": "现场核实"}, "/workbooks/answer": {"number": 1, "given": "approve"},
    "/clues/{clue_id}/urged": {"version": 1, "words": "已调卷"},
    "/urge": {"clue": "C1:1", "urge_on": "2026-12-01", "demand": "请办"},
    "/views": {"name": "本周到期", "asked": "due=week"},
    "/views/rename": {"view_id": 1, "name": "到期"},
    "/views/delete": {"view_id": 1},
    "/views/first": {"view_id": 1},
    "/accounts/{login}/grant": {"role": "handler", "scopes": ":"},
}
"""A right form for every route that needs more than a token."""


def ask(client: Browser, method: str, path: str, clue_id: str = "C1") -> int:
    """Ask a route as its own page would and return the status."""
    address = path.format(clue_id=clue_id, login="nobody", number="none", kind="csv", rule_id="non_litigation.late")
    if method == "GET":
        return client.get(address).status_code
    return client.post(address, data=client.form(**FORMS.get(path, {}))).status_code


ROLE_ROUTES = sorted(key for key, right in ROUTES.items() if right not in (OPEN, HALF))


@pytest.mark.parametrize("role", sorted(PEOPLE))
@pytest.mark.parametrize(("method", "path"), ROLE_ROUTES, ids=[f"{m} {p}" for m, p in ROLE_ROUTES])
def test_a_role_gets_what_is_its_and_no_more(site: Review, method: str, path: str, role: str) -> None:
    actor = person(site, "somebody", PEOPLE[role])

    status = ask(browser(site, actor), method, path)

    assert status < 500
    assert (status != 403) == may(actor, ROUTES[method, path])


CLUE_ROUTES = sorted(key for key in ROUTES if "{clue_id}" in key[1])


@pytest.mark.parametrize("scope", [("411103", ""), ("4112", ""), ("", "公益诉讼部门"), ("411102", "公益诉讼部门")],
                         ids=lambda scope: ":".join(scope))
@pytest.mark.parametrize(("method", "path"), CLUE_ROUTES, ids=[f"{m} {p}" for m, p in CLUE_ROUTES])
def test_a_clue_of_another_place_is_not_there(site: Review, method: str, path: str, scope: tuple[str, str]) -> None:
    stranger = person(site, "li", ("head",), (scope,))

    assert ask(browser(site, stranger), method, path) == 404
    assert value(site, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1


def test_another_place_s_clue_reads_like_one_that_does_not_exist(site: Review) -> None:
    client = browser(site, person(site, "li", ("head",), (("411103", ""),)))

    assert client.get("/clues/C1").text == client.get("/clues/C999").text
    assert "refused:clue" in str([e["action"] for e in review.browsing.entries(site)])


def test_the_list_holds_what_is_in_scope(site: Review) -> None:
    client = browser(site, person(site, "li", ("handler",), (("411103", ""),)))

    shown = client.get("/clues").text

    assert "测试2公司" in shown
    assert "测试1公司" not in shown


@pytest.mark.parametrize(("method", "path"), sorted(k for k, right in ROUTES.items() if right != OPEN),
                         ids=lambda x: str(x))
def test_without_a_login_there_is_nothing_but_the_login(site: Review, method: str, path: str) -> None:
    address = path.format(clue_id="C1", login="x", number="x", kind="csv", rule_id="r")
    answer = browser(site).ask(method, address, data={} if method == "POST" else None)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(("method", "path"), ROLE_ROUTES, ids=[f"{m} {p}" for m, p in ROLE_ROUTES])
def test_a_password_alone_is_no_login(site: Review, method: str, path: str) -> None:
    client = browser(site, person(site, "wang", ("head",)), "password")

    assert ask(client, method, path) == 303


@pytest.mark.parametrize("path", sorted(p for m, p in ROUTES if m == "POST" and p != "/login"))
@pytest.mark.parametrize("how", ["no token", "wrong token", "another site"])
def test_a_forged_form_changes_nothing(site: Review, path: str, how: str) -> None:
    client = browser(site, person(site, "wang", ("head",)))
    values = client.form(**FORMS.get(path, {})) | {"no token": {"csrf": ""}, "wrong token": {"csrf": "x"}}.get(how, {})
    headers = {"origin": "https://evil.example"} if how == "another site" else {}

    answer = client.post(path.format(clue_id="C1", login="wang", number="x", kind="csv"), data=values, headers=headers)

    assert answer.status_code == 403
    assert value(site, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1
    assert review.browsing.entries(site)[0]["detail"] == '{"code": "E-FORGED"}'


def log_in(client: Browser, clock: Clock, login: str = "wang") -> str:
    """Log in for the first time: password, a new one, a second factor; return its secret."""
    token = re.findall(r'name="csrf" value="([^"]+)"', client.get("/login").text)[0]
    assert client.post("/login", data={"csrf": token, "login": login, "password": PASSWORD}).status_code == 303
    assert client.get("/second").headers["location"] == "/password"
    assert client.post("/password", data=client.form(new="Neue-Worte-9", again="Neue-Worte-9")).status_code == 303
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', client.get("/second").text)[0]
    code = pyotp.TOTP(secret).at(clock.at.replace(tzinfo=CHINA))
    assert client.post("/second", data=client.form(secret=secret, code=code)).status_code == 303
    return secret


def test_the_first_login_asks_for_a_password_and_a_second_factor(site: Review, clock: Clock) -> None:
    person(site)
    client = browser(site)

    log_in(client, clock)

    assert client.get("/clues").status_code == 200
    assert review.verify(site) == []


def test_every_step_of_a_login_has_a_session_of_its_own(site: Review, clock: Clock) -> None:
    person(site)
    client = browser(site)
    client.be("planted")

    log_in(client, clock)

    assert value(site, "SELECT count(*) FROM session") == 3
    assert value(site, "SELECT count(*) FROM session WHERE ended_at IS NULL") == 1


def test_a_logout_ends_the_session_on_the_server(site: Review) -> None:
    client = browser(site, person(site))
    token = client.token
    client.post("/logout", data=client.form())

    client.be(token)

    assert client.get("/clues").headers["location"] == "/login"


def test_a_later_password_needs_the_old_one(site: Review, clock: Clock) -> None:
    wang = person(site)
    client = browser(site)
    log_in(client, clock)
    new = {"new": "Ganz-Andere-8", "again": "Ganz-Andere-8"}

    assert client.post("/password", data=client.form(old="falsch", **new)).status_code == 400
    assert client.post("/password", data=client.form(old="Neue-Worte-9", **new)).status_code == 303
    assert client.get("/clues").headers["location"] == "/second"
    assert review.accounts.prove(site, "wang", "Ganz-Andere-8") == wang.account_id


def test_an_idle_session_ends(site: Review, clock: Clock) -> None:
    client = browser(site, person(site))
    clock.move(minutes=16)

    assert client.get("/clues").headers["location"] == "/login"


def test_a_wrong_password_reads_like_an_unknown_name(site: Review) -> None:
    person(site)
    texts = []
    for login in ("wang", "nobody"):
        client = browser(site)
        token = re.findall(r'name="csrf" value="([^"]+)"', client.get("/login").text)[0]
        answer = client.post("/login", data={"csrf": token, "login": login, "password": "falsch"})
        texts.append(re.sub(r'value="[^"]+"', "", answer.text))
        assert answer.status_code == 403

    assert texts[0] == texts[1]


def test_cookies_are_kept_from_scripts_and_other_sites(site: Review) -> None:
    sent = browser(site).get("/login").headers["set-cookie"]

    assert all(word in sent for word in ("__Host-", "Secure", "HttpOnly", "SameSite=strict", "Path=/"))
    assert "Domain" not in sent


@pytest.mark.parametrize("path", ["/login", "/clues", "/clues/C1", "/clues/C9", "/nowhere", "/style.css", "/audit"])
def test_every_answer_forbids_scripts_and_caches(site: Review, path: str) -> None:
    headers = browser(site, person(site)).get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_decision_is_made_and_taken_back(site: Review) -> None:
    client = browser(site, person(site))

    made = client.post("/clues/C1/judge", data=client.form(version=1, finding_id="F1late", decision="dismiss",
                                                    reason="lawful", words="已核实"))
    shown = client.get("/clues/C1").text
    undone = client.post("/clues/C1/undo", data=client.form(version=2, judgement_id=1))

    assert (made.status_code, undone.status_code) == (303, 303)
    assert "依法不构成违法" in shown
    assert value(site, "SELECT state FROM clue WHERE clue_id = 'C1'") == "open"


@pytest.mark.parametrize(("path", "values", "status"), [
    ("/clues/C1/judge", {"version": 7, "finding_id": "F1late", "decision": "confirm"}, 409),
    ("/clues/C1/judge", {"version": 1, "finding_id": "F1late", "decision": "dismiss"}, 400),
    ("/clues/C1/judge", {"version": 1, "finding_id": "F2late", "decision": "confirm"}, 409),
    ("/clues/C1/judge", {"version": "x", "finding_id": "F1late", "decision": "confirm"}, 400),
    ("/clues/C1/judge", {"finding_id": "F1late", "decision": "confirm"}, 400),
    ("/clues/C1/undo", {"version": 1, "judgement_id": 5}, 409),
    ("/clues/C1/follow", {"version": 1, "step": "reply", "happened_on": "昨天"}, 400),
    ("/clues/C1/comment", {"version": 1, "words": " "}, 400),
    ("/clues/C1/comment", {"version": 1, "words": "x" * 5000}, 400),
    ("/assign", {"clue": "C1"}, 400), ("/assign", {}, 400), ("/assign", {"clue": "C1:1", "assignee_id": "99"}, 400),
])
def test_a_bad_form_is_told_in_chinese_and_changes_nothing(
    site: Review, path: str, values: dict[str, object], status: int
) -> None:
    client = browser(site, person(site, "zhao", ("head",)))

    answer = client.post(path, data=client.form(**values))

    assert answer.status_code == status
    assert re.search("[一-鿿]", answer.text)
    assert not re.search("Traceback|sqlalchemy|SELECT|/engine/", answer.text)
    assert value(site, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1


def test_a_large_body_is_refused_unread(site: Review) -> None:
    client = browser(site, person(site))

    assert client.post("/clues/C1/comment", content=b"x" * 300_000).status_code == 413


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><svg/onload=alert(1)>", "{{7*7}}",
           "javascript:alert(1)", "张\u202e三", "a\u200bb", "' OR 1=1 --", "%3Cscript%3E", "=HYPERLINK(\"http://x\")"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(site: Review, name: str) -> None:
    texts = ('{"evidence": [["项", "值", "column", "r", null, %s, null, "2024-01-01", "1"]], "conditions": [], '
             '"rows": [{"alias": "", "label": "x", "number": %s, "file": %s, "sheet": "", "line": 1, "why": null, '
             '"confidence": null, "candidates": null, "key": "k", "record": "r", "raw": "{}"}]}')
    quoted = json.dumps(name)
    publish(site, clue(1, party=name, unit=name, numbers=name, says=name, titles=name, search=name),
            finding(1, say=name, title=name, texts=texts % (quoted, quoted, quoted)), number=2)
    client = browser(site, person(site, "zhao", ("head",)))
    client.post("/clues/C1/comment", data=client.form(version=1, words=name))

    answers = [client.get("/clues"), client.get("/clues/C1"), client.get("/clues", params={"words": name})]

    for page in [answer.text for answer in answers]:
        assert "<script" not in page
        assert "<img" not in page
        assert "<svg/" not in page
        assert "\u202e" not in page
        assert "\u200b" not in page
        assert ">49<" not in page
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_templates_hold_no_script_and_no_inline_style() -> None:
    folder = Path(review.__file__).parents[1] / "web" / "templates"

    for template in folder.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script|\son\w+=|style=|javascript:|\|\s*safe|https?://", text), template.name


def test_every_form_carries_its_token() -> None:
    folder = Path(review.__file__).parents[1] / "web" / "templates"

    for template in folder.glob("*.html"):
        forms = re.findall(r'<form method="post".*?</form>', template.read_text(encoding="utf-8"), re.S)
        assert [f for f in forms if 'name="csrf"' not in f and "hidden(visitor" not in f] == [], template.name


def test_the_filters_find_and_the_counts_say_what_is_hidden(site: Review) -> None:
    client = browser(site, person(site))

    shown = client.get("/clues", params={"words": "测试2公司"}).text

    assert "测试2公司" in shown
    assert "测试1公司" not in shown
    assert "<strong>1</strong> 条，筛选条件另外隐去 1 条" in shown
