"""Every rule in words as data, for screens that have no rule files: what its page in docs/rules says."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from engine.catalogue.cases import case_rows
from engine.catalogue.rule_page import length_of, said_of
from engine.law import Parameter
from engine.rules import Rule, RuleSet
from engine.rules.logic import needed
from engine.rules.model import ADDRESSEES, LEVELS, MATURITIES, Condition
from engine.rules.wording import asked, in_words


def rule_texts(rules: RuleSet) -> pl.DataFrame:
    """Return rule_id, version and texts (JSON) of every rule that runs.

    Keys of the texts: title, summary, maturity, level, addressee, subject; basis (law, article, from, to, note), law
    (title, law, article, length, quote of each dated value), conditions and exclusions (what, means, say, unknown),
    points (add, what, say), let (name, how), links, and the lists evidence, check, innocent, blind; cases (name, given,
    then).
    """
    found = [(rule.id, rule.version, json.dumps(_texts(rule, rules), ensure_ascii=False))
             for rule in sorted(rules.rules.values(), key=lambda r: r.id) if rule.is_active]
    return pl.DataFrame(found, schema={"rule_id": pl.String, "version": pl.Int64, "texts": pl.String}, orient="row")


def _texts(rule: Rule, rules: RuleSet) -> dict[str, Any]:
    return {
        "title": rule.title, "summary": rule.summary, "maturity": MATURITIES[rule.maturity],
        "level": LEVELS[rule.level], "addressee": ADDRESSEES[rule.addressee], "subject": rule.table.label,
        "basis": [{"law": b.law, "article": b.article, "from": _iso(b.from_on), "to": _iso(b.to_on), "note": b.note}
                  for b in rule.basis],
        "law": list(_law(rule, rules)),
        "conditions": [_condition(c) for c in rule.when], "exclusions": [_condition(c) for c in rule.unless],
        "points": [{"add": p.add, "what": asked(p), "say": said_of(p.say)} for p in rule.points],
        "let": [{"name": x.name.label, "how": in_words(x.expr)} for x in rule.let],
        "links": [f"{use.target.label}：{use.shape.title}" for use in rule.links],
        "evidence": list(dict.fromkeys(name.label for name in rule.evidence)),
        "check": list(rule.check), "innocent": list(rule.innocent), "blind": list(rule.blind),
        "cases": [list(row) for row in case_rows(rule, rules)],
    }


def _condition(condition: Condition) -> dict[str, str]:
    unknown = "" if condition.unknown is None else in_words(condition.unknown)
    means = in_words(condition.expr) if condition.title else ""
    return {"what": asked(condition), "means": means, "say": said_of(condition.say), "unknown": unknown}


def _law(rule: Rule, rules: RuleSet) -> Iterator[dict[str, str]]:
    """Yield every dated value of the parameters the rule and its facts use, with the words of the article."""
    uses = (d.law for d in needed(rule, rules.facts).values())
    used: dict[str, Parameter] = {use.parameter.id: use.parameter for use in uses if use is not None}
    for parameter in used.values():
        for value in parameter.values:
            yield {"title": parameter.title, "law": value.law, "article": value.article, "length": length_of(value),
                   "quote": value.quote, "from": _iso(value.from_on), "to": _iso(value.to_on)}


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""
