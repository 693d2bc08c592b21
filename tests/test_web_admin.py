"""What administrators see and do; names from an identity provider; bad input is told, changes nothing, is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from review_world import Clock, clue, finding, person, publish, value
from web_world import Browser

from engine import review
from engine.errors import EngineError
from engine.review import Decision, Review, Who, sessions
from engine.web import Identity, make_app, serve
from engine.web.identity import SECRET_HEADER

SECRET = "0123456789abcdef0123456789abcdef"
PROXY = Identity("X-Forwarded-User", "127.0.0.1", SECRET)


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database with two clues of different places."""
    base = review.open_review(f"sqlite:///{tmp_path / 'data' / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    publish(base, clue(1), clue(2, division="411103"), finding(1), finding(2))
    yield base
    base.close()


def vouched(login: str, **more: str) -> dict[str, str]:
    """Return the headers the proxy sends."""
    return {"X-Forwarded-User": login, SECRET_HEADER: SECRET} | more


def test_a_name_from_the_proxy_is_a_login_with_the_rights_kept_here(site: Review) -> None:
    person(site, "wang", scopes=(("411103", ""),))
    client = Browser(site, identity=PROXY)

    answer = client.get("/login", headers=vouched("Wang"))
    shown = client.get("/clues", headers=vouched("wang")).text

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "测试2公司" in shown
    assert "测试1公司" not in shown
    assert review.browsing.entries(site)[0]["detail"] == '{"how": "identity"}'


@pytest.mark.parametrize("headers", [
    {}, {"X-Forwarded-User": "wang"}, {SECRET_HEADER: SECRET}, vouched(""), vouched("nobody"), vouched("locked"),
    {"X-Forwarded-User": "wang", SECRET_HEADER: "wrong"},
    [("X-Forwarded-User", "wang"), ("X-Forwarded-User", "li"), (SECRET_HEADER, SECRET)],
], ids=["nothing", "no secret", "no name", "empty", "unknown", "locked", "wrong secret", "two names"])
def test_a_name_nobody_vouches_for_is_refused_and_in_the_audit(site: Review, headers: dict[str, str]) -> None:
    person(site, "wang")
    person(site, "locked")
    review.accounts.lock(site, Who("测试"), "locked")
    before = value(site, "SELECT count(*) FROM audit")

    answer = Browser(site, identity=PROXY).get("/login", headers=headers)

    assert answer.status_code == 403
    assert "统一认证" in answer.text
    assert "set-cookie" not in answer.headers
    assert value(site, "SELECT count(*) FROM audit") == int(str(before)) + 1


def test_another_address_than_the_proxy_s_is_refused(site: Review) -> None:
    person(site)
    elsewhere = Identity("X-Forwarded-User", "10.0.0.9", SECRET)

    assert Browser(site, identity=elsewhere).get("/login", headers=vouched("wang")).status_code == 403


def test_without_the_option_the_header_means_nothing(site: Review) -> None:
    person(site)

    assert Browser(site).get("/clues", headers=vouched("wang")).headers["location"] == "/login"


def test_a_session_ends_where_the_provider_names_another(site: Review) -> None:
    person(site, "wang")
    person(site, "li")
    client = Browser(site, identity=PROXY)
    client.get("/login", headers=vouched("wang"))

    answer = client.get("/clues", headers=vouched("li"))

    assert answer.headers["location"] == "/login"
    assert value(site, "SELECT count(*) FROM session WHERE ended_at IS NULL") == 0


def test_passwords_log_nobody_in_behind_a_provider(site: Review) -> None:
    person(site)

    answer = Browser(site, identity=PROXY).post("/login", data={"login": "wang", "password": "Xun-Cha-2026"})

    assert answer.status_code == 403
    assert value(site, "SELECT count(*) FROM session") == 0


@pytest.mark.parametrize(("host", "tls"), [("0.0.0.0", True), ("::", True), ("10.0.0.5", False)])
def test_names_from_a_proxy_and_an_open_listener_do_not_go_together(site: Review, host: str, tls: bool) -> None:
    app: FastAPI = make_app(site, identity=PROXY)

    with pytest.raises(EngineError) as fault:
        serve(app, host, 8443, (Path("c.pem"), Path("k.pem")) if tls else None)

    assert fault.value.code == "E-SERVE-IDENTITY"


@pytest.mark.parametrize(("header", "secret"), [
    ("X-Forwarded-User", ""), ("X-Forwarded-User", "short"), ("a b", SECRET), (SECRET_HEADER, SECRET)])
def test_an_identity_without_a_good_secret_or_header_is_refused(header: str, secret: str) -> None:
    with pytest.raises(EngineError, match="E-SERVE-IDENTITY"):
        Identity(header, "127.0.0.1", secret)


def test_an_administrator_ends_somebody_s_session(site: Review) -> None:
    worker = Browser(site, person(site, "wang"))
    admin = Browser(site, person(site, "zhang", ("system_admin",)))
    shown = admin.get("/accounts").text
    number = next(s.number for s in sessions.open_now(site) if s.login == "wang")

    answer = admin.post(f"/sessions/{number}/end", data=admin.form())

    assert f"/sessions/{number}/end" in shown
    assert worker.token not in shown
    assert answer.status_code == 303
    assert worker.get("/clues").headers["location"] == "/login"
    assert review.browsing.entries(site)[0]["action"] == "session:end"


def test_a_session_that_ended_is_told(site: Review) -> None:
    admin = Browser(site, person(site, "zhang", ("system_admin",)))

    answer = admin.post("/sessions/none/end", data=admin.form())

    assert answer.status_code == 400
    assert "这次登录已经结束" in answer.text


def auditor(site: Review) -> Browser:
    return Browser(site, person(site, "shen", ("auditor",)))


@pytest.mark.parametrize(("asked", "there", "not_there"), [
    ({"person": "wang"}, "clue:C1", "clue:C2"), ({"action": "read"}, "clue:C1", "run:1"),
    ({"object": "C2"}, "clue:C2", "clue:C1"), ({"since": "2026-11-03"}, "没有符合条件", "clue:C1"),
    ({"until": "2026-11-02", "action": "read"}, "clue:C1", "没有符合条件"),
])
def test_the_audit_is_searched_by_person_action_object_and_period(
    site: Review, asked: dict[str, str], there: str, not_there: str
) -> None:
    Browser(site, person(site, "wang")).get("/clues/C1")
    Browser(site, person(site, "li")).get("/clues/C2")

    shown = auditor(site).get("/audit", params=asked).text.split("</form>", 1)[1].split("</div>", 1)[1]

    assert there in shown
    assert not_there not in shown


def test_the_audit_turns_pages(site: Review) -> None:
    client = Browser(site, person(site, "wang"))
    for _ in range(101):
        client.get("/clues/C1")
    reader = auditor(site)

    first = reader.get("/audit", params={"action": "read"}).text
    last = reader.get("/audit", params={"action": "read", "page": 9}).text

    assert "第 1 页，共 2 页" in first
    assert "/audit?action=read&amp;page=2" in first
    assert "第 2 页，共 2 页" in last


def test_the_downloaded_audit_is_masked_holds_no_formula_and_is_kept(site: Review) -> None:
    review.refused(site, Who("=1+1"), "judge", "410000199001010010", "E-X")
    reader = auditor(site)

    answer = reader.get("/audit.csv", params={"action": "refused"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "'=1+1" in answer.text
    assert ",=1+1" not in answer.text
    assert "410000199001010010" not in answer.text
    assert review.browsing.entries(site)[0]["action"] == "audit:download"


@pytest.mark.parametrize("asked", [{"since": "昨天"}, {"page": "x"}, {"page": 0}])
def test_a_bad_search_is_told_in_chinese(site: Review, asked: dict[str, str]) -> None:
    answer = auditor(site).get("/audit", params=asked)

    assert answer.status_code == 400
    assert "日期" in answer.text or "不认识" in answer.text


BAD = {
    "stale version": ("/clues/C1/judge", {"version": 7, "finding_id": "F1late", "decision": "confirm"}, 409,
                      "已被别人处理", "E-REVIEW-STALE"),
    "foreign clue": ("/clues/C2/judge", {"version": 1, "finding_id": "F2late", "decision": "confirm"}, 404,
                     "没有这条线索", "E-REVIEW-CLUE"),
    "foreign clue among others": ("/assign", {"clue": ["C1:1", "C2:1"]}, 404, "没有这条线索", "E-REVIEW-CLUE"),
    "no number": ("/clues/C1/judge", {"version": "x", "finding_id": "F1late"}, 400, "不认识的内容", "E-FORM"),
    "finding of another clue": ("/clues/C1/judge", {"version": 1, "finding_id": "F2late", "decision": "confirm"}, 409,
                                "没有这项命中", "E-REVIEW-FINDING"),
    "unknown decision": ("/clues/C1/judge", {"version": 1, "finding_id": "F1late", "decision": "x"}, 400,
                         "没有选结论", "E-REVIEW-DECISION"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_changes_nothing_and_is_kept(site: Review, case: str) -> None:
    path, values, status, words, code = BAD[case]
    client = Browser(site, person(site, "zhao", ("head",), (("411102", ""),)))

    answer = client.post(path, data=client.form(**values))

    assert (answer.status_code, words in answer.text) == (status, True)
    assert value(site, "SELECT sum(version) FROM clue") == 2
    assert value(site, "SELECT count(*) FROM judgement") == 0
    kept = review.browsing.entries(site)[0]
    assert (kept["actor"], kept["action"].split(":")[0], code in kept["detail"]) == ("zhao某（zhao）", "refused", True)


def test_a_forged_form_is_told_changes_nothing_and_is_kept(site: Review) -> None:
    client = Browser(site, person(site, "wang"))

    answer = client.post("/clues/C1/comment", data={"csrf": "x", "version": 1, "words": "核实过"})

    assert answer.status_code == 403
    assert "不是本站发出的" in answer.text
    assert value(site, "SELECT count(*) FROM comment") == 0
    assert review.browsing.entries(site)[0]["detail"] == '{"code": "E-FORGED"}'


def test_after_an_expired_lease_the_one_who_was_slower_is_told(site: Review, clock: Clock) -> None:
    slow, quick = Browser(site, person(site, "wang")), person(site, "li")
    slow.get("/clues/C1")
    clock.move(minutes=11)
    assert review.lease(site, quick, "C1") == ""
    review.judge(site, quick, "C1", 1, [Decision("F1late", "confirm")])

    answer = slow.post("/clues/C1/judge", data=slow.form(version=1, finding_id="F1late", decision="dismiss",
                                                         reason="lawful"))

    assert answer.status_code == 409
    assert value(site, "SELECT count(*) FROM judgement") == 1
    assert "E-REVIEW-STALE" in review.browsing.entries(site)[0]["detail"]
