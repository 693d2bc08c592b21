"""What may be published over what; accounts nobody uses; passwords used before."""

from datetime import date

import pytest
from argon2 import PasswordHasher
from review_world import PASSWORD, START, Clock, batch, clue, finding, person, value

from engine import review
from engine.errors import EngineError
from engine.review import Review, Run, accounts, sessions


def run(number: int, day: int = 1, **columns: object) -> Run:
    """Return a run of warehouse w1."""
    known = {"engine": "0.1.0", "rules": "r1", "data": "d1", "warehouse": "w1"} | columns
    return Run(number, date(2026, 11, day), START, **known)     # type: ignore[arg-type]


def publish(base: Review, told: Run) -> None:
    """Publish one clue."""
    review.publish(base, told, [batch(clue(1), finding(1))])


@pytest.mark.parametrize(("later", "words"), [
    (run(4, 5), "比现在这次（第4次，数据截止2026-11-05）新"), (run(6, 4), "已发布的是第5次运行"),
    (run(5, 5, data="d0"), "退回过旧备份"), (run(6, 6, warehouse="w2"), "不是上次发布的那一个"),
])
def test_an_older_run_or_another_warehouse_is_refused_and_nothing_changes(
    base: Review, later: Run, words: str
) -> None:
    publish(base, run(5, 5))

    with pytest.raises(EngineError, match=words) as fault:
        publish(base, later)

    assert "--force" in fault.value.fix
    assert value(base, "SELECT max(publication) FROM run") == 1


def test_what_is_forced_is_published_and_in_the_audit(base: Review) -> None:
    publish(base, run(5, 5))

    base.is_forced = True
    publish(base, run(1, 1, warehouse="w2"))

    assert value(base, "SELECT warehouse FROM run WHERE publication = 2") == "w2"
    assert "E-PUBLISH-OTHER" in review.browsing.entries(base)[0]["detail"]


@pytest.mark.parametrize("later", [run(5, 5), run(6, 5), run(6, 6, data="d2"), run(9, 30)])
def test_the_same_run_and_later_ones_are_published(base: Review, later: Run) -> None:
    publish(base, run(5, 5))

    publish(base, later)

    assert value(base, "SELECT max(publication) FROM run") == 2


def test_a_publication_of_an_older_version_is_compared_by_number_alone(base: Review) -> None:
    publish(base, run(5, 5, warehouse=""))

    publish(base, run(6, 6, warehouse="w2"))

    assert value(base, "SELECT max(publication) FROM run") == 2


def test_an_account_nobody_used_for_ninety_days_is_locked(base: Review, clock: Clock) -> None:
    person(base)
    clock.move(days=91)

    assert accounts.prove(base, "wang", PASSWORD) is None
    assert accounts.accounts(base)[0].locked_why == "超过90天没有登录"
    assert review.verify(base) == []


def test_a_login_and_an_unlocking_begin_the_ninety_days_anew(base: Review, clock: Clock) -> None:
    wang = person(base)
    for _ in range(2):
        clock.move(days=80)
        sessions.begin(base, wang.account_id, "full")
    clock.move(days=91)
    accounts.prove(base, "wang", PASSWORD)
    accounts.unlock(base, wang.who, "wang")

    assert accounts.prove(base, "wang", PASSWORD) == wang.account_id


def test_the_days_are_set_by_the_environment(url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIEZHI_IDLE_DAYS", "0")
    base = review.open_review(url, clock, PasswordHasher(1, 8, 1))
    wang = person(base)
    clock.move(days=4000)

    assert accounts.prove(base, "wang", PASSWORD) == wang.account_id
    base.close()


def test_the_last_five_passwords_are_not_taken_again(base: Review, clock: Clock) -> None:
    wang = person(base)
    for number in range(5):
        clock.move(minutes=1)
        accounts.set_password(base, wang.who, wang.account_id, f"Neue-Worte-{number}")

    with pytest.raises(EngineError, match="以前用过"):
        accounts.set_password(base, wang.who, wang.account_id, "Neue-Worte-0")
    accounts.set_password(base, wang.who, wang.account_id, PASSWORD)
