"""The circle: a night is published, people decide, the next night knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clue_world import AS_OF, LATE_ID, SLOW_ID, WEIGHTS, link, penalty, put, ruleset
from clue_world import review as court_review
from review_world import person, value

from engine import clues, export, links, parties, ranking, review, rules
from engine.review import Actor, Decision, Review, rulebook
from engine.rules import RuleSet
from engine.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    put(opened, "penalty", penalty(served_on="2024-03-01"))
    put(opened, "court_review", court_review(applied_on="2024-07-01", accepted_on="2024-07-02", ruled_on="2024-09-01"))
    link(opened)
    yield opened
    opened.close()


@pytest.fixture
def found(tmp_path: Path) -> RuleSet:
    return ruleset(tmp_path / "rules")


@pytest.fixture
def wang(base: Review) -> Actor:
    return person(base)


def one_night(store: Store, base: Review, found: RuleSet, run_id: int) -> None:
    """Do a night as the engine does: apply, keep away, fold, rank, publish."""
    rules.prepare(store, found, AS_OF)
    store.run("DELETE FROM hit")
    rules.apply(store, found, AS_OF)
    clues.keep_away(store, found, review.dismissed(base))
    clues.fold(store, run_id, AS_OF, found)
    ranking.rank(store, found.rules, WEIGHTS)
    store.run("INSERT INTO run VALUES (?, ?, now()::TIMESTAMP, now()::TIMESTAMP, '0', 'r', '{}')", [run_id, AS_OF])
    export.publish_run(store, base, found)


def matched_night(store: Store, base: Review, found: RuleSet, run_id: int, folder: Path) -> None:
    """Do a night with its parties and links, which see what people answered."""
    parties.note_answers(store, review.pairs(base))
    parties.resolve(store)
    links.resolve(store, links.read_links(folder / "rules" / "links"))
    one_night(store, base, found, run_id)


def answer(base: Review, wang: Actor, said: str) -> None:
    """Answer as the page of the clue does: by the natural keys of the two records it shows."""
    opened = review.browsing.open_clue(base, wang, clue_id(base))
    late = next(f for f in opened.findings if f["rule_id"] == LATE_ID)
    keys = {row["alias"]: row["key"] for row in late["texts"]["rows"]}
    review.answer_pair(base, wang, clue_id(base), opened.clue["version"], {
        "finding_id": late["finding_id"], "question": "link", "one": keys[""], "other": keys["penalty"],
        "answer": said})


def clue_id(base: Review) -> str:
    return str(value(base, "SELECT clue_id FROM clue"))


def judge(base: Review, wang: Actor, rule_id: str, decision: str, reason: str = "") -> None:
    version = int(str(value(base, "SELECT version FROM clue")))
    finding_id = str(value(base, f"SELECT finding_id FROM finding WHERE rule_id = '{rule_id}'"))
    review.judge(base, wang, clue_id(base), version, [Decision(finding_id, decision, reason)])


def presence(base: Review, rule_id: str) -> object:
    return value(base, f"SELECT presence FROM finding WHERE rule_id = '{rule_id}'")


def test_a_night_is_published_with_its_evidence(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    one_night(store, base, found, 1)

    opened = review.browsing.open_clue(base, wang, clue_id(base))
    late = next(f for f in opened.findings if f["rule_id"] == LATE_ID)

    assert opened.clue["division"] == "410000"
    assert "2024年7月1日申请" in late["say"]
    assert late["texts"]["evidence"][0][:2] == ["行审案号", "(2024)豫0000行审1号"]
    assert {row["file"] for row in late["texts"]["rows"]} == {"行审.xlsx", "处罚.csv"}


def test_the_boards_count_defects_and_name_no_value(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    store.run("INSERT INTO reject SELECT 1, 'bad', '张三.csv', '', n, 'note', 'party_name', '当事人', '张三', "
              "'E-SOURCES-DISAGREE', '不同来源的记载不一致：张三，李四', '', '张三' FROM range(3) r(n)")
    one_night(store, base, found, 1)

    told = rulebook.boards(base, wang)

    assert told is not None
    assert [(row["source"], row["item"], row["defects"], row["files"]) for row in told[1]] == [("bad", "当事人", 3, 1)]
    assert "张三" not in str(told)


def test_a_dismissed_finding_stays_away_next_night(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "dismiss", "lawful")

    one_night(store, base, found, 2)

    assert presence(base, LATE_ID) == "held"
    assert presence(base, SLOW_ID) == "standing"
    assert store.rows("SELECT rule_ids FROM clue") == [([SLOW_ID],)]
    assert "人工研判排除" in store.rows("SELECT changed FROM clue")[0][0]


def test_a_clue_dismissed_whole_is_shown_as_such(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "dismiss", "lawful")
    judge(base, wang, SLOW_ID, "dismiss", "minor")

    one_night(store, base, found, 2)

    assert (value(base, "SELECT presence FROM clue"), value(base, "SELECT state FROM clue")) == ("held", "dismissed")
    assert store.rows("SELECT status FROM clue") == [("消失",)]
    assert all("人工研判排除" in say for (say,) in store.rows("SELECT say FROM hit WHERE answer = 'excluded'"))


def test_changed_evidence_brings_a_dismissed_finding_back(
    store: Store, base: Review, found: RuleSet, wang: Actor
) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "dismiss", "lawful")
    one_night(store, base, found, 2)
    put(store, "court_review", court_review(applied_on="2024-08-01", accepted_on="2024-08-02", ruled_on="2024-09-30"))

    one_night(store, base, found, 3)

    assert presence(base, LATE_ID) == "standing"
    assert value(base, "SELECT state FROM clue") == "open"


def test_a_decision_taken_back_brings_the_finding_back(
    store: Store, base: Review, found: RuleSet, wang: Actor
) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "dismiss", "lawful")
    one_night(store, base, found, 2)
    review.undo(base, wang, clue_id(base), int(str(value(base, "SELECT version FROM clue"))), 1)

    one_night(store, base, found, 3)

    assert presence(base, LATE_ID) == "standing"


def test_other_lines_and_files_are_no_other_evidence(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "dismiss", "lawful")
    put(store, "court_review", court_review(applied_on="2024-07-01", accepted_on="2024-07-02", ruled_on="2024-09-01",
                                           file="新.xlsx", line=99))

    one_night(store, base, found, 2)

    assert presence(base, LATE_ID) == "held"


def test_a_confirmed_finding_is_not_kept_away(store: Store, base: Review, found: RuleSet, wang: Actor) -> None:
    one_night(store, base, found, 1)
    judge(base, wang, LATE_ID, "confirm")

    one_night(store, base, found, 2)

    assert presence(base, LATE_ID) == "standing"
    assert value(base, "SELECT state FROM clue") == "confirmed"


def test_a_link_people_confirmed_says_so_in_the_evidence(
    store: Store, base: Review, found: RuleSet, wang: Actor, tmp_path: Path
) -> None:
    one_night(store, base, found, 1)
    answer(base, wang, "same")

    matched_night(store, base, found, 2, tmp_path)

    late = next(f for f in review.browsing.open_clue(base, wang, clue_id(base)).findings if f["rule_id"] == LATE_ID)
    row = next(row for row in late["texts"]["rows"] if row["alias"] == "penalty")
    assert row["why"] == "人工认定为同一事项（2026-11-02）"
    assert row["confidence"] == 1.0


def test_a_link_people_denied_is_gone_next_night_and_back_when_withdrawn(
    store: Store, base: Review, found: RuleSet, wang: Actor, tmp_path: Path
) -> None:
    for table, column, key in (("penalty", "document_no_key", "P"), ("court_review", "penalty_document_no_key", "P")):
        store.run(f"UPDATE {table} SET {column} = '{key}'")
    matched_night(store, base, found, 1, tmp_path)
    answer(base, wang, "different")

    matched_night(store, base, found, 2, tmp_path)

    assert store.count("SELECT count(*) FROM link") == 0
    assert store.rows("SELECT answer FROM hit WHERE rule_id = ?", [LATE_ID]) == [("gap",)]

    answer(base, wang, "withdrawn")
    matched_night(store, base, found, 3, tmp_path)

    assert store.rows("SELECT answer FROM hit WHERE rule_id = ?", [LATE_ID]) == [("hit",)]


def test_numbers_of_persons_are_not_in_the_review_database(
    store: Store, base: Review, found: RuleSet, wang: Actor
) -> None:
    number = "410000199001010010"
    put(store, "court_review", court_review(
        applied_on="2024-07-01", accepted_on="2024-07-02", ruled_on="2024-09-01", resident_id=number,
        raw=f'{{"案号": "x", "证件号码": "{number}", "电话": "13812345678", "代码": "91410000MA00000001"}}'))

    one_night(store, base, found, 1)

    opened = review.browsing.open_clue(base, wang, clue_id(base))
    told = str(opened)
    assert number not in told
    assert "13812345678" not in told
    assert "91410000MA00000001" not in told
    assert "410*************10" in told
