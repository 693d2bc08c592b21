"""The cases at the limits of a rule that its author has not written yet, with the answers the engine gives."""

from dataclasses import dataclass, replace

from engine.rules.case_writing import case_yaml
from engine.rules.model import Rule, RuleSet
from engine.rules.mutants import Program, bare
from engine.rules.placing import OFFSETS, Comparison, Placed, candidates, comparisons, placed, reached
from engine.rules.worlds import Worlds

_WORDS = {
    "date": {-1: "左边早一日", 0: "两边同日", 1: "左边晚一日"},
    "money": {-1: "左边少一分", 0: "两边相等", 1: "左边多一分"},
    "int": {-1: "左边少一", 0: "两边相等", 1: "左边多一"},
}


@dataclass(frozen=True)
class Boundaries:
    """The limits of a rule: places one step below, at and above each comparison.

    `reached` of `wanted` are in its cases; `cases` are YAML for others; `unreached` could not be made from any case.
    """

    rule_id: str
    wanted: int
    reached: int
    cases: tuple[str, ...]
    unreached: tuple[str, ...]


def boundaries(rules: RuleSet, rule: Rule) -> Boundaries:
    """Return the limits of a rule that its cases do not reach, as cases to paste."""
    program = Program(bare(rule), rules)
    cases = [case for case in rule.cases if not case.todo]
    worlds = Worlds(rules.law)
    try:
        known = comparisons(program)
        have = {(p.comparison, p.offset) for p in reached(worlds, program, known, cases)}
        tried = [p for p in candidates(worlds, program, known, cases) if (p.comparison, p.offset) not in have]
        made: dict[tuple[Comparison, int], Placed] = {}
        for found in sorted(placed(worlds, program, tried), key=_plainness):
            made.setdefault((found.comparison, found.offset), found)
        texts = _texts(worlds, program, [made[c, n] for c in known for n in OFFSETS if (c, n) in made])
    finally:
        worlds.close()
    missing = [f"{c}，{words(c, n)}" for c in known for n in OFFSETS if (c, n) not in have | made.keys()]
    return Boundaries(rule.id, len(known) * len(OFFSETS), len(have), tuple(texts), tuple(missing))


def words(comparison: Comparison, offset: int) -> str:
    """Return how the left side lies to the right one."""
    kinds = {side.kind.name for side in comparison.expr.args}
    return _WORDS[next((k for k in ("date", "money") if k in kinds), "int")][offset]


def _plainness(found: Placed) -> tuple[int, int]:
    """Cases of few rows first, and small ones among them."""
    rows = sum(map(len, found.case.given.values()))
    return rows, sum(len(row) for items in found.case.given.values() for _, row in items)


def _texts(worlds: Worlds, program: Program, chosen: list[Placed]) -> list[str]:
    """Return the cases as YAML with the answers the engine gives."""
    taken = {case.name for case in program.rule.cases}
    named = []
    for found in chosen:
        name = free_name(f"界限 {found.comparison.where}，{words(found.comparison, found.offset)}", taken)
        named.append(replace(found, case=replace(found.case, name=name)))
    worlds.fill([found.case for found in named])
    answers = worlds.answers(program.rule, program.rules)
    told = []
    for found in named:
        own = {ident: answer for (name, ident), answer in answers.items() if name == found.case.name}
        comment = f"{found.comparison}，{words(found.comparison, found.offset)}；待作者确认"
        told.append(case_yaml(found.case, found.base, own, [comment]))
    return told


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it is taken, and take it."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}（{number}）"
    taken.add(free)
    return free
