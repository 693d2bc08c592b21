"""The chance that a finding is right: learnt from decisions, tried out honestly, never lowered by a part that rises."""

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from review_world import Clock, batch, clue, finding, night, person, value
from web_world import Browser

from engine import learning, review
from engine.cli.commands import cli
from engine.errors import EngineError
from engine.learning import Model, chances, read_model, reasons
from engine.learning.model import FEATURES, Learnt, RuleLearnt
from engine.learning.trials import by_tenths, heads
from engine.review import MEASURE, Batch, Decision, Review, Who

OPERATOR = Who("测试")
PLAIN = {"score": 60.0, "gravity": 28.0, "certainty": 20.0, "urgency": 0.0, "recoverability": 3.0,
         "corroboration": 0.0, "link": None, "unknown": 1.0, "flags": 0.0, "amount_cents": 100_000.0}


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield an empty review database."""
    base = review.open_review(f"sqlite:///{tmp_path / 'review.db'}", clock, PasswordHasher(1, 8, 1))
    yield base
    base.close()


def measured(finding_id: str, **measures: float | None) -> dict[str, object]:
    """Return the measures of a finding."""
    return {"finding_id": finding_id} | PLAIN | measures


def publish(base: Review, clues: int, rows: list[tuple[dict[str, object], dict[str, object]]], number: int = 1) -> None:
    """Publish findings with their measures on clues C1 … Cn."""
    plain = batch(*(clue(i + 1) for i in range(clues)), *(told for told, _ in rows))
    review.publish(base, night(number), [Batch(plain.clues, plain.findings, pl.DataFrame(
        [measures for _, measures in rows], schema=MEASURE))])


def decided(base: Review, clock: Clock, clues: int, per_clue: int, *, says: str) -> None:
    """Publish findings and decide on all of them; whether they are right follows `says`: certainty, rule, all, or coin.

    Certainty goes from 0 to 30 whatever the rule.
    """
    draw = random.Random(7)
    rows, answers = [], []
    for c, k in itertools.product(range(1, clues + 1), range(per_clue)):
        certainty, rule = draw.random() * 30, ("late", "early")[draw.random() < 0.4]
        share = {"certainty": certainty / 30, "rule": 0.85 if rule == "late" else 0.2, "all": 1.0, "coin": 0.5}[says]
        told = finding(c, finding_id=f"F{c}-{k}", rule_id=f"non_litigation.{rule}", turn=k + 1)
        rows.append((told, measured(f"F{c}-{k}", certainty=certainty, score=40 + certainty)))
        answers.append((c, Decision(f"F{c}-{k}", "confirm" if draw.random() < share else "dismiss", "lawful")))
    publish(base, clues, rows)
    wang = person(base)
    for c, group in itertools.groupby(answers, key=lambda a: a[0]):
        clock.move(minutes=1)
        review.judge(base, wang, f"C{c}", 1, [decision for _, decision in group])


def test_too_few_decisions_are_told_with_how_many_lack(site: Review, clock: Clock) -> None:
    decided(site, clock, 10, 4, says="certainty")

    with pytest.raises(EngineError, match=r"现有属实\d+项，排除\d+项.*还差160项") as fault:
        learning.train(site)

    assert fault.value.code == "E-MODEL-FEW"


def test_one_decision_is_too_few(site: Review, clock: Clock) -> None:
    decided(site, clock, 1, 1, says="certainty")

    with pytest.raises(EngineError, match="还差199项"):
        learning.train(site)


def test_decisions_all_of_one_kind_train_nothing(site: Review, clock: Clock) -> None:
    decided(site, clock, 50, 5, says="all")

    with pytest.raises(EngineError, match="排除的还差30项"):
        learning.train(site)


def test_what_decisions_bear_out_is_learnt_and_proves_itself(site: Review, clock: Clock) -> None:
    decided(site, clock, 80, 4, says="certainty")

    model = learning.train(site)

    assert model.is_used
    assert model.features["certainty"].weight > 0.05
    assert model.report["folds"]["brier"] < model.report["folds"]["brier_base"]
    said = [(tenth["said"], tenth["right"] / tenth["decisions"]) for tenth in model.report["folds"]["calibration"]
            if tenth["decisions"] >= 20]
    assert max(abs(told - came) for told, came in said) < 0.2


def test_the_same_decisions_give_the_same_bytes(site: Review, clock: Clock) -> None:
    decided(site, clock, 60, 4, says="certainty")

    assert learning.train(site).as_json() == learning.train(site).as_json()


@pytest.mark.parametrize("says", ["rule", "coin"])
def test_a_model_no_better_than_the_rules_own_rates_says_so_and_is_not_used(
    site: Review, clock: Clock, says: str
) -> None:
    decided(site, clock, 60, 4, says=says)

    model = learning.train(site)

    assert not model.is_used
    assert "不比只看规则以往的属实比例更准" in model.why_not


def test_features_that_never_vary_get_no_weight(site: Review, clock: Clock) -> None:
    decided(site, clock, 60, 4, says="certainty")

    model = learning.train(site)

    assert [model.features[name].weight for name in ("gravity", "urgency", "link", "amount")] == [0, 0, 0, 0]


def test_open_and_undone_decisions_teach_nothing(site: Review) -> None:
    publish(site, 2, [(finding(1), measured("F1late")), (finding(2), measured("F2late"))])
    wang = person(site)
    review.judge(site, wang, "C1", 1, [Decision("F1late", "need_material", words="向某局调取送达回证")])
    review.judge(site, wang, "C2", 1, [Decision("F2late", "dismiss", "lawful")])
    review.undo(site, wang, "C2", 2, 2)

    assert review.chances.examples(site)[0].height == 0


def test_a_decision_teaches_what_was_known_when_it_was_made(site: Review) -> None:
    publish(site, 1, [(finding(1), measured("F1late", urgency=8.0))])
    review.judge(site, person(site), "C1", 1, [Decision("F1late", "confirm")])
    publish(site, 1, [(finding(1), measured("F1late", urgency=2.0))], number=2)

    examples, without = review.chances.examples(site)

    assert (examples["urgency"].to_list(), examples["is_right"].to_list(), without) == ([8.0], [True], 0)


def model(**weights: float) -> Model:
    """Return a model that is used, with these weights."""
    features = {name: Learnt(weights.get(name, 0.0), 0.0) for name in FEATURES}
    return Model(-1.0, features, {"non_litigation.late": RuleLearnt("超期申请", 0.4, 30, 21)}, True)


def chance_of(made: Model, measures: Mapping[str, object]) -> float:
    frame = pl.DataFrame([{"rule_id": "non_litigation.late", **measures}], schema={"rule_id": pl.String} | MEASURE)
    return float(chances(made, frame)["chance"][0])


@given(st.dictionaries(st.sampled_from(sorted(FEATURES)), st.floats(0, 5)),
       st.fixed_dictionaries({name: st.floats(0, 40) for name in ("gravity", "certainty", "urgency", "recoverability",
                                                                  "corroboration", "unknown", "flags")}),
       st.sampled_from(["gravity", "certainty", "urgency", "recoverability", "corroboration"]), st.floats(0, 10))
def test_a_part_that_rises_never_lowers_the_chance(
    weights: dict[str, float], measures: dict[str, float], part: str, by: float
) -> None:
    before = measured("F") | measures
    after = before | {part: measures[part] + by}

    assert chance_of(model(**weights), after) >= chance_of(model(**weights), before)


def test_what_makes_doubtful_never_raises_the_chance() -> None:
    made = model(unknown=1.0, flags=1.0, link=3.0)

    told = [chance_of(made, measured("F", unknown=u, flags=f, link=k))
            for u, f, k in [(0, 0, None), (1, 0, None), (1, 1, None), (1, 1, 0.8)]]

    assert told == sorted(told, reverse=True)
    assert len(set(told)) == 4


def test_the_reasons_say_what_raises_and_what_lowers() -> None:
    made = Model(0.0, {name: Learnt(0.2 if name in ("certainty", "unknown") else 0.0, 10.0 if name == "certainty" else
                                    -0.5) for name in FEATURES},
                 {"non_litigation.late": RuleLearnt("超期申请", 0.4, 30, 21)}, True)

    told = reasons(made, "non_litigation.late", measured("F", certainty=20.0, unknown=3.0))

    assert told[0].startswith("这条规则研判过30项，21项属实：升高")
    assert told[1].startswith("把握程度20.0分，多于研判过的平均（10.0分）：升高")
    assert told[2].startswith("资料不足的排除事由3项，多于研判过的平均（0.5项）：降低")
    assert len(told) == 3


def test_a_rule_never_decided_on_is_told_so() -> None:
    assert reasons(model(), "other.new", measured("F"))[0] == "这条规则还没有研判过，按各规则的平均看"


def test_chances_are_given_shown_and_taken_away_with_the_file(site: Review, tmp_path: Path) -> None:
    publish(site, 2, [(finding(1), measured("F1late", certainty=5.0)), (finding(2), measured("F2late"))])
    file = tmp_path / learning.FILE
    file.write_text(model(certainty=0.2).as_json(), encoding="utf-8")
    client = Browser(site, person(site))

    given_to = learning.apply(site, OPERATOR, file)
    page, listed = client.get("/clues/C2").text, client.get("/clues", params={"sort": "chance"}).text
    version = value(site, "SELECT version FROM clue WHERE clue_id = 'C1'")
    file.unlink()
    learning.apply(site, OPERATOR, file)

    assert given_to == 2
    assert "属实可能性" in page
    assert "这条规则研判过30项，21项属实" in page
    assert listed.index("测试2公司") < listed.index("测试1公司")
    assert version == 1
    assert value(site, "SELECT count(chance) FROM clue") == 0
    assert "属实可能性</h3>" not in client.get("/clues/C2").text
    assert [e["action"] for e in review.browsing.entries(site)].count("model") == 2


def test_the_list_keeps_its_order_by_place(site: Review, tmp_path: Path) -> None:
    publish(site, 2, [(finding(1), measured("F1late", certainty=5.0)), (finding(2), measured("F2late"))])
    file = tmp_path / learning.FILE
    file.write_text(model(certainty=0.2).as_json(), encoding="utf-8")
    learning.apply(site, OPERATOR, file)

    listed = Browser(site, person(site)).get("/clues").text

    assert listed.index("测试1公司") < listed.index("测试2公司")


@pytest.mark.parametrize("text", [
    "", "[]", "{", '{"kind": "xiezhi-model"}', "\x00", model().as_json().replace('"format": 1', '"format": 2'),
    model(certainty=1.0).as_json().replace('"weight": 1.0', '"weight": -1.0'),
    model().as_json().replace('"intercept": -1.0', '"intercept": NaN'), "[" * 100_000,
])
def test_a_file_that_is_no_model_is_refused_and_takes_the_chances_away(
    site: Review, tmp_path: Path, text: str
) -> None:
    publish(site, 1, [(finding(1), measured("F1late"))])
    file = tmp_path / learning.FILE
    file.write_text(model(certainty=0.2).as_json(), encoding="utf-8")
    learning.apply(site, OPERATOR, file)
    file.write_text(text, encoding="utf-8")

    with pytest.raises(EngineError, match="模型文件"):
        learning.apply(site, OPERATOR, file)

    assert value(site, "SELECT count(chance) FROM finding") == 0


def test_a_model_survives_its_file() -> None:
    made = model(certainty=0.2, link=1.5)

    assert read_model(made.as_json(), "x") == made


def test_chances_are_given_on_either_database(base: Review, tmp_path: Path) -> None:
    publish(base, 1, [(finding(1), measured("F1late"))])
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "confirm")])
    file = tmp_path / learning.FILE
    file.write_text(model(certainty=0.2).as_json(), encoding="utf-8")

    learning.apply(base, OPERATOR, file)

    assert value(base, "SELECT chance FROM clue WHERE clue_id = 'C1'") is not None
    assert review.chances.examples(base)[0]["certainty"].to_list() == [20.0]
    assert review.verify(base) == []


def test_the_command_tells_what_the_trials_found(site: Review, clock: Clock, tmp_path: Path) -> None:
    decided(site, clock, 60, 4, says="certainty")

    told = CliRunner().invoke(cli, ["review", "train", "--json", "--home", str(tmp_path)])

    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["is_used"] is True
    assert read_model((tmp_path / learning.FILE).read_text(encoding="utf-8"), "x").made["decisions"] == 240


def test_tenths_and_heads_count_what_is_there() -> None:
    import numpy as np

    right = np.array([True, False, True, True, False] * 4)
    chance, score = np.linspace(0.05, 0.95, 20), np.linspace(1, 0, 20)

    assert sum(tenth["decisions"] for tenth in by_tenths(chance, right)) == 20
    assert [(h["k"], h["by_chance"]["right"], h["by_score"]["right"]) for h in heads(chance, score, right)] == [
        (10, 6, 6)]
