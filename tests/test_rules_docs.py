"""The reference for rule authors knows every key and every function, and its examples work."""

import re
import textwrap
from pathlib import Path

import pytest

from engine.law import read_law
from engine.rules import ANSWERS, check, read_rules
from engine.rules.case_clauses import CASE_KEYS, LINK_KEYS
from engine.rules.functions import FUNCTIONS
from engine.rules.model import ADDRESSEES, LEVELS, MATURITIES, WHEN_UNLINKED
from engine.rules.names import LINK_NAMES
from engine.rules.reading import FACT_KEYS, FACT_TYPES
from engine.rules.rule_file import RULE_KEYS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
WORDS = {*RULE_KEYS, *CASE_KEYS, *LINK_KEYS, *FACT_KEYS, *FACT_TYPES, *ANSWERS, *ADDRESSEES, *LEVELS, *MATURITIES,
         *WHEN_UNLINKED, "pick", "min_confidence", "coverage", "unknown"}
RESULTS = {"date": "日期", "int": "整数", "text": "文字", "bool": "真假", "": "同参数"}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_key_and_choice_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("name", [name for name, _, _ in LINK_NAMES])
def test_everything_that_can_be_asked_about_a_link_is_explained(name: str) -> None:
    assert f"`links.别名.{name}`" in PAGE


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_every_function_is_listed_as_it_is(function) -> None:
    row = f"| `{function.signature}` | {RESULTS[function.gives]} | {function.help} | `{function.example}` |"

    assert row in PAGE


def test_the_whole_example_is_a_rule_whose_cases_come_out(tmp_path: Path) -> None:
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "\ncases:" in block)
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "late.yaml").write_text(textwrap.dedent(example), encoding="utf-8")
    (tmp_path / "links").symlink_to(ROOT / "rules" / "links")

    rules = read_rules(tmp_path, read_law(ROOT / "rules" / "law"))

    assert [str(p) for p in rules.problems] == []
    results = check(rules)
    assert [(r.name, r.failures) for r in results if r.failures] == []
    assert [r.name for r in results] == ["届满次日申请", "最后一日申请", "送达日未记载"]
