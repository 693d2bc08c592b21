"""Do a rule's cases notice each change of its logic? A mutant none notices survives; the missing case is looked for.

The case is found by varying values of the cases that are there: at and around the limits of every comparison, values
the column has elsewhere, nothing at all; links weaker and stronger; until the rule and its mutant answer differently.
A mutant that compiles to the same SQL is equivalent for certain; one that no varied case tells apart may be.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from engine.rules.boundaries import free_name
from engine.rules.case_writing import case_yaml
from engine.rules.checking import check_rule, threads
from engine.rules.compiling import compile_rule
from engine.rules.fact_cases import check_table
from engine.rules.model import Case, Rule, RuleSet
from engine.rules.mutants import Mutant, Program, bare, canonical, mutants
from engine.rules.searching import Apart, far_cases, near_cases, told_apart
from engine.rules.varying import Varied
from engine.rules.worlds import Worlds

T = TypeVar("T")


@dataclass(frozen=True)
class MissingCase:
    """A case as YAML, and the surviving mutants it tells from the rule."""

    yaml: str
    mutants: tuple[str, ...]


@dataclass(frozen=True)
class Mutation:
    """What became of a rule's mutants: killed + equivalent + those the missing cases name + doubtful = mutants.

    `by_facts` of the killed ones change a fact the rule rests on, and the fact's own cases notice.
    `equivalent` are the same as the rule or another mutant for certain; `doubtful` survive, but no varied case tells
    them from the rule. `fault`: its own cases fail, so that nothing can be said.
    """

    rule_id: str
    mutants: int
    killed: int
    by_facts: int
    equivalent: int
    missing: tuple[MissingCase, ...]
    doubtful: tuple[str, ...]
    seconds: float
    fault: str = ""

    @property
    def survivors(self) -> tuple[str, ...]:
        """The mutants a missing case would kill."""
        return tuple(mutant for case in self.missing for mutant in case.mutants)

    @property
    def passed(self) -> bool:
        """Whether no case is known to be missing."""
        return not self.fault and not self.missing

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def mutate(rules: RuleSet, rule: Rule) -> Mutation:
    """Return which mutants of a rule its cases notice, and the cases missing for the others."""
    begun = time.monotonic()
    worlds = Worlds(rules.law)
    try:
        failed = [r for r in check_rule(worlds, rules, rule).results if not r.passed]
        if failed or not rule.cases:
            fault = f"用例“{failed[0].name}”：{'；'.join(failed[0].failures)}" if failed else "没有用例"
            return Mutation(rule.id, 0, 0, 0, 0, (), (), 0.0, fault)
        return _mutated(worlds, Program(bare(rule), rules), begun)
    finally:
        worlds.close()


def _mutated(worlds: Worlds, original: Program, begun: float) -> Mutation:
    rule, rules = original.rule, original.rules
    cases = [case for case in rule.cases if not case.todo]
    made = list(mutants(original))
    different = list(_different(original, made))
    noticed = _each(rules, different, lambda own, some: _noticed(own, original, some, cases))
    unseen = [m for m, seen in zip(different, noticed, strict=True) if not seen]
    told = _each(rules, unseen, lambda own, some: [_facts_notice(own, original, m) for m in some])
    alive = [m for m, seen in zip(unseen, told, strict=True) if not seen]
    pool, apart = _looked_for(worlds, original, alive, cases)
    doubtful = tuple(str(m) for m, places in zip(alive, apart, strict=True) if not places)
    chosen = [(place, {str(alive[i]): got for i, got in killed.items()}) for place, killed in _chosen(apart)]
    missing = _written(worlds, original, pool, chosen)
    return Mutation(
        rule.id, len(made), len(different) - len(alive), len(unseen) - len(alive), len(made) - len(different),
        tuple(missing), doubtful, round(time.monotonic() - begun, 2))


def _looked_for(
    worlds: Worlds, original: Program, alive: Sequence[Mutant], cases: Sequence[Case]
) -> tuple[list[Varied], list[Apart]]:
    """Return a pool of varied cases, and which of them tell each mutant from the rule; the nearer ones first."""
    pool: list[Varied] = []
    apart: list[Apart] = [{} for _ in alive]
    for search in (near_cases, far_cases):
        left = [i for i, places in enumerate(apart) if not places]
        if left:
            more, first = search(worlds, original, cases), len(pool)
            told = _each(original.rules, [alive[i] for i in left], partial(_searched, original, more))
            for i, places in zip(left, told, strict=True):
                apart[i] = {first + place: got for place, got in places.items()}
            pool += more
    return pool, apart


def _different(original: Program, made: Sequence[Mutant]) -> Iterator[Mutant]:
    """Yield the mutants that are not the original written otherwise, and of those that are the same only the first."""
    seen = {_sql(original)}
    for mutant in made:
        sql = _sql(mutant.program)
        if sql not in seen:
            seen.add(sql)
            yield mutant


def _sql(program: Program) -> str:
    plain = canonical(program)
    return compile_rule(plain.rule, plain.rules, None).judged_sql()


def _each(rules: RuleSet, items: Sequence[Mutant], work: Callable[[Worlds, Sequence[Mutant]], list[T]]) -> list[T]:
    """Return the outcome for each item, worked out by several threads with a store each."""
    number = threads(len(items))

    def part(first: int) -> list[T]:
        own = Worlds(rules.law)
        try:
            return work(own, items[first::number])
        finally:
            own.close()

    if not items:
        return []
    with ThreadPoolExecutor(number) as pool:
        parts = list(pool.map(part, range(number)))
    return [parts[i % number][i // number] for i in range(len(items))]


def _noticed(worlds: Worlds, original: Program, some: Sequence[Mutant], cases: Sequence[Case]) -> list[bool]:
    worlds.fill(cases)
    expected = worlds.answers(original.rule, original.rules)
    return [worlds.answers(m.program.rule, m.program.rules) != expected for m in some]


def _facts_notice(worlds: Worlds, original: Program, mutant: Mutant) -> bool:
    """Return whether a fact was changed and its own cases fail."""
    rules = mutant.program.rules
    return any(not result.passed for table, facts in rules.facts.items() if facts is not original.rules.facts[table]
               for result in check_table(worlds, rules, table))


def _searched(original: Program, pool: Sequence[Varied], worlds: Worlds, some: Sequence[Mutant]) -> list[Apart]:
    return told_apart(worlds, original, some, pool)


def _chosen(apart: Sequence[Apart]) -> Iterator[tuple[int, dict[int, str]]]:
    """Yield few varied cases that together tell all these mutants from the rule, and what each mutant answers."""
    left = {mutant: places for mutant, places in enumerate(apart) if places}
    while left:
        counted = Counter(place for places in left.values() for place in places)
        best = min(counted, key=lambda place: (-counted[place], place))
        killed = {mutant: places[best] for mutant, places in left.items() if best in places}
        left = {mutant: places for mutant, places in left.items() if mutant not in killed}
        yield best, killed


def _written(
    worlds: Worlds, original: Program, pool: Sequence[Varied], chosen: Sequence[tuple[int, dict[str, str]]]
) -> Iterator[MissingCase]:
    """Yield the chosen cases as YAML with the rule's answers."""
    taken = {case.name for case in original.rule.cases}
    named = []
    for place, killed in chosen:
        name = free_name(f"补 {next(iter(killed)).partition('：')[0]}", taken)
        named.append((replace(pool[place].case, name=name), pool[place].base, killed))
    worlds.fill([case for case, _, _ in named])
    answers = worlds.answers(original.rule, original.rules) if named else {}
    for case, base, killed in named:
        own = {ident: answer for (name, ident), answer in answers.items() if name == case.name}
        comments = [f"待作者确认；变异“{mutant}”时 {got}" for mutant, got in killed.items()]
        yield MissingCase(case_yaml(case, base, own, comments), tuple(killed))
