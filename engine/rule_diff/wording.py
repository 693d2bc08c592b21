"""What the names and conditions of one side are called, as frames the SQL of a comparison joins."""

from collections.abc import Iterator

import polars as pl

from engine import clues
from engine.rules import RuleSet
from engine.rules.model import Condition, Rule
from engine.rules.wording import in_words

NONE = {"gap": "算资料缺口", "clear": "算未命中", "keep": "照常判断"}
"""What a rule does where a link finds no record."""


def words_of(word: str, rules: RuleSet) -> dict[str, pl.DataFrame]:
    """Return the frames of one side by name.

    diff_word: name, label, kind, source · diff_code: code, shown · diff_condition: words, turn · diff_use: which
    names a condition asks · diff_link: title, none. Each has the side's word and the rule id.
    """
    frames = {
        "diff_word": clues.words(rules).select("rule_id", "name", "label", "kind", "source"),
        "diff_code": clues.codes(rules),
        "diff_condition": _frame(_conditions(rules), "rule_id", "sort", "name", "words", "turn"),
        "diff_use": _frame(_uses(rules), "rule_id", "sort", "name", "path").unique(),
        "diff_link": _frame(((rule.id, use.alias, use.target.label, NONE[use.none])
                             for rule in rules.rules.values() for use in rule.links),
                            "rule_id", "name", "title", "none"),
    }
    return {name: frame.select(pl.lit(word).alias("side"), pl.all()) for name, frame in frames.items()}


def _sorted(rule: Rule) -> Iterator[tuple[str, Condition]]:
    yield from (("condition", c) for c in rule.when)
    yield from (("exclusion", c) for c in rule.unless)


def _conditions(rules: RuleSet) -> Iterator[tuple[str, ...]]:
    for rule in rules.rules.values():
        for turn, (sort, condition) in enumerate(_sorted(rule)):
            yield rule.id, sort, condition.id, in_words(condition.expr), f"{turn:03}"


def _uses(rules: RuleSet) -> Iterator[tuple[str, ...]]:
    for rule in rules.rules.values():
        for sort, condition in _sorted(rule):
            exprs = [e for e in (condition.expr, condition.unknown) if e is not None]
            yield from ((rule.id, sort, condition.id, name.path) for e in exprs for name in e.names())


def _frame(rows: Iterator[tuple[str, ...]], *names: str) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row")
