"""A new rule file passes its own cases as soon as it is written, whatever the subject, links and period."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import rules, run
from engine.errors import RuleError
from engine.law import read_law
from engine.rules import LOCK, Draft, RuleSet, draft_text, write_draft

OWN = run.ROOT / "rules"


@pytest.fixture(scope="module")
def known() -> RuleSet:
    return rules.read_rules(OWN, read_law(OWN / "law"), locked=False)


def one_of_each(known: RuleSet) -> list[Draft]:
    """Return a draft for each subject, and for each subject and link each way the link can be used."""
    found = [Draft(f"trial.s_{subject}", subject, "试写") for subject in rules.SUBJECTS]
    for subject in rules.SUBJECTS:
        for link in rules.links_of(subject, known):
            name = f"trial.{subject}_{link}"
            found += [Draft(f"{name}_{none}", subject, "试写", links=(link,), none=none) for none in
                      ("gap", "clear", "keep")]
            found.append(Draft(f"{name}_absent", subject, "试写", absent=link))
    return found


def test_every_subject_and_use_of_a_link_gives_a_rule_that_passes(known: RuleSet, tmp_path: Path) -> None:
    drafts = one_of_each(known)
    folder = _folder(tmp_path)
    for draft in drafts:
        write_draft(draft, known, folder)

    read = rules.read_rules(folder, known.law, locked=False)
    checked = rules.check(read, only=[draft.rule_id for draft in drafts])

    assert [str(p) for p in read.problems] == []
    assert [(c.rule_id, c.name, c.failures) for c in checked if not c.passed] == []
    assert len(drafts) > 60
    for draft in drafts:
        shown = {answer for case in read.rules[draft.rule_id].cases for answer in case.then.values()}
        assert {"hit", "clear", "gap"} <= shown


def test_every_period_of_law_gives_the_right_last_day(known: RuleSet, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    for law in rules.periods_of(known):
        write_draft(Draft(f"trial.l_{law}", "penalty", "试写", law=law, start="decided_on", end="served_on"), known,
                    folder)
        write_draft(Draft(f"trial.a_{law}", "penalty", "试写", law=law, absent="penalty_of_review"), known, folder)

    read = rules.read_rules(folder, known.law, locked=False)

    assert [str(p) for p in read.problems] == []
    assert [(c.rule_id, c.name, c.failures) for c in rules.check(read, only=[r for r in read.rules if "trial." in r])
            if not c.passed] == []


def test_two_links_to_the_same_table_have_two_names(known: RuleSet, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    draft = Draft("trial.two", "penalty", "试写", links=("penalty_of_review", "company_of_penalty"),
                  absent="penalty_of_payment")
    write_draft(draft, known, folder)

    read = rules.read_rules(folder, known.law, locked=False)

    assert [use.alias for use in read.rules["trial.two"].links] == ["court_review", "company", "missing"]
    assert all(c.passed for c in rules.check(read, only=["trial.two"]))


@pytest.mark.parametrize("title", ['送达"超期": 一', "# 备注", "{x}", "- a\nb", "NO"])
def test_a_strange_title_is_kept_as_it_is(known: RuleSet, tmp_path: Path, title: str) -> None:
    folder = _folder(tmp_path)
    write_draft(Draft("trial.odd", "penalty", title), known, folder)

    read = rules.read_rules(folder, known.law, locked=False)

    assert read.problems == []
    assert read.rules["trial.odd"].title == title


def test_the_file_begins_with_its_schema_and_is_a_draft(known: RuleSet) -> None:
    text = draft_text(Draft("trial.it", "penalty", "试写"), known)

    assert text.startswith("# yaml-language-server: $schema=../schema/rule.json\n")
    assert (OWN / "trial" / "../schema/rule.json").resolve().exists()
    assert "\nmaturity: draft " in text


@pytest.mark.parametrize(("draft", "code"), [
    (Draft("trial", "penalty", "试写"), "E-NEW-ID"), (Draft("Trial.it", "penalty", "试写"), "E-NEW-ID"),
    (Draft("../x.it", "penalty", "试写"), "E-NEW-ID"), (Draft("law.it", "penalty", "试写"), "E-NEW-ID"),
    (Draft("referral.no_reply", "opinion", "试写"), "E-NEW-THERE"),
    (Draft("trial.old", "penalty", "试写"), "E-NEW-RETIRED"), (Draft("trial.it", "penalty", " "), "E-NEW-TITLE"),
    (Draft("trial.it", "penaltys", "试写"), "E-NEW-WORD"), (Draft("trial.it", "coverage", "试写"), "E-NEW-WORD"),
    (Draft("trial.it", "penalty", "试写", level="urgent"), "E-NEW-WORD"),
    (Draft("trial.it", "penalty", "试写", links=("opinion_of_nonprosecution",)), "E-NEW-WORD"),
    (Draft("trial.it", "penalty", "试写", law="summary_fine_person"), "E-NEW-WORD"),
    (Draft("trial.it", "penalty", "试写", start="fine_yuan"), "E-NEW-WORD"),
    (Draft("trial.it", "penalty_item", "试写", law="ruling"), "E-NEW-LAW"),
])
def test_a_wrong_choice_is_refused_and_nothing_is_written(
    known: RuleSet, tmp_path: Path, draft: Draft, code: str
) -> None:
    folder = _folder(tmp_path)
    (folder / "referral").mkdir()
    (folder / "referral" / "no_reply.yaml").write_text("title: x", encoding="utf-8")
    (folder / LOCK).write_text("rule trial.old 3 0123456789abcdef retired\n", encoding="utf-8")

    with pytest.raises(RuleError) as refused:
        write_draft(draft, known, folder)

    assert refused.value.code == code
    assert not (folder / "trial").exists()


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    options = ["--subject", "penalty", "--title", "超期送达", "--law", "penalty_service", "--start", "decided_on",
               "--end", "served_on", "--rules", str(folder)]

    done = _xiezhi("new", "penalty.late_service", *options)
    again = _xiezhi("new", "penalty.late_service", *options)
    lacking = _xiezhi("new", "penalty.other", "--rules", str(folder))
    twice = _xiezhi("new", "penalty.third", *options, "--law", "penalty_decision")

    codes = [run.returncode for run in (done, again, lacking, twice)]
    assert codes == [0, 1, 2, 2], done.stderr
    assert "--law 只能写一个" in twice.stderr
    assert "served_on > last_day" in (folder / "penalty" / "late_service.yaml").read_text(encoding="utf-8")
    assert "E-NEW-THERE" in again.stderr


def test_on_a_terminal_it_asks_in_chinese(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    terminal, theirs = pty.openpty()
    answers = ["referral.late_handover", "移送超期", "nonprosecution", "9", "procuratorate", "", "", "", "", "", "2"]
    os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())

    done = subprocess.run([sys.executable, "-m", "engine.cli", "new", "--rules", str(folder)], stdin=theirs,
                          capture_output=True, text=True, check=False, timeout=60)

    os.close(theirs)
    os.close(terminal)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "没有“9”" in done.stdout
    text = (folder / "referral" / "late_handover.yaml").read_text(encoding="utf-8")
    assert "addressee: procuratorate" in text
    assert 'title: "移送超期"' in text


def _folder(tmp_path: Path) -> Path:
    """Return a rules folder with the shipped law, links and facts, and no rule."""
    folder = tmp_path / "rules"
    for name in ("law", "links", "facts"):
        shutil.copytree(OWN / name, folder / name)
    return folder


def _xiezhi(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "engine.cli", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)
