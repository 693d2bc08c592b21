"""Which record belongs to which. All names and numbers are invented."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from record_world import put

from engine import links, parties
from engine.errors import RuleError
from engine.store import Store

RULES = Path(__file__).parents[1] / "rules" / "links"

Found = dict[str, tuple[str, str, float, int]]

HEAD = "title: 试\nfrom: court_review\nto: penalty\n"


@pytest.fixture
def store() -> Store:
    return Store()


def resolve(store: Store, specs: dict[str, links.LinkSpec], name: str) -> Found:
    """Resolve parties and links; return from-key → (to-key, step, confidence, candidates) of one link."""
    parties.resolve(store)
    links.resolve(store, specs)
    spec = specs[name]
    rows = store.rows(
        f"SELECT f.natural_key, t.natural_key, l.step, l.confidence, l.candidates FROM link l "
        f"JOIN {spec.from_table.name} f ON f.record_id = l.from_id "
        f"JOIN {spec.to_table.name} t ON t.record_id = l.to_id WHERE l.link = ?", [name])
    return {key: (to, step, confidence, candidates) for key, to, step, confidence, candidates in rows}


def ours(store: Store, name: str) -> Found:
    """Return what the delivered link file finds."""
    specs = links.read_links(RULES)
    needed = {name, *(s.through for s in specs[name].steps)}
    return resolve(store, {n: spec for n, spec in specs.items() if n in needed}, name)


def declared(folder: Path, **files: str) -> dict[str, links.LinkSpec]:
    """Write link files and read them."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return links.read_links(folder)


def step(name: str, confidence: float, where: str, more: str = "") -> str:
    return f"  - {{step: {name}, confidence: {confidence}, where: [{where}], say: 试{more}}}\n"


NUMBER = "penalty_document_no_key = document_no_key"
ORGAN = "applicant_key = authority_key"
PENALTY: dict[str, Any] = {
    "key": "P", "document_no": "漯市监罚〔2024〕12号", "authority": "漯河市市场监督管理局",
    "party_name": "漯河市甲乙商贸有限公司", "decided_on": date(2024, 3, 1), "fine_yuan": 5000,
}
ONE_CODE, OTHER_CODE = "91410000MA1TE0010C", "91410000MA1TE0020D"
"""Two invented credit codes with sound check digits."""
REVIEW: dict[str, Any] = {
    "key": "R", "penalty_document_no": "漯市监罚[2024]第012号", "applicant": "漯河市工商行政管理局",
    "party_name": "漯河市甲乙商贸有限责任公司", "applied_on": date(2024, 12, 1), "court": "漯河市源汇区人民法院",
}


# --- the cascade


def test_the_first_step_that_finds_anything_decides(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("strong", 0.9, f'"{NUMBER}", "{ORGAN}"')
                     + step("weak", 0.5, f'"{NUMBER}"'))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "authority": "许昌市公安局"})
    put(store, "court_review", REVIEW, {**REVIEW, "key": "S", "applicant": "许昌市公安局"},
        {**REVIEW, "key": "T", "applicant": "周口市公安局"})

    found = resolve(store, specs, "a")

    assert (found["R"], found["S"]) == (("P", "strong", 0.9, 1), ("Q", "strong", 0.9, 1))
    assert found["T"][1] == "weak"


def test_a_unique_step_passes_on_what_fits_twice(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"', ", unique: true")
                     + step("organ", 0.7, f'"{ORGAN}"'))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "authority": "许昌市公安局"})
    put(store, "court_review", REVIEW)

    assert resolve(store, specs, "a") == {"R": ("P", "organ", 0.7, 1)}


def test_among_several_the_closest_date_wins_with_less_confidence(store: Store, tmp_path: Path) -> None:
    head = HEAD + "closest: [applied_on, decided_on]\nsteps:\n"
    specs = declared(tmp_path, a=head + step("number", 0.9, f'"{NUMBER}"'))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "decided_on": date(2023, 3, 1)})
    put(store, "court_review", REVIEW)

    assert resolve(store, specs, "a") == {"R": ("P", "number", 0.72, 2)}
    assert store.rows("SELECT place, confidence, why FROM link_candidate ORDER BY place") == [
        (1, 0.72, "试；有2个候选，取把握最大、日期最近的"), (2, 0.72, "试；有2个候选，取把握最大、日期最近的")]


def test_a_full_tie_is_kept_as_ambiguous_and_the_same_every_night(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"'))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q"})
    put(store, "court_review", REVIEW)

    first = resolve(store, specs, "a")

    assert first["R"][1:] == ("number", 0.54, 2)
    assert resolve(store, specs, "a") == first
    assert store.rows("SELECT DISTINCT why FROM link_candidate") == [("试；有2个候选无法区分",)]


def test_several_true_targets_do_not_lower_the_confidence_where_that_is_normal(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "several: normal\nsteps:\n" + step("number", 0.9, f'"{NUMBER}"'))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q"})
    put(store, "court_review", REVIEW)

    assert resolve(store, specs, "a")["R"][2:] == (0.9, 2)


def test_at_most_five_candidates_are_listed(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"'))
    put(store, "penalty", *({**PENALTY, "key": f"P{i}"} for i in range(7)))
    put(store, "court_review", REVIEW)

    assert resolve(store, specs, "a")["R"][3] == 7
    assert store.rows("SELECT place FROM link_candidate ORDER BY place") == [(1,), (2,), (3,), (4,), (5,)]


@pytest.mark.parametrize(("bound", "decided", "linked"), [
    ("applied_on >= decided_on", date(2024, 12, 2), False),
    ("applied_on >= decided_on", date(2024, 12, 1), True),
    ("applied_on >= decided_on", None, False),
    ("applied_on >= decided_on or unknown", None, True),
    ("applied_on >= decided_on or unknown", date(2024, 12, 2), False),
    ("applied_on >= decided_on within 30 days", date(2024, 11, 1), True),
    ("applied_on >= decided_on within 30 days", date(2024, 10, 31), False),
])
def test_bounds_narrow_a_step(store: Store, tmp_path: Path, bound: str, decided: date | None, linked: bool) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"', f', bounds: ["{bound}"]'))
    put(store, "penalty", {**PENALTY, "decided_on": decided})
    put(store, "court_review", REVIEW)

    assert bool(resolve(store, specs, "a")) is linked


def test_a_link_by_party_is_no_surer_than_the_party(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("party", 0.9, '"party_id = party_id"'))
    person = {"party_name": "张试", "birth_date": date(1990, 1, 1)}
    put(store, "penalty", {**PENALTY, **person})
    put(store, "court_review", {**REVIEW, **person})

    assert resolve(store, specs, "a")["R"][2] == round(0.9 * 0.95, 4)


def test_missing_keys_never_match_each_other(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"'))
    put(store, "penalty", {**PENALTY, "document_no": None})
    put(store, "court_review", {**REVIEW, "penalty_document_no": None})

    assert resolve(store, specs, "a") == {}


def test_a_key_everyone_has_is_left_out_and_counted(store: Store, tmp_path: Path) -> None:
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("number", 0.9, f'"{NUMBER}"'))
    for table, column in (("penalty", "document_no_key"), ("court_review", "penalty_document_no_key")):
        store.run(f"INSERT INTO {table} BY NAME SELECT md5_number_lower('{table}' || i) AS record_id, '无' AS {column} "
                  "FROM range(1001) t(i)")

    report = links.resolve(store, specs)[0]

    assert (report.linked, report.steps[0].crowded) == (0, 1001)


def test_similar_texts_weigh_the_confidence(store: Store, tmp_path: Path) -> None:
    like = ", fuzzy: {left: penalty_document_no_key, right: document_no_key, least: 0.8}"
    specs = declared(tmp_path, a=HEAD + "steps:\n" + step("like", 0.9, f'"{ORGAN}"', like))
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2021〕98765号"})
    put(store, "court_review", {**REVIEW, "penalty_document_no": "漯市监罚〔2024〕13号"})

    found = resolve(store, specs, "a")

    assert found == {"R": ("P", "like", round(0.9 * (1 - 1 / 12), 4), 1)}


# --- the files


@pytest.mark.parametrize(("text", "code", "place"), [
    (HEAD + 'steps:\n' + step("a", 0.9, '"applied_on = decided_on"'), "E-LINK-CROSS", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"party_initial = party_initial"'), "E-LINK-CROSS", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"applied_on >= decided_on"'), "E-LINK-WHERE", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, ''), "E-LINK-CROSS", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"penalty_document_no_key = document_no_kee"'), "E-YAML-KEY", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"party_id = document_no_key"'), "E-LINK-TYPE", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"1 = 1"'), "E-LINK-CROSS", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"party_id = party_id; DROP TABLE penalty"'), "E-LINK-CONDITION", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 1.5, f'"{NUMBER}"'), "E-LINK-CONFIDENCE", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, f'"{NUMBER}"', ", numbers: any"), "E-LINK-NUMBERS", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, f'"{NUMBER}"', ", through: nowhere"), "E-YAML-KEY", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, '"through.party_id = party_id"'), "E-LINK-THROUGH", "a.yaml:5:"),
    (HEAD + 'steps:\n' + step("a", 0.9, f'"{NUMBER}"') + step("a", 0.8, f'"{NUMBER}"'), "E-LINK-STEP", "a.yaml:5:"),
    (HEAD + 'closest: [ruling, decided_on]\nsteps:\n' + step("a", 0.9, f'"{NUMBER}"'), "E-YAML-KEY", "a.yaml:4:"),
    (HEAD.replace("penalty", "penalties") + 'steps:\n', "E-YAML-KEY", "a.yaml:3:"),
])
def test_a_faulty_link_file_is_refused_with_its_place(tmp_path: Path, text: str, code: str, place: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    problems: list[RuleError] = []

    assert links.read_links(tmp_path, problems) == {}
    assert code in {p.code for p in problems}
    assert place in next(p for p in problems if p.code == code).where


def test_one_faulty_file_does_not_take_the_others_along(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "steps:\n" + step("a", 0.9, f'"{NUMBER}"'), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(HEAD, encoding="utf-8")
    problems: list[RuleError] = []

    assert list(links.read_links(tmp_path, problems)) == ["a"]
    assert [p.code for p in problems] == ["E-YAML-MISSING"]


def test_links_through_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        text = HEAD + "steps:\n" + step("s", 0.9, '"through.party_id = party_id"', f", through: {other}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    problems: list[RuleError] = []

    assert links.read_links(tmp_path, problems) == {}
    assert {p.code for p in problems} == {"E-LINK-THROUGH"}


def test_our_link_files_are_sound_and_their_sentences_differ() -> None:
    specs = links.read_links(RULES)

    assert {"penalty_of_review", "enforcement_of_review", "penalty_of_nonprosecution", "opinion_of_nonprosecution",
            "penalty_of_payment", "company_of_penalty", "penalty_of_opinion"} <= set(specs)
    for spec in specs.values():
        says = [s.say for s in spec.steps]
        assert len(set(says)) == len(says)


def test_the_guide_names_every_link_and_every_party_step() -> None:
    guide = (RULES.parents[1] / "docs" / "linking.md").read_text(encoding="utf-8")

    assert [n for n in (*links.read_links(RULES), *(s.name for s in parties.STEPS)) if f"`{n}`" not in guide] == []


# --- the penalty behind a ruling


def test_number_organ_and_party_find_the_penalty_in_any_spelling(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review", REVIEW)

    assert ours(store, "penalty_of_review")["R"][:2] == ("P", "number_authority_party")
    assert ours(store, "penalty_of_review")["R"][2] >= 0.97


def test_a_number_used_by_two_organs_goes_to_the_applicants(store: Store) -> None:
    other = {**PENALTY, "key": "Q", "authority": "许昌市市场监督管理局", "party_name": "别家商行"}
    put(store, "penalty", PENALTY, other)
    put(store, "court_review", REVIEW)

    assert ours(store, "penalty_of_review")["R"][::3] == ("P", 1)


def test_co_parties_of_one_decision_are_told_apart(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "party_name": "张试", "party_kind": "person"})
    put(store, "court_review", {**REVIEW, "party_name": "张试", "party_kind": "person"})

    assert ours(store, "penalty_of_review")["R"][::3] == ("Q", 1)


def test_a_lone_number_counts_only_where_organ_or_party_is_not_told(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review", {**REVIEW, "applicant": None, "party_name": None},
        {**REVIEW, "key": "S", "applicant": "许昌市公安局", "party_name": "李验"})

    found = ours(store, "penalty_of_review")

    assert found["R"] == ("P", "number_alone", 0.9, 1)
    assert found["S"] == ("P", "number_other", 0.4, 1)


def test_a_mistyped_serial_goes_to_the_right_party_not_the_wrong_number(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2024〕18号", "party_name": "李验"})
    put(store, "court_review", {**REVIEW, "penalty_document_no": "漯市监罚〔2024〕18号",
                                "penalty_decided_on": date(2024, 3, 1), "penalty_fine_yuan": 5000, "applicant": None})

    assert ours(store, "penalty_of_review")["R"][:2] == ("P", "party_decided_amount")


def test_another_number_of_the_same_party_is_another_penalty(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review", {**REVIEW, "penalty_document_no": "漯环罚〔2023〕777号", "sought_yuan": 5000})

    assert ours(store, "penalty_of_review") == {}


def test_without_a_number_party_organ_and_sum_find_the_penalty(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2024〕99号", "fine_yuan": 800})
    put(store, "court_review", {**REVIEW, "penalty_document_no": None, "sought_yuan": 5000})

    assert ours(store, "penalty_of_review")["R"][:2] == ("P", "party_authority_amount")


def test_a_like_name_does_not_confirm_a_number_against_other_sure_numbers(store: Store) -> None:
    put(store, "penalty", {**PENALTY, "party_name": "测县甲茂源运输有限公司", "uscc": ONE_CODE})
    put(store, "court_review", {**REVIEW, "party_name": "测县乙茂源运输有限公司", "uscc": OTHER_CODE})

    assert ours(store, "penalty_of_review")["R"][1] == "number_authority_other"


def test_a_hidden_name_with_day_and_sum_is_found_where_only_one_fits(store: Store) -> None:
    told = {"penalty_document_no": None, "party_name": "张某某", "penalty_decided_on": PENALTY["decided_on"],
            "penalty_fine_yuan": PENALTY["fine_yuan"]}
    put(store, "penalty", {**PENALTY, "party_name": "张测试"})
    put(store, "court_review", {**REVIEW, **told})

    assert ours(store, "penalty_of_review")["R"][:3] == ("P", "hidden_name_decided_amount", 0.85)


def test_a_hidden_name_that_fits_two_stays_a_hint(store: Store) -> None:
    told = {"penalty_document_no": None, "party_name": "张某某", "penalty_decided_on": PENALTY["decided_on"],
            "penalty_fine_yuan": PENALTY["fine_yuan"]}
    put(store, "penalty", {**PENALTY, "party_name": "张测试"},
        {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2024〕98号", "party_name": "张验"})
    put(store, "court_review", {**REVIEW, **told})

    assert ours(store, "penalty_of_review")["R"][1] == "hidden_name_authority_decided"


def test_the_only_penalty_of_a_party_by_that_organ_is_found_without_number_day_and_sum(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review", {**REVIEW, "penalty_document_no": None})

    [(to, step, confidence, _)] = ours(store, "penalty_of_review").values()

    assert (to, step) == ("P", "party_authority_only_one")
    assert 0.8 <= confidence < 0.9


def test_of_two_penalties_of_a_party_neither_is_sure_without_number_day_and_sum(store: Store) -> None:
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2024〕99号"})
    put(store, "court_review", {**REVIEW, "penalty_document_no": None})

    assert ours(store, "penalty_of_review")["R"][1] == "party_authority"


def test_another_company_of_the_same_place_and_trade_is_not_a_like_name(store: Store) -> None:
    put(store, "penalty", {**PENALTY, "party_name": "测样县盛茂源运输有限公司"})
    put(store, "court_review", {**REVIEW, "party_name": "测样县嘉和丰运输有限公司"},
        {**REVIEW, "key": "S", "party_name": "测样县盛茂缘运输有限公司"})

    found = ours(store, "penalty_of_review")

    assert (found["R"][1], found["S"][1]) == ("number_authority_other", "number_authority_like_name")


def test_another_day_of_decision_keeps_a_like_name_from_confirming_the_number(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "court_review",
        {**REVIEW, "party_name": "漯河市甲己商贸有限公司", "penalty_decided_on": date(2023, 5, 6)})

    assert ours(store, "penalty_of_review") == {}


def test_the_right_party_day_and_sum_beat_a_number_that_names_a_like_company(store: Store) -> None:
    right = {**PENALTY, "party_name": "测样县嘉和丰运输有限公司", "uscc": ONE_CODE}
    wrong = {**PENALTY, "key": "Q", "document_no": "漯市监罚〔2024〕13号", "party_name": "测样县盛茂源运输有限公司",
             "uscc": OTHER_CODE}
    put(store, "penalty", right, wrong)
    put(store, "court_review",
        {**REVIEW, "penalty_document_no": wrong["document_no"], "party_name": right["party_name"], "uscc": ONE_CODE,
         "penalty_decided_on": right["decided_on"], "penalty_fine_yuan": 5000})

    assert ours(store, "penalty_of_review")["R"][:2] == ("P", "party_decided_amount")


def test_two_sure_numbers_are_never_linked_beyond_a_hint(store: Store) -> None:
    put(store, "penalty", {**PENALTY, "uscc": ONE_CODE})
    put(store, "court_review", {**REVIEW, "uscc": OTHER_CODE, "penalty_decided_on": PENALTY["decided_on"],
                                "penalty_fine_yuan": 5000, "sought_yuan": 5000})

    assert ours(store, "penalty_of_review")["R"] == ("P", "number_authority_other", 0.6, 1)


def test_a_hidden_name_must_fit_what_shows(store: Store) -> None:
    told = {"penalty_document_no": None, "penalty_decided_on": PENALTY["decided_on"], "penalty_fine_yuan": 5000}
    put(store, "penalty", {**PENALTY, "party_name": "张测试"})
    put(store, "court_review", {**REVIEW, **told, "party_name": "张**试"},
        {**REVIEW, **told, "key": "S", "party_name": "张**验"})

    assert {k: v[1] for k, v in ours(store, "penalty_of_review").items()} == {"R": "hidden_name_decided_amount"}


def test_a_hidden_name_whose_visible_digits_differ_is_someone_else(store: Store) -> None:
    told = {"penalty_document_no": None, "party_name": "张某某", "penalty_decided_on": PENALTY["decided_on"],
            "penalty_fine_yuan": 5000}
    put(store, "penalty", {**PENALTY, "party_name": "张测试", "resident_id": "410000199001010110"})
    put(store, "court_review", {**REVIEW, **told, "resident_id": "4100**********0110"},
        {**REVIEW, **told, "key": "S", "resident_id": "4100**********0128"})

    assert {k: v[1] for k, v in ours(store, "penalty_of_review").items()} == {"R": "hidden_name_decided_amount"}


# --- the other links


def test_an_enforcement_case_is_found_by_the_case_or_the_document_it_cites(store: Store) -> None:
    put(store, "court_review", {**REVIEW, "case_no": "（2025）豫1102行审3号", "ruled_on": date(2025, 1, 5)},
        {**REVIEW, "key": "S", "case_no": "（2025）豫1102行审4号", "penalty_document_no": "漯市监罚〔2024〕77号"})
    same = {"party_name": REVIEW["party_name"]}
    put(store, "enforcement",
        {"key": "E", "basis_no": "(2025)豫1102行审003号", "filed_on": date(2025, 2, 1), **same},
        {"key": "G", "basis_no": "(2025)豫1102行审3号", "filed_on": date(2026, 2, 1), **same},
        {"key": "F", "basis_no": "漯市监罚字〔2024〕第77号", **same})

    found = ours(store, "enforcement_of_review")

    assert (found["R"][0], found["R"][3]) == ("E", 2)
    assert found["R"][2] >= 0.97
    assert found["S"][:2] == ("F", "document_party")


NONPROSECUTION: dict[str, Any] = {
    "key": "N", "document_no": "漯源检刑不诉〔2024〕5号", "procuratorate": "漯河市源汇区人民检察院",
    "party_name": "沈试样", "resident_id": "41000019900101009X", "decided_on": date(2024, 6, 3),
    "competent_authority": "漯河市市场监督管理局",
}
LATER: dict[str, Any] = {
    **PENALTY, "party_name": "沈试样", "resident_id": "410000********009X", "decided_on": date(2024, 9, 1),
}
NUMBERLESS: dict[str, Any] = {**LATER, "resident_id": None}


def test_a_penalty_after_nonprosecution_is_found_by_party_and_organ(store: Store) -> None:
    put(store, "nonprosecution", NONPROSECUTION)
    put(store, "penalty", LATER, {**LATER, "key": "Q", "decided_on": date(2023, 9, 1)})

    assert ours(store, "penalty_of_nonprosecution") == {"N": ("P", "party_competent", round(0.95 * 0.97, 4), 1)}


@pytest.mark.parametrize(("number", "step"), [
    ("4100**********009X", "name_masked_number_competent"),
    ("4100************9X", "name_competent"),
    ("4100**********0081", None),
    ("410000199001010110", None),
])
def test_a_masked_number_counts_with_the_full_name_where_every_visible_digit_agrees(
        store: Store, number: str, step: str | None) -> None:
    put(store, "nonprosecution", NONPROSECUTION)
    put(store, "penalty", {**LATER, "resident_id": number})

    found = ours(store, "penalty_of_nonprosecution")

    assert [v[1] for v in found.values()] == ([step] if step else [])
    assert all(v[2] >= 0.85 for v in found.values() if v[1] == "name_masked_number_competent")


def test_of_two_penalties_under_one_masked_number_neither_is_sure(store: Store) -> None:
    masked = {**LATER, "resident_id": "4100**********009X"}
    put(store, "nonprosecution", NONPROSECUTION)
    put(store, "penalty", masked, {**masked, "key": "Q", "document_no": "漯市监罚〔2024〕77号"})

    [(_, step, confidence, candidates)] = ours(store, "penalty_of_nonprosecution").values()

    assert (step, candidates) == ("name_masked_number_competent", 2)
    assert confidence < 0.8


@pytest.mark.parametrize(("told", "step"), [
    ({"party_name": "沈试样", "resident_id": "41000019900101009X"}, "name_masked_number_addressee"),
    ({}, "through_name_masked_number_addressee"),
])
def test_an_opinion_finds_the_penalty_under_a_masked_number(store: Store, told: dict[str, str], step: str) -> None:
    put(store, "nonprosecution", NONPROSECUTION)
    put(store, "opinion", {"key": "O", "nonprosecution_document_no": NONPROSECUTION["document_no"],
                           "issued_on": date(2024, 6, 20), "procuratorate": NONPROSECUTION["procuratorate"],
                           "addressee": "漯河市市场监管局", **told})
    put(store, "penalty", {**LATER, "resident_id": "4100**********009X"})

    [found] = ours(store, "penalty_of_opinion").values()

    assert found[:2] == ("P", step)
    assert found[2] >= 0.85


def test_a_hidden_name_alone_is_only_a_weak_hint(store: Store) -> None:
    put(store, "nonprosecution", {**NONPROSECUTION, "party_name": "沈某甲", "resident_id": None})
    put(store, "penalty", NUMBERLESS, {**NUMBERLESS, "key": "Q", "party_name": "沈别人"},
        {**NUMBERLESS, "key": "U", "party_name": "刘某某"})

    found = ours(store, "penalty_of_nonprosecution")["N"]

    assert found[1:] == ("hidden_name_competent", 0.3, 2)


def test_a_name_alone_is_weaker_than_a_party(store: Store) -> None:
    put(store, "nonprosecution", {**NONPROSECUTION, "resident_id": None, "competent_authority": None})
    put(store, "penalty", NUMBERLESS)

    assert ours(store, "penalty_of_nonprosecution") == {"N": ("P", "name_after", 0.4, 1)}


def test_an_opinion_without_a_party_finds_the_penalty_through_the_nonprosecution(store: Store) -> None:
    put(store, "nonprosecution", NONPROSECUTION)
    put(store, "opinion", {"key": "O", "nonprosecution_document_no": "漯源检刑不诉【2024】第5号",
                           "issued_on": date(2024, 6, 20), "procuratorate": "漯河市源汇区检察院",
                           "addressee": "漯河市市场监管局"})
    put(store, "penalty", LATER)

    assert ours(store, "opinion_of_nonprosecution") == {"O": ("N", "number_organ", 0.97, 1)}
    assert ours(store, "penalty_of_opinion") == {"O": ("P", "through_addressee", round(0.95 * 0.97 * 0.97, 4), 1)}


def test_instalments_all_belong_to_their_penalty(store: Store) -> None:
    put(store, "penalty", PENALTY)
    put(store, "payment", *({"key": f"Y{n}", "penalty_document_no": PENALTY["document_no"], "amount_yuan": 2500,
                             "party_name": PENALTY["party_name"], "paid_on": date(2024, 4, n)} for n in (1, 2)))

    assert {k: v[0] for k, v in ours(store, "penalty_of_payment").items()} == {"Y1": "P", "Y2": "P"}


def test_a_penalised_company_leads_to_its_registration(store: Store) -> None:
    put(store, "company", {"key": "C", "party_name": "漯河市甲乙商贸有限公司"})
    put(store, "penalty", PENALTY, {**PENALTY, "key": "Q", "party_name": "张试"})

    assert {k: v[:2] for k, v in ours(store, "company_of_penalty").items()} == {"P": ("C", "party")}
