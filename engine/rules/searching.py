"""Varied cases to tell a mutant from its rule: those at limits and with one value changed, then both together.

A row is answered by itself and the records it is linked with, so only these are put into the store for each varied
case; the rest of the case it comes from stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.rules.compiling import compile_rule
from engine.rules.model import ANSWERS, Case
from engine.rules.mutants import Mutant, Program
from engine.rules.placing import Placed, candidates, comparisons, placed
from engine.rules.rendering import quoted
from engine.rules.varying import Varied, varied
from engine.rules.worlds import Worlds

MOST_TRIED = 3_000
"""Varied cases looked through for one mutant, in each of the two searches."""
MOST_STARTS = 20
"""Varied cases of a new kind from which limits are approached."""
_AT_ONCE = 1_500

Apart = dict[int, str]
"""Which varied cases of a pool tell a mutant from the rule, and which row it answers how there."""


def near_cases(worlds: Worlds, program: Program, cases: Sequence[Case]) -> list[Varied]:
    """Return the cases at limits and with one value changed, the plainest first."""
    tried = candidates(worlds, program, comparisons(program), cases)
    exact = placed(worlds, program, tried)
    pool = [_varied(program, p) for p in exact]
    pool += varied(program, cases)
    pool += [_varied(program, p) for p in tried]
    return _plainest(pool)


def far_cases(worlds: Worlds, program: Program, cases: Sequence[Case]) -> list[Varied]:
    """Return cases at limits in which another value is changed as well: those kinds of rows no case shows."""
    starts = list(_new_kinds(worlds, program, cases, _plainest(varied(program, cases))))
    named = {str(i): start for i, start in enumerate(starts)}
    shown = [replace(start.focused, name=name) for name, start in named.items()]
    tried = candidates(worlds, program, comparisons(program), shown, most=len(shown), movers=2)
    return _plainest([
        replace(_varied(program, p), base=named[p.base.name].base, case=_over(named[p.base.name].case, p.case))
        for p in placed(worlds, program, tried)])


def _varied(program: Program, found: Placed) -> Varied:
    alone = not found.changes_day and not program.rule.groups
    return Varied(found.base, found.case, found.row if alone else "")


def _over(whole: Case, changed: Case) -> Case:
    """Return the whole case with the rows that were changed in a part of it."""
    rows = {ident: row for items in changed.given.values() for ident, row in items}
    given = {table: tuple((i, rows.get(i, row)) for i, row in items) for table, items in whole.given.items()}
    return replace(whole, given=given, as_of=changed.as_of)


def _plainest(pool: Iterable[Varied]) -> list[Varied]:
    return sorted(pool, key=lambda v: sum(map(len, v.base.given.values())))[:MOST_TRIED]


def _new_kinds(
    worlds: Worlds, program: Program, cases: Sequence[Case], pool: Sequence[Varied]
) -> Iterator[Varied]:
    """Yield varied cases with a row of a kind not met before: answer, truths, and every text and yes or no computed."""
    seen = {kind for _, kind in _kinds(worlds, program, cases)}
    number = 0
    named = {str(i): v for i, v in enumerate(pool)}
    for name, kind in _kinds(worlds, program, [replace(v.focused, name=name) for name, v in named.items()]):
        if kind not in seen and number < MOST_STARTS:
            seen.add(kind)
            number += 1
            yield named[name]


def _kinds(worlds: Worlds, program: Program, cases: Sequence[Case]) -> list[tuple[str, tuple[Any, ...]]]:
    worlds.fill(cases)
    compiled = compile_rule(program.rule, program.rules, None)
    more = {f"kind:{path}": quoted(path) for path, d in compiled.sheet.definitions.items()
            if d.name.kind.name in ("text", "bool")}
    rows = worlds.store.rows(compiled.judged_sql(more))
    order = {case.name: i for i, case in enumerate(cases)}
    found = [(worlds.keys[row[0]][0], row[1:]) for row in rows]
    return sorted(found, key=lambda item: order[item[0]])


def told_apart(worlds: Worlds, original: Program, some: Sequence[Mutant], pool: Sequence[Varied]) -> list[Apart]:
    """Return for each mutant the varied cases that tell it from the rule, of the first part of the pool that does."""
    found: list[Apart] = [{} for _ in some]
    for start in range(0, len(pool), _AT_ONCE):
        open_ones = [i for i, apart in enumerate(found) if not apart]
        if not open_ones:
            break
        chunk = pool[start:start + _AT_ONCE]
        worlds.fill([replace(v.focused, name=str(start + i)) for i, v in enumerate(chunk)])
        expected = worlds.answers(original.rule, original.rules)
        for i in open_ones:
            got = worlds.answers(some[i].program.rule, some[i].program.rules)
            found[i] |= {int(name): f"{ident} 为{ANSWERS[answer]}" for (name, ident), answer in got.items()
                         if answer != expected[name, ident]}
    return found
