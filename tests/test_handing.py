"""Handing over in the review database: ledger and audit say it, or nothing happens; numbers stay masked."""

import json
from pathlib import Path

import night_world
import pytest
from argon2 import PasswordHasher
from review_world import clue, finding, person, publish, value
from test_handover import parts_of
from web_world import Browser

from engine import review, run
from engine.errors import EngineError
from engine.review import Handed, Review

GIVEN = Handed("测试市某局", "ab" * 32)
NUMBER, MOBILE = "410000199001010010", "13800000000"


def test_ledger_and_audit_keep_who_got_what(base: Review) -> None:
    publish(base, clue(1), clue(2), finding(1), finding(2))
    zhao = person(base, "zhao", ("head",))

    review.hand_over(base, zhao, {"C1": 1, "C2": 1}, GIVEN)

    entry = review.browsing.open_clue(base, zhao, "C2").history[0]
    assert (entry["step"], entry["words"]) == ("handed_over", f"移送给测试市某局；移送包清单哈希 {'ab' * 32}")
    told = [json.loads(e["detail"]) for e in review.browsing.entries(base) if e["action"] == "handover"]
    assert [detail["manifest"] for detail in told] == ["ab" * 32] * 2
    assert review.verify(base) == []


@pytest.mark.parametrize(("clues", "given", "code"), [
    ({"C1": 1, "C2": 7}, GIVEN, "E-REVIEW-STALE"), ({"C1": 1, "C9": 1}, GIVEN, "E-REVIEW-CLUE"),
    ({"C1": 1}, Handed(" ", "x"), "E-HANDOVER-TO"), ({"C1": 1}, Handed("某局", "x", full=True), "E-HANDOVER-REASON"),
])
def test_what_is_refused_leaves_nothing_behind(
    base: Review, clues: dict[str, int], given: Handed, code: str
) -> None:
    publish(base, clue(1), clue(2), finding(1), finding(2))

    with pytest.raises(EngineError) as fault:
        review.hand_over(base, person(base), clues, given)

    assert fault.value.code == code
    assert value(base, "SELECT count(*) FROM follow_up") == 0
    assert value(base, "SELECT max(version) FROM clue") == 1


def test_the_page_gives_a_masked_package_and_a_full_one_only_with_a_reason(tmp_path: Path) -> None:
    plan = night_world.house(tmp_path)
    row = night_world.late(1, "测试某", 证件号码=NUMBER, 备注=f"电话{MOBILE}，{NUMBER}")
    night_world.night(plan, night_world.deliver(tmp_path / "in" / "行审.csv", [row]))
    run.publish_review(plan)
    base = night_world.opened(plan, hasher=PasswordHasher(1, 8, 1))
    client = Browser(base, person(base, "zhao", ("head",)))
    client.app.state.plan = plan
    clue_id = str(value(base, "SELECT clue_id FROM clue"))

    def asked(version: int, **more: object) -> object:
        form = client.form(version=version, to="测试市某局", **more)
        return client.post(f"/clues/{clue_id}/handover", data=form)

    masked, refused, full = asked(1), asked(2, full="true"), asked(2, full="true", reason="须核对身份")
    base.close()

    assert (masked.status_code, refused.status_code, full.status_code) == (200, 400, 200)
    texts = [b"".join(parts_of(answer.content).values()).decode("utf-8", "replace") for answer in (masked, full)]
    assert [(NUMBER in text, MOBILE in text) for text in texts] == [(False, False), (True, True)]
    told = json.loads(parts_of(masked.content)["manifest.json"])
    assert (told["clues"], len(told["database"]), told["full"]) == ([clue_id], 16, False)
    assert masked.headers["content-disposition"] == f'attachment; filename="{clue_id}.zip"'
