"""The logic of a rule or parameter as one hash: equal while every answer and score stay equal, whatever the words.

A rule's logic is what its answers and points are computed from: subject, links, conditions, exclusions, points, level,
and the lets, values of law and facts these need, through however many others. Not its titles, sentences, evidence,
articles, cases, comments or layout. The rows of a look-up table count in full; of a value of law only the parameter's
id and the date it is chosen by count: what the law says has a version and a hash of its own (`parameter_hash`).
"""

import hashlib
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal

from engine.law import Parameter
from engine.rules.functions import Function
from engine.rules.model import Fact, LawUse, LinkShape, Rule, bare_rule
from engine.rules.names import Name
from engine.rules.sheet import Definition, Sheet
from engine.rules.tree import Expr

DIGITS = 16
"""Hexadecimal digits of a hash kept; a slip, not an attacker, is to be noticed."""

_WORDS = {
    Rule: ("id", "title", "version", "maturity", "addressee", "summary", "basis", "law", "let", "evidence", "say",
           "check", "innocent", "blind", "cases", "path", "expected", "groups"),
    Parameter: ("id", "title", "version", "exceptions", "recheck_by", "path", "switches"),
}
"""Fields that change no answer; lets, law and groups come in by the definitions, switches follow from the values."""

_PLAIN_WORDS = ("say", "text", "title", "law", "article", "quote", "note", "path", "where")
"""Fields of a clause or value that change no answer."""

_TABLE_WORDS = ("basis", "quote", "note", "where")
"""Columns of a look-up table that change no answer."""


def rule_hash(rule: Rule, facts: dict[str, dict[str, Fact]]) -> str:
    """Return the hash of the rule's logic."""
    bare = _without_words(rule)
    definitions = needed(bare, facts)
    computed = [f"{path}: {_defined(definitions[path], facts)}" for path in sorted(definitions)]
    return _digest([_fields(bare, _WORDS[Rule]), *computed])


def needed(rule: Rule, facts: dict[str, dict[str, Fact]]) -> dict[str, Definition]:
    """Return all a rule computes by path, also inside its groups (there `groups.<alias>/…`)."""
    found = dict(Sheet(rule, facts).definitions)
    for group in rule.groups:
        inside = Sheet(bare_rule(group.table, group.within), facts).definitions
        found |= {f"{group.name.path}/{path}": definition for path, definition in inside.items()}
    return found


def parameter_hash(parameter: Parameter) -> str:
    """Return the hash of the parameter's values: since when how much of which unit, how counted, how sure."""
    return _digest([_fields(parameter, _WORDS[Parameter])])


def _without_words(rule: Rule) -> Rule:
    """Return the rule with nothing shown, so that only what is judged by asks for definitions."""
    when, unless = (tuple(replace(c, say=None) for c in conditions) for conditions in (rule.when, rule.unless))
    points = tuple(replace(p, say=None) for p in rule.points)
    return replace(rule, evidence=(), say=None, when=when, unless=unless, points=points)


def _defined(definition: Definition, facts: dict[str, dict[str, Fact]]) -> str:
    group = definition.group
    if group is not None:
        inner = Sheet(bare_rule(group.table, group.within), facts).definitions
        return " ".join((_canonical(group), *(f"{path}: {_defined(inner[path], facts)}" for path in sorted(inner))))
    if definition.expr is not None:
        return f"{definition.name.kind.name} {_canonical(definition.expr)}"
    if definition.law is not None:
        return _canonical(definition.law)
    return "a link or a group, which are in the rule"


def _canonical(value: object) -> str:
    """Return one text for all values that mean the same."""
    if isinstance(value, Expr):
        return f"({value.op} {_canonical(value.value)} {' '.join(_canonical(arg) for arg in value.args)})"
    if isinstance(value, Name):
        return value.path
    if isinstance(value, Function):
        rows = value.table.rows if value.table is not None else ()
        return f"{value.name}{''.join(_fields(row, _TABLE_WORDS) for row in rows)}"
    if isinstance(value, LinkShape):
        return f"{value.id} {value.from_table} {value.to_table}"
    if isinstance(value, LawUse):
        return f"{value.parameter.id} {_canonical(value.on)}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_canonical(item)}" for key, item in sorted(value.items()))
    if isinstance(value, tuple):
        return f"[{', '.join(_canonical(item) for item in value)}]"
    return _fields(value, _PLAIN_WORDS) if is_dataclass(value) and not isinstance(value, type) else repr(value)


def _fields(value: object, words: tuple[str, ...]) -> str:
    assert is_dataclass(value)
    kept = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name not in words]
    return "{" + ", ".join(f"{name}: {_canonical(item)}" for name, item in kept if item not in (None, (), "")) + "}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:DIGITS]
