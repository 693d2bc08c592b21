"""我的任务, 督办, 任务清单, transfers inside the house, default terms: what is shown to whom, and what is kept."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from argon2 import PasswordHasher
from review_world import Clock, clue, finding, person, publish, value
from web_world import Browser

from engine import review
from engine.errors import EngineError
from engine.law import read_law
from engine.review import Actor, Decision, Review, inventory, supervising, tasks

LAW = Path(__file__).parents[1] / "rules" / "law"


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database with five clues; the fifth lies elsewhere."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    review.publish_law(base, read_law(LAW))
    publish(base, *(clue(n, division="411102" if n < 5 else "420100") for n in range(1, 6)),
            *(finding(n) for n in range(1, 6)))
    yield base
    base.close()


@pytest.fixture
def head(site: Review) -> Actor:
    return person(site, "zhao", ("head",), (("411102", ""),))


@pytest.fixture
def wang(site: Review) -> Actor:
    return person(site, "wang", scopes=(("411102", ""),))


def version(base: Review, number: int = 1) -> int:
    return int(str(value(base, f"SELECT version FROM clue WHERE clue_id = 'C{number}'")))


def give(base: Review, head: Actor, to: Actor, due: dict[int, str]) -> None:
    """Assign clues by number, each with its day."""
    for number, day in due.items():
        review.assign(base, head, {f"C{number}": version(base, number)}, to.account_id, date.fromisoformat(day))


def write(base: Review, actor: Actor, number: int, *steps: dict[str, object]) -> None:
    """Write steps into a clue's ledger."""
    for step in steps:
        review.follow(base, actor, f"C{number}", version(base, number), {"happened_on": date(2026, 8, 3)} | step)


OPINION = ({"step": "case_opened"}, {"step": "opinion", "sent_to": "测试市某局"}, {"step": "served"})
"""An opinion served on 3 August 2026: the reply is due on 8 October (国庆)."""


def groups(base: Review, actor: Actor) -> dict[str, list[str]]:
    """Return somebody's tasks: ids by group."""
    return {code: [row["clue_id"] for row in rows] for code, rows in tasks.mine(base, actor).groups.items()}


def test_tasks_stand_in_their_most_urgent_group(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-11-01", 2: "2026-11-09", 3: "2026-12-31", 4: "2026-12-31"})
    review.judge(site, wang, "C4", 2, [Decision("F4late", "need_material", words="向某局调取送达回证")])

    assert groups(site, wang) == {"overdue": ["C1"], "soon": ["C2"], "new": ["C3"], "material": ["C4"]}
    assert tasks.pressing(site, wang) == 2


def test_a_term_of_an_assignment_ends_with_the_judgement(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-11-01"})

    review.judge(site, wang, "C1", 2, [Decision("F1late", "confirm")])

    assert groups(site, wang) == {"other": ["C1"]}


def test_a_reply_that_does_not_come_makes_the_task_overdue(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-12-31"})
    write(site, wang, 1, *OPINION)

    row = tasks.mine(site, wang).groups["overdue"][0]

    assert (row["next_due"], row["next"]) == (date(2026, 10, 8), ("记回复", "#ledger"))


def test_evidence_that_changed_after_the_decision_asks_for_another(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-12-31"})
    review.judge(site, wang, "C1", 2, [Decision("F1late", "confirm")])

    publish(site, clue(1), finding(1, evidence_hash="e2"), number=2)

    assert groups(site, wang) == {"stale": ["C1"]}


def test_what_is_finished_is_no_task(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-12-31", 2: "2026-12-31"})
    review.judge(site, wang, "C1", 2, [Decision("F1late", "dismiss", "lawful")])
    write(site, wang, 2, {"step": "not_opened", "words": "情节轻微"}, {"step": "closed"})

    assert groups(site, wang) == {}


def test_a_mark_of_a_head_stays_until_the_handler_answers(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-12-31"})
    supervising.urge(site, head, {"C1": 2}, date(2026, 11, 20), "请尽快调卷")
    assert groups(site, wang) == {"urged": ["C1"]}

    supervising.answer(site, wang, "C1", 3, "已调卷，本周研判")

    assert groups(site, wang) == {"new": ["C1"]}
    assert value(site, "SELECT count(*) FROM urging") == 2
    assert review.verify(site) == []


@pytest.mark.parametrize(("due", "words"), [(None, "请办"), (date(2026, 11, 1), "请办"), (date(2026, 12, 1), " ")])
def test_half_a_mark_is_refused(site: Review, head: Actor, due: date | None, words: str) -> None:
    with pytest.raises(EngineError, match="E-REVIEW-WORDS"):
        supervising.urge(site, head, {"C1": 1}, due, words)


def test_a_handler_presses_for_nothing(site: Review, wang: Actor) -> None:
    with pytest.raises(EngineError, match="E-RIGHTS"):
        supervising.urge(site, wang, {"C1": 1}, date(2026, 12, 1), "请办")


def test_a_head_sees_work_by_handler_and_late_organs(site: Review, head: Actor, wang: Actor, clock: Clock) -> None:
    give(site, head, wang, {1: "2026-11-01", 2: "2026-12-31"})
    write(site, wang, 2, *OPINION)

    found = supervising.overview(site, head, "overdue")

    assert [(h["name"], h["running"], h["overdue"]) for h in found.handlers] == [("wang某", 2, 2)]
    assert [(o["organ"], o["number"], str(o["since"])) for o in found.organs] == [("测试市某局", 1, "2026-10-08")]
    assert [row["clue_id"] for row in found.rows] == ["C2", "C1"]
    clock.move(days=40)
    assert [r["clue_id"] for r in supervising.overview(site, head, "untouched", 30).rows] == ["C2", "C1"]


def test_supervision_ends_where_the_scope_does(site: Review, wang: Actor) -> None:
    elsewhere = person(site, "qian", ("head",), (("420100", ""),))
    write(site, wang, 1, *OPINION)

    found = supervising.overview(site, elsewhere, "overdue")

    assert (found.handlers, found.organs, found.rows) == ([], [], [])


def test_the_list_for_the_government_says_what_became_of_each_document(site: Review, wang: Actor) -> None:
    write(site, wang, 1, *OPINION)
    write(site, wang, 2, *OPINION, {"step": "reply", "outcome": "adopted"},
          {"step": "rectified", "recovered_cents": 50_000_00, "words": "已追缴"})

    found = inventory.documents_sent(site, wang, inventory.Asked("测试市某局"))

    assert [(row["clue_id"], row["state"], row["recovered_cents"]) for row in found.rows] == [
        ("C1", "逾期未回复", None), ("C2", "采纳", 50_000_00)]
    assert inventory.documents_sent(site, wang, inventory.Asked(place="42")).total == 0


def test_a_downloaded_list_runs_nothing_and_names_no_party(site: Review, wang: Actor) -> None:
    write(site, wang, 1, *OPINION, {"step": "reply", "outcome": "partly"},
          {"step": "rectified", "words": "=cmd|calc 当事人410000199001010010"})
    client = Browser(site, wang)

    text = client.get("/inventory/csv").content.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/inventory/xlsx").content)).active

    assert "'=cmd|calc 当事人410*************10" in text
    assert "测试1公司" not in text
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert value(site, "SELECT count(*) FROM audit WHERE action = 'inventory'") == 2


def test_a_list_that_is_too_long_is_not_taken_away(site: Review, wang: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "MOST", 1)
    write(site, wang, 1, *OPINION)
    write(site, wang, 2, *OPINION)

    with pytest.raises(EngineError, match="请按被监督单位或地区分开下载"):
        inventory.taken_away(site, wang, inventory.Asked(), "csv")


def transfer(base: Review, actor: Actor, to: str, number: int = 1) -> None:
    review.judge(base, actor, f"C{number}", version(base, number), [
        Decision(f"F{number}late", "transfer", transfer_to=to)])


def test_a_clue_transferred_inside_belongs_to_the_other_department(site: Review, head: Actor) -> None:
    giver = person(site, "li", scopes=(("411102", "行政检察部门"),))
    receiver = person(site, "sun", scopes=(("411102", "公益诉讼检察部门"),))
    give(site, head, giver, {1: "2026-12-31"})

    transfer(site, giver, "公益诉讼检察部门")

    assert review.browsing.open_clue(site, receiver, "C1").clue["department"] == "公益诉讼检察部门"
    with pytest.raises(EngineError, match="E-REVIEW-CLUE"):
        review.browsing.open_clue(site, giver, "C1")
    assert value(site, "SELECT count(*) FROM clue WHERE assignee_id IS NOT NULL") == 0
    assert review.verify(site) == []


def test_a_clue_transferred_outside_stays(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-12-31"})

    transfer(site, wang, "测试市公安局")

    assert review.browsing.open_clue(site, wang, "C1").clue["department"] == "行政检察部门"


def test_a_clue_transferred_in_part_stays(site: Review, wang: Actor) -> None:
    person(site, "sun", scopes=(("411102", "公益诉讼检察部门"),))
    publish(site, clue(1), finding(1), finding(1, "no_application"), number=2)

    transfer(site, wang, "公益诉讼检察部门")

    assert review.browsing.open_clue(site, wang, "C1").clue["department"] == "行政检察部门"


@pytest.mark.parametrize(("level", "field", "due_on"), [
    ("high", "行政非诉执行监督", "2026-11-16"), ("low", "行政非诉执行监督", "2026-12-14"),
    ("low", "行刑反向衔接", "2026-11-16"),
])
def test_an_assignment_without_a_day_gets_one(
    site: Review, head: Actor, wang: Actor, level: str, field: str, due_on: str,
) -> None:
    publish(site, clue(1, field=field), finding(1, level=level), number=2)

    review.assign(site, head, {"C1": 1}, wang.account_id)

    assert str(value(site, "SELECT due_on FROM clue WHERE clue_id = 'C1'")) == due_on


def test_a_clue_given_on_keeps_the_history_of_who_had_it(site: Review, head: Actor, wang: Actor) -> None:
    other = person(site, "sun", scopes=(("411102", ""),))
    give(site, head, wang, {1: "2026-12-31"})
    review.accounts.lock(site, head.who, "wang")
    give(site, head, other, {1: "2026-12-31"})

    history = review.browsing.open_clue(site, other, "C1").history

    assert [e["assignee_id"] for e in history if e["kind"] == "assignment"] == [other.account_id, wang.account_id]


def test_the_reminder_counts_for_each_person(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-11-01", 2: "2026-11-09"})

    assert [(actor.login, found) for actor, found in tasks.reminders(site)] == [("wang", {"overdue": 1, "soon": 1})]


def test_pages_show_tasks_and_supervision(site: Review, head: Actor, wang: Actor) -> None:
    give(site, head, wang, {1: "2026-11-01"})
    boss, handler = Browser(site, head), Browser(site, wang)

    answer = boss.post("/urge", data=boss.form(clue="C1:2", urge_on="2026-11-20", demand="请尽快调卷"))

    assert answer.headers["location"] == "/supervision?show=urged"
    assert "请尽快调卷" in handler.get("/clues/C1").text
    assert '我的任务 <strong class="badge">1<' in handler.get("/tasks").text
    assert handler.post("/clues/C1/urged", data=handler.form(version=3, words="已调卷")).status_code == 303
    assert '<span class="tag strong">督办中' not in boss.get("/supervision").text
