"""Eight people at once, and nights between them: what was acknowledged is there, what was not is told as stale."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from review_world import clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.review import Actor, Decision, Review

SECONDS = 6
WRITERS = 8
CLUES = 12
"""Few, so that the writers meet."""


@dataclass
class Writer:
    """One person with connections of their own, and what became of every edit they sent."""

    base: Review
    actor: Actor
    chance: random.Random
    kept: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def work(self, until: float) -> None:
        """Edit clues until the time is up; every edit names the version that was seen."""
        while time.monotonic() < until:
            number = self.chance.randint(1, CLUES)
            with self.base.reading() as connection:
                version, judged = connection.exec_driver_sql(
                    "SELECT c.version, f.judgement_id FROM clue c JOIN finding f ON f.clue_id = c.clue_id "
                    f"WHERE c.clue_id = 'C{number}'").one()
            kind = self.chance.choice(["judgement", "comment", "assignment", "undo"])
            try:
                self.edit(kind, number, version, judged)
                self.kept[kind] += 1
            except EngineError as fault:
                self.refused[fault.code] += 1
            except Exception as fault:
                self.wrong.append(repr(fault))

    def edit(self, kind: str, number: int, version: int, judged: int | None) -> None:
        """Send one edit."""
        if kind == "judgement":
            decision = self.chance.choice([("confirm", ""), ("dismiss", "lawful")])
            review.judge(self.base, self.actor, f"C{number}", version, [Decision(f"F{number}late", *decision)])
        elif kind == "comment":
            review.remark(self.base, self.actor, f"C{number}", version, "核实过")
        elif kind == "assignment":
            review.assign(self.base, self.actor, {f"C{number}": version}, self.actor.account_id)
        else:
            review.undo(self.base, self.actor, f"C{number}", version, judged or 0)


def night_after_night(base: Review, until: float) -> None:
    """Publish again and again, every other night with other evidence for the first clue."""
    number = 2
    while time.monotonic() < until:
        publish(base, *(clue(n) for n in range(1, CLUES + 1)), finding(1, evidence_hash=f"e{number % 2}"),
                *(finding(n) for n in range(2, CLUES + 1)), number=number)
        number += 1
        time.sleep(0.3)


def together(base: Review, url: str, seconds: float) -> list[Writer]:
    """Have eight writers and a publisher work at once and return the writers."""
    publish(base, *(clue(n) for n in range(1, CLUES + 1)), *(finding(n) for n in range(1, CLUES + 1)))
    writers = [Writer(review.open_review(url, base.clock, base.hasher), person(base, f"w{n}", ("head",)),
                      random.Random(n)) for n in range(WRITERS)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=writer.work, args=(until,)) for writer in writers]
    for thread in threads:
        thread.start()
    night_after_night(base, until)
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.base.close()
    return writers


@pytest.mark.slow
def test_no_edit_is_lost_while_others_write_and_nights_are_published(base: Review, url: str) -> None:
    writers = together(base, url, SECONDS)

    assert [wrong for writer in writers for wrong in writer.wrong] == []
    assert {code for writer in writers for code in writer.refused} <= {"E-REVIEW-STALE", "E-REVIEW-UNDO"}
    assert sum(writer.kept.total() for writer in writers) > 0
    for writer in writers:
        mine = f"account_id = {writer.actor.account_id}"
        assert value(base, f"SELECT count(*) FROM comment WHERE {mine}") == writer.kept["comment"]
        assert value(base, f"SELECT count(*) FROM assignment WHERE {mine}") == writer.kept["assignment"]
        assert value(base, f"SELECT count(*) FROM judgement WHERE {mine} AND decision = 'undo'") == writer.kept["undo"]
        assert value(base, f"SELECT count(*) FROM judgement WHERE {mine}") == (
            writer.kept["undo"] + writer.kept["judgement"])
    assert review.verify(base) == []
